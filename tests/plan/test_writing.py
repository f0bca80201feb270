"""A plan goes out as a file and comes back the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pregon.plan import actions
from pregon.plan.enums import Dimension, Kind, Level, PlanKind
from pregon.plan.queries import as_written
from pregon.plan.reading import known, paragraphs, parse, read
from pregon.plan.values import (
    EVERY_MONTH,
    ActivityLine,
    DeviationLine,
    IndicatorLine,
    InputLine,
    MeasureLine,
    PlanPart,
    ProgrammeLine,
)
from pregon.plan.writing import write

SUMMER = tuple(month in (7, 8) for month in range(1, 13))
#: A plan that says everything that can be said.
WHOLE = PlanPart(
    key="comunicacion",
    title="Programa de muestra",
    year=2026,
    kind=PlanKind.BUDGETED.value,
    unit_name="Comunicación Social",
    responsible="Dirección de Comunicación Social",
    calendar_year=2025,
    description="Lo que la oficina hace.",
    mission="Informar: a tiempo y completo.\n\n- Cada día\n- Cada mes",
    vision="Que nadie se quede sin saber.",
    values=(("Verdad", "Se publica lo que se puede probar."),),
    goals=("Que todos lean", "Que todos pregunten"),
    source="Documento de muestra.",
    programmes=(
        ProgrammeLine(
            name="Comunicación eficiente",
            general_objective="Informar",
            particular_objective="Llegar a cada localidad",
            strategy="Canales propios",
            line_of_action="Cubrir los actos",
            programme_name="Cobertura total",
            axis="Gobierno abierto",
            alignment=(("Plan Municipal de Desarrollo y Gobernanza", "Objetivo 4.2"),),
            responsible="Jefatura de Información",
            description="Una hoja.",
            months=SUMMER,
            inputs=(
                InputLine(description="Una cámara", amount=Decimal("12500.50"), budget_line="523"),
                InputLine(description="Papelería"),
            ),
            indicators=(
                IndicatorLine(
                    code="cobertura",
                    name="Actos cubiertos",
                    reference="C-01",
                    short_name="Cobertura",
                    definition="Parte de los actos que tiene su cobertura.",
                    level=Level.COMPONENT.value,
                    narrative="Actos oficiales cubiertos",
                    kind=Kind.MANAGEMENT.value,
                    dimension=Dimension.EFFICACY.value,
                    method="Cubiertos / debidos × 100",
                    numerator="Actos cubiertos",
                    denominator="Actos debidos",
                    verification="Memoria fotográfica",
                    supposition="Las dependencias avisan a tiempo.",
                    responsible="Redacción",
                    unit="Porcentaje",
                    baseline=Decimal("70.25"),
                    baseline_year=2024,
                    previous=Decimal(0),
                    target=Decimal(100),
                    target_text="Cobertura de todos los actos",
                    review_due=True,
                    milestones=((3, Decimal(90)), (6, Decimal("95.5")), (12, Decimal(100))),
                    cumulative=False,
                    direction="descendente",
                    green_from=Decimal(90),
                    yellow_from=Decimal(70),
                    overshoot="revisar",
                    overshoot_from=Decimal(110),
                    frequency="trimestral",
                    measure=MeasureLine(name="acts_covered", parameters={"department": "obras-publicas"}),
                    deviations=(
                        DeviationLine(month=2, cause="Lluvia", effect="Dos actos menos", remedy="Reponerlos"),
                    ),
                ),
            ),
            activities=(
                ActivityLine(
                    description="Cubrir los actos",
                    reference="A.1",
                    amounts=((7, Decimal(4)), (8, Decimal("2.5"))),
                    short_name="Actos",
                    indicator="cobertura",
                    responsible="Fotografía",
                    supposition="Hay vehículo.",
                    months=SUMMER,
                    done=EVERY_MONTH,
                    measure=MeasureLine(name="acts_covered"),
                    deviations=(DeviationLine(month=8, cause="Sin vehículo"),),
                ),
                ActivityLine(description="Nada todavía", months=(False,) * 12),
            ),
        ),
    ),
    indicators=(IndicatorLine(code="opinion", name="Opinión pública"),),
    activities=(ActivityLine(description="Boletines", months=EVERY_MONTH),),
)


def test_everything_that_a_plan_can_say_comes_back_from_its_file() -> None:
    assert parse(write(WHOLE), name="muestra.yaml").plan == WHOLE


@pytest.mark.parametrize("name", known())
def test_our_own_plans_come_back_from_their_file(name: str) -> None:
    plan = read(name).plan
    assert parse(write(plan), name=name).plan == plan


@pytest.mark.django_db
def test_everything_that_a_plan_can_say_comes_back_from_the_database() -> None:
    assert as_written(actions.put_in(WHOLE, at=timezone.now())) == WHOLE


@pytest.mark.django_db
@pytest.mark.parametrize("name", known())
def test_our_own_plans_come_back_from_the_database(name: str) -> None:
    assert as_written(actions.load_plan(name, at=timezone.now())) == read(name).plan


def test_what_stands_at_its_default_is_not_written() -> None:
    text = write(PlanPart(key="corto", title="Corto", year=2026, unit_name="Oficina"))
    assert text == "plan:\n  clave: corto\n  titulo: Corto\n  ejercicio: 2026\n  unidad: Oficina\n"


@given(st.lists(st.text(max_size=40), max_size=8), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_the_paragraphs_of_a_text_come_back_whatever_stands_in_them(lines: list[str], apart: str) -> None:
    text = paragraphs(apart.join(lines))
    plan = PlanPart(key="corto", title="Corto", year=2026, unit_name="Oficina", mission=text, vision="Una")
    assert parse(write(plan), name="plan.yaml").plan == plan


def test_paragraphs_are_written_one_below_the_other() -> None:
    plan = PlanPart(key="corto", title="Corto", year=2026, unit_name="Oficina", mission="Uno.\r\n\r\n- Dos")
    assert "  mision: |-\n    Uno.\n\n    - Dos\n" in write(plan)
