"""The words beside every line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.documents import doubts, drafted
from pregon.plan.importing.notes import Notes
from pregon.plan.importing.sheets import line_of


def test_a_line_says_each_thing_once() -> None:
    notes = Notes()
    for _time in range(2):
        notes.note(1, "Misión")
        notes.doubt(1, "Revísala.")
    notes.note(1, "Visión")
    beside = notes.beside(line_of(1, ["Misión y visión"]))
    assert (beside.becomes, beside.doubt) == ("Misión; Visión", "Revísala.")
    notes.forget(1)
    assert notes.beside(line_of(1, ["Misión y visión"])).becomes == ""


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("$1,250.50", Decimal("1250.50")),
        ("0,6", Decimal("0.6")),
        ("-3", Decimal(-3)),
        ("0.125", Decimal("0.12")),
        ("ninguno", None),
        ("9" * 9, None),
    ],
)
def test_a_figure_is_read_as_people_write_it(text: str, figure: Decimal | None) -> None:
    assert Notes().figure(text, 1) == figure


def test_words_too_long_for_their_place_are_cut_with_a_doubt() -> None:
    draft = drafted("INDICADOR: " + "palabra " * 60)
    assert len(draft.plan.indicators[0].name) <= 160
    assert "se cortó" in doubts(draft)
