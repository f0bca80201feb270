"""Months, goals and values as people mark and write them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from pregon.plan.fields import LinesField, MilestonesField, MonthsField, TwelveNumbers, ValuesField, figures

SUMMER = [month in (8, 9) for month in range(1, 13)]


class Asked(forms.Form):
    months = MonthsField(required=False)
    milestones = MilestonesField(required=False)
    goals = LinesField(required=False)
    values = ValuesField(required=False)


KEPT: dict[str, Any] = {
    "months": SUMMER,
    "milestones": {"3": "25", "12": "62.5"},
    "goals": ["Informar", "Escuchar"],
    "values": [{"name": "Respeto", "text": "Tratar bien: siempre"}],
}
SENT: dict[str, Any] = {
    "months": ["8", "9"],
    "milestones_2": "25",
    "milestones_11": " 62.5 ",
    "goals": "Informar\r\n\r\n Escuchar",
    "values": "Respeto: Tratar bien: siempre\r\n",
}


def test_what_is_kept_is_shown_and_sent_back_the_same() -> None:
    shown = Asked(initial=KEPT)
    assert {name: shown[name].value() for name in ("months", "goals", "values")} == {
        "months": ["8", "9"],
        "goals": "Informar\nEscuchar",
        "values": "Respeto: Tratar bien: siempre",
    }
    assert TwelveNumbers().decompress(KEPT["milestones"])[2:4] == ["25", ""]
    sent = Asked(SENT, initial=KEPT)
    assert sent.errors == {}
    assert sent.cleaned_data == KEPT


def test_what_was_not_touched_has_not_changed() -> None:
    same = SENT | {"milestones_2": "25.0", "goals": "Informar\r\nEscuchar", "values": SENT["values"].strip()}
    assert Asked(same, initial=KEPT).changed_data == []
    other = {"months": ["8"], "milestones_2": "26", "goals": "Informar", "values": ""}
    assert Asked(other, initial=KEPT).changed_data == ["months", "milestones", "goals", "values"]


def test_a_form_without_marks_means_no_month_and_without_words_nothing() -> None:
    empty = Asked({})
    assert empty.errors == {}
    assert empty.cleaned_data == {"months": [False] * 12, "milestones": {}, "goals": [], "values": []}


@pytest.mark.parametrize("typed", ["veinte", "1,250", "0.625", "123456789", "25 %"])
def test_a_number_that_cannot_be_kept_is_told_with_its_month_and_stays_in_the_form(typed: str) -> None:
    form = Asked({"milestones_0": typed, "milestones_1": "5"})
    assert form.errors == {
        "milestones": [f"Enero: «{typed}» no se entiende. Escribe un número con punto decimal, como 62.5."]
    }
    page = str(form["milestones"])
    assert [f'value="{words}"' in page for words in (typed, "5")] == [True, True]
    assert '<label for="id_milestones_0">Enero</label>' in page


@pytest.mark.parametrize("line", ["Respeto", ": tratar bien", "Respeto:"])
def test_a_value_that_does_not_say_what_it_means_is_asked_for_again(line: str) -> None:
    with pytest.raises(ValidationError, match="escribe el valor, dos puntos"):
        ValuesField().clean(line)


def test_a_month_that_does_not_exist_is_refused() -> None:
    assert list(Asked({"months": ["13"]}).errors) == ["months"]


def test_figures_are_the_same_however_they_are_written() -> None:
    assert figures(["25", "x"]) == figures(["25.0", "x"]) != figures(["25", ""])
