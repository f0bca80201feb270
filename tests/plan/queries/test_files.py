"""A plan as the values of its file."""

from __future__ import annotations

import pytest

from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, ProgrammeFactory
from pregon.plan.enums import Part
from pregon.plan.models import Indicator
from pregon.plan.queries import as_written, lacks_of, rows_by_place, same_columns
from pregon.plan.values import IndicatorLine

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_what_a_plan_lacks_is_told_beside_the_other_plans_of_its_year() -> None:
    plan = PlanFactory.create(year=2026)
    PlanFactory.create(year=2026, title="Otro plan")
    PlanFactory.create(year=2025, title="Plan viejo")
    assert ["Otro plan" in lack.what for lack in lacks_of(plan)] == [True]


def test_a_finding_names_the_row_that_a_file_lists_at_its_number() -> None:
    plan = PlanFactory.create()
    programme = ProgrammeFactory.create(plan=plan)
    inside = IndicatorFactory.create(plan=plan, programme=programme, order=1)
    loose = IndicatorFactory.create(plan=plan, order=2)
    activity = ActivityFactory.create(plan=plan)
    assert rows_by_place(plan) == {
        Part.PLAN: [plan],
        Part.PROGRAMME: [programme],
        Part.INDICATOR: [loose, inside],
        Part.ACTIVITY: [activity],
    }
    assert [line.code for line in as_written(plan).every_indicator] == [loose.code, inside.code]


def test_what_is_written_otherwise_in_a_file_is_no_column_of_both() -> None:
    shared = same_columns(IndicatorLine, Indicator)
    assert {"code", "name", "target"} < set(shared)
    assert {"measure", "milestones", "deviations"} & set(shared) == set()


def test_a_row_of_a_programme_of_another_plan_stops_no_page() -> None:
    plan = PlanFactory.create()
    row = IndicatorFactory.create(plan=plan, programme=ProgrammeFactory.create())
    assert rows_by_place(plan)[Part.INDICATOR] == [row]
