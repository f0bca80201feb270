"""Activities with the months in which they are planned and done."""

from __future__ import annotations

import pytest

from factories.documents import CALENDAR, doubts, drafted, plan_of


def test_planned_and_done_have_their_own_marks() -> None:
    (line,) = plan_of(f"POA 2026\n{CALENDAR}\n1\tGrabar\tP\tR\tPR\n").activities
    assert (line.months[:4], line.done[:4]) == ((True, False, True, False), (False, True, True, False))


def test_a_mark_nobody_knows_is_a_doubt_and_no_month() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar\tQ\tX\n")
    assert "No conocemos la marca «Q» de enero: no se tomó." in doubts(draft)
    assert draft.plan.activities[0].months[:3] == (False, True, False)


@pytest.mark.parametrize(
    "text", ["ACTIVIDADES\n- Grabar\n- Editar\n", "N°\tActividad\n1\tGrabar\n2\tEditar\n"]
)
def test_activities_without_months_are_a_doubt(text: str) -> None:
    draft = drafted(text)
    assert [line.description for line in draft.plan.activities] == ["Grabar", "Editar"]
    assert doubts(draft).count("Esta actividad no trae meses: márcalos en el plan.") == 2
