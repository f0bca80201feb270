"""Whose plan it is and of which year."""

from __future__ import annotations

import pytest

from factories.documents import doubts, drafted, plan_of


def test_a_document_without_title_or_year_says_so() -> None:
    draft = drafted("MISIÓN\nInformar a la población.\n")
    assert (draft.plan.year, draft.plan.title) == (2026, "Plan anual")
    assert "no lleva título" in draft.lines[0].doubt
    assert "se tomó 2026" in draft.lines[0].doubt


def test_a_title_of_another_year_is_a_doubt_and_the_first_one_stands() -> None:
    draft = drafted("POA 2025 Comunicación\nMISIÓN\nInformar.\nPOA 2026\n")
    assert (draft.plan.title, draft.plan.year) == ("Programa operativo anual de Comunicación", 2025)
    assert "Este título es de 2026, y el plan de otro año." in doubts(draft)


def test_a_year_may_have_a_label_of_its_own() -> None:
    draft = drafted("EJERCICIO: 2025\nMISIÓN\nInformar.\n")
    assert draft.plan.year == 2025
    assert "Aquí se esperaba un año" in doubts(drafted("EJERCICIO: el que corre\nMISIÓN\nInformar.\n"))


def test_a_value_has_its_name_before_what_it_means() -> None:
    plan = plan_of("VALORES\nRespeto: tratar bien a la gente.\nLa lealtad es servir a la institución.\n")
    assert plan.values == (
        ("Respeto", "tratar bien a la gente."),
        ("Lealtad", "La lealtad es servir a la institución."),
    )


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("UNIDAD RESPONSABLE: Redacción", "Redacción"),
        ("La Dirección de Comunicación Social informa", "Dirección de Comunicación Social"),
        ("", "Comunicación Social"),
    ],
)
def test_the_unit_is_taken_from_its_label_or_from_the_text(line: str, unit: str) -> None:
    assert plan_of(f"MISIÓN\nInformar a la población.\n{line}\n").unit_name == unit


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("POA 2025 de Comunicación Social", "Comunicación Social"),
        ("POA DE LA DIRECCIÓN DE PRENSA 2025", "Dirección de Prensa"),
        ("POA 2025 Prensa", "Prensa"),
    ],
)
def test_a_title_names_the_unit_after_the_word_between_them_or_without_it(title: str, unit: str) -> None:
    plan = plan_of(f"{title}\nMISIÓN\nInformar.\n")
    assert (plan.unit_name, plan.title) == (unit, f"Programa operativo anual de {unit}")
