"""The office's channel before a Bot API that keeps Telegram's rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from factories.delivery import message, parcel, picture
from pregon.channels.telegram.channel import TelegramChannel
from pregon.delivery import registry
from pregon.delivery.contract import Parcel, Wish
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected
from servers.telegram import TelegramApi

CHAT = "-1001000000001"


@pytest.fixture
def telegram(telegram_api: TelegramApi) -> TelegramChannel:
    telegram_api.add_channel("@comunicacion", number=int(CHAT))
    return channel(telegram_api)


def channel(api: TelegramApi, **options: Any) -> TelegramChannel:
    given = {"token": api.token, "api_base": api.url, "allow_private": True}
    built = registry.build("telegram", given | options)
    assert isinstance(built, TelegramChannel)
    return built


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + b"a photo" * 10)
    return path


def news(**fields: Any) -> Parcel:
    return parcel(message(**fields), destination="@comunicacion", preferences_url="", unsubscribe_url="")


def follow_up(kind: MessageKind, reference: str, **fields: Any) -> Parcel:
    said = message(kind, **{"notice": "Eran dieciocho.", **fields})
    return parcel(said, destination="@comunicacion", preferences_url="", in_reply_to=reference)


def standing(api: TelegramApi) -> list[str]:
    """What can be read in the chats now, the first lines only."""
    return [(one.get("caption") or one.get("text", "")).partition("\n")[0] for one in api.messages.values()]


def test_a_message_without_a_photo_is_text(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    receipt = telegram.send(news())
    [call] = telegram_api.calls
    assert (call.method, call.fields["chat_id"], call.fields["parse_mode"]) == (
        "sendMessage",
        "@comunicacion",
        "HTML",
    )
    assert receipt.reference == f"{CHAT}:1:text"


def test_what_a_photo_shows_stands_in_its_caption_and_stays_when_that_is_corrected(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    album = (picture(), picture(path="fotos/1/2.jpg", alt="La banda"))
    first = telegram.send(news(picture=album[0], pictures=album, blocks=message().blocks * 60))
    telegram.send(follow_up(MessageKind.CORRECTION, first.reference, picture=picture()))
    captions = [call.fields["caption"] for call in telegram_api.calls]
    line = "\n\nEn la foto: Vecinas y vecinos caminan por el andador\n<a href="
    assert [(line in caption, "La banda" in caption) for caption in captions] == [(True, False)] * 2


def test_a_text_that_goes_without_its_photo_describes_none(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram.send(news(picture=picture()))
    assert "En la foto" not in telegram_api.calls[0].fields["text"]


def test_a_photo_goes_up_once_and_is_named_from_then_on(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    telegram_api.add_person(7)
    first = telegram.send(news(picture=picture()))
    telegram.send(parcel(message(picture=picture()), destination="7"))
    assert [(call.method, bool(call.files)) for call in telegram_api.calls] == [
        ("sendPhoto", True),
        ("sendPhoto", False),
    ]
    assert first.reference.endswith(":photo")


def test_the_text_does_not_wait_for_a_photo_that_is_not_baked_yet(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram.send(news(picture=picture(path="fotos/2/960.jpg")))
    assert [call.method for call in telegram_api.calls] == ["sendMessage"]


def test_a_photo_that_telegram_refuses_does_not_hold_the_text_back(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    photo.write_bytes(b"not a photo")
    telegram.send(news(picture=picture()))
    assert [call.method for call in telegram_api.calls] == ["sendPhoto", "sendMessage"]


def test_no_file_outside_the_baked_site_is_ever_sent(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    secret = settings.HOME.root / "secreto.jpg"
    secret.write_bytes(b"\xff\xd8\xffsecret")
    telegram.send(news(picture=picture(path="../secreto.jpg")))
    assert [call.method for call in telegram_api.calls] == ["sendMessage"]


def test_a_correction_edits_what_stands(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    for given in (message(headline="Dieciséis"), message(headline="Dieciséis", picture=picture())):
        first = telegram.send(parcel(given, destination="@comunicacion"))
        second = telegram.send(follow_up(MessageKind.CORRECTION, first.reference, headline="Dieciocho"))
        assert second.reference == first.reference
    assert standing(telegram_api) == ["Corrección: Dieciocho"] * 2


def test_a_correction_said_twice_changes_nothing(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    first = telegram.send(news())
    for _time in range(2):
        telegram.send(follow_up(MessageKind.CORRECTION, first.reference))
    assert len(telegram_api.messages) == 1


def test_a_correction_of_what_cannot_be_edited_answers_it(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    receipt = telegram.send(follow_up(MessageKind.CORRECTION, f"{CHAT}:99:text"))
    answer = telegram_api.sent("sendMessage")[0]
    assert '"message_id": 99' in answer.fields["reply_parameters"]
    assert receipt.reference == f"{CHAT}:1:text {CHAT}:99:text"


def test_a_withdrawal_deletes_all_that_stands(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    first, second = telegram.send(news()), telegram.send(news(headline="Otra"))
    telegram.send(follow_up(MessageKind.WITHDRAWAL, f"{second.reference} {first.reference}"))
    assert telegram_api.messages == {}


def test_a_withdrawal_of_what_is_gone_already_says_nothing(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram.send(follow_up(MessageKind.WITHDRAWAL, f"{CHAT}:99:text"))
    assert telegram_api.messages == {}


def test_a_withdrawal_of_what_is_too_old_to_delete_says_so_in_its_place(
    telegram: TelegramChannel, telegram_api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = telegram.send(news())
    monkeypatch.setitem(telegram_api._methods, "deleteMessage", refuse_to_delete)
    telegram.send(follow_up(MessageKind.WITHDRAWAL, first.reference, headline="Se retira el boletín"))
    assert standing(telegram_api) == ["Se retira el boletín"]


def refuse_to_delete(call: object) -> None:
    from servers.telegram import refuse

    raise refuse("message can't be deleted for everyone")


def test_who_blocked_the_bot_and_who_never_was_are_gone(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram_api.add_person(7)
    telegram_api.block(7)
    for chat in ("7", "8"):
        with pytest.raises(DestinationGone):
            telegram.send(parcel(destination=chat))


def test_a_server_that_is_not_there_holds_everybody(telegram_api: TelegramApi) -> None:
    with pytest.raises(Postponed) as delay:
        channel(telegram_api, api_base="http://127.0.0.1:1").send(news())
    assert delay.value.whole


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("@Comunicacion", "@comunicacion"),
        ("https://t.me/Comunicacion/", "@comunicacion"),
        ("t.me/comunicacion", "@comunicacion"),
        (" -1001000000001 ", CHAT),
        ("007", "7"),
    ],
)
def test_a_chat_is_kept_in_one_spelling(telegram: TelegramChannel, typed: str, kept: str) -> None:
    assert telegram.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["@abc", "comunicacion", "@niño_feliz", "1 2", "--7"])
def test_what_is_no_chat_is_refused(telegram: TelegramChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        telegram.normalise(typed)


def test_checking_says_who_the_bot_is(telegram: TelegramChannel) -> None:
    assert telegram.check() == "@pregon_bot"


def test_a_wrong_token_is_a_wrong_setting(telegram_api: TelegramApi) -> None:
    with pytest.raises(Misconfigured):
        channel(telegram_api, token="1:otra").check()
    with pytest.raises(Misconfigured):
        channel(telegram_api, token="no es una clave")


def test_what_people_write_is_a_wish(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    for number, text in enumerate(["/start", "/BAJA@pregon_bot", "hola", "/stop ya"], start=7):
        telegram_api.write(number, text)
    arrivals = telegram.collect("")
    assert [(one.sender, one.name, one.wish) for one in arrivals] == [
        ("7", "Vecina", Wish.SUBSCRIBE),
        ("8", "Vecina", Wish.LEAVE),
        ("9", "Vecina", Wish.NOTHING),
        ("10", "Vecina", Wish.LEAVE),
    ]
    assert telegram.collect(arrivals[-1].cursor) == []


def test_blocking_the_bot_is_leaving_and_a_group_asks_for_nothing(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    private = {"id": 7, "type": "private", "first_name": "Vecina", "last_name": "de Muestra"}
    telegram_api._updates += [
        {"update_id": 1, "my_chat_member": {"chat": private, "new_chat_member": {"status": "kicked"}}},
        {"update_id": 2, "message": {"chat": {"id": -5, "type": "group"}, "text": "/start"}},
        {"update_id": 3, "message": {"chat": private}},
    ]
    assert [(one.name, one.wish) for one in telegram.collect("0")] == [
        ("Vecina de Muestra", Wish.BLOCK),
        ("", Wish.NOTHING),
        ("Vecina de Muestra", Wish.NOTHING),
    ]


def test_what_would_leave_is_shown_as_it_is_read(telegram: TelegramChannel, photo: Path) -> None:
    preview = telegram.preview(news(picture=picture()))
    assert preview.text.startswith(
        "[Foto: Vecinas y vecinos caminan por el andador]\n\nReabre el andador con empedrado nuevo\n"
    )
    assert preview.html.startswith("<b>Reabre el andador con empedrado nuevo</b><br><br>")
