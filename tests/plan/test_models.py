"""What the database itself refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from factories.accounts import UserFactory
from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, ProgrammeFactory, moment
from pregon.plan import actions
from pregon.plan.models import Plan

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize(
    "wrong",
    [
        {"green_from": Decimal(70), "yellow_from": Decimal(80)},
        {"yellow_from": Decimal(0)},
        {"overshoot_from": Decimal(99)},
        {"direction": "lateral"},
        {"overshoot": "depende"},
        {"frequency": "a veces"},
    ],
)
def test_an_indicator_that_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorFactory.create(**wrong)


def test_two_indicators_of_a_plan_never_share_an_address() -> None:
    plan = PlanFactory.create()
    IndicatorFactory.create(plan=plan, code="uno")
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorFactory.create(plan=plan, code="uno")
    assert (
        IndicatorFactory.create(code="uno").get_absolute_url()
        == f"/plan/{Plan.objects.latest('pk').slug}/uno/"
    )


def test_two_activities_of_a_plan_never_share_a_number() -> None:
    plan = PlanFactory.create()
    ActivityFactory.create(plan=plan, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityFactory.create(plan=plan, number=1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("values", ["Lealtad"]),
        ("values", [{"name": "Lealtad"}]),
        ("goals", [""]),
        ("goals", "Videos"),
        ("year", 1850),
    ],
)
def test_a_plan_with_parts_of_another_shape_is_refused(field: str, wrong: Any) -> None:
    plan = PlanFactory.build(**{field: wrong})
    plan.slug = f"plan-{plan.year}"
    with pytest.raises(ValidationError) as refusal:
        plan.full_clean()
    assert list(refusal.value.message_dict) == [field]


def test_a_plan_has_its_year_in_its_address_and_keeps_both_once_months_are_closed() -> None:
    plan = PlanFactory.create(year=2026, slug="comunicacion-2026")
    plan.full_clean()
    plan.slug = "comunicacion"
    with pytest.raises(ValidationError, match="-2026"):
        plan.full_clean()
    plan.slug = "comunicacion-2026"
    actions.close_month(plan, 1, by=UserFactory.create(), at=moment("2026-11-20"))
    plan.full_clean()
    plan.slug, plan.year = "comunicacion-2025", 2025
    with pytest.raises(ValidationError, match="meses cerrados"):
        plan.full_clean()


def test_what_hangs_from_a_programme_or_an_indicator_is_of_the_same_plan() -> None:
    other = ProgrammeFactory.create()
    indicator = IndicatorFactory.create(plan=other.plan, programme=other)
    indicator.full_clean()
    activity = ActivityFactory.create(plan=other.plan, programme=other, indicator=indicator)
    activity.full_clean()
    activity.plan = indicator.plan = PlanFactory.create()
    for row in (activity, indicator):
        with pytest.raises(ValidationError, match="de otro plan"):
            row.full_clean()
    activity.programme, activity.indicator = None, IndicatorFactory.create()
    with pytest.raises(ValidationError, match="Ese indicador es de otro plan"):
        activity.full_clean()


@pytest.mark.parametrize("taken", ["datos", "actividad-1"])
def test_no_indicator_is_given_the_address_of_another_page(taken: str) -> None:
    with pytest.raises(ValidationError, match="de otra página del plan"):
        IndicatorFactory.create(code=taken).full_clean()
