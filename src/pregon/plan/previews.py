"""What a measure would have said in the past months, for whoever chooses one for a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.core.calendar import local_day
from pregon.plan import registry
from pregon.plan.contract import PERCENT, Measure, Period, Question, Reading, Record, written
from pregon.plan.measures import records_begin

SPAN = 12
FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMonth:
    """One bar. ``text`` is empty where nothing was owed."""

    name: str
    text: str
    length: Decimal
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The past months of a measure, the latest first, with the newest records behind them."""

    measure: Measure
    #: Those in which the office had records: at most twelve.
    months: tuple[PastMonth, ...]
    #: The day of the first record, where fewer than twelve months have any.
    since: date | None
    whole: Reading | None
    records: tuple[Record, ...]

    @property
    def more(self) -> int:
        return len(self.whole.records) - len(self.records) if self.whole else 0


def preview(name: str, parameters: Mapping[str, str], *, at: datetime) -> Preview:
    """Ask ``name`` about the twelve months up to ``at``. Raises :class:`UnknownMeasure` and :class:`MeasureFailed`."""
    measure = registry.find(name)
    office = Office.load()
    zone = office.zone
    today = local_day(at, zone)
    firsts = past_months(today)
    since = records_begin(at, zone)
    period = Period(firsts[-1], today).since(since) if since else None
    whole = None
    if period:
        scope = registry.scope_of(measure, parameters)
        whole = registry.take(
            measure, Question(period=period, at=at, zone=zone, calendar=office.calendar, scope=scope)
        )
    readings = {
        first: whole.within(Period.month(first.year, first.month))
        for first in firsts
        if whole and period and first >= period.first.replace(day=1)
    }
    most = max((each.numerator for each in readings.values()), default=Decimal(0))
    return Preview(
        measure=measure,
        months=tuple(_bar(first, each, most) for first, each in readings.items()),
        since=since if since and since > firsts[-1] else None,
        whole=whole,
        records=tuple(reversed(whole.records[-FEW:])) if whole else (),
    )


def past_months(today: date) -> list[date]:
    """The first days of the month that runs and of the eleven before it, the latest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < SPAN:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts


def _bar(first: date, reading: Reading, most: Decimal) -> PastMonth:
    name = f"{MONTHS[first.month]} {first.year}".lower()
    if reading.value is None:
        return PastMonth(name=name, text="", length=Decimal(0), words=_("nada se debía"))
    if not reading.share:
        length = PERCENT * reading.numerator / most if most else Decimal(0)
        return PastMonth(name=name, text=written(reading.value), length=length, words=reading.unit)
    whole = reading.value.quantize(Decimal(1), ROUND_HALF_UP)
    return PastMonth(name=name, text=f"{whole} %", length=reading.value, words=reading.text)
