"""The same plan over the years."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.plan import IndicatorFactory, PlanFactory, bulletin, moment
from pregon.plan.comparing import compared_plans, comparison, year_before, years_of
from pregon.plan.enums import Light
from pregon.plan.models import Plan

pytestmark = pytest.mark.django_db

AT = moment("2027-03-15")


def plan(year: int, *, key: str = "comunicacion") -> Plan:
    made: Plan = PlanFactory.create(year=year, slug=f"{key}-{year}", title=f"Plan de {key}")
    return made


def test_the_years_of_a_plan_are_those_of_its_key_and_not_of_one_that_begins_alike() -> None:
    later, earlier = plan(2027), plan(2025)
    plan(2026, key="comunicacion-social")
    plan(2025, key="comunicacion-2")
    assert years_of("comunicacion") == [earlier, later]
    assert year_before(later) == earlier
    assert year_before(earlier) is None
    assert compared_plans(Plan.objects.all()) == [later]


def test_an_indicator_is_followed_by_its_code_whatever_it_is_called() -> None:
    old, new = plan(2026), plan(2027)
    IndicatorFactory.create(
        plan=old, code="diarios", name="Boletines", target=80, measure="bulletins_on_working_days"
    )
    IndicatorFactory.create(
        plan=new, code="diarios", name="Boletines diarios", target=95, measure="bulletins_on_working_days"
    )
    IndicatorFactory.create(plan=old, code="solo-antes", name="Solo antes")
    bulletin("2026-12-31")
    lines = comparison([old, new], at=AT)
    assert [line.name for line in lines] == ["Boletines diarios", "Solo antes"]
    assert [(point.year, point.target_text, point.url != "") for point in lines[0].points] == [
        (2026, "80 %", True),
        (2027, "95 %", True),
    ]
    first, second = lines[0].points
    assert (first.value, first.light) == (Decimal(100), Light.GREEN)
    assert (second.value, second.light) == (Decimal(0), Light.RED)
    assert (first.length, first.goal_at) == (Decimal(100), Decimal(80))


def test_years_before_the_first_plan_are_told_where_a_plan_names_them() -> None:
    old, new = plan(2026), plan(2027)
    said = {"code": "opinion", "unit": "Porcentaje", "baseline": 60, "baseline_year": 2022}
    IndicatorFactory.create(plan=old, previous=62, **said)
    IndicatorFactory.create(plan=new, previous=64, **said)
    [line] = comparison([old, new], at=AT)
    assert [(point.year, point.text, point.word) for point in line.points] == [
        (2022, "60 %", "línea base"),
        (2025, "62 %", "según el plan de 2026"),
        (2026, "sin dato", "Sin dato"),
        (2027, "sin dato", "Sin dato"),
    ]


def test_numbers_of_things_are_drawn_on_the_scale_of_the_largest() -> None:
    old, new = plan(2026), plan(2027)
    for year, goal in ((old, 5), (new, 20)):
        IndicatorFactory.create(plan=year, code="videos", unit="Videos", target=goal)
    [line] = comparison([old, new], at=AT)
    assert [(point.target_text, point.goal_at) for point in line.points] == [
        ("5", Decimal(25)),
        ("20", Decimal(100)),
    ]
