"""What the database itself refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory
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
    with pytest.raises(ValidationError) as refusal:
        plan.full_clean()
    assert list(refusal.value.message_dict) == [field]
