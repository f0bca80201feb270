"""What must fit, fits: whole where it has to be whole, and cut at a word where it gives way."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, picture
from pregon.channels.fitting import baked_file, fit, heading_of, line_of, pieces_of, stacked
from pregon.core.text import shorten
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block

WORDS = st.lists(st.sampled_from(["el", "andador", "📣", "https://muestra.example/a", "¡ya!"])).map(" ".join)


def bytes_of(text: str) -> int:
    return len(text.encode())


@given(WORDS, st.integers(0, 80))
def test_a_text_takes_all_the_room_it_is_given_and_no_more(text: str, limit: int) -> None:
    assert fit(text, 2 * limit, lambda part: 2 * len(part)) == shorten(text, limit)


@given(WORDS, st.lists(WORDS, max_size=3), st.integers(40, 120))
def test_the_foot_is_whole_and_the_rest_fits(head: str, pieces: list[str], limit: int) -> None:
    text = stacked(head, pieces, "Leer en el sitio", limit=limit, measure=bytes_of)
    assert (text.endswith("Leer en el sitio"), bytes_of(text) <= limit) == (True, True)


def test_a_piece_that_had_to_give_way_is_the_last_one() -> None:
    long = "palabra " * 20
    assert stacked("Título", [long, "Otra"], "", limit=60) == f"Título\n\n{shorten(long, 52)}"


def test_a_piece_without_room_for_a_sentence_is_left_out() -> None:
    assert stacked("Título", ["palabra " * 20], "Pie", limit=40) == "Título\n\nPie"


def test_pieces_come_the_weightiest_first() -> None:
    pieces = pieces_of(message(MessageKind.CORRECTION, notice="Eran dieciocho."))
    assert [piece.partition("\n")[0] for piece in pieces] == [
        "Eran dieciocho.",
        "Tres meses de obra en el corazón del pueblo.",
        "Villa de Muestra, Jalisco. El andador quedó abierto este viernes al paso peatonal.",
    ]
    assert heading_of(message(MessageKind.CORRECTION)).startswith("Corrección: ")


@pytest.mark.parametrize(
    ("kind", "label", "line"),
    [
        ("quote", "Obras Públicas", "«Agua» — Obras Públicas"),
        ("quote", "", "«Agua»"),
        ("figure", "pozos", "Agua pozos"),
        ("item", "", "• Agua"),
        ("paragraph", "", "Agua"),
    ],
)
def test_each_block_is_one_line(kind: str, label: str, line: str) -> None:
    assert line_of(Block(kind=kind, text="Agua", label=label)) == line


def test_only_a_baked_photo_of_a_known_kind_and_weight_is_sent() -> None:
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    (settings.HOME.root / "secreto.jpg").write_bytes(b"1")
    photo, outside = picture(), picture(path="../secreto.jpg")
    assert baked_file(photo, suffixes={".jpg"}, heaviest=5) == path.resolve()
    assert [
        baked_file(photo, suffixes={".jpg"}, heaviest=4),
        baked_file(photo, suffixes={".png"}, heaviest=5),
        baked_file(outside, suffixes={".jpg"}, heaviest=5),
        baked_file(picture(path="fotos/2/960.jpg"), suffixes={".jpg"}, heaviest=5),
    ] == [None, None, None, None]
