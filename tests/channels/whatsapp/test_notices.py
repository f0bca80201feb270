"""Only what Meta signed is heard, and each notice says what it says however late or often it comes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pregon.channels.whatsapp.notices import heard, introduced
from pregon.delivery.contract import Arrival, Fate, Heard, Notice, Report, Wish
from pregon.delivery.errors import Rejected
from servers.whatsapp import NOW, PHONE, SECRET, WhatsAppApi

PERSON, WA_ID, USER = "+523331234567", "5213331234567", "MX.13491208655302741918"
WORD = "palabra-de-las-pruebas"
WRITTEN = datetime.fromtimestamp(NOW, UTC)


@pytest.fixture
def api() -> WhatsAppApi:
    api = WhatsAppApi()
    api.messages["wamid.1"] = {"to": PERSON}
    return api


def hear(api: WhatsAppApi, body: bytes, *, signature: str = "", secret: str = SECRET) -> Heard:
    headers = {"x-hub-signature-256": signature or api.signature(body)}
    notice = Notice(method="POST", query={}, headers=headers, body=body)
    return heard(notice, app_secret=secret, phone_number_id=PHONE)


def question(**asked: str) -> Notice:
    query = {f"hub.{name}": value for name, value in asked.items()}
    return Notice(method="GET", query=query, headers={}, body=b"")


def test_meta_is_given_back_its_challenge() -> None:
    asked = question(mode="subscribe", verify_token=WORD, challenge="1158201444")
    assert introduced(asked, verify_token=WORD) == Heard(answer="1158201444")


@pytest.mark.parametrize(
    ("mode", "given", "expected"),
    [
        ("subscribe", "otra", WORD),
        ("unsubscribe", WORD, WORD),
        ("subscribe", "", ""),
        ("subscribe", "ñ", WORD),
    ],
)
def test_whoever_does_not_know_the_word_is_refused(mode: str, given: str, expected: str) -> None:
    with pytest.raises(Rejected):
        introduced(question(mode=mode, verify_token=given, challenge="1"), verify_token=expected)


@pytest.mark.parametrize("signature", ["sha256=00", "sha1=00", "ñ", "sha256="])
def test_a_notice_that_meta_did_not_sign_is_refused(api: WhatsAppApi, signature: str) -> None:
    with pytest.raises(Rejected):
        hear(api, api.write(WA_ID, "hola"), signature=signature)


def test_a_changed_notice_is_refused_and_so_is_one_when_no_secret_is_set(api: WhatsAppApi) -> None:
    body = api.write(WA_ID, "BAJA")
    with pytest.raises(Rejected):
        hear(api, body.replace(b"BAJA", b"ALTA"), signature=api.signature(body))
    api.app_secret = ""
    with pytest.raises(Rejected):
        hear(api, body, signature=api.signature(body), secret="")


def test_what_is_no_json_is_refused(api: WhatsAppApi) -> None:
    with pytest.raises(Rejected):
        hear(api, b"no")


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("ALTA", Wish.SUBSCRIBE),
        ("/start", Wish.SUBSCRIBE),
        ("¡Hola!", Wish.SUBSCRIBE),
        ("hola 👋", Wish.SUBSCRIBE),
        ("alta por favor", Wish.SUBSCRIBE),
        ("Baja", Wish.LEAVE),
        ("  STOP. ", Wish.LEAVE),
        ("alto ya", Wish.LEAVE),
        ("Hola, ¿a qué hora pasa el camión?", Wish.NOTHING),
        ("Quiero darme de baja", Wish.NOTHING),
        ("👍", Wish.NOTHING),
        ("", Wish.NOTHING),
    ],
)
def test_what_people_write_is_a_wish(api: WhatsAppApi, said: str, wish: Wish) -> None:
    assert hear(api, api.write(WA_ID, said)).events == [
        Arrival(sender=PERSON, name="Vecina", wish=wish, at=WRITTEN)
    ]


@pytest.mark.parametrize(
    "pressed",
    [
        {"type": "button", "button": {"text": "Baja", "payload": "baja"}},
        {"type": "interactive", "interactive": {"button_reply": {"id": "1", "title": "BAJA"}}},
        {"type": "interactive", "interactive": {"list_reply": {"id": "1", "title": "Baja"}}},
    ],
)
def test_a_button_says_what_is_written_on_it(api: WhatsAppApi, pressed: dict[str, Any]) -> None:
    [arrival] = hear(api, api.write(WA_ID, "", **pressed)).events
    assert isinstance(arrival, Arrival)
    assert arrival.wish == Wish.LEAVE


def test_a_photo_asks_for_nothing_but_was_heard(api: WhatsAppApi) -> None:
    body = api.write(WA_ID, "", type="image", image={"id": "1", "mime_type": "image/jpeg"})
    assert hear(api, body).events == [Arrival(sender=PERSON, name="Vecina", wish=Wish.NOTHING, at=WRITTEN)]


def test_who_hides_the_number_is_heard_by_the_identifier(api: WhatsAppApi) -> None:
    message = {"from_user_id": USER, "id": "wamid.IN", "type": "text", "text": {"body": "alta"}}
    contact = {"profile": {"name": "Vecino"}, "user_id": USER}
    body = api.notice(contacts=[contact], messages=[message])
    assert hear(api, body).events == [Arrival(sender=USER, name="Vecino", wish=Wish.SUBSCRIBE)]


def test_where_both_are_told_the_number_is_how_people_are_known(api: WhatsAppApi) -> None:
    body = api.write(WA_ID, "alta", from_user_id=USER)
    [arrival] = hear(api, body).events
    assert isinstance(arrival, Arrival)
    assert arrival.sender == PERSON


@pytest.mark.parametrize(
    "fields", [{"type": "system", "system": {"type": "user_changed_number"}}, {"group_id": "grupo"}]
)
def test_the_systems_own_words_and_groups_ask_for_nothing(api: WhatsAppApi, fields: dict[str, Any]) -> None:
    assert hear(api, api.write(WA_ID, "alta", **fields)).events == []


@pytest.mark.parametrize(
    ("became", "fate"),
    [
        ("sent", Fate.TAKEN),
        ("delivered", Fate.DELIVERED),
        ("read", Fate.DELIVERED),
        ("played", Fate.DELIVERED),
    ],
)
def test_a_message_arrives(api: WhatsAppApi, became: str, fate: Fate) -> None:
    api.messages["wamid.1"]["biz_opaque_callback_data"] = "3-7"
    assert hear(api, api.report("wamid.1", became)).events == [
        Report(fate=fate, key="3-7", reference="wamid.1", destination=PERSON)
    ]


def test_what_tells_nothing_of_a_message_is_no_event(api: WhatsAppApi) -> None:
    assert hear(api, api.report("wamid.1", "warning")).events == []


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        (131026, Fate.FAILED),
        (131049, Fate.FAILED),
        (131047, Fate.FAILED),
        (131050, Fate.GONE),
        (131042, Fate.FAILED),
    ],
)
def test_a_message_fails_later_and_says_why(api: WhatsAppApi, code: int, fate: Fate) -> None:
    [report] = hear(api, api.report("wamid.1", "failed", code=code)).events
    assert isinstance(report, Report)
    assert (report.fate, report.reference, report.reason.endswith(".")) == (fate, "wamid.1", True)


def test_a_failure_without_a_reason_is_a_failure(api: WhatsAppApi) -> None:
    [report] = hear(api, api.report("wamid.1", "failed")).events
    assert isinstance(report, Report)
    assert report.fate == Fate.FAILED


def test_the_same_notice_says_the_same_twice(api: WhatsAppApi) -> None:
    body = api.report("wamid.1", "read")
    assert hear(api, body) == hear(api, body)


@pytest.mark.parametrize(("value", "wish"), [("stop", Wish.BLOCK), ("resume", Wish.SUBSCRIBE)])
def test_shutting_the_door_in_whatsapp_itself_is_leaving(api: WhatsAppApi, value: str, wish: Wish) -> None:
    preference = {"wa_id": WA_ID, "category": "marketing_messages", "value": value}
    body = api.notice(field="user_preferences", contacts=[], user_preferences=[preference])
    assert hear(api, body).events == [Arrival(sender=PERSON, name="", wish=wish)]


def test_what_happened_at_another_number_of_the_same_app_is_not_ours(api: WhatsAppApi) -> None:
    message = {"from": WA_ID, "id": "wamid.IN", "type": "text", "text": {"body": "alta"}}
    assert hear(api, api.notice(phone="999", messages=[message])).events == []


@pytest.mark.parametrize("body", [b"{}", b'{"entry": [{"changes": [{"value": {"event": "APPROVED"}}]}]}'])
def test_news_of_other_things_is_no_event(api: WhatsAppApi, body: bytes) -> None:
    assert hear(api, body) == Heard(events=[])
