"""Which plans there are, and which one counts today."""

from __future__ import annotations

import pytest

from factories.accounts import UserFactory
from factories.plan import IndicatorFactory, PlanFactory, bulletin, moment
from pregon.plan import actions
from pregon.plan.enums import PlanKind
from pregon.plan.models import Plan
from pregon.plan.queries import closed_plan, current_plan, current_plans, plan_at

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


def test_the_current_plan_is_that_of_the_local_year_or_the_latest_before_it(plan: Plan) -> None:
    later = PlanFactory.create(year=2027)
    assert current_plan(moment("2026-12-31 23:30")) == plan  # already 2027 in UTC
    assert current_plan(moment("2027-01-01 00:00")) == later
    assert current_plan(moment("2029-01-01")) == later
    assert current_plan(moment("2020-01-01")) is None


def test_of_several_plans_of_a_year_that_of_a_campaign_comes_last() -> None:
    campaign = PlanFactory.create(year=2026, kind=PlanKind.CAMPAIGN)
    whole = PlanFactory.create(year=2026)
    PlanFactory.create(year=2027)
    PlanFactory.create(year=2025)
    assert current_plans(AT) == [whole, campaign]
    assert current_plan(AT) == whole


def test_the_plan_in_the_place_of_a_document_is_found_and_whether_it_was_signed() -> None:
    plan = PlanFactory.create(slug="comunicacion-2026", year=2026)
    IndicatorFactory.create(plan=plan, measure="bulletins_published")
    bulletin("2026-10-05")
    assert (plan_at("comunicacion", 2026), plan_at("comunicacion", 2027)) == (plan, None)
    assert not closed_plan("comunicacion", 2026)
    actions.close_month(plan, 10, by=UserFactory.create(), at=AT)
    assert [closed_plan("comunicacion", year) for year in (2026, 2027)] == [True, False]
