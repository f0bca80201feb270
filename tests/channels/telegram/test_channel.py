"""The office's channel before a Bot API that keeps Telegram's rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from factories.delivery import Hands, SubscriberFactory, Tray, ask, live, message, parcel, picture, run
from pregon.channels.telegram.channel import TelegramChannel
from pregon.delivery import registry
from pregon.delivery.actions import erase
from pregon.delivery.contract import Parcel, Receipt, Wish
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected
from pregon.delivery.values import Picture
from servers.telegram import TelegramApi

CHAT = "-1001000000001"
CORRECTED = "Corrección: Reabre el andador con empedrado nuevo"


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


def corrected(first: Receipt, before: Parcel, **fields: Any) -> Parcel:
    """A correction of what ``first`` acknowledged."""
    told = follow_up(MessageKind.CORRECTION, first.reference, **fields)
    return replace(told, before=before.message)


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


def test_a_photo_goes_up_once_by_many_hands_and_is_known_to_the_next_batch(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    people = range(7, 15)
    for person in people:
        telegram_api.add_person(person)
    for hands in (telegram, channel(telegram_api)):
        hands.send_batch(
            Tray([parcel(message(picture=picture()), destination=str(person)) for person in people])
        )
    assert sorted(bool(call.files) for call in telegram_api.calls) == [False] * 15 + [True]


def test_the_text_does_not_wait_for_a_photo_that_is_not_baked_yet(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram.send(news(picture=picture(path="fotos/2/960.jpg")))
    assert [call.method for call in telegram_api.calls] == ["sendMessage"]


def test_a_photo_that_telegram_refuses_does_not_hold_the_text_back(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    photo.write_bytes(b"not a photo")
    for _time in range(2):
        telegram.send(news(picture=picture()))
    assert [call.method for call in telegram_api.calls] == ["sendPhoto", "sendMessage", "sendMessage"]


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
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    first = telegram.send(news())
    telegram_api.may_delete = False
    telegram.send(follow_up(MessageKind.WITHDRAWAL, first.reference, headline="Se retira el boletín"))
    assert standing(telegram_api) == ["Se retira el boletín"]


# --- A photo that was taken away ----------------------------------------------------------------------------


OTHER = picture(url="https://muestra.example/fotos/2/960.jpg", path="fotos/2/960.jpg", alt="El andador solo")


def baked(name: str) -> Path:
    path: Path = settings.HOME.baked / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + name.encode())
    return path


@pytest.fixture
def seal() -> Path:
    """The office's own picture, which the site always has."""
    return baked("icono-512.png")


def shown(api: TelegramApi) -> list[str]:
    """Which photo each message in the chats bears, by what its file holds."""
    return [
        api.photos[one["photo"][0]["file_id"]][3:].decode() if "photo" in one else ""
        for one in api.messages.values()
    ]


def test_a_correction_with_another_photo_puts_it_in_the_place_of_the_old_one(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    baked(OTHER.path)
    told = news(picture=picture())
    first = telegram.send(told)
    second = telegram.send(corrected(first, told, picture=OTHER))
    assert (shown(telegram_api), second.reference) == ([OTHER.path], first.reference)
    assert (
        "En la foto: El andador solo" in telegram_api.sent("editMessageMedia")[0].fields["media"]["caption"]
    )


def test_another_photo_goes_up_once_however_many_messages_are_corrected(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    baked(OTHER.path)
    told = news(picture=picture())
    for first in [telegram.send(told) for _time in range(3)]:
        telegram.send(corrected(first, told, picture=OTHER))
    assert shown(telegram_api) == [OTHER.path] * 3
    assert [bool(call.files) for call in telegram_api.sent("editMessageMedia")] == [True, False, False]


def test_a_correction_with_the_same_photo_leaves_it_where_it_is(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path
) -> None:
    told = news(picture=picture())
    first = telegram.send(told)
    photo.unlink()
    telegram.send(corrected(first, told, picture=picture(alt="Otra descripción")))
    assert [call.method for call in telegram_api.calls] == ["sendPhoto", "editMessageCaption"]


def test_another_photo_that_was_put_there_already_is_no_trouble(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path, seal: Path
) -> None:
    baked(OTHER.path)
    told = news(picture=picture())
    first = telegram.send(told)
    for _time in range(2):
        telegram.send(corrected(first, told, picture=OTHER))
    assert shown(telegram_api) == [OTHER.path]


@pytest.mark.parametrize("instead", [None, OTHER], ids=["none", "one that is not there"])
def test_where_no_photo_goes_along_any_more_the_seal_takes_its_place_at_any_age(
    instead: Picture | None, telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path, seal: Path
) -> None:
    telegram_api.may_delete = False
    told = news(picture=picture())
    first = telegram.send(told)
    second = telegram.send(corrected(first, told, picture=instead))
    [message_] = telegram_api.messages.values()
    assert (shown(telegram_api), second) == (["icono-512.png"], first)
    assert ("Eran dieciocho." in message_["caption"], "En la foto" in message_["caption"]) == (True, False)


def test_what_cannot_be_edited_is_deleted_and_said_anew(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path, seal: Path
) -> None:
    told = news(picture=picture())
    first = telegram.send(told)
    telegram_api.may_edit = False
    second = telegram.send(corrected(first, told))
    assert (shown(telegram_api), standing(telegram_api)) == ([""], [CORRECTED])
    assert (second.todo, len(second.reference.split())) == ("", 1)


def test_what_can_be_neither_edited_nor_deleted_is_answered_and_left_to_a_person(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path, seal: Path
) -> None:
    told = news(picture=picture())
    first = telegram.send(told)
    telegram_api.may_edit = telegram_api.may_delete = False
    second = telegram.send(corrected(first, told))
    assert standing(telegram_api)[1:] == [CORRECTED]
    assert (second.todo.startswith("Telegram no dejó"), first.reference in second.reference) == (True, True)


def test_a_withdrawal_of_what_is_too_old_to_delete_leaves_no_photo(
    telegram: TelegramChannel, telegram_api: TelegramApi, photo: Path, seal: Path
) -> None:
    told = news(picture=picture())
    first = telegram.send(told)
    telegram_api.may_delete = False
    gone = follow_up(MessageKind.WITHDRAWAL, first.reference, headline="Se retira el boletín")
    telegram.send(replace(gone, before=told.message))
    assert (shown(telegram_api), standing(telegram_api)) == (["icono-512.png"], ["Se retira el boletín"])


@pytest.mark.django_db
def test_a_bulletin_that_is_corrected_after_its_text_was_erased_loses_the_old_photo_everywhere(
    telegram_api: TelegramApi, seal: Path
) -> None:
    hands = Hands()
    live("telegram", token=telegram_api.token, api_base=telegram_api.url, allow_private=True)
    for person in (7, 8):
        telegram_api.add_person(person)
        SubscriberFactory(channel="telegram", address=str(person))
    for each in (picture(), OTHER):
        baked(each.path)
    told: list[int] = []
    for kind, given in (
        (MessageKind.NEWS, picture()),
        (MessageKind.CORRECTION, OTHER),
        (MessageKind.CORRECTION, None),
    ):
        audience = {"receivers_of": tuple(told)} if told else {}
        told.append(ask(message(kind, picture=given), at=hands(), **audience).pk)
        run(hands)
        assert shown(telegram_api) == [given.path if given else "icono-512.png"] * 2
        hands.forward(days=8)
        erase.erase_due(at=hands())


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
