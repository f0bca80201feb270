"""Lists, numbers and names as people write them."""

from __future__ import annotations

import pytest

from pregon.plan.importing.words import NUMBER, items, joined, months_in_words, paragraphs, sentence, tidy


def test_a_line_that_breaks_off_goes_on_in_the_next() -> None:
    parts = [(1, "- Informar a la"), (2, "población"), (3, "- Cubrir los actos"), (4, "2) Publicar")]
    assert items(parts) == [([1, 2], "Informar a la población"), ([3], "Cubrir los actos"), ([4], "Publicar")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("COORDINACIÓN DE COMUNICACIÓN", "Coordinación de Comunicación"),
        ("  Redacción :", "Redacción"),
        ("POA.", "POA"),
    ],
)
def test_what_was_shouted_is_said_as_a_name(text: str, said: str) -> None:
    assert tidy(text) == said


@pytest.mark.parametrize(
    ("text", "whole"), [("1,250.50", True), ("0,6", True), ("60 %", True), ("24 horas", False), ("T2", False)]
)
def test_a_number_is_known_by_how_it_is_written(text: str, whole: bool) -> None:
    assert bool(NUMBER.fullmatch(text)) is whole


def test_months_are_named_and_parts_of_a_text_joined() -> None:
    summer = [month in (8, 9) for month in range(1, 13)]
    assert [months_in_words(each) for each in ([True] * 12, summer, [False] * 12)] == [
        "los doce meses",
        "ago, sep",
        "ningún mes",
    ]
    assert sentence(joined([(1, "encuesta"), (2, "anual")])) == "Encuesta\nanual"
    assert joined([(1, "• Informar")]) == "Informar"


def test_paragraphs_stay_apart_and_lines_that_a_page_broke_do_not() -> None:
    text = "La oficina informa.\nTambién\nescucha a la\nPoblación. \n\n- Uno\n- Dos,\n  y medio\nFin."
    whole = "La oficina informa.\n\nTambién escucha a la Población.\n- Uno\n- Dos, y medio\n\nFin."
    assert paragraphs(text) == whole
    assert paragraphs(whole) == whole
