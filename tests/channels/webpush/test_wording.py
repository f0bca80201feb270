"""What a browser shows fits into one record, and its links come whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.delivery import message, parcel
from pregon.channels.fitting import fit
from pregon.channels.webpush.encryption import LARGEST
from pregon.channels.webpush.wording import BODY, ROOM, TITLE, notification, weight, words_of
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected
from pregon.delivery.values import Block

TAG = "t" * 32


def told(given_parcel: Parcel) -> dict[str, str]:
    packed = notification(given_parcel, words_of(given_parcel.message), tag=TAG).packed
    read: dict[str, str] = json.loads(packed)
    return read


def test_a_bulletin_is_its_headline_its_second_one_and_where_it_is_read() -> None:
    assert told(parcel()) == {
        "title": "Reabre el andador con empedrado nuevo",
        "body": "Tres meses de obra en el corazón del pueblo.",
        "url": "https://muestra.example/boletines/2026-001/",
        "icon": "http://testserver/icono-192.png",
        "tag": TAG,
        "preferences": "https://muestra.example/suscripcion/ficha/",
        "urgent": False,
    }


def test_without_a_second_headline_it_begins_as_the_text_does() -> None:
    assert told(parcel(message(dek="")))["body"] == "El andador quedó abierto este viernes al paso peatonal."


def test_a_correction_says_so_and_what_changed() -> None:
    shown = told(parcel(message(MessageKind.CORRECTION, notice="Son 320 metros,\nno 230.")))
    assert (shown["title"], shown["body"].splitlines()) == (
        "Corrección: Reabre el andador con empedrado nuevo",
        ["Son 320 metros, no 230.", "Tres meses de obra en el corazón del pueblo."],
    )


def test_a_withdrawal_leads_to_the_site() -> None:
    gone = message(
        MessageKind.WITHDRAWAL,
        headline="Se retira el boletín 001/2026",
        url="",
        dek="",
        blocks=(),
        notice="Por error.",
    )
    shown = told(parcel(gone))
    assert (shown["body"], shown["url"]) == ("Por error.", "http://testserver/")


def test_a_notice_about_the_subscription_leads_where_it_is_confirmed() -> None:
    asked = parcel(message(MessageKind.SERVICE, url=""), confirm_url="https://muestra.example/confirmar/")
    assert told(asked)["url"] == "https://muestra.example/confirmar/"


def test_words_are_never_cut() -> None:
    long = message(headline="palabra " * 40, dek="desarrollo " * 100)
    shown = told(parcel(long))
    assert (len(shown["title"]) <= TITLE, len(shown["body"]) <= BODY) == (True, True)
    assert set(shown["title"].rstrip("…").split()) == {"palabra"}
    assert set(shown["body"].rstrip("…").split()) == {"desarrollo"}


@settings(max_examples=100, deadline=None)
@given(
    headline=st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    dek=st.text(st.characters(exclude_categories=["Cs"]), max_size=2000),
    link=st.integers(min_value=0, max_value=2500),
)
def test_whatever_is_said_fits_into_one_record(headline: str, dek: str, link: int) -> None:
    url = "https://muestra.example/" + "a" * link
    given_parcel = parcel(message(headline=headline, dek=dek, url=url))
    packed = notification(given_parcel, words_of(given_parcel.message), tag=TAG).packed
    assert (len(packed) <= ROOM <= LARGEST, json.loads(packed)["url"]) == (True, url)


def test_links_that_leave_no_room_are_refused() -> None:
    given_parcel = parcel(message(url="https://muestra.example/" + "a" * 4000))
    with pytest.raises(Rejected, match="demasiado largos"):
        notification(given_parcel, words_of(given_parcel.message), tag=TAG)


@pytest.mark.parametrize("room", [0, 1, 5, 20, 100])
@pytest.mark.parametrize("text", ["", "uno dos tres", "ñandú " * 9, "\x00 \x01 " * 20, "🎉 fiesta " * 9])
def test_room_is_counted_in_bytes_as_they_leave(text: str, room: int) -> None:
    assert weight(fit(text, room, weight)) <= room


def test_an_empty_paragraph_is_no_beginning() -> None:
    blocks = (Block(kind="paragraph", text="  "), Block(kind="paragraph", text="Se abrió el puente."))
    assert told(parcel(message(dek="", blocks=blocks)))["body"] == "Se abrió el puente."
