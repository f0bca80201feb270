"""The office's number before a Cloud API that keeps WhatsApp's rules."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from channels.conftest import recorded
from factories.delivery import Hands, Tray, live, message, parcel, picture, run
from pregon.channels.whatsapp.channel import WhatsAppChannel
from pregon.channels.whatsapp.templates import TEXTS
from pregon.delivery import registry
from pregon.delivery.contract import Arrival, Fate, Notice, Parcel, Price, Receipt, Report, Token, Wish
from pregon.delivery.enums import MessageKind, Standing
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.models import Subscriber
from servers.whatsapp import NOW, WhatsAppApi

PERSON, WA_ID, USER = "+523331234567", "5213331234567", "MX.13491208655302741918"
NAMES = {
    MessageKind.NEWS: "pregon_boletin",
    MessageKind.CORRECTION: "pregon_correccion",
    MessageKind.WITHDRAWAL: "pregon_retiro",
    MessageKind.SERVICE: "pregon_suscripcion",
    MessageKind.ALERT: "pregon_alerta",
}


@pytest.fixture
def whatsapp(whatsapp_api: WhatsAppApi) -> WhatsAppChannel:
    for kind, name in NAMES.items():
        whatsapp_api.approve(name, TEXTS[kind].body, button=TEXTS[kind].button)
    news = TEXTS[MessageKind.NEWS]
    whatsapp_api.approve("pregon_boletin_foto", news.body, button=news.button, photo=True)
    return channel(whatsapp_api)


def channel(api: WhatsAppApi, **options: Any) -> WhatsAppChannel:
    given = recorded("whatsapp", "setup")["options"] | {"api_base": api.url, "allow_private": True}
    built = registry.build("whatsapp", given | options)
    assert isinstance(built, WhatsAppChannel)
    return built


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + b"a photo" * 10)
    return path


def to_person(
    kind: MessageKind = MessageKind.NEWS, *, heard: timedelta | None = None, **fields: Any
) -> Parcel:
    own = {name: fields.pop(name) for name in ("in_reply_to", "destination", "confirm_url") if name in fields}
    last = None if heard is None else datetime.now(UTC) - heard
    return parcel(message(kind, **fields), **({"destination": PERSON, "last_heard_at": last} | own))


def words_of(sent: dict[str, Any]) -> list[str]:
    """What fills the blanks of a template."""
    [body] = [part for part in sent["template"]["components"] if part["type"] == "body"]
    return [parameter["text"] for parameter in body["parameters"]]


# --- Outside the window ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(MessageKind))
def test_somebody_who_did_not_write_gets_the_template_of_that_kind(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, kind: MessageKind
) -> None:
    receipt = whatsapp.send(to_person(kind, notice="Se aclara.", confirm_url="https://muestra.example/si/"))
    sent = whatsapp_api.messages[receipt.reference]
    assert (sent["to"], sent["template"]["name"], sent["template"]["language"]) == (
        PERSON,
        NAMES[kind],
        {"code": "es_MX"},
    )


def test_a_digest_that_leads_to_the_front_page_fills_its_button_all_the_same(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp.send(to_person(url="https://muestra.example/"))
    [button] = [p for p in whatsapp_api.sent()[0]["template"]["components"] if p["type"] == "button"]
    assert button["parameters"] == [{"type": "text", "text": "?inicio"}]


def test_a_photo_is_uploaded_once_and_heads_the_template(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, photo: Path
) -> None:
    for _time in range(2):
        whatsapp.send(to_person(picture=picture()))
    assert [path.rpartition("/")[2] for _method, path in whatsapp_api.calls] == [
        "media",
        "messages",
        "messages",
    ]
    assert [sent["template"]["name"] for sent in whatsapp_api.sent()] == ["pregon_boletin_foto"] * 2
    assert "En la foto: Vecinas y vecinos" in words_of(whatsapp_api.sent()[0])[1]


def test_a_photo_is_uploaded_once_by_many_hands_and_known_to_the_next_batch(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, photo: Path
) -> None:
    for hands in (whatsapp, channel(whatsapp_api)):
        batch = Tray([to_person(picture=picture(), destination=f"+5233312345{n}") for n in range(10, 30)])
        hands.send_batch(batch)
        assert batch.kinds == {Receipt: 20}
    assert len(whatsapp_api.media) == 1


@pytest.mark.parametrize("about", [MessageKind.CORRECTION, MessageKind.NEWS])
def test_no_photo_is_uploaded_for_a_template_that_has_no_place_for_it(
    whatsapp_api: WhatsAppApi, whatsapp: WhatsAppChannel, photo: Path, about: MessageKind
) -> None:
    channel(whatsapp_api, template_photo="").send(to_person(about, picture=picture()))
    assert (whatsapp_api.media, whatsapp_api.sent()[0]["template"]["name"]) == ({}, NAMES[about])


def test_the_text_never_waits_for_a_photo(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, photo: Path
) -> None:
    photo.write_bytes(b"not a photo")
    for given in (picture(), picture(path="fotos/2/960.jpg")):
        whatsapp.send(to_person(picture=given))
    assert [sent["template"]["name"] for sent in whatsapp_api.sent()] == ["pregon_boletin"] * 2


def test_a_template_without_a_name_is_a_wrong_setting(whatsapp_api: WhatsAppApi) -> None:
    with pytest.raises(Misconfigured):
        channel(whatsapp_api, template_correction="").send(to_person(MessageKind.CORRECTION))


def test_a_template_that_nobody_approved_is_named(whatsapp_api: WhatsAppApi) -> None:
    with pytest.raises(Misconfigured, match="pregon_boletin"):
        channel(whatsapp_api).send(to_person())


# --- Inside the window ----------------------------------------------------------------------------------------


def test_somebody_who_wrote_lately_is_written_to_freely(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    whatsapp.send(to_person(heard=timedelta(hours=23)))
    [sent] = whatsapp_api.sent("text")
    assert (sent["text"]["preview_url"], sent["text"]["body"].partition("\n")[0]) == (
        True,
        "*Reabre el andador con empedrado nuevo*",
    )


def test_with_a_photo_the_words_are_its_caption(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, photo: Path
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    long = message(picture=picture()).blocks * 40
    whatsapp.send(to_person(heard=timedelta(hours=1), picture=picture(), blocks=long))
    [sent] = whatsapp_api.sent("image")
    assert whatsapp_api.media[sent["image"]["id"]] == photo.read_bytes()
    assert "En la foto: Vecinas y vecinos caminan por el andador" in sent["image"]["caption"]


def test_a_photo_that_whatsapp_refuses_with_the_message_does_not_hold_the_words_back(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, photo: Path
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    whatsapp_api.refuse(131053)
    whatsapp.send(to_person(heard=timedelta(hours=1), picture=picture()))
    assert [sent["type"] for sent in whatsapp_api.sent()] == ["text"]


def test_what_is_refused_for_another_reason_is_not_tried_twice(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, photo: Path
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    whatsapp_api.refuse(131026)
    with pytest.raises(Rejected):
        whatsapp.send(to_person(heard=timedelta(hours=1), picture=picture()))
    assert whatsapp_api.sent() == []


def test_a_window_that_closed_meanwhile_falls_to_the_template(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp.send(to_person(heard=timedelta(hours=1)))
    assert [sent["type"] for sent in whatsapp_api.sent()] == ["template"]


@pytest.mark.parametrize(
    ("hours", "kind"), [(23.5, "text"), (23.9, "template"), (24, "template"), (200, "template")]
)
def test_the_window_is_left_a_little_early(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, hours: float, kind: str
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    whatsapp.send(to_person(heard=timedelta(hours=hours)))
    assert [sent["type"] for sent in whatsapp_api.sent()] == [kind]


# --- Corrections, withdrawals, people -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [MessageKind.CORRECTION, MessageKind.WITHDRAWAL])
@pytest.mark.parametrize("heard", [None, timedelta(hours=1)])
def test_a_correction_and_a_withdrawal_answer_what_was_sent(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, kind: MessageKind, heard: timedelta | None
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    first = whatsapp.send(to_person())
    second = whatsapp.send(
        to_person(kind, heard=heard, notice="Eran dieciocho.", in_reply_to=first.reference)
    )
    assert whatsapp_api.messages[second.reference]["context"] == {"message_id": first.reference}
    assert "Eran dieciocho." in str(whatsapp_api.messages[second.reference])


def test_who_hides_the_number_is_written_to_by_the_identifier(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp.send(to_person(destination=USER))
    [sent] = whatsapp_api.sent()
    assert (sent["recipient"], "to" in sent) == (USER, False)


def test_who_opted_out_is_gone(whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi) -> None:
    whatsapp_api.refuse(131050)
    with pytest.raises(DestinationGone):
        whatsapp.send(to_person())


def test_too_much_to_one_person_holds_that_person_only(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp_api.burst = 0
    with pytest.raises(Postponed) as delay:
        whatsapp.send(to_person())
    assert delay.value.whole is False


def test_one_message_every_six_seconds_to_one_person(whatsapp: WhatsAppChannel) -> None:
    assert (whatsapp.pace(PERSON), whatsapp.limits.per_minute) == ((f"chat:{PERSON}", 10), 4800)


def test_a_server_that_is_not_there_holds_everybody(whatsapp_api: WhatsAppApi) -> None:
    with pytest.raises(Postponed) as delay:
        channel(whatsapp_api, api_base="http://127.0.0.1:1").send(to_person())
    assert delay.value.whole


def test_a_yes_without_a_number_is_a_doubt(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatsapp_api, "_take", lambda message: {"messages": []})
    with pytest.raises(Unanswered):
        whatsapp.send(to_person())


# --- What it costs and shows ----------------------------------------------------------------------------------


def test_a_template_costs_what_the_office_wrote_down_and_an_answer_nothing(whatsapp_api: WhatsAppApi) -> None:
    priced = channel(whatsapp_api, rate="0.62", currency="MXN")
    assert priced.price(to_person()) == Price(
        amount=Decimal("0.62"), currency="MXN", reason="Plantilla «pregon_boletin», fuera de las 24 horas."
    )
    assert priced.price(to_person(heard=timedelta(hours=1))) is None
    assert channel(whatsapp_api).price(to_person()) is None


def test_the_preview_of_a_template_is_its_approved_text(whatsapp: WhatsAppChannel, photo: Path) -> None:
    preview = whatsapp.preview(to_person(picture=picture()))
    assert preview.text == (
        "[Foto: Vecinas y vecinos caminan por el andador]\n\n"
        "Boletín de Comunicación Social: *Reabre el andador con empedrado nuevo*\n\n"
        "Tres meses de obra en el corazón del pueblo. El andador quedó abierto este viernes al paso peatonal. "
        "En la foto: Vecinas y vecinos caminan por el andador\n\n"
        "Para dejar de recibir estos avisos, responde BAJA.\n\n"
        "[Leer en el sitio] https://muestra.example/boletines/2026-001/\n"
    )
    assert "<b>Reabre el andador con empedrado nuevo</b>" in preview.html


@pytest.mark.parametrize("heard", [None, timedelta(hours=1)])
@pytest.mark.parametrize("kind", list(MessageKind))
def test_what_is_shown_is_what_leaves(
    whatsapp: WhatsAppChannel,
    whatsapp_api: WhatsAppApi,
    photo: Path,
    kind: MessageKind,
    heard: timedelta | None,
) -> None:
    whatsapp_api.write(WA_ID, "hola")
    given = to_person(kind, heard=heard, picture=picture(), notice="Eran dieciocho.")
    shown = whatsapp.preview(given).text
    sent = whatsapp_api.messages[whatsapp.send(given).reference]
    said = words_of(sent) if heard is None else [sent["image"]["caption"]]
    assert [words for words in said if words not in shown] == []
    assert ("[Foto:" in shown) == (bool(heard) or kind == MessageKind.NEWS)


# --- Who we are -----------------------------------------------------------------------------------------------


def test_checking_says_who_we_are(whatsapp: WhatsAppChannel) -> None:
    assert whatsapp.check() == "Villa de Muestra (+52 33 0000 0000)"


def test_checking_names_the_template_that_is_not_there_or_has_another_shape(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp_api.approve("pregon_retiro", "Otro texto sin huecos.")
    with pytest.raises(Misconfigured, match="«pregon_retiro» no sirve"):
        whatsapp.check()
    del whatsapp_api.templates["pregon_retiro", "es_MX"]
    with pytest.raises(Misconfigured, match="«pregon_retiro» no está aprobada en es_MX"):
        whatsapp.check()


@pytest.mark.parametrize(
    "wrong", [{"token": "otra"}, {"phone_number_id": "999999"}, {"account_id": "999999"}]
)
def test_wrong_credentials_are_a_wrong_setting(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, wrong: dict[str, str]
) -> None:
    with pytest.raises(Misconfigured):
        channel(whatsapp_api, **wrong).check()


def test_a_token_of_a_system_user_lives_until_it_is_revoked(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    born = datetime.fromtimestamp(NOW, UTC)
    assert (whatsapp.token(), whatsapp.renew()) == (Token(issued_at=born), None)
    whatsapp_api.expires_at = 4102444800
    assert whatsapp.token() == Token(issued_at=born, expires_at=datetime(2100, 1, 1, tzinfo=UTC))


def test_a_dead_token_is_a_wrong_setting_and_a_fault_of_the_network_is_not(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    whatsapp_api.expires_at = 1
    with pytest.raises(Misconfigured):
        whatsapp.token()
    whatsapp_api.fail()
    with pytest.raises(Postponed):
        whatsapp.token()


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_number_id": "33 3123"},
        {"account_id": "abc"},
        {"version": "26"},
        {"rate": "gratis"},
        {"rate": "-1"},
        {"rate": "NaN"},
    ],
)
def test_what_cannot_be_right_is_refused_at_once(whatsapp_api: WhatsAppApi, wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        channel(whatsapp_api, **wrong)


# --- Notices --------------------------------------------------------------------------------------------------


def test_metas_first_call_and_its_notices_are_heard(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": whatsapp.options.verify_token,
        "hub.challenge": "42",
    }
    assert whatsapp.hear(Notice(method="GET", query=asked, headers={}, body=b"")).answer == "42"
    body = whatsapp_api.write(WA_ID, "ALTA")
    headers = {"x-hub-signature-256": whatsapp_api.signature(body)}
    [event] = whatsapp.hear(Notice(method="POST", query={}, headers=headers, body=body)).events
    assert event == Arrival(
        sender=PERSON, name="Vecina", wish=Wish.SUBSCRIBE, at=datetime.fromtimestamp(NOW, UTC)
    )


@pytest.mark.django_db
def test_at_the_door_somebody_subscribes_is_welcomed_and_leaves(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi, client: Client
) -> None:
    live("whatsapp", **asdict(whatsapp.options))
    whatsapp_api.now = int(time.time())

    def told(body: bytes) -> int:
        signed = {"X-Hub-Signature-256": whatsapp_api.signature(body)}
        return client.post(
            "/entrada/whatsapp/", body, content_type="application/json", headers=signed
        ).status_code

    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": whatsapp.options.verify_token,
        "hub.challenge": "42",
    }
    assert client.get("/entrada/whatsapp/", asked).content == b"42"
    assert told(whatsapp_api.write(WA_ID, "Hola")) == 200
    run(Hands(datetime.now(UTC)))
    [welcome] = whatsapp_api.sent("text")
    assert welcome["text"]["body"].startswith("*Te damos la bienvenida*\n")
    assert told(whatsapp_api.write(WA_ID, "BAJA")) == 200
    person = Subscriber.objects.get(channel="whatsapp", broadcast=False)
    assert (person.address, person.name, person.standing) == (PERSON, "Vecina", Standing.LEFT)
    assert client.post("/entrada/whatsapp/", b"{}", content_type="application/json").status_code == 403


def test_the_number_and_the_key_of_a_message_are_those_of_its_reports(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    given = to_person()
    receipt = whatsapp.send(given)
    body = whatsapp_api.report(receipt.reference, "delivered")
    headers = {"x-hub-signature-256": whatsapp_api.signature(body)}
    [event] = whatsapp.hear(Notice(method="POST", query={}, headers=headers, body=body)).events
    assert event == Report(
        fate=Fate.DELIVERED, key=given.key, reference=receipt.reference, destination=PERSON
    )


def test_calls_go_to_the_version_that_the_office_works_with(
    whatsapp: WhatsAppChannel, whatsapp_api: WhatsAppApi
) -> None:
    with pytest.raises(Misconfigured):
        channel(whatsapp_api, version="v25.0").send(to_person())
