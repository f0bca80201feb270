"""Headline and foot stand; what is between them gives way at the end of a word."""

from __future__ import annotations

import pytest
from django.conf import settings

from factories.delivery import message, picture
from pregon.channels.fitting import (
    Piece,
    file_of,
    fit,
    heading_of,
    laid_out,
    line_of,
    starred,
    starred_text,
    text_of,
    units,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block

FOOT = "Leer en el sitio: https://muestra.example/boletines/2026-001/"
LONG = "El andador quedó abierto este viernes al paso peatonal. " * 200


def test_what_fits_is_whole() -> None:
    said = laid_out(Piece(text="Título"), [Piece(text="Uno."), Piece(text="Dos.")], "Fin", limit=100)
    assert said == "Título\n\nUno.\n\nDos.\n\nFin"


@pytest.mark.parametrize("limit", [200, 1024, 4096])
def test_the_text_gives_way_and_the_link_stays(limit: int) -> None:
    said = starred_text(message(blocks=(Block(kind="paragraph", text=LONG),)), FOOT, limit=limit)
    assert (units(said) <= limit, said.endswith(f"…\n\n{FOOT}")) == (True, True)


@pytest.mark.parametrize("limit", range(120, 180))
def test_marks_count_and_are_closed(limit: int) -> None:
    said = laid_out(Piece(text="Título", mark=starred), [Piece(text=LONG, mark=starred)], FOOT, limit=limit)
    assert (units(said) <= limit, said.count("*") % 2) == (True, 0)


def test_a_letter_outside_the_first_plane_counts_twice_and_is_not_split() -> None:
    assert (units("📣"), fit("📣 📣 📣", 6), units(fit("📣 📣 📣", 6)) <= 6) == (2, "📣 📣…", True)


def test_a_headline_never_pushes_the_link_out() -> None:
    said = starred_text(message(headline="Palabra " * 200, blocks=()), FOOT, limit=1024)
    assert said.endswith(FOOT)


def test_a_correction_says_that_it_is_one() -> None:
    assert (
        heading_of(message(MessageKind.CORRECTION, headline="Son\ndieciocho")) == "Corrección: Son dieciocho"
    )


def test_every_block_has_its_line() -> None:
    assert [line_of(block) for block in message().blocks] == [
        "El andador quedó abierto este viernes al paso peatonal.",
        "320 m de empedrado",
        "18 luminarias",
        "«La calle es de quien la camina» — Dirección de Obras Públicas",
        "• Jardineras en diciembre",
    ]


def test_the_dateline_opens_the_text_where_there_is_one() -> None:
    assert (
        text_of(message(blocks=(Block(kind="paragraph", text="Abrió."),)))
        == "Villa de Muestra, Jalisco. Abrió."
    )
    assert text_of(message(blocks=())) == ""


def test_a_message_has_the_marks_of_whatsapp() -> None:
    said = starred_text(message(headline="*Ya* abre", dek="Tres_meses", blocks=()), "Fin", limit=1024)
    assert said == "*Ya abre*\n\n_Tres meses_\n\nFin"


def test_only_a_file_of_the_baked_site_in_a_kind_and_weight_that_is_taken() -> None:
    path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    (settings.HOME.root / "secreto.jpg").write_bytes(b"1")
    assert file_of(picture(), formats={".jpg"}, heaviest=5) == path.resolve()
    assert [
        file_of(picture(), formats={".jpg"}, heaviest=4),
        file_of(picture(), formats={".png"}, heaviest=5),
        file_of(picture(path="../secreto.jpg"), formats={".jpg"}, heaviest=5),
        file_of(picture(path="fotos/9/960.jpg"), formats={".jpg"}, heaviest=5),
        file_of(None, formats={".jpg"}, heaviest=5),
    ] == [None] * 5
