"""The months of a programme."""

from __future__ import annotations

import pytest

from factories.documents import MONTHS, doubts, drafted, plan_of, seed


def test_without_tabs_the_empty_months_are_still_counted() -> None:
    text = "\n".join(line.strip() for line in seed("ocotlan").split("\n"))
    assert plan_of(text).programmes[2].months == plan_of(seed("ocotlan")).programmes[2].months


RADIO = "Radio\nOBJETIVO GENERAL: Informar\nTEMPORALIDAD\n"


@pytest.mark.parametrize("between", ["\t", "\n"])
def test_months_in_a_row_and_one_below_the_other_are_the_same(between: str) -> None:
    marks = ["X" if month in ("AGO", "SEP") else "-" for month in MONTHS]
    (sheet,) = plan_of(f"{RADIO}{between.join(MONTHS)}\n{between.join(marks)}\n").programmes
    assert [number for number, planned in enumerate(sheet.months, start=1) if planned] == [8, 9]


def test_months_without_marks_are_a_doubt() -> None:
    assert "El calendario no trae marcas" in doubts(drafted(RADIO + "\n".join(MONTHS) + "\n"))


def test_months_of_no_programme_are_a_doubt_and_not_taken() -> None:
    row = "\t".join(MONTHS) + "\n" + "\t".join("X" * 12) + "\n"
    assert "Estos meses no están en ningún programa" in doubts(drafted(f"MISIÓN\nInformar.\n{row}"))
