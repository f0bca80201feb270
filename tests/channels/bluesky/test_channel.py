"""The office's account before a server that holds each post to its lexicon."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import regex
from django.conf import settings

from factories.delivery import message, parcel, picture
from pregon.channels.bluesky.channel import BlueskyChannel, length
from pregon.core.http import client
from pregon.delivery import registry
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured, Postponed, Rejected
from pregon.delivery.values import Block, Picture
from servers.bluesky import Pds

URL = "https://muestra.example/boletines/2026-001/"


@pytest.fixture
def office(pds: Pds) -> BlueskyChannel:
    return channel(pds)


def channel(pds: Pds, **options: Any) -> BlueskyChannel:
    given = {
        "identifier": pds.handle,
        "app_password": pds.password,
        "api_base": pds.url,
        "allow_private": True,
    }
    built = registry.build("bluesky", given | options)
    assert isinstance(built, BlueskyChannel)
    return built


@pytest.fixture
def photo() -> Path:
    """A photo in the baked site."""
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff" + b"a photo" * 10)
    return path


def news(kind: MessageKind = MessageKind.NEWS, *, key: str = "1-2", below: str = "", **fields: Any) -> Parcel:
    return parcel(message(kind, **fields), key=key, destination="@muestra.example", in_reply_to=below)


def correction(below: str, **fields: Any) -> Parcel:
    return news(MessageKind.CORRECTION, below=below, **{"notice": "Eran dieciocho.", "key": "2-1", **fields})


def withdrawal(below: str) -> Parcel:
    return news(MessageKind.WITHDRAWAL, key="3-1", below=below, notice="Se publicó por error.", url="")


# --- Saying -------------------------------------------------------------------------------------------------


def test_a_post_without_a_photo_has_a_card(office: BlueskyChannel, pds: Pds) -> None:
    receipt = office.send(news())
    [(key, record)] = pds.records.items()
    assert (record["langs"], record["embed"]) == (
        ["es"],
        {
            "$type": "app.bsky.embed.external",
            "external": {
                "uri": URL,
                "title": "Reabre el andador con empedrado nuevo",
                "description": "Tres meses de obra en el corazón del pueblo.",
            },
        },
    )
    assert ("facets" in record, URL in record["text"]) == (False, False)
    assert receipt.reference.startswith(f"{key}:bafyrei")
    assert receipt.url == f"https://bsky.app/profile/muestra.example/post/{key}"


def test_a_photo_goes_with_its_description_and_the_link_stands_in_the_text(
    office: BlueskyChannel, pds: Pds, photo: Path
) -> None:
    office.send(news(picture=picture()))
    [record] = pds.records.values()
    [image], [facet] = record["embed"]["images"], record["facets"]
    assert pds.blobs[image["image"]["ref"]["$link"]] == photo.read_bytes()
    assert (image["alt"], image["aspectRatio"]) == (picture().alt, {"width": 960, "height": 640})
    place = slice(facet["index"]["byteStart"], facet["index"]["byteEnd"])
    assert (record["text"].encode()[place].decode(), facet["features"][0]["uri"]) == ("Leer en el sitio", URL)


def test_proportions_that_nobody_knows_are_not_told(office: BlueskyChannel, pds: Pds, photo: Path) -> None:
    office.send(news(picture=picture(width=0)))
    assert "aspectRatio" not in next(iter(pds.records.values()))["embed"]["images"][0]


def test_the_text_never_waits_for_a_photo(office: BlueskyChannel, pds: Pds, photo: Path) -> None:
    pds.refuse("BlobTooLarge", "This file is too large.")
    office.send(news(key="1-1", picture=picture()))
    photo.write_bytes(b"\xff\xd8\xff" + b"." * 2_000_000)
    office.send(news(key="1-2", picture=picture()))
    kinds = [record["embed"]["$type"] for record in pds.records.values()]
    assert kinds == ["app.bsky.embed.external"] * 2


@pytest.mark.parametrize(
    "words", ["El andador quedó abierto — ¡por fin! 👷🏽‍♀️ ", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦 "]
)
def test_a_long_bulletin_gives_way_at_a_word(
    office: BlueskyChannel, pds: Pds, photo: Path, words: str
) -> None:
    """By letters in the first text, by bytes in the second."""
    office.send(news(picture=picture(), blocks=(Block(kind="paragraph", text=words * 60),)))
    [record] = pds.records.values()
    text = record["text"]
    assert text.endswith("…\n\nLeer en el sitio")
    assert 0.9 < max(len(regex.findall(r"\X", text)) / 300, len(text.encode()) / 3000) <= 1


def test_a_length_is_the_nearer_of_both_limits() -> None:
    assert [length(""), length("ñ" * 300), length("👨‍👩‍👧‍👦" * 120), length("👨‍👩‍👧‍👦" * 121)] == [
        0,
        300,
        300,
        303,
    ]


# --- Once ---------------------------------------------------------------------------------------------------


def test_a_parcel_sent_twice_is_one_post(pds: Pds, photo: Path) -> None:
    first = channel(pds).send(news(picture=picture()))
    before = dict(pds.records)
    photo.unlink()
    again = channel(pds).send(news(picture=picture()))
    assert (again, pds.records) == (first, before)
    assert pds.asked()[-2:] == ["putRecord", "getRecord"]


def test_a_key_that_another_installation_used_for_something_else_is_no_obstacle(
    office: BlueskyChannel, pds: Pds
) -> None:
    for headline in ("Una", "Otra"):
        office.send(news(key="1-1", headline=headline))
    assert len(pds.records) == 2


def test_an_answer_that_got_lost_is_asked_again() -> None:
    def silent(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("late")

    options = {"identifier": "muestra.example", "app_password": "a"}
    built = registry.build("bluesky", options, http=client(transport=httpx2.MockTransport(silent)))
    with pytest.raises(Postponed) as delay:
        built.send(news())
    assert (delay.value.whole, built.limits.idempotent) == (True, True)


# --- Correcting and taking back -----------------------------------------------------------------------------


def test_a_correction_replies_to_the_first_post(office: BlueskyChannel, pds: Pds) -> None:
    first = office.send(news())
    second = office.send(correction(first.reference, headline="Dieciocho"))
    third = office.send(correction(second.reference, headline="Diecinueve", key="2-2"))
    key, _colon, hash_ = first.reference.partition(":")
    root = {"uri": f"at://{pds.did}/app.bsky.feed.post/{key}", "cid": hash_}
    replies = [record.get("reply") for record in pds.records.values()]
    assert replies == [None, {"root": root, "parent": root}, {"root": root, "parent": root}]
    assert [place.partition(":")[0] for place in third.reference.split()] == list(reversed(pds.records))


@pytest.mark.parametrize("instead", [None, picture(url="https://muestra.example/fotos/2/960.jpg")])
def test_a_correction_without_the_photo_that_stands_deletes_it_and_is_a_post_of_its_own(
    office: BlueskyChannel, pds: Pds, photo: Path, instead: Picture | None
) -> None:
    told = news(picture=picture())
    first = office.send(told)
    given = replace(correction(first.reference, picture=instead), before=told.message)
    second = office.send(given)
    assert office.send(given) == second  # as after a lost answer
    [(key, record)] = pds.records.items()
    assert ("reply" in record, record["embed"]["$type"].endswith("images")) == (False, instead is not None)
    assert (second.reference.partition(":")[0], " " in second.reference) == (key, False)


def test_a_correction_with_the_photo_that_stands_replies(
    office: BlueskyChannel, pds: Pds, photo: Path
) -> None:
    told = news(picture=picture())
    first = office.send(told)
    office.send(replace(correction(first.reference, picture=picture()), before=told.message))
    assert ["reply" in record for record in pds.records.values()] == [False, True]


def test_a_withdrawal_deletes_all_that_stands_and_what_is_gone_is_gone(
    office: BlueskyChannel, pds: Pds
) -> None:
    first = office.send(news())
    second = office.send(correction(first.reference))
    for _time in range(2):
        assert office.send(withdrawal(second.reference)).reference == second.reference
    assert pds.records == {}


def test_a_bulletin_may_be_corrected_a_dozen_times_before_its_reference_is_full(
    office: BlueskyChannel, pds: Pds
) -> None:
    reference = office.send(news()).reference
    for number in range(12):
        reference = office.send(correction(reference, key=f"2-{number}")).reference
    office.send(withdrawal(reference))
    assert (len(reference) <= 300, pds.records) == (True, {})


# --- Setting up ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_photo", [True, False])
def test_what_leaves_is_what_was_shown(
    office: BlueskyChannel, pds: Pds, photo: Path, with_photo: bool
) -> None:
    sent = news(picture=picture() if with_photo else None)
    office.send(sent)
    [record] = pds.records.values()
    preview = office.preview(sent)
    card = f"{record['text']}\n\n[Tarjeta: Reabre el andador con empedrado nuevo, {URL}]\n"
    shown = f"[Foto: {picture().alt}]\n\n{record['text']}\n" if with_photo else card
    assert (preview.text, f'<a href="{URL}">' in preview.html) == (shown, with_photo)


def test_what_has_no_page_has_no_card(office: BlueskyChannel, pds: Pds) -> None:
    office.send(news(url=""))
    assert "embed" not in next(iter(pds.records.values()))


def test_what_the_lexicon_forbids_is_refused(office: BlueskyChannel, pds: Pds) -> None:
    pds.refuse("InvalidRequest", "Invalid app.bsky.feed.post record")
    with pytest.raises(Rejected):
        office.send(news())


def test_checking_says_who_we_are(office: BlueskyChannel, pds: Pds) -> None:
    assert office.check() == "@muestra.example"
    with pytest.raises(Misconfigured):
        channel(pds, app_password="otra").check()


def test_a_server_in_trouble_holds_everybody(office: BlueskyChannel, pds: Pds) -> None:
    for trouble in (lambda: pds.fail(), lambda: pds.spend(seconds=600)):
        trouble()
        with pytest.raises(Postponed) as delay:
            office.send(news())
        assert delay.value.whole


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Muestra.Example", "@muestra.example"),
        (" @municipio.bsky.social ", "@municipio.bsky.social"),
        ("https://bsky.app/profile/municipio.bsky.social/", "@municipio.bsky.social"),
    ],
)
def test_an_account_is_kept_in_one_spelling(office: BlueskyChannel, typed: str, kept: str) -> None:
    assert office.normalise(typed) == kept


@pytest.mark.parametrize(
    "typed", ["municipio", "@a_b.example", "niño.example", "a..example", "https://muestra.example/"]
)
def test_what_is_no_account_is_refused(office: BlueskyChannel, typed: str) -> None:
    with pytest.raises(Rejected):
        office.normalise(typed)
