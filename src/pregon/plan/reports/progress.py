"""How a plan went in a quarter or a year, as one value. Every format and layout tells the same figures from it, and
none of them asks the database again.

A report is for everybody: what only the office may read is counted in it and never named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from pregon.core.calendar import local_day
from pregon.plan.closings import link_of
from pregon.plan.contract import Missing, Period, Record
from pregon.plan.enums import Light, Mark
from pregon.plan.errors import UnknownSpan
from pregon.plan.forecasting import Forecast
from pregon.plan.models import Activity, Deviation, Indicator, Input, Plan, Programme
from pregon.plan.queries import (
    ActivitySheet,
    Asking,
    IndicatorSheet,
    asking_of,
    captures_of,
    counted,
    datasheet,
    evidence_path,
    forecast_of,
    how_measured,
    plan_sheet,
    sheet_of,
    standing,
    standing_seals,
)

SPAN = re.compile(r"(\d{4})(?:-t([1-4]))?")
ORDINALS = {1: "primer", 2: "segundo", 3: "tercer", 4: "cuarto"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days that a report tells of: a year, or one of its quarters."""

    year: int
    quarter: int | None = None

    def __post_init__(self) -> None:
        if self.quarter not in (None, 1, 2, 3, 4):
            raise UnknownSpan

    @classmethod
    def named(cls, slug: str) -> Self:
        """«2026-t3» or «2026». Raises :class:`UnknownSpan`."""
        if not (match := SPAN.fullmatch(slug)):
            raise UnknownSpan
        return cls(year=int(match[1]), quarter=int(match[2]) if match[2] else None)

    @classmethod
    def all_of(cls, year: int) -> tuple[Self, ...]:
        return (*(cls(year=year, quarter=number) for number in ORDINALS), cls(year=year))

    @property
    def months(self) -> range:
        return range(3 * self.quarter - 2, 3 * self.quarter + 1) if self.quarter else range(1, 13)

    @property
    def period(self) -> Period:
        first, last = self.months[0], self.months[-1]
        return Period(Period.month(self.year, first).first, Period.month(self.year, last).last)

    @property
    def so_far(self) -> Period:
        """From the year's first day to the last one told of."""
        return Period(date(self.year, 1, 1), self.period.last)

    @property
    def slug(self) -> str:
        return f"{self.year}-t{self.quarter}" if self.quarter else str(self.year)

    @property
    def title(self) -> str:
        if self.quarter is None:
            return _("Año %(year)s") % {"year": self.year}
        return _("%(ordinal)s trimestre de %(year)s") % {
            "ordinal": ORDINALS[self.quarter].capitalize(),
            "year": self.year,
        }

    def has_begun(self, today: date) -> bool:
        return self.period.first <= today


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigure:
    """One month of a line: what was promised, and what came of it as far as the report tells."""

    number: int
    planned: bool
    mark: Mark
    #: Of a figure, its value; of an activity, how many records.
    value: Decimal | None
    told: bool

    @property
    def name(self) -> str:
        return str(MONTHS[self.number]).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An indicator or an activity with what the period made of it."""

    slug: str
    number: str
    name: str
    path: str
    #: How it is measured, in a sentence.
    how: str
    light: Light
    word: str
    #: In the period: how much of how much, its share or count, and the same from the year's first day on.
    done: Decimal | None
    owed: Decimal | None
    value: Decimal | None
    text: str
    so_far: Decimal | None
    so_far_text: str
    unit: str
    share: bool
    months: tuple[MonthFigure, ...]
    records: tuple[Record, ...]
    missing: tuple[Missing, ...]
    hidden_records: int
    hidden_missing: int
    responsible: str = ""
    indicator: Indicator | None = None
    activity: Activity | None = None
    #: The ficha técnica of an indicator, with its values of the period.
    datasheet: tuple[tuple[str, str], ...] = ()
    #: Where its year will end, as it stood when the period was over.
    forecast: Forecast | None = None

    @property
    def url(self) -> str:
        return settings.BASE_URL + self.path

    @property
    def target(self) -> Decimal | None:
        return self.indicator.target if self.indicator else None

    @property
    def planned_months(self) -> int:
        return sum(month.planned for month in self.months)

    @property
    def done_months(self) -> int:
        return sum(month.planned and month.mark is Mark.DONE for month in self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One programme with its lines; the one without a programme holds what hangs from the plan itself."""

    programme: Programme | None
    indicators: tuple[Line, ...]
    activities: tuple[Line, ...]
    inputs: tuple[Input, ...]

    @property
    def name(self) -> str:
        return self.programme.name if self.programme else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A figure that a person wrote down, with where it comes from."""

    month: int
    line: str
    numerator: Decimal
    denominator: Decimal | None
    note: str
    evidence: str
    #: Where anybody may open the file; nowhere when it is for the office alone.
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviated:
    """Why a line went otherwise than planned in one month."""

    month: int
    line: str
    cause: str
    effect: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A month that is closed, with the digest of what was signed."""

    month: int
    number: int
    on: date
    #: The role that signed.
    signer: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How ``plan`` went in ``span``, as the records stood on ``day``."""

    plan: Plan
    span: Span
    day: date
    since: date | None
    sheets: tuple[Sheet, ...]
    captures: tuple[Captured, ...]
    deviations: tuple[Deviated, ...]
    closings: tuple[Closing, ...]

    @property
    def title(self) -> str:
        return _("Informe de avance: %(span)s") % {"span": self.span.title.lower()}

    @property
    def over(self) -> bool:
        return self.span.period.last < self.day

    @property
    def path(self) -> str:
        return f"{self.plan.get_absolute_url()}informe/{self.span.slug}/"

    @property
    def url(self) -> str:
        return settings.BASE_URL + self.path

    @property
    def indicators(self) -> tuple[Line, ...]:
        return tuple(line for sheet in self.sheets for line in sheet.indicators)

    @property
    def activities(self) -> tuple[Line, ...]:
        return tuple(line for sheet in self.sheets for line in sheet.activities)

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.indicators, *self.activities)

    def lights(self) -> dict[Light, int]:
        """How many indicators stand under each light."""
        return {light: sum(line.light is light for line in self.indicators) for light in Light}


def report_of(plan: Plan, span: Span, *, at: datetime) -> Report:
    """Each measure is asked once, and what is closed answers as it was signed."""
    asking, whole = asking_of(plan, at=at), plan_sheet(plan, at=at)
    in_period = {row.item.slug: row for row in sheet_of(plan, asking, window=span.period).rows}
    so_far = {row.item.slug: row for row in sheet_of(plan, asking, window=span.so_far).rows}
    return Report(
        plan=plan,
        span=span,
        day=asking.today,
        since=whole.since,
        sheets=tuple(
            Sheet(
                programme=sheet.programme,
                indicators=tuple(
                    _line(row, in_period[row.item.slug], so_far[row.item.slug], span, asking)
                    for row in sheet.indicators
                ),
                activities=tuple(
                    _line(row, in_period[row.item.slug], so_far[row.item.slug], span, asking)
                    for row in sheet.activities
                ),
                inputs=sheet.inputs,
            )
            for sheet in whole.programmes
        ),
        captures=captured(plan, span),
        deviations=deviated(plan, span),
        closings=closed(plan, span, asking),
    )


def captured(plan: Plan, span: Span) -> tuple[Captured, ...]:
    """What people wrote down for the months of ``span``: the last word on each month of each line."""
    found = standing(captures_of(plan).filter(month__in=span.months).order_by("month", "at", "pk"))
    return tuple(
        Captured(
            month=capture.month,
            line=str(capture.indicator or capture.activity),
            numerator=capture.numerator,
            denominator=capture.denominator,
            note=capture.note,
            evidence=capture.evidence.title if capture.evidence else "",
            path=evidence_path(capture.evidence) if capture.evidence and capture.public else "",
        )
        for capture in found
    )


def deviated(plan: Plan, span: Span) -> tuple[Deviated, ...]:
    found = Deviation.objects.filter(Q(indicator__plan=plan) | Q(activity__plan=plan), month__in=span.months)
    return tuple(
        Deviated(
            month=deviation.month,
            line=str(deviation.indicator or deviation.activity),
            cause=deviation.cause,
            effect=deviation.effect,
            remedy=deviation.remedy,
        )
        for deviation in found.select_related("indicator", "activity").order_by("month", "pk")
    )


def closed(plan: Plan, span: Span, asking: Asking) -> tuple[Closing, ...]:
    return tuple(
        Closing(
            month=month,
            number=seal.number,
            on=local_day(seal.at, asking.zone),
            signer=link_of(seal).role,
            digest=seal.digest,
        )
        for month, seal in sorted(standing_seals(plan).items())
        if month in span.months
    )


def _line(
    whole: IndicatorSheet | ActivitySheet,
    now: IndicatorSheet | ActivitySheet,
    so_far: IndicatorSheet | ActivitySheet,
    span: Span,
    asking: Asking,
) -> Line:
    item, reading, year = whole.item, now.reading, so_far.reading
    indicator = item if isinstance(item, Indicator) else None
    records = reading.records if reading else ()
    missing = reading.missing if reading else ()
    answer = counted(reading, asked=asking.asked(item, span.period))
    answer_so_far = counted(year, asked=asking.asked(item, span.so_far))
    figure, how = so_far.figure, how_measured(whole)
    return Line(
        slug=item.slug,
        number=item.code if isinstance(item, Indicator) else str(item.number),
        name=item.name,
        path=item.get_absolute_url(),
        how=how,
        light=figure.light if figure else Light.GREY,
        word=figure.word if figure else _("No se mide"),
        done=answer.numerator if answer else None,
        owed=answer.denominator if answer and answer.share else None,
        value=answer.value if answer else None,
        text=answer.text if answer else _("sin dato"),
        so_far=answer_so_far.value if answer_so_far else None,
        so_far_text=answer_so_far.text if answer_so_far else _("sin dato"),
        unit=str(answer.unit) if answer else "",
        share=bool(reading and reading.share),
        months=_months(whole, span, asking),
        records=tuple(record for record in records if record.public),
        missing=tuple(lack for lack in missing if lack.public),
        hidden_records=sum(not record.public for record in records),
        hidden_missing=sum(not lack.public for lack in missing),
        responsible=item.responsible,
        indicator=indicator,
        datasheet=datasheet(indicator, reading, how=how) if indicator else (),
        forecast=forecast_of(year, asking.at_the_end_of(span.period), asking.calendar)
        if indicator and whole.measure
        else None,
        activity=None if isinstance(item, Indicator) else item,
    )


def _months(row: IndicatorSheet | ActivitySheet, span: Span, asking: Asking) -> tuple[MonthFigure, ...]:
    """Twelve, of which those after the period are only promised."""
    last = min(span.months[-1], asking.today.month if asking.today.year == span.year else 12)
    reached = [number <= last and asking.today.year >= span.year for number in range(1, 13)]
    if isinstance(row, ActivitySheet):
        return tuple(
            MonthFigure(
                number=number,
                planned=cell.planned,
                mark=cell.mark if reached[number - 1] else _promised(planned=cell.planned),
                value=Decimal(cell.count) if reached[number - 1] and row.reading else None,
                told=reached[number - 1],
            )
            for number, cell in enumerate(row.months, start=1)
        )
    return tuple(
        MonthFigure(
            number=number,
            planned=True,
            mark=Mark.DONE if value is not None else Mark.AHEAD,
            value=value,
            told=reached[number - 1],
        )
        for number in range(1, 13)
        for value in [_value_in(row, span.year, number, asking) if reached[number - 1] else None]
    )


def _promised(*, planned: bool) -> Mark:
    return Mark.AHEAD if planned else Mark.NONE


def _value_in(row: IndicatorSheet, year: int, number: int, asking: Asking) -> Decimal | None:
    """What no record tells has no figure in a month for which nobody wrote one down: nothing is not zero."""
    month = Period.month(year, number)
    answer = counted(row.reading.within(month) if row.reading else None, asked=asking.asked(row.item, month))
    return answer.value if answer else None
