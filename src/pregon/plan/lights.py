"""The traffic light as arithmetic: how much was wanted of somebody by a day, and how a figure stands against that.

A number of things accumulates, so by a day a part of it is wanted: up to the next milestone in the measure of the
working days that passed, for nobody works on Sundays. A goal that does not accumulate is wanted anew in each of its
periods. A share of what was owed is a level and not an amount: it is wanted whole from the first day on, but for the
milestones that a plan sets. Nobody is behind with the day that runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from pregon.core.calendar import WorkingCalendar
from pregon.plan.enums import Direction, Frequency, Light, Overshoot

PERCENT = Decimal(100)
#: How many months of the year the goal of one period lasts; those of days and weeks are counted by days.
MONTHS_OF = {
    Frequency.MONTHLY: 1,
    Frequency.TWO_MONTHLY: 2,
    Frequency.QUARTERLY: 3,
    Frequency.FOUR_MONTHLY: 4,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
    Frequency.TWO_YEARLY: 12,
    Frequency.ONCE: 12,
}


class Rule(Protocol):
    """Which way is better, and how far off is too far, in per cent of what was wanted."""

    direction: str
    green_from: Decimal
    yellow_from: Decimal
    overshoot: str
    overshoot_from: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is wanted of a year."""

    year: int
    target: Decimal | None
    #: What should be reached by the end of some months, by their number.
    milestones: Mapping[int, Decimal] = field(default_factory=dict)
    cumulative: bool = True
    frequency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The days that are looked at: ``first`` to ``last``, of which those before ``until`` are over."""

    first: date
    last: date
    until: date

    @property
    def begun(self) -> bool:
        return self.until > self.first

    @property
    def over(self) -> bool:
        return self.until > self.last

    @property
    def whole(self) -> Stretch:
        return Stretch(first=self.first, last=self.last, until=self.last + timedelta(days=1))


def wanted(goal: Goal, stretch: Stretch, calendar: WorkingCalendar, *, share: bool) -> Decimal | None:
    """How much of ``goal`` was wanted in the days of ``stretch`` that are over; ``None`` where nobody set any."""
    if goal.target is None and not goal.milestones:
        return None
    if share:
        return _level(goal, stretch, calendar)
    if goal.cumulative:
        return _reached(goal, stretch.until, calendar) - _reached(goal, stretch.first, calendar)
    return sum((part for part in _by_period(goal, stretch, calendar)), Decimal(0))


def light(
    rule: Rule, value: Decimal | None, *, now: Decimal | None, whole: Decimal | None, stretch: Stretch | None
) -> Light:
    """The light of ``value`` where ``now`` was wanted of it so far, and ``whole`` will be in the end.

    Whoever is ahead in March has set no bad target: passing it by far is told against the whole.
    """
    if value is None or now is None:
        return Light.GREY
    if now == 0 and value == 0 and stretch and not stretch.over:
        return Light.GREY  # nothing was wanted yet
    if rule.overshoot == Overshoot.DOUBT and _passed(rule, value, whole, stretch):
        return Light.RED
    share = share_of(value, now, direction=rule.direction)
    if share >= rule.green_from:
        return Light.GREEN
    return Light.YELLOW if share >= rule.yellow_from else Light.RED


def share_of(value: Decimal, target: Decimal, *, direction: str) -> Decimal:
    """Per cent of the target reached: value over target, or the reverse where less is better."""
    part, whole = (value, target) if direction == Direction.UP else (target, value)
    if whole == 0:
        # Nothing was wanted and nothing came, or less is better and there is none: the target is met.
        return PERCENT if part >= 0 else Decimal(0)
    return PERCENT * part / whole


def _passed(rule: Rule, value: Decimal, whole: Decimal | None, stretch: Stretch | None) -> bool:
    if whole is None or (rule.direction == Direction.DOWN and stretch and not stretch.over):
        return False  # few so far may be many in the end
    return share_of(value, whole, direction=rule.direction) > rule.overshoot_from


def _points(goal: Goal) -> list[tuple[date, Decimal]]:
    """What is wanted before the day: nothing on the first of January, each milestone when its month is over."""
    reached = dict(goal.milestones)
    if goal.target is not None:
        reached.setdefault(12, goal.target)
    after = [(_after(goal.year, month), wanted) for month, wanted in sorted(reached.items())]
    return [(date(goal.year, 1, 1), Decimal(0)), *after]


def _reached(goal: Goal, day: date, calendar: WorkingCalendar) -> Decimal:
    """What is wanted before ``day``, counted from the first of January."""
    points = _points(goal)
    for (opens, low), (closes, high) in pairwise(points):
        if day <= opens:
            return low
        if day < closes:
            days = _working(calendar, opens, closes)
            return low + (high - low) * _working(calendar, opens, day) / days if days else low
    return points[-1][1]


def _level(goal: Goal, stretch: Stretch, calendar: WorkingCalendar) -> Decimal | None:
    if not goal.milestones:
        return goal.target
    if goal.cumulative:
        return _reached(goal, stretch.until, calendar)
    last = max(min(stretch.until - timedelta(days=1), stretch.last), stretch.first).month
    ahead = [month for month in sorted(goal.milestones) if month >= last]
    return goal.milestones[ahead[0]] if ahead else goal.target


def _by_period(goal: Goal, stretch: Stretch, calendar: WorkingCalendar) -> Iterator[Decimal]:
    until = min(stretch.until, stretch.last + timedelta(days=1))
    if goal.frequency == Frequency.DAILY:
        yield (goal.target or Decimal(0)) * _working(calendar, stretch.first, until)
        return
    for opens, closes, of_period in _weeks(goal) if goal.frequency == Frequency.WEEKLY else _spans(goal):
        if closes <= stretch.first or opens >= until:
            continue
        days = _working(calendar, opens, closes)
        if days:
            yield of_period * _working(calendar, max(opens, stretch.first), min(closes, until)) / days


def _spans(goal: Goal) -> Iterator[tuple[date, date, Decimal]]:
    """The periods of some months, each with what is wanted of it."""
    months = MONTHS_OF[Frequency(goal.frequency)] if goal.frequency else 1
    for month in range(1, 13, months):
        last = month + months - 1
        yield (
            date(goal.year, month, 1),
            _after(goal.year, last),
            goal.milestones.get(last, goal.target or Decimal(0)),
        )


def _weeks(goal: Goal) -> Iterator[tuple[date, date, Decimal]]:
    """From Monday to Sunday; the first and the last may lie in two years."""
    first = date(goal.year, 1, 1)
    opens = first - timedelta(days=first.weekday())
    while opens.year <= goal.year:
        yield opens, opens + timedelta(days=7), goal.target or Decimal(0)
        opens += timedelta(days=7)


def _working(calendar: WorkingCalendar, first: date, until: date) -> int:
    return len(calendar.between(first, until - timedelta(days=1))) if until > first else 0


def _after(year: int, month: int) -> date:
    """The first day after a month."""
    return date(year + month // 12, month % 12 + 1, 1)
