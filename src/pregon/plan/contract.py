"""Measure: a named question over the office's own records, answered with the figure *and* the records.

A reading is a list of things that were owed in a period — a working day its bulletin, an act its coverage —
each kept or not. The figure is only their count, so it can never disagree with the list behind it, and a
month is read out of the year's answer without asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pregon.core.calendar import WorkingCalendar, local_day

if TYPE_CHECKING:  # a type that exists only in the stubs
    from django_stubs_ext import StrPromise

PERCENT = Decimal(100)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the office's own zone, both ends counted."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("A period ends on the day it begins or later.")

    @classmethod
    def year(cls, year: int) -> Self:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        return cls(*WorkingCalendar.month(year, month))

    def since(self, day: date) -> Period | None:
        """What is left of it from ``day`` on."""
        return None if day > self.last else Period(max(day, self.first), self.last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a measure is narrowed to, by the identifiers of addresses. Empty: the whole office."""

    department: str = ""
    kind: str = ""
    locality: str = ""
    topic: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a measure is asked: which days, as known at which moment, under which calendar, about what."""

    period: Period
    at: datetime
    zone: ZoneInfo
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    scope: Scope = field(default_factory=Scope)

    @property
    def today(self) -> date:
        return local_day(self.at, self.zone)

    @property
    def days(self) -> list[date]:
        """The days of the period that have begun."""
        return [day for day in self.period if day <= self.today]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The moments from which and before which a record falls in the period."""
        opens = datetime.combine(self.period.first, time.min, tzinfo=self.zone)
        closes = datetime.combine(self.period.last + timedelta(days=1), time.min, tzinfo=self.zone)
        return opens, closes

    def day_of(self, moment: datetime) -> date:
        return local_day(moment, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One piece of evidence. ``public`` is whether the visibility gate lets a citizen open it."""

    when: date
    title: str
    url: str
    detail: str = ""
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something owed and not done, or excused: what lacks, and since how many days."""

    when: date
    title: str
    detail: str
    url: str = ""
    days_late: int = 0
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something owed and done, with what proves it."""

    when: date
    records: tuple[Record, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The answer: what was kept, what is missing, what was excused, and what was done beyond that."""

    unit: str
    kept: tuple[Kept, ...] = ()
    missing: tuple[Missing, ...] = ()
    excused: tuple[Missing, ...] = ()
    beyond: tuple[Record, ...] = ()

    @property
    def numerator(self) -> int:
        return len(self.kept)

    @property
    def denominator(self) -> int:
        return len(self.kept) + len(self.missing)

    @property
    def value(self) -> Decimal | None:
        """Per cent kept, to the hundredth; ``None`` while nothing was owed yet."""
        if not self.denominator:
            return None
        return (PERCENT * self.numerator / self.denominator).quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """The figure as people say it: "96 de 97"."""
        return _("%(done)s de %(owed)s") % {"done": self.numerator, "owed": self.denominator}

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """Every piece of evidence, oldest first, those beyond what was owed included."""
        found = [record for kept in self.kept for record in kept.records] + list(self.beyond)
        return tuple(sorted(found, key=lambda record: record.when))

    @cached_property
    def months(self) -> dict[date, tuple[Record, ...]]:
        """The evidence that a citizen may open, under the first day of its month; the latest first."""
        public = sorted(
            (record for record in self.records if record.public), key=lambda record: record.when, reverse=True
        )
        return {
            first: tuple(found)
            for first, found in groupby(public, key=lambda record: record.when.replace(day=1))
        }

    def within(self, period: Period) -> Reading:
        """The same answer for some of its days."""
        return Reading(
            unit=self.unit,
            kept=tuple(kept for kept in self.kept if kept.when in period),
            missing=tuple(missing for missing in self.missing if missing.when in period),
            excused=tuple(excused for excused in self.excused if excused.when in period),
            beyond=tuple(record for record in self.beyond if record.when in period),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A question by its name. ``parameters`` are the parts of :class:`Scope` it understands."""

    name: str
    title: str | StrPromise
    how: str | StrPromise
    parameters: frozenset[str]
    take: Callable[[Question], Reading]


def by_day(records: Iterable[Record]) -> dict[date, tuple[Record, ...]]:
    """Records under the day they fall on."""
    days: dict[date, list[Record]] = {}
    for record in records:
        days.setdefault(record.when, []).append(record)
    return {day: tuple(found) for day, found in days.items()}
