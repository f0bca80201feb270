"""Whatever is measured and however, a text fits, and neither a word nor an address is cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, picture
from pregon.channels.fitting import baked_file, fit, heading_of, pieces_of, stacked
from pregon.delivery.enums import MessageKind

LINK = "https://muestra.example/boletines/2026-001/"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300)
MEASURES = st.sampled_from(
    [len, lambda text: 2 * len(text), lambda text: len(re.sub(r"https?://\S+", "x" * 23, text))]
)


@given(TEXT, st.integers(0, 400), MEASURES)
def test_fitting_never_exceeds(text: str, limit: int, measure: type[len]) -> None:
    assert measure(fit(text, limit, measure)) <= limit


@given(TEXT, st.lists(TEXT, max_size=4), st.integers(60, 400), MEASURES)
def test_the_foot_always_goes_whole(head: str, pieces: list[str], limit: int, measure: type[len]) -> None:
    whole = stacked(head, pieces, LINK, limit=max(limit, 2 * len(LINK) + 8), measure=measure)
    assert (measure(whole) <= max(limit, 2 * len(LINK) + 8), whole.endswith(LINK)) == (True, True)


def test_the_last_piece_gives_way_first() -> None:
    pieces = [
        "Tres meses de obra.",
        "El andador quedó abierto este viernes al paso peatonal de todas las personas.",
    ]
    assert stacked("Reabre el andador", pieces, LINK, limit=141) == (
        "Reabre el andador\n\nTres meses de obra.\n\nEl andador quedó abierto este viernes al paso peatonal…\n\n"
        + LINK
    )


def test_less_room_than_a_sentence_stays_empty() -> None:
    assert stacked("Reabre el andador", ["a" * 50 + " b"], LINK, limit=90) == f"Reabre el andador\n\n{LINK}"


def test_a_correction_says_so_and_says_first_what_changed() -> None:
    given = message(MessageKind.CORRECTION, notice="Eran dieciocho.")
    assert heading_of(given) == "Corrección: Reabre el andador con empedrado nuevo"
    assert pieces_of(given)[:2] == ["Eran dieciocho.", "Tres meses de obra en el corazón del pueblo."]


def test_the_body_reads_in_plain_words() -> None:
    assert pieces_of(message(), gap="\n")[-1].splitlines() == [
        "Villa de Muestra, Jalisco. El andador quedó abierto este viernes al paso peatonal.",
        "320 m de empedrado",
        "18 luminarias",
        "«La calle es de quien la camina» — Dirección de Obras Públicas",
        "• Jardineras en diciembre",
    ]


@pytest.fixture
def photo() -> Path:
    path: Path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a photo")
    return path


def test_a_photo_is_found_where_it_is_baked(photo: Path) -> None:
    assert baked_file(picture(), suffixes={".jpg"}, heaviest=7) == photo


@pytest.mark.parametrize(
    ("path", "suffixes", "heaviest"),
    [
        ("fotos/1/960.jpg", {".png"}, 7),
        ("fotos/1/960.jpg", {".jpg"}, 6),
        ("fotos/2/960.jpg", {".jpg"}, 7),
        ("../secreto.jpg", {".jpg"}, 7),
    ],
)
def test_a_photo_of_another_kind_too_heavy_or_elsewhere_is_none(
    photo: Path, path: str, suffixes: set[str], heaviest: int
) -> None:
    (settings.HOME.root / "secreto.jpg").write_bytes(b"secret")
    assert baked_file(picture(path=path), suffixes=suffixes, heaviest=heaviest) is None
