"""What records, people and signatures answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from factories.accounts import UserFactory
from factories.plan import PlanFactory, moment
from pregon.accounts.models import DaysOff
from pregon.plan import actions, registry
from pregon.plan.actions import Figures
from pregon.plan.contract import Question, Reading
from pregon.plan.enums import Light, Mark
from pregon.plan.models import Plan
from pregon.plan.queries import Asking, month_standing, plan_sheet

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
    registry.measure("acts_covered", title="Actos", how="", parameters=[], reads=[])(breaks)
    asking = Asking(plan, at=AT)
    assert asking.about(plan.indicators.get(code="actos"))[1] is None
    told = asking.about(plan.activities.get(number=1))[1]
    assert told is not None
    assert told.text == "7 de 9"
    assert list(asking.failed.values()) == [
        "No se pudo medir «Actos». Pide que revisen el registro de errores."
    ]


def test_a_measure_that_is_gone_is_told_beside_its_line_and_the_others_go_on(
    plan: Plan, records: None
) -> None:
    gone = "La medida «visits_gone» ya no está instalada: elige otra para esta línea."
    plan.indicators.filter(code="actos").update(measure="visits_gone")
    plan.activities.filter(number=2).update(measure="visits_gone")
    sheet = plan_sheet(plan, at=AT)
    assert [(figure.text, figure.trouble) for figure in sheet.figures] == [("sin dato", gone), ("7 de 9", "")]
    posters = sheet.activities[1]
    assert posters.figure is not None
    assert (posters.figure.trouble, posters.figure.light) == (gone, Light.GREY)
    assert {cell.mark for cell in posters.months} == {Mark.UNMEASURED}
    assert month_standing(plan, 11, at=AT).figures[0].trouble == gone


def test_what_a_person_wrote_is_told_where_the_measure_is_gone(plan: Plan, records: None) -> None:
    plan.activities.filter(number=2).update(measure="visits_gone")
    item = plan.activities.get(number=2)
    for month, done in ((10, Decimal(0)), (11, Decimal(3))):
        actions.capture(item, month, Figures(numerator=done, note="Bitácora"), by=UserFactory.create(), at=AT)
    row = plan_sheet(plan, at=AT).activities[1]
    assert row.figure is not None
    assert row.figure.text == "3"
    assert [cell.mark for cell in row.months][9:] == [Mark.LATE, Mark.DONE, Mark.UNMEASURED]


def test_no_bulletin_is_owed_on_a_day_off_and_a_closed_month_stays_as_signed(
    plan: Plan, records: None
) -> None:
    item = plan.activities.get(number=1)
    told = Asking(plan, at=AT).about(item)[1]
    assert told is not None
    lost = told.missing[0].when
    later = moment("2026-12-04")
    signed = Asking(plan, at=later).about(item)[1]
    actions.close_month(plan, 11, by=UserFactory.create(), at=later)
    DaysOff.objects.create(first=lost, reason="Fiesta patronal")
    live = Asking(plan, at=later).now(item)[1]
    assert signed is not None and live is not None
    assert lost not in {missing.when for missing in live.missing}
    assert Asking(plan, at=later).about(item)[1] == signed


def test_the_calendar_of_the_plan_is_that_of_the_office() -> None:
    DaysOff.objects.create(first=date(2026, 7, 25), reason="Fiesta patronal")
    DaysOff.objects.create(first=date(2026, 12, 21), last=date(2026, 12, 31), reason="Vacaciones")
    calendar = Asking(PlanFactory.create(year=2026), at=AT).calendar
    assert len(calendar.between(date(2026, 12, 1), date(2026, 12, 31))) == 14


def test_what_lacks_in_a_closed_month_goes_on_getting_later(plan: Plan, records: None) -> None:
    actions.close_month(plan, 11, by=UserFactory.create(), at=moment("2026-12-02"))
    _measure, told = Asking(plan, at=moment("2026-12-20")).about(plan.indicators.get(code="actos"))
    assert told is not None
    assert [lack.days_late for lack in told.missing] == [40]
