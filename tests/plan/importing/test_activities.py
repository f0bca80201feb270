"""Activities with the months in which they are planned and done."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.documents import CALENDAR, doubts, drafted, plan_of
from pregon.plan.reading import parse
from pregon.plan.writing import write


def test_planned_and_done_have_their_own_marks() -> None:
    (line,) = plan_of(f"POA 2026\n{CALENDAR}\n1\tGrabar\tP\tR\tPR\n").activities
    assert (line.months[:4], line.done[:4]) == ((True, False, True, False), (False, True, True, False))


def test_a_mark_nobody_knows_is_a_doubt_and_no_month() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar\tQ\tX\n")
    assert "No conocemos la marca «Q» de enero: no se tomó." in doubts(draft)
    assert draft.plan.activities[0].months[:3] == (False, True, False)


def test_marks_nobody_knows_are_one_doubt_of_their_line() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar" + "\tQ" * 12 + "\n2\tEditar\tQ\tZ\tX\tQ\n")
    assert [line.doubt for line in draft.lines[2:]] == [
        "No conocemos la marca «Q» de los doce meses: no se tomó.",
        "No conocemos las marcas «Q», «Z» de enero, febrero, abril: no se tomaron.",
    ]


@pytest.mark.parametrize(
    "text", ["ACTIVIDADES\n- Grabar\n- Editar\n", "N°\tActividad\n1\tGrabar\n2\tEditar\n"]
)
def test_activities_without_months_are_a_doubt(text: str) -> None:
    draft = drafted(text)
    assert [line.description for line in draft.plan.activities] == ["Grabar", "Editar"]
    assert doubts(draft).count("Esta actividad no trae meses: márcalos en el plan.") == 2


def test_numbers_under_the_months_mark_them_and_are_kept() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar\t2\t20\t1\n2\tEditar\tX\t\t1\n")
    first, second = draft.plan.activities
    assert (first.months[:4], second.months[:4]) == ((True, True, True, False), (True, False, True, False))
    assert first.amounts == ((1, Decimal(2)), (2, Decimal(20)), (3, Decimal(1)))
    assert second.amounts == ((3, Decimal(1)),)
    assert not draft.plan.every_indicator
    assert "marca" not in doubts(draft)


def test_ones_alone_are_marks() -> None:
    (line,) = plan_of(f"POA 2026\n{CALENDAR}\n1\tGrabar\t1\t0\t1\n").activities
    assert (line.months[:3], line.amounts) == ((True, False, True), ())


def test_the_unit_and_the_goal_of_an_activity_are_those_of_an_indicator_of_its_name() -> None:
    heading = CALENDAR.replace("Actividad\t", "Actividad\tUnidad de medida\tMeta anual\t")
    draft = drafted(
        f"POA 2026\n{heading}\n1\tGrabar videos\tVideo\t23\t2\t20\t1\n2\tEscribir notas\tNota\t9\t4\t4\n"
    )
    assert [(line.name, line.unit, line.target) for line in draft.plan.indicators] == [
        ("Grabar videos", "Video", Decimal(23)),
        ("Escribir notas", "Nota", Decimal(9)),
    ]
    assert draft.plan.indicators[0].milestones == ((1, Decimal(2)), (2, Decimal(22)), (3, Decimal(23)))
    assert [line.indicator for line in draft.plan.activities] == ["grabar-videos", "escribir-notas"]
    assert doubts(draft).count("se guardan en un indicador con el mismo nombre") == 1
    assert "Los meses suman 8 y la meta dice 9: revisa cuál vale." in doubts(draft)
    assert parse(write(draft.plan), name="plan.yaml").plan == draft.plan


def test_the_total_of_the_months_is_the_goal_and_percentages_add_up_to_nothing() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\tTotal\n1\tGrabar\t2\t3\t\t\t\t\t\t\t\t\t\t\t5\n")
    assert [(line.name, line.target) for line in draft.plan.indicators] == [("Grabar", Decimal(5))]
    heading = CALENDAR.replace("Actividad\t", "Actividad\tUnidad de medida\t")
    (line,) = plan_of(f"POA 2026\n{heading}\n1\tGrabar\tPorcentaje\t50%\t100%\n").indicators
    assert (line.target, line.milestones) == (None, ())


def test_the_key_that_a_document_gives_its_lines_is_kept() -> None:
    plan = plan_of(
        f"POA 2026\nClave\tIndicador\tMeta\nIND-01\tCobertura\t90%\n\n{CALENDAR}\nA.1\tGrabar\tX\n"
    )
    assert [line.reference for line in plan.indicators] == ["IND-01"]
    assert [line.reference for line in plan.activities] == ["A.1"]


SHEET = "Radio\nOBJETIVO GENERAL: Informar\nLÍNEA DE ACCIÓN: Cubrir los actos.\n{}TEMPORALIDAD\nENE\tFEB\tMAR\nX\t\tX\n"


def test_a_programme_without_activities_does_what_its_line_of_action_says() -> None:
    draft = drafted(SHEET.format(""))
    (line,) = draft.plan.programmes[0].activities
    assert (line.description, line.months) == ("Cubrir los actos.", draft.plan.programmes[0].months)
    assert doubts(draft).count("si no lo es, quítala del plan") == 1


def test_what_its_description_says_that_is_done_comes_first() -> None:
    described = "DESCRIPCIÓN:\n- La oficina es de todos.\n- Grabar cada semana.\n- Se publicarán avisos.\n"
    draft = drafted(SHEET.format(described))
    assert [line.description for line in draft.plan.every_activity] == [
        "Grabar cada semana.",
        "Se publicarán avisos.",
    ]
    assert draft.plan.programmes[0].description.count("-") == 3


def test_where_activities_are_listed_nothing_is_supposed() -> None:
    draft = drafted(SHEET.format("") + f"{CALENDAR}\n1\tGrabar\tX\n")
    assert [line.description for line in draft.plan.every_activity] == ["Grabar"]
