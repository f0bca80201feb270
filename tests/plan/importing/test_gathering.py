"""The whole that the parts make."""

from __future__ import annotations

import pytest

from factories.documents import doubts, drafted, plan_of, seed
from pregon.core.text import fold
from pregon.plan.errors import BrokenPlan
from pregon.plan.values import PlanPart

SEEDS = ("mazamitla", "ocotlan")


def test_a_text_that_is_no_plan_is_refused() -> None:
    with pytest.raises(BrokenPlan, match="no encontramos un plan"):
        drafted("Querida redacción:\nles mando un saludo.\n")


@pytest.mark.parametrize("name", SEEDS)
def test_without_accents_it_is_the_same_plan_and_a_doubt(name: str) -> None:
    def shape(plan: PlanPart) -> object:
        return (
            plan.year,
            [sheet.months for sheet in plan.programmes],
            [fold(line.name) for line in plan.every_indicator],
            [(fold(line.description), line.months) for line in plan.every_activity],
            [fold(goal) for goal in plan.goals],
            len(plan.values),
            fold(plan.mission),
        )

    bare = seed(name).translate(str.maketrans("áéíóúñÁÉÍÓÚÑ", "aeiounAEIOUN"))
    draft = drafted(bare)
    assert shape(draft.plan) == shape(plan_of(seed(name)))
    assert "llegó sin acentos" in doubts(draft)


def test_a_document_in_which_no_word_needs_an_accent_did_not_lose_any() -> None:
    row = "\n1\tGrabar avisos de obras para la gente del pueblo"
    text = (
        "POA 2026 DE PRENSA\nIndicador\tMeta\nAvisos grabados\t12\n\nNo\tActividad\tENE\tFEB\tMAR" + row * 12
    )
    assert "sin acentos" not in doubts(drafted(text))
    assert "sin acentos" in doubts(drafted(text.replace("avisos de", "avisos de la direccion de")))


def test_a_calendar_of_another_year_is_a_doubt() -> None:
    draft = drafted("POA 2026\nMISIÓN\nInformar.\nCALENDARIO 2025\n")
    assert draft.plan.calendar_year == 2025
    assert "El calendario dice 2025 y el plan es de 2026: revisa cuál vale." in doubts(draft)


def test_a_wrong_calendar_says_in_another_year_what_its_document_said() -> None:
    assert plan_of(seed("mazamitla")).in_year(2026).calendar_year == 2019


def test_what_stands_in_no_programme_is_the_plans_own() -> None:
    plan = plan_of(
        "INDICADOR: Uno\nUNIDAD DE MEDIDA: Veces\nRadio\nOBJETIVO GENERAL: Informar\nINDICADOR: Dos\n"
    )
    assert [line.name for line in plan.indicators] == ["Uno"]
    assert [line.name for sheet in plan.programmes for line in sheet.indicators] == ["Dos"]
