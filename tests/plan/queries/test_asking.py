"""What records, people and signatures answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.accounts import UserFactory
from factories.plan import PlanFactory, moment
from pregon.plan import actions, registry
from pregon.plan.actions import Figures
from pregon.plan.contract import Question, Reading
from pregon.plan.models import Plan
from pregon.plan.queries import Asking

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


@pytest.mark.parametrize(("year", "month"), [(2025, 13), (2026, 11), (2027, 0)])
def test_the_month_that_runs_is_one_of_the_year_of_the_plan(year: int, month: int) -> None:
    assert Asking(PlanFactory.create(year=year), at=AT).month == month


def test_what_a_person_wrote_stands_in_the_place_of_its_month(plan: Plan, records: None) -> None:
    item = plan.indicators.get(code="actos")
    figures = Figures(numerator=Decimal(9), denominator=Decimal(10), note="Bitácora")
    actions.capture(item, 11, figures, by=UserFactory.create(), at=AT)
    _measure, told = Asking(plan, at=AT).about(item)
    assert told is not None
    assert (told.text, told.by_hand) == ("9 de 10", True)


def test_a_measure_that_breaks_takes_nothing_else_along(
    plan: Plan, records: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(question: Question) -> Reading:
        raise ZeroDivisionError(question)

    measures = dict(registry._measures)
    monkeypatch.setattr(registry, "_measures", measures)
    del measures["acts_covered"]
    registry.measure("acts_covered", title="Actos", how="", parameters=[])(breaks)
    asking = Asking(plan, at=AT)
    assert asking.about(plan.indicators.get(code="actos"))[1] is None
    told = asking.about(plan.activities.get(number=1))[1]
    assert told is not None
    assert (told.text, list(asking.failed)) == ("7 de 9", ["acts_covered"])


def test_what_lacks_in_a_closed_month_goes_on_getting_later(plan: Plan, records: None) -> None:
    actions.close_month(plan, 11, by=UserFactory.create(), at=moment("2026-12-02"))
    _measure, told = Asking(plan, at=moment("2026-12-20")).about(plan.indicators.get(code="actos"))
    assert told is not None
    assert [lack.days_late for lack in told.missing] == [40]
