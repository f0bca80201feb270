"""Working days of an office: what a term of ten days means here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The week of an office, the rest days of the law and the days its own authority closed.

    The law is article 74 of the Ley Federal del Trabajo. The days a state or a town adds for its own servants
    go into ``closed``; ``state`` is there for the day the holidays package knows any of its own.
    """

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    closed: frozenset[date] = frozenset()
    state: str = "JAL"

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed and self.holiday(day) is None

    def between(self, first: date, last: date) -> list[date]:
        """Working days from ``first`` to ``last``, both counted."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.is_working(day)]

    def holiday(self, day: date) -> str | None:
        """The Spanish name of the rest day of the law that falls on ``day``."""
        return _rest_days(day.year, self.state).get(day)

    @staticmethod
    def month(year: int, month: int) -> tuple[date, date]:
        """First and last day of a month."""
        following = date(year + month // 12, month % 12 + 1, 1) if (year, month) < (9999, 12) else None
        return date(year, month, 1), following - timedelta(days=1) if following else date.max


def local_day(moment: datetime, tz: tzinfo) -> date:
    """The day on which ``moment`` falls there. A moment without a zone is refused: it would fall anywhere."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(tz).date()


def last_turn(at: datetime, *, tz: tzinfo, hour: int, weekday: int | None = None) -> datetime:
    """The last moment up to ``at`` when it struck ``hour`` there, of any day or of that one of the week (1 is Monday).

    An hour that the clocks skip that day strikes when they have gone on; one that comes twice strikes the first time.
    """
    today = local_day(at, tz)
    days = (today - timedelta(days=back) for back in range(9))
    turns = (
        datetime.combine(day, time(hour), tzinfo=tz).astimezone(UTC)
        for day in days
        if weekday in {None, day.isoweekday()}
    )
    return next(turn for turn in turns if turn <= at)


@lru_cache(maxsize=256)
def _rest_days(year: int, state: str) -> Mapping[date, str]:
    import holidays  # five megabytes that few processes need

    # A plain copy: the package's own dict fills itself while it is read, which threads must not share.
    known = state if state in holidays.country_holidays("MX").subdivisions else None
    # Only "public" is a day of rest; government offices have no list of their own in the package.
    return dict(
        holidays.country_holidays("MX", subdiv=known, years=year, language="es", categories=("public",))
    )
