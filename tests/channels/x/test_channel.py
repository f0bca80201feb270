"""The office's account before an X that checks each signature and keeps what stands."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.conf import settings

from factories.delivery import message, parcel, picture
from pregon.channels.x.channel import XChannel
from pregon.channels.x.weight import weight
from pregon.core.http import client
from pregon.delivery import registry
from pregon.delivery.contract import Parcel, Receipt
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.values import Block
from servers.x import XApi


def channel(api: XApi, **options: Any) -> XChannel:
    given = {**api.keys, "api_base": api.url, "allow_private": True}
    built = registry.build("x", given | options)
    assert isinstance(built, XChannel)
    return built


@pytest.fixture
def office(x_api: XApi) -> XChannel:
    return channel(x_api)


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + b"a photo" * 10)
    return path


def news(kind: MessageKind = MessageKind.NEWS, *, below: str = "", **fields: Any) -> Parcel:
    return parcel(message(kind, **fields), destination="@muestra", preferences_url="", in_reply_to=below)


def correction(below: str, **fields: Any) -> Parcel:
    return news(MessageKind.CORRECTION, below=below, **{"notice": "Eran dieciocho.", **fields})


def withdrawal(below: str) -> Parcel:
    return news(MessageKind.WITHDRAWAL, below=below, notice="Se publicó por error.", url="")


def first_lines(api: XApi) -> list[str]:
    return [post.sent.partition("\n")[0] for post in api.posts.values()]


# --- Saying -------------------------------------------------------------------------------------------------


def test_a_post_is_signed_and_public(office: XChannel, x_api: XApi) -> None:
    receipt = office.send(news())
    [number] = x_api.posts
    assert x_api.asked() == ["POST /2/tweets"]
    assert (receipt.reference, receipt.url) == (number, f"https://x.com/muestra/status/{number}")


def test_the_link_is_left_out_unless_the_office_pays_for_it(x_api: XApi) -> None:
    channel(x_api).send(news())
    channel(x_api, with_link="yes").send(news())
    ends = [
        post.sent.endswith("\n\nhttps://muestra.example/boletines/2026-001/") for post in x_api.posts.values()
    ]
    assert ends == [False, True]


def test_a_long_bulletin_gives_way_at_a_word_and_keeps_its_link_whole(x_api: XApi) -> None:
    long = (Block(kind="paragraph", text="El andador quedó abierto — ¡por fin! 👷🏽‍♀️ " * 40),)
    address = "https://muestra.example/boletines/" + "muy-largo-" * 20
    channel(x_api, with_link="yes").send(news(blocks=long, url=address))
    [post] = x_api.posts.values()
    words, _gap, link = post.sent.rpartition("\n\n")
    assert (link, words[-1], 240 < weight(post.sent) <= 280) == (address, "…", True)


def test_a_photo_goes_up_with_its_description(office: XChannel, x_api: XApi, photo: Path) -> None:
    office.send(news(picture=picture(alt="Vecinas y vecinos " * 100)))
    [post], [(number, uploaded)] = x_api.posts.values(), x_api.photos.items()
    assert x_api.asked() == ["POST /2/media/upload", "POST /2/media/metadata", "POST /2/tweets"]
    assert (post.media, uploaded.content, uploaded.alt[-1], len(uploaded.alt) <= 1000) == (
        [number],
        photo.read_bytes(),
        "…",
        True,
    )


@pytest.mark.parametrize("content", [b"not a photo", b"\xff\xd8\xff" + b"." * (5 * 1024 * 1024)])
def test_the_text_never_waits_for_a_photo(office: XChannel, x_api: XApi, photo: Path, content: bytes) -> None:
    photo.write_bytes(content)
    office.send(news(picture=picture()))
    assert [post.media for post in x_api.posts.values()] == [[]]


def test_a_photo_that_cannot_be_described_is_left_out(office: XChannel, x_api: XApi, photo: Path) -> None:
    office.send(news(picture=picture(alt="")))
    x_api.refuse(400, "The media_category is not valid.", kind="invalid-request")
    office.send(news(headline="Otra", picture=picture()))
    assert [len(post.media) for post in x_api.posts.values()] == [1, 0]


# --- Correcting and taking back -----------------------------------------------------------------------------


def test_a_correction_replies_to_the_first_post(office: XChannel, x_api: XApi) -> None:
    first = office.send(news())
    second = office.send(correction(first.reference, headline="Dieciocho"))
    third = office.send(correction(second.reference, headline="Diecinueve"))
    assert [post.below for post in x_api.posts.values()] == ["", first.reference, first.reference]
    assert third.reference.split() == list(reversed(x_api.posts))
    assert first_lines(x_api)[1:] == ["Corrección: Dieciocho", "Corrección: Diecinueve"]


def test_a_correction_stands_alone_where_x_lets_nobody_reply(office: XChannel, x_api: XApi) -> None:
    first = office.send(news())
    x_api.replies = False
    second = office.send(correction(first.reference))
    assert ([post.below for post in x_api.posts.values()], len(second.reference.split())) == (["", ""], 2)


def without_photo(first: Receipt) -> Parcel:
    return replace(correction(first.reference), before=message(picture=picture()))


def test_a_correction_without_the_photo_that_stands_deletes_it_and_is_a_post_of_its_own(
    office: XChannel, x_api: XApi, photo: Path
) -> None:
    first = office.send(news(picture=picture()))
    second = office.send(without_photo(first))
    [(number, post)] = x_api.posts.items()
    assert (second.reference, post.below, len(post.media), second.todo) == (number, "", 0, "")


def test_a_correction_with_the_photo_that_stands_replies(office: XChannel, x_api: XApi, photo: Path) -> None:
    first = office.send(news(picture=picture()))
    office.send(replace(correction(first.reference, picture=picture()), before=message(picture=picture())))
    assert [post.below for post in x_api.posts.values()] == ["", first.reference]


def test_a_photo_that_x_does_not_let_us_delete_is_left_to_a_person(
    office: XChannel, x_api: XApi, photo: Path
) -> None:
    first = office.send(news(picture=picture()))
    x_api.refuse(403, "You are not permitted to perform this action.")
    second = office.send(without_photo(first))
    assert [post.below for post in x_api.posts.values()] == ["", first.reference]
    assert (
        second.todo
        == "X no dejó borrar la publicación con la foto que se quitó: bórrala a mano en la cuenta."
    )


def test_a_withdrawal_deletes_all_that_stands_and_what_is_gone_is_gone(office: XChannel, x_api: XApi) -> None:
    first = office.send(news())
    second = office.send(correction(first.reference))
    for _time in range(2):
        assert office.send(withdrawal(second.reference)).reference == second.reference
    assert x_api.posts == {}


def test_a_withdrawal_that_x_refuses_is_refused(office: XChannel, x_api: XApi) -> None:
    first = office.send(news())
    x_api.refuse(403, "You are not permitted to perform this action.")
    with pytest.raises(Rejected):
        office.send(withdrawal(first.reference))


# --- What X answers -----------------------------------------------------------------------------------------


def test_what_x_calls_a_duplicate_is_found_and_counts_as_sent(x_api: XApi) -> None:
    """As when the answer to the first one was lost, and a person sends it again."""
    office = channel(x_api, with_link="yes")
    sent = news(headline="Agua & drenaje <hoy>", kicker="")
    first, again = office.send(sent), office.send(sent)
    assert (again, len(x_api.posts)) == (first, 1)
    assert x_api.asked()[1:] == ["POST /2/tweets", "GET /2/users/me", "GET /2/users/1234567/tweets"]


def test_a_correction_said_twice_is_found_too(office: XChannel, x_api: XApi) -> None:
    first = office.send(news())
    receipts = [office.send(correction(first.reference)) for _time in range(2)]
    assert (receipts[0], len(x_api.posts)) == (receipts[1], 2)


def test_a_duplicate_that_is_nowhere_is_refused(office: XChannel, x_api: XApi) -> None:
    first = office.send(news())
    for below in ("", first.reference):
        x_api.refuse(403, "You are not allowed to create a Tweet with duplicate content.")
        with pytest.raises(Rejected):
            office.send(news(headline="Otra", below=below))


def test_a_suspended_account_is_gone(office: XChannel, x_api: XApi) -> None:
    x_api.refuse(403, "Your account is suspended and is not permitted to access this feature.")
    with pytest.raises(DestinationGone):
        office.send(news())


def test_without_credit_everything_waits_for_the_office(office: XChannel, x_api: XApi) -> None:
    x_api.deplete()
    with pytest.raises(Misconfigured, match="crédito"):
        office.send(news())


def test_an_answer_that_got_lost_leaves_a_doubt_about_a_post_and_none_about_a_photo(photo: Path) -> None:
    def silent(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("late")

    options = {"api_key": "a", "api_key_secret": "b", "access_token": "c", "access_token_secret": "d"}
    built = registry.build("x", options, http=client(transport=httpx2.MockTransport(silent)))
    with pytest.raises(Unanswered):
        built.send(news())
    with pytest.raises(Postponed) as delay:
        built.send(news(picture=picture()))
    assert delay.value.whole


# --- What it costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "fields", "amount"),
    [
        ({}, {}, "0.015"),
        ({"with_link": "yes"}, {}, "0.200"),
        ({}, {"picture": picture()}, "0.020"),
        ({}, {"picture": picture(alt="")}, "0.015"),
        ({}, {"dek": "Paga en tramites.muestra.gob.mx antes del lunes."}, "0.200"),
        ({"price_post": "0.02"}, {}, "0.02"),
    ],
)
def test_the_price_is_said_before_sending(
    x_api: XApi, options: dict[str, str], fields: dict[str, Any], amount: str
) -> None:
    price = channel(x_api, **options).price(news(**fields))
    assert price is not None
    assert (price.amount, price.currency, price.reason[-1], x_api.calls) == (Decimal(amount), "USD", ".", [])


def test_the_reason_names_both_prices(office: XChannel) -> None:
    price = office.price(news(picture=picture()))
    assert price is not None
    assert price.reason == (
        "X cobra 0.015 USD por una publicación sin enlace; con enlace serían 0.200 USD. "
        "Describir la foto suma 0.005 USD."
    )


def test_deleting_costs_for_each_post(office: XChannel) -> None:
    price = office.price(withdrawal("2 1"))
    assert price is not None
    assert price.amount == Decimal("0.020")


def test_deleting_what_bears_a_photo_that_was_taken_away_costs_too(office: XChannel) -> None:
    price = office.price(without_photo(Receipt(reference="2 1")))
    assert price is not None
    assert (price.amount, "suma 0.020 USD" in price.reason) == (Decimal("0.035"), True)


# --- Setting up ---------------------------------------------------------------------------------------------


def test_what_leaves_is_what_was_shown(office: XChannel, x_api: XApi, photo: Path) -> None:
    sent = news(picture=picture())
    office.send(sent)
    [post] = x_api.posts.values()
    assert office.preview(sent).text == f"[Foto: {picture().alt}]\n\n{post.sent}\n"


def test_checking_says_who_we_are(office: XChannel) -> None:
    assert office.check() == "@muestra"


def test_keys_that_may_only_read_are_a_wrong_setting(office: XChannel, x_api: XApi) -> None:
    x_api.access = "read"
    with pytest.raises(Misconfigured, match="Read and write"):
        office.check()
    with pytest.raises(Misconfigured, match="Read and write"):
        office.send(news())


@pytest.mark.parametrize("name", ["api_key", "api_key_secret", "access_token", "access_token_secret"])
def test_each_key_counts(x_api: XApi, name: str) -> None:
    with pytest.raises(Misconfigured, match="claves"):
        channel(x_api, **{name: "otra"}).check()


@pytest.mark.parametrize("options", [{"with_link": "quizá"}, {"price_link": "0,2"}, {"price_alt": "-1"}])
def test_options_that_make_no_sense_are_a_wrong_setting(x_api: XApi, options: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        channel(x_api, **options)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("@Muestra", "@muestra"),
        ("https://x.com/Muestra/", "@muestra"),
        ("https://www.twitter.com/muestra_mx", "@muestra_mx"),
        (" x.com/muestra ", "@muestra"),
    ],
)
def test_an_account_is_kept_in_one_spelling(office: XChannel, typed: str, kept: str) -> None:
    assert office.normalise(typed) == kept


@pytest.mark.parametrize(
    "typed", ["muestra", "@", "@nombre_demasiado_largo", "@niño", "https://muestra.example/a"]
)
def test_what_is_no_account_is_refused(office: XChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        office.normalise(typed)
