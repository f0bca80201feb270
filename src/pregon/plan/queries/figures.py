"""A plan as people meet it: its figures with their lights, its lines, its months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from pregon.plan.contract import PERCENT, Measure, Reading
from pregon.plan.enums import COLOURS, Light, Mark
from pregon.plan.forecasting import Forecast
from pregon.plan.models import Activity, Indicator, Input, Plan, Programme
from pregon.plan.queries.advising import advise
from pregon.plan.registry import question_of
from pregon.plan.values import Advice

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as people meet it: on the home page, on the desk, in a plan."""

    name: str
    text: str
    value: Decimal | None
    #: Share of the target, or of what was owed where there is no target; of an activity that counts things, the share
    #: of its months. ``None`` where there is no whole that the figure is a part of.
    percent: Decimal | None
    target: Decimal | None
    light: Light
    word: str
    url: str
    unit: str = ""
    #: How much was wanted of it by now, where that is less than the whole target.
    wanted: Decimal | None = None
    #: What its bar tells, where that is something else than the figure.
    along: str = ""
    #: Whether a person wrote down any of it.
    by_hand: bool = False
    #: Why records cannot tell it today, as a sentence.
    trouble: str = ""

    @property
    def colour(self) -> str:
        return COLOURS[self.light]

    @property
    def tone(self) -> str:
        """The same colour by the name the desk gives it."""
        return "" if self.light is Light.GREY else COLOURS[self.light]

    @property
    def bar(self) -> Decimal:
        """The length of its bar, 0 to 100."""
        return min(max(self.percent or Decimal(0), Decimal(0)), PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One bar of an indicator's plot. Without a value it is drawn empty and says so."""

    label: str
    value: Decimal | None
    text: str
    length: Decimal
    now: bool = False
    #: Where it begins, when it is a band: between what and what a figure will be.
    start: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSheet:
    """An indicator with its figure, its plot, and the answer they come from."""

    indicator: Indicator
    figure: Figure
    levels: tuple[Level, ...]
    measure: Measure | None
    reading: Reading | None
    forecast: Forecast | None = None

    @property
    def item(self) -> Indicator:
        return self.indicator

    @property
    def advice(self) -> Advice | None:
        """How it could be measured, where nobody chose how."""
        return None if self.measure else advise(self.indicator.name)

    @property
    def band(self) -> Level | None:
        """The forecast, drawn."""
        return next((level for level in self.levels if level.start is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCell:
    """One month of an activity."""

    name: str
    short: str
    planned: bool
    mark: Mark
    count: int
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySheet:
    """An activity with its twelve months; ``figure`` only where records or a person answer it."""

    activity: Activity
    months: tuple[MonthCell, ...]
    figure: Figure | None
    measure: Measure | None
    reading: Reading | None

    @property
    def item(self) -> Activity:
        return self.activity

    @property
    def advice(self) -> Advice | None:
        """How it could be measured, where nobody chose how."""
        return None if self.measure else advise(self.activity.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeSheet:
    """One programme with what hangs from it; the last one of a plan may be nobody's and has no programme."""

    programme: Programme | None
    indicators: tuple[IndicatorSheet, ...]
    activities: tuple[ActivitySheet, ...]
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSheet:
    """A whole plan, ready to be shown."""

    plan: Plan
    programmes: tuple[ProgrammeSheet, ...]
    months: tuple[tuple[str, str, bool], ...]
    #: The day of the office's first record, when it falls inside the plan's year.
    since: date | None
    #: The closed months that are no longer as they were signed, and count their records again.
    touched: tuple[int, ...] = ()

    @property
    def touched_months(self) -> str:
        return ", ".join(str(MONTHS[number]).lower() for number in self.touched)

    @property
    def indicators(self) -> tuple[IndicatorSheet, ...]:
        return tuple(sheet for programme in self.programmes for sheet in programme.indicators)

    @property
    def activities(self) -> tuple[ActivitySheet, ...]:
        return tuple(sheet for programme in self.programmes for sheet in programme.activities)

    @property
    def rows(self) -> tuple[IndicatorSheet | ActivitySheet, ...]:
        return (*self.indicators, *self.activities)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figures_of(self.indicators, self.activities))


def figures_of(indicators: Iterable[IndicatorSheet], activities: Iterable[ActivitySheet]) -> Iterator[Figure]:
    """All that is measured: indicators first, then the activities that no indicator counts."""
    asked = set()
    for sheet in indicators:
        if sheet.measure or sheet.reading or sheet.figure.trouble:
            asked.add(question_of(sheet.indicator.measure, sheet.indicator.parameters))
            yield sheet.figure
    for row in activities:
        key = question_of(row.activity.measure or row.activity.slug, row.activity.parameters)
        if row.figure and key not in asked:
            asked.add(key)
            yield row.figure


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStanding:
    """How the plan stands in one month: "noviembre, día hábil 14 de 20"."""

    month: str
    working_day: int
    working_days: int
    figures: tuple[Figure, ...]

    @property
    def text(self) -> str:
        return _("%(month)s, día hábil %(day)s de %(days)s") % {
            "month": self.month,
            "day": self.working_day,
            "days": self.working_days,
        }


def counted(reading: Reading | None, *, asked: bool) -> Reading | None:
    """``reading`` where it has a figure. Zero is one where records were asked, or somebody wrote it down; elsewhere
    nothing is not zero."""
    if reading is None or reading.value is None:
        return None
    return reading if asked or reading.kept or reading.missing else None


def rounded(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(TENTH, ROUND_HALF_UP)
