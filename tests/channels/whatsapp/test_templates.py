"""Blanks are filled as WhatsApp asks, and never beyond what the approved text leaves."""

from __future__ import annotations

from typing import Any

import pytest

from architecture.project import SOURCE
from factories.delivery import message, parcel, picture
from pregon.channels.fitting import units
from pregon.channels.whatsapp.templates import (
    BLANK,
    BODY,
    TEXTS,
    blanks_of,
    components_of,
    fault_in,
    filled,
    link_of,
    suffix_of,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected
from pregon.delivery.values import Block

each = pytest.mark.parametrize("kind", list(MessageKind))
README = (SOURCE / "channels" / "whatsapp" / "README.md").read_text(encoding="utf-8")


@each
def test_the_readme_shows_each_text_word_for_word(kind: MessageKind) -> None:
    assert TEXTS[kind].body in README
    assert len(TEXTS[kind].button) <= 25


@each
def test_a_text_has_two_blanks_and_neither_begins_nor_ends_with_one(kind: MessageKind) -> None:
    body = TEXTS[kind].body
    assert (BLANK.findall(body), body.startswith("{{"), body.endswith("}}")) == (["1", "2"], False, False)


@each
def test_the_longest_message_fits_in_one_line_for_each_blank(kind: MessageKind) -> None:
    long = message(
        kind,
        headline="Título\tmuy largo\n" * 40,
        notice="Se aclara.     Eran dieciocho.\n",
        blocks=(Block(kind="paragraph", text="Palabra y palabra.\n" * 300),),
        picture=picture(alt="Vecinas\ny vecinos"),
    )
    blanks = blanks_of(parcel(long), pictured=True)
    assert units(TEXTS[kind].filled(blanks)) <= BODY
    assert [("\n" in blank, "\t" in blank, "     " in blank, bool(blank)) for blank in blanks] == [
        (False, False, False, True)
    ] * 2
    assert blanks[1].endswith("En la foto: Vecinas y vecinos")


@each
def test_a_message_that_says_nothing_more_has_no_empty_blank(kind: MessageKind) -> None:
    bare = message(kind, dek="", notice="", blocks=(), sender="")
    assert all(blanks_of(parcel(bare), pictured=False))


def test_a_headline_has_no_stars_of_its_own() -> None:
    link = "https://muestra.example/*obra*"
    said = parcel(message(headline=f"*Ya* abre * 2*3 {link}"))
    assert blanks_of(said, pictured=False)[0] == f"Ya abre 2*3 {link}"


def test_the_blanks_travel_in_the_shape_of_the_api() -> None:
    head, body, button = components_of(parcel(message(dek="", blocks=(), picture=picture())), media="7")
    assert head == {"type": "header", "parameters": [{"type": "image", "image": {"id": "7"}}]}
    assert body["parameters"][0] == {"type": "text", "text": "Reabre el andador con empedrado nuevo"}
    assert button == {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": "boletines/2026-001/"}],
    }


def test_a_withdrawal_has_no_button() -> None:
    gone = message(MessageKind.WITHDRAWAL, url="", notice="Se pospuso.")
    assert [part["type"] for part in components_of(parcel(gone), media="")] == ["body"]
    assert "[" not in filled(parcel(gone), pictured=False)


def test_a_letter_about_the_subscription_leads_to_what_it_asks() -> None:
    about = message(MessageKind.SERVICE, url="")
    assert link_of(parcel(about, confirm_url="https://muestra.example/si/")) == "https://muestra.example/si/"
    assert link_of(parcel(about)) == "https://muestra.example/suscripcion/ficha/"


def test_a_bulletin_without_a_page_cannot_fill_the_button() -> None:
    with pytest.raises(Rejected):
        components_of(parcel(message(url="")), media="")


@pytest.mark.parametrize(
    ("url", "suffix"),
    [
        ("https://muestra.example/a/b/?c=1", "a/b/?c=1"),
        ("http://127.0.0.1:8000/a/", "a/"),
        ("https://muestra.example/", ""),
    ],
)
def test_the_button_gets_what_follows_the_sites_address(url: str, suffix: str) -> None:
    assert suffix_of(url) == suffix


NEWS = TEXTS[MessageKind.NEWS]
LINK = {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://muestra.example/{{1}}"}]}
PHOTO = {"type": "HEADER", "format": "IMAGE"}


def body(text: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text}


@pytest.mark.parametrize(
    ("components", "pictured", "fault"),
    [
        ([body(NEWS.body), LINK], False, ""),
        ([PHOTO, body("Otro: {{1}} y {{2}}."), LINK], True, ""),
        ([body("Solo {{1}}."), LINK], False, "Su texto debe llevar {{1}} y {{2}}."),
        ([], False, "Su texto debe llevar {{1}} y {{2}}."),
        (
            [body(f"{'Muy largo. ' * 40}{{{{1}}}} y {{{{2}}}}."), LINK],
            False,
            "Su texto es más largo que el del canal.",
        ),
        ([body(NEWS.body), LINK], True, "Debe llevar foto de encabezado."),
        ([PHOTO, body(NEWS.body), LINK], False, "No debe llevar foto de encabezado."),
        ([body(NEWS.body)], False, "Debe llevar un botón con enlace que termine en {{1}}."),
    ],
)
def test_a_template_of_another_shape_is_told_what_it_lacks(
    components: list[dict[str, Any]], pictured: bool, fault: str
) -> None:
    assert fault_in(components, NEWS, pictured=pictured) == fault


def test_a_withdrawals_template_has_no_button() -> None:
    text = TEXTS[MessageKind.WITHDRAWAL]
    assert fault_in([body(text.body), LINK], text, pictured=False) == "No debe llevar botón."
