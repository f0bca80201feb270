"""Measure: a named question over the office's own records, answered with the figure *and* the records.

A reading is a list of things that were owed in a period — a working day its bulletin, an act its coverage —
each kept or not; where nothing is owed, of things that were done. The figure is only their count, so it can never
disagree with the list behind it, and a month is read out of the year's answer without asking again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from pregon.core.calendar import WorkingCalendar, local_day

if TYPE_CHECKING:  # a type that exists only in the stubs
    from django_stubs_ext import StrPromise

PERCENT = Decimal(100)
HUNDREDTH = Decimal("0.01")
ONE = Decimal(1)


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
    amount: Decimal = ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something done, with what proves it. ``amount`` is how many it counts for: an album of twelve photos, twelve."""

    when: date
    records: tuple[Record, ...]
    amount: Decimal = ONE
    #: Whether a person wrote it down because no record tells it.
    by_hand: bool = False


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The answer: what was kept, what is missing, what was excused, and what was done beyond that."""

    unit: str
    #: Whether it is a share of what was owed; without that it is a number of things done.
    share: bool = True
    kept: tuple[Kept, ...] = ()
    missing: tuple[Missing, ...] = ()
    excused: tuple[Missing, ...] = ()
    beyond: tuple[Record, ...] = ()

    @property
    def numerator(self) -> Decimal:
        return sum((kept.amount for kept in self.kept), Decimal(0))

    @property
    def denominator(self) -> Decimal:
        return self.numerator + sum((missing.amount for missing in self.missing), Decimal(0))

    @property
    def value(self) -> Decimal | None:
        """Per cent kept, to the hundredth, and ``None`` while nothing was owed yet; or how many were done."""
        if not self.share:
            return self.numerator
        if not self.denominator:
            return None
        return (PERCENT * self.numerator / self.denominator).quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote down any of it."""
        return any(kept.by_hand for kept in self.kept)

    @property
    def text(self) -> str:
        """The figure as people say it: "96 de 97", or "37"."""
        if not self.share:
            return written(self.numerator)
        return _("%(done)s de %(owed)s") % {
            "done": written(self.numerator),
            "owed": written(self.denominator),
        }

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

    def as_signed(self) -> dict[str, Any]:
        """The whole answer in plain values, as a closed month keeps it."""
        return {
            "unit": str(self.unit),
            "share": self.share,
            "numerator": str(self.numerator),
            "denominator": str(self.denominator),
            "value": None if self.value is None else str(self.value),
            "kept": [
                {
                    "when": kept.when.isoformat(),
                    "amount": str(kept.amount),
                    "by_hand": kept.by_hand,
                    "records": [_plain(record) for record in kept.records],
                }
                for kept in self.kept
            ],
            "missing": [_plain(missing) for missing in self.missing],
            "excused": [_plain(excused) for excused in self.excused],
            "beyond": [_plain(record) for record in self.beyond],
        }

    @classmethod
    def from_signed(cls, signed: Mapping[str, Any]) -> Self:
        """What :meth:`as_signed` wrote down."""
        return cls(
            unit=signed["unit"],
            share=signed["share"],
            kept=tuple(
                Kept(
                    when=date.fromisoformat(kept["when"]),
                    amount=Decimal(kept["amount"]),
                    by_hand=kept["by_hand"],
                    records=tuple(_record(record) for record in kept["records"]),
                )
                for kept in signed["kept"]
            ),
            missing=tuple(_missing(missing) for missing in signed["missing"]),
            excused=tuple(_missing(excused) for excused in signed["excused"]),
            beyond=tuple(_record(record) for record in signed["beyond"]),
        )

    @classmethod
    def together(cls, parts: Sequence[Reading]) -> Reading:
        """The answers about different days as one."""
        first = parts[0]
        return cls(
            unit=first.unit,
            share=first.share,
            kept=tuple(sorted((kept for part in parts for kept in part.kept), key=_when)),
            missing=tuple(sorted((missing for part in parts for missing in part.missing), key=_when)),
            excused=tuple(sorted((excused for part in parts for excused in part.excused), key=_when)),
            beyond=tuple(sorted((record for part in parts for record in part.beyond), key=_when)),
        )

    def shown_only(self, urls: Container[str]) -> Reading:
        """The same answer, in which nobody but the office reads what is not at one of ``urls``; a day on which nothing
        was done is at none, and everybody's."""

        def shown(record: Record) -> Record:
            return record if record.url in urls else dataclasses.replace(record, public=False)

        def told(missing: Missing) -> Missing:
            return (
                missing
                if not missing.url or missing.url in urls
                else dataclasses.replace(missing, public=False)
            )

        return dataclasses.replace(
            self,
            kept=tuple(
                dataclasses.replace(kept, records=tuple(map(shown, kept.records))) for kept in self.kept
            ),
            missing=tuple(map(told, self.missing)),
            excused=tuple(map(told, self.excused)),
            beyond=tuple(map(shown, self.beyond)),
        )

    def late_on(self, day: date) -> Reading:
        """The same answer, in which what is missing is as late as it is on ``day``."""
        return dataclasses.replace(
            self,
            missing=tuple(
                dataclasses.replace(lack, days_late=max((day - lack.when).days, 0)) for lack in self.missing
            ),
        )

    @cached_property
    def public_urls(self) -> frozenset[str]:
        """Where a citizen may read something that it names."""
        named: tuple[Record | Missing, ...] = (*self.records, *self.missing, *self.excused)
        return frozenset(item.url for item in named if item.public)

    def without(self, months: Container[date]) -> Reading:
        """The same answer but for the days of some months, named by their first day."""
        return self._only(lambda day: day.replace(day=1) not in months)

    def within(self, period: Period) -> Reading:
        """The same answer for some of its days."""
        return self._only(lambda day: day in period)

    def _only(self, wanted: Callable[[date], bool]) -> Reading:
        return dataclasses.replace(
            self,
            kept=tuple(kept for kept in self.kept if wanted(kept.when)),
            missing=tuple(missing for missing in self.missing if wanted(missing.when)),
            excused=tuple(excused for excused in self.excused if wanted(excused.when)),
            beyond=tuple(record for record in self.beyond if wanted(record.when)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A question by its name. ``parameters`` are the parts of :class:`Scope` it understands, ``reads`` the models whose
    rows its answer is made of: only where one of those changes, its figure may."""

    name: str
    title: str | StrPromise
    how: str | StrPromise
    parameters: frozenset[str]
    reads: frozenset[type[Model]]
    take: Callable[[Question], Reading]


def _when(item: Kept | Missing | Record) -> date:
    return item.when


def _plain(item: Record | Missing) -> dict[str, Any]:
    said = dataclasses.asdict(item) | {"when": item.when.isoformat(), "title": str(item.title)}
    return said | {"amount": str(item.amount)} if isinstance(item, Missing) else said


def _record(signed: Mapping[str, Any]) -> Record:
    return Record(**{**signed, "when": date.fromisoformat(signed["when"])})


def _missing(signed: Mapping[str, Any]) -> Missing:
    return Missing(
        **{**signed, "when": date.fromisoformat(signed["when"]), "amount": Decimal(signed["amount"])}
    )


def written(number: Decimal) -> str:
    """A number as people write it, without the zeros that say nothing."""
    return number_format(number.normalize() + 0, force_grouping=True)


def by_day(records: Iterable[Record]) -> dict[date, tuple[Record, ...]]:
    """Records under the day they fall on."""
    days: dict[date, list[Record]] = {}
    for record in records:
        days.setdefault(record.when, []).append(record)
    return {day: tuple(found) for day, found in days.items()}
