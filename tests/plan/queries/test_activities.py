"""The twelve months of an activity, and its bar."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.accounts import UserFactory
from factories.plan import ActivityFactory, bulletin, moment
from pregon.plan import actions
from pregon.plan.actions import Figures
from pregon.plan.enums import Light, Mark
from pregon.plan.models import Activity, Plan
from pregon.plan.queries import month_standing, plan_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


def test_the_calendar_of_an_activity_tells_planned_done_and_today(plan: Plan, records: None) -> None:
    Activity.objects.filter(number=1).update(months=[True] * 10 + [True, True])
    months = plan_sheet(plan, at=AT).activities[0].months
    assert [cell.mark for cell in months] == [Mark.BEFORE] * 10 + [Mark.DONE, Mark.AHEAD]
    assert [(cell.name, cell.count) for cell in months if cell.now] == [("noviembre", 7)]


def test_a_planned_month_that_passed_without_records_is_shown_and_turns_the_activity_yellow(
    plan: Plan,
) -> None:
    bulletin("2026-08-03")
    row = plan_sheet(plan, at=AT).activities[0]
    assert [cell.mark for cell in row.months][6:] == [
        Mark.BEFORE, Mark.DONE, Mark.LATE, Mark.LATE, Mark.NOW, Mark.AHEAD,
    ]  # fmt: skip
    assert row.figure is not None
    assert (row.figure.light, row.figure.word) == (Light.YELLOW, "Hay meses sin registros")


def test_records_in_a_month_nobody_planned_are_shown_too(plan: Plan, records: None) -> None:
    Activity.objects.filter(number=1).update(months=[False] * 12)
    row = plan_sheet(plan, at=AT).activities[0]
    assert {cell.mark for cell in row.months} == {Mark.NONE, Mark.EXTRA}
    assert row.months[10].mark == Mark.EXTRA
    assert row.figure is not None
    assert (row.figure.light, row.figure.word) == (Light.GREY, "Hecho sin estar planeado")


def test_an_activity_nobody_measures_shows_what_was_planned_and_nothing_else(plan: Plan) -> None:
    row = plan_sheet(plan, at=AT).activities[1]
    assert {cell.mark for cell in row.months} == {Mark.UNMEASURED}
    assert row.figure is None


@pytest.mark.parametrize(
    ("months", "along", "percent"),
    [
        ([True] * 12, "2 de 4 meses", Decimal("50.0")),  # from September, the month of the first record
        ([False] * 8 + [True] * 3 + [False], "2 de 3 meses", Decimal("66.7")),
        ([False] * 8 + [True] + [False] * 3, "", Decimal("100.0")),
        ([False] * 12, "", None),
    ],
)
def test_the_bar_of_what_counts_things_tells_in_how_many_planned_months_they_were_done(
    plan: Plan, months: list[bool], along: str, percent: Decimal | None
) -> None:
    for day in ("2026-09-03", "2026-09-04", "2026-11-10"):
        bulletin(day)
    ActivityFactory.create(plan=plan, number=3, measure="bulletins_published", months=months)
    figure = plan_sheet(plan, at=AT).activities[2].figure
    assert figure is not None
    assert (figure.text, figure.along, figure.percent) == ("3", along, percent)


def test_of_one_month_the_bar_is_full_or_empty(plan: Plan) -> None:
    bulletin("2026-09-03")
    ActivityFactory.create(plan=plan, number=3, measure="bulletins_published")
    [september, october] = [month_standing(plan, month, at=AT).figures[-1] for month in (9, 10)]
    assert [(figure.percent, figure.along) for figure in (september, october)] == [
        (Decimal("100.0"), ""),
        (Decimal("0.0"), ""),
    ]


def test_a_zero_that_a_person_wrote_down_is_a_figure_and_nothing_done(plan: Plan, records: None) -> None:
    item = plan.activities.get(number=2)
    actions.capture(item, 10, Figures(numerator=Decimal(0), note="Bitácora"), by=UserFactory.create(), at=AT)
    row = plan_sheet(plan, at=AT).activities[1]
    assert row.figure is not None
    assert (row.figure.text, row.figure.light) == ("0", Light.YELLOW)
    assert [(cell.mark, cell.count) for cell in row.months][9:11] == [(Mark.LATE, 0), (Mark.NOW, 0)]
    [september, october] = [month_standing(plan, month, at=AT).figures[-1] for month in (9, 10)]
    assert (september.text, october.text) == ("sin dato", "0")


def test_a_number_that_was_asked_and_found_nothing_is_zero(plan: Plan) -> None:
    bulletin("2026-09-03")
    ActivityFactory.create(plan=plan, number=3, measure="videos_published")
    [august, october, december] = [month_standing(plan, month, at=AT).figures[-1] for month in (8, 10, 12)]
    assert plan_sheet(plan, at=AT).figures[-1].text == "0"
    assert [figure.text for figure in (august, october, december)] == ["sin dato", "0", "sin dato"]
