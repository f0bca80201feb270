"""Every corner of the traffic light: what was wanted by a day, and how a figure stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from pregon.core.calendar import WorkingCalendar
from pregon.plan.enums import Direction, Frequency, Light, Overshoot
from pregon.plan.lights import Goal, Stretch, light, share_of, wanted

CALENDAR = WorkingCalendar()
WORKING_DAYS = len(CALENDAR.between(date(2026, 1, 1), date(2026, 12, 31)))


@dataclass(frozen=True, kw_only=True)
class Rule:
    direction: str = Direction.UP
    green_from: Decimal = Decimal(95)
    yellow_from: Decimal = Decimal(80)
    overshoot: str = Overshoot.MET
    overshoot_from: Decimal = Decimal(125)


def goal(target: int | None = 240, **fields: object) -> Goal:
    return Goal(year=2026, target=None if target is None else Decimal(target), **fields)  # type: ignore[arg-type]


def until(
    month: int, day: int, *, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)
) -> Stretch:
    return Stretch(first=first, last=last, until=date(2026, month, day))


OVER = Stretch(first=date(2026, 1, 1), last=date(2026, 12, 31), until=date(2027, 1, 1))
DOUBTING = Rule(overshoot=Overshoot.DOUBT)
QUARTERS = {3: Decimal(30), 6: Decimal(50), 9: Decimal(80)}


@pytest.mark.parametrize(
    ("of", "stretch", "share", "expected"),
    [
        pytest.param(goal(None), OVER, False, None, id="nobody wrote a target"),
        pytest.param(goal(), OVER, False, 240, id="the whole year wants the whole target"),
        pytest.param(goal(), until(1, 1), False, 0, id="nothing is wanted of a year that has not begun"),
        pytest.param(goal(), until(1, 2), False, 0, id="New Year's Day is no working day"),
        pytest.param(goal(), until(4, 4), True, 240, id="a share is wanted whole from the first day"),
        pytest.param(
            goal(240, milestones=QUARTERS),
            until(4, 1),
            False,
            30,
            id="a milestone is reached when its month is over",
        ),
        pytest.param(goal(240, milestones=QUARTERS), until(7, 1), False, 50, id="and so is the next"),
        pytest.param(goal(240, milestones=QUARTERS), OVER, False, 240, id="the last one is the target"),
        pytest.param(
            goal(None, milestones=QUARTERS), OVER, False, 80, id="without a target the last milestone stays"
        ),
        pytest.param(
            goal(100, milestones={12: Decimal(90)}),
            OVER,
            False,
            90,
            id="a milestone of December is the target",
        ),
        pytest.param(
            goal(100, milestones=QUARTERS), until(4, 1), True, 30, id="a share may have milestones too"
        ),
        pytest.param(
            goal(100, milestones=QUARTERS, cumulative=False),
            until(2, 10),
            True,
            30,
            id="that of the period that runs",
        ),
        pytest.param(
            goal(100, milestones=QUARTERS, cumulative=False),
            until(12, 10),
            True,
            100,
            id="after the last one the target",
        ),
        pytest.param(goal(20, cumulative=False), OVER, False, 240, id="twenty a month are 240 a year"),
        pytest.param(
            goal(20, cumulative=False), until(3, 1), False, 40, id="and forty by the end of February"
        ),
        pytest.param(
            goal(60, cumulative=False, frequency=Frequency.QUARTERLY), OVER, False, 240, id="sixty a quarter"
        ),
        pytest.param(
            goal(40, cumulative=False, frequency=Frequency.TWO_MONTHLY),
            OVER,
            False,
            240,
            id="each two months",
        ),
        pytest.param(
            goal(40, milestones={2: Decimal(10)}, cumulative=False, frequency=Frequency.TWO_MONTHLY),
            until(5, 1),
            False,
            50,
            id="two months with a goal of their own, and two more",
        ),
        pytest.param(
            goal(80, cumulative=False, frequency=Frequency.FOUR_MONTHLY),
            until(9, 1),
            False,
            160,
            id="each four months",
        ),
        pytest.param(
            goal(9, cumulative=False, frequency=Frequency.TWO_YEARLY), OVER, False, 9, id="each two years"
        ),
        pytest.param(
            goal(2, cumulative=False, frequency=Frequency.WEEKLY),
            until(1, 19, first=date(2026, 1, 5), last=date(2026, 1, 18)),
            False,
            4,
            id="each week",
        ),
        pytest.param(
            goal(1, cumulative=False, frequency=Frequency.DAILY),
            OVER,
            False,
            WORKING_DAYS,
            id="one each working day",
        ),
        pytest.param(goal(1, cumulative=False, frequency=Frequency.ONCE), OVER, False, 1, id="once"),
        pytest.param(
            goal(20, cumulative=False),
            until(4, 1, first=date(2026, 3, 1), last=date(2026, 3, 31)),
            False,
            20,
            id="one month wants the goal of one month",
        ),
    ],
)
def test_by_a_day_a_part_is_wanted(of: Goal, stretch: Stretch, share: bool, expected: int | None) -> None:
    assert wanted(of, stretch, CALENDAR, share=share) == (None if expected is None else Decimal(expected))


def test_between_milestones_it_grows_with_the_working_days() -> None:
    of = goal(240, milestones={3: Decimal(30)})
    friday, monday = (wanted(of, until(2, day), CALENDAR, share=False) for day in (7, 9))
    assert friday == monday  # a weekend wants nothing
    january = CALENDAR.between(date(2026, 1, 1), date(2026, 1, 31))
    quarter = CALENDAR.between(date(2026, 1, 1), date(2026, 3, 31))
    assert wanted(of, until(2, 1), CALENDAR, share=False) == Decimal(30) * len(january) / len(quarter)


def test_the_months_of_a_year_want_together_what_the_year_wants() -> None:
    for of in (goal(240, milestones=QUARTERS), goal(20, cumulative=False)):
        parts = Decimal(0)
        for month in range(1, 13):
            first, last = WorkingCalendar.month(2026, month)
            stretch = Stretch(first=first, last=last, until=last + timedelta(days=1))
            parts += wanted(of, stretch, CALENDAR, share=False) or Decimal(0)
        assert parts == pytest.approx(wanted(of, OVER, CALENDAR, share=False))


def test_an_office_that_begins_in_july_owes_half_a_year() -> None:
    late = wanted(
        goal(), Stretch(first=date(2026, 7, 1), last=OVER.last, until=OVER.until), CALENDAR, share=False
    )
    assert late is not None
    assert Decimal(115) < late < Decimal(130)


@pytest.mark.parametrize(
    ("rule", "value", "now", "whole", "stretch", "expected"),
    [
        pytest.param(Rule(), None, 10, 20, OVER, Light.GREY, id="no figure"),
        pytest.param(Rule(), 5, None, None, OVER, Light.GREY, id="no target"),
        pytest.param(Rule(), 0, 0, 20, until(1, 2), Light.GREY, id="nothing was wanted yet"),
        pytest.param(Rule(), 3, 0, 20, until(1, 2), Light.GREEN, id="and something came"),
        pytest.param(Rule(), 10, 10, 20, until(7, 1), Light.GREEN, id="half by half a year"),
        pytest.param(Rule(), 95, 100, 200, until(7, 1), Light.GREEN, id="the very threshold"),
        pytest.param(Rule(), 94, 100, 200, until(7, 1), Light.YELLOW, id="one below"),
        pytest.param(Rule(), 80, 100, 200, until(7, 1), Light.YELLOW, id="the threshold of yellow"),
        pytest.param(Rule(), 79, 100, 200, until(7, 1), Light.RED, id="one below that"),
        pytest.param(DOUBTING, 20, 10, 20, until(7, 1), Light.GREEN, id="ahead is no bad target"),
        pytest.param(DOUBTING, 25, 10, 20, until(7, 1), Light.GREEN, id="125 is within"),
        pytest.param(DOUBTING, 26, 10, 20, until(7, 1), Light.RED, id="130 of the whole is too much"),
        pytest.param(Rule(), 90, 10, 20, until(7, 1), Light.GREEN, id="where passing is meeting"),
        pytest.param(Rule(direction=Direction.DOWN), 5, 10, 10, OVER, Light.GREEN, id="less is better"),
        pytest.param(Rule(direction=Direction.DOWN), 20, 10, 10, OVER, Light.RED, id="twice as many"),
        pytest.param(Rule(direction=Direction.DOWN), 0, 10, 10, OVER, Light.GREEN, id="none at all"),
        pytest.param(Rule(direction=Direction.DOWN), 1, 0, 0, OVER, Light.RED, id="one where none was wanted"),
        pytest.param(
            Rule(direction=Direction.DOWN, overshoot=Overshoot.DOUBT), 2, 5, 10, until(7, 1), Light.GREEN,
            id="few so far may be many in the end",
        ),
        pytest.param(
            Rule(direction=Direction.DOWN, overshoot=Overshoot.DOUBT), 2, 10, 10, OVER, Light.RED,
            id="a fifth of what was feared asks for another target",
        ),
    ],
)  # fmt: skip
def test_each_corner_has_its_light(
    rule: Rule, value: int | None, now: int | None, whole: int | None, stretch: Stretch, expected: Light
) -> None:
    figures = [None if figure is None else Decimal(figure) for figure in (value, now, whole)]
    assert light(rule, figures[0], now=figures[1], whole=figures[2], stretch=stretch) == expected


def test_a_share_of_nothing_is_met() -> None:
    assert share_of(Decimal(0), Decimal(0), direction=Direction.UP) == 100


@pytest.mark.parametrize(
    ("wanted_now", "value", "share"),
    [(10, 10, 100), (10, 20, 50), (10, 5, 200), (0, 0, 100), (10, 0, 100), (0, 5, 0)],
)
def test_where_less_is_better_the_share_is_the_reverse(wanted_now: int, value: int, share: int) -> None:
    assert share_of(Decimal(value), Decimal(wanted_now), direction=Direction.DOWN) == share


def test_each_frequency_has_its_periods() -> None:
    for frequency in Frequency:
        told = wanted(goal(7, cumulative=False, frequency=frequency), OVER, CALENDAR, share=False)
        assert told is not None
        assert told >= 7


def test_a_week_with_a_rest_day_wants_its_whole_goal() -> None:
    week = until(2, 9, first=date(2026, 2, 2), last=date(2026, 2, 8))  # its Monday is a rest day of the law
    of = goal(2, cumulative=False, frequency=Frequency.WEEKLY)
    assert wanted(of, week, CALENDAR, share=False) == 2
