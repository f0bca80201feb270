"""Questions about a plan: its figures, its lights, its months, and what stands behind each."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import JSONField, Model, Prefetch, Q
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry

from pregon.accounts.models import Office
from pregon.core.calendar import WorkingCalendar, local_day
from pregon.core.files import safe_name
from pregon.core.remembering import remembered
from pregon.plan import lights, registry
from pregon.plan.chain import Fault, Link, faults_alone, faults_of, uncovered
from pregon.plan.contract import PERCENT, Kept, Measure, Missing, Period, Question, Reading, Record, written
from pregon.plan.enums import COLOURS, SEAL_LOGGED, Light, Mark, Part, PlanKind, SealAct
from pregon.plan.errors import UnknownMeasure
from pregon.plan.forecasting import Forecast, Seen, number_at_the_end, share_at_the_end
from pregon.plan.linting import Lack, lint, together
from pregon.plan.measures import records_begin
from pregon.plan.models import Activity, Capture, Indicator, Input, Plan, Programme, Seal
from pregon.plan.proposing import propose
from pregon.plan.values import (
    ActivityLine,
    DeviationLine,
    IndicatorLine,
    InputLine,
    MeasureLine,
    PlanPart,
    ProgrammeLine,
)

logger = logging.getLogger(__name__)

#: What a closing raises that somebody else wrote.
UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
TENTH = Decimal("0.1")
HEADLINES = 4
#: The narrowest band that is seen.
ONE_PER_CENT = Decimal(1)

ACTIVITY_WORDS = {
    Light.GREEN: gettext_lazy("Al corriente"),
    Light.YELLOW: gettext_lazy("Hay meses sin registros"),
    Light.GREY: gettext_lazy("Sin dato"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as people meet it: on the home page, on the desk, in a plan."""

    name: str
    text: str
    value: Decimal | None
    #: Share of the target, or of what was owed where there is no target; ``None`` without a figure.
    percent: Decimal | None
    target: Decimal | None
    light: Light
    word: str
    url: str
    unit: str = ""
    #: How much was wanted of it by now, where that is less than the whole target.
    wanted: Decimal | None = None
    #: Whether a person wrote down any of it.
    by_hand: bool = False

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
        """All that is measured: indicators first, then the activities that no indicator counts."""
        told = [sheet for sheet in self.indicators if sheet.measure or sheet.reading]
        asked = {(sheet.indicator.measure, _frozen(sheet.indicator.parameters)) for sheet in told}
        figures = [sheet.figure for sheet in told]
        for row in self.activities:
            key = (row.activity.measure or row.activity.slug, _frozen(row.activity.parameters))
            if row.figure and key not in asked:
                asked.add(key)
                figures.append(row.figure)
        return tuple(figures)


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


class Asking:
    """Asks each measure of a plan once, however many indicators and activities point to it.

    An office that begins in October answers from October on: days before its first record are no failures. Months
    that were closed answer what was signed, whatever became of their records. A measure that breaks leaves its name in
    ``failed`` and its lines without a figure.
    """

    def __init__(self, plan: Plan, *, at: datetime) -> None:
        self.at = at
        self.zone = Office.load().zone
        self.today = local_day(at, self.zone)
        self.calendar = WorkingCalendar()
        self.since = records_begin(at, self.zone)
        self.year = Period.year(plan.year)
        self.period = self.year.since(self.since) if self.since else None
        self.signed = signed_readings(plan)
        self.captured = captured_readings(plan)
        self.failed: dict[str, Exception] = {}
        self._answers: dict[tuple[str, str], Reading | None] = {}

    def about(self, item: Indicator | Activity) -> tuple[Measure | None, Reading | None]:
        measure, now = self.now(item)
        return measure, with_closed_months(now, self.signed.about(item))

    def now(self, item: Indicator | Activity) -> tuple[Measure | None, Reading | None]:
        """What records and people say today, whatever was signed. What a person wrote down stands for its month."""
        measure = self.measure_of(item)
        live = self.live(measure, item) if measure else None
        captured = self.captured.get(item.slug)
        if not captured:
            return measure, live
        parts = ([live.without(captured)] if live else []) + [captured[first] for first in sorted(captured)]
        return measure, Reading.together(parts)

    def measure_of(self, item: Indicator | Activity) -> Measure | None:
        """One that left with the package that brought it fails, as one that breaks."""
        try:
            return registry.find(item.measure) if item.measure else None
        except UnknownMeasure as problem:
            self.failed[item.measure] = problem
            return None

    def stretch(self, window: Period | None = None) -> lights.Stretch:
        """The days that are looked at: those of the year or of ``window``, from the first record on, until today."""
        period = window or self.year
        first = max(period.first, self.since) if self.since and self.since <= period.last else period.first
        until = min(max(self.today, first), period.last + timedelta(days=1))
        return lights.Stretch(first=first, last=period.last, until=until)

    def live(self, measure: Measure, item: Indicator | Activity) -> Reading | None:
        """What the records say now."""
        if self.period is None:
            return None
        key = (item.measure, _frozen(item.parameters))
        if key not in self._answers:
            self._answers[key] = self._ask(measure, item, self.period)
        return self._answers[key]

    def _ask(self, measure: Measure, item: Indicator | Activity, period: Period) -> Reading | None:
        try:
            with transaction.atomic():
                return measure.take(
                    Question(
                        period=period,
                        at=self.at,
                        zone=self.zone,
                        calendar=self.calendar,
                        scope=registry.scope_of(measure, item.parameters),
                    )
                )
        except Exception as problem:  # a measure of another house must not take the whole plan with it
            logger.exception("Measure failed", extra={"measure": measure.name})
            self.failed[measure.name] = problem
            return None


class Signed:
    """What was signed of a plan in the months that are closed.

    It answers the question that was asked then: a line that has another code or number since finds its answer, and one
    that asks something else does not get an answer to another question.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], dict[date, Reading | None]] = {}
        self._questions: dict[tuple[str, str], dict[date, Reading | None]] = {}

    def add(self, first: date, row: Mapping[str, Any]) -> None:
        reading = Reading.from_signed(row["reading"]) if row["reading"] else None
        asked = (row["measure"], _frozen(row["parameters"]))
        self._lines.setdefault((row["slug"], *asked), {})[first] = reading
        if row["measure"] and not (reading and reading.by_hand):
            self._questions.setdefault(asked, {})[first] = reading

    def about(self, item: Indicator | Activity) -> dict[date, Reading | None]:
        asked = (item.measure, _frozen(item.parameters))
        return self._questions.get(asked, {}) | self._lines.get((item.slug, *asked), {})


def signed_readings(plan: Plan) -> Signed:
    """What stands signed of ``plan``. A closing that was touched is believed no more: its month counts its records."""
    signed = Signed()
    for month, seal in standing_seals(plan).items():
        try:
            for row in signed_rows(seal):
                signed.add(date(plan.year, month, 1), row)
        except UNREADABLE:  # signed anew by whoever holds the database
            logger.exception("Closing cannot be read", extra={"plan": plan.pk, "number": seal.number})
    return signed


def signed_rows(seal: Seal) -> list[dict[str, Any]]:
    """The lines of a closing with their records; none of one that is not as it was signed."""
    if faults_alone(link_row(seal)):
        logger.error("Closing was touched", extra={"plan": seal.plan_id, "number": seal.number})
        return []
    rows: list[dict[str, Any]] = uncovered(json.loads(seal.content)["rows"], seal.openings)
    return rows


def captured_readings(plan: Plan) -> dict[str, dict[date, Reading]]:
    """What people wrote down for the lines of ``plan``, under the first day of its month; the latest stands."""
    zone = Office.load().zone
    found: dict[str, dict[date, Reading]] = {}
    for capture in captures_of(plan):
        item = capture.indicator or capture.activity
        if item:
            first = date(plan.year, capture.month, 1)
            found.setdefault(item.slug, {})[first] = _as_reading(
                capture, Period.month(plan.year, capture.month), zone
            )
    return found


def captures_of(plan: Plan) -> Iterable[Capture]:
    """All of them, the latest last."""
    of_plan = Q(indicator__plan=plan) | Q(activity__plan=plan)
    return (
        Capture.objects.filter(of_plan)
        .select_related("indicator", "activity", "evidence")
        .order_by("at", "pk")
    )


def public_evidence() -> set[int]:
    """The documents that prove what people wrote down, where anybody may open them: those of captures that stand."""
    standing: dict[tuple[int | None, int | None, int], Capture] = {}
    for capture in Capture.objects.order_by("at", "pk"):
        standing[capture.indicator_id, capture.activity_id, capture.month] = capture
    return {one.evidence_id for one in standing.values() if one.public and one.evidence_id}


def _as_reading(capture: Capture, period: Period, zone: tzinfo) -> Reading:
    """Of a month that runs it is told on the day on which it was written down."""
    owed = capture.denominator
    when = min(period.last, max(period.first, local_day(capture.at, zone)))
    record = Record(
        when=when,
        title=capture.note,
        url=evidence_path(capture.evidence) if capture.evidence and capture.public else "",
        detail=_("Capturado a mano"),
    )
    kept = Kept(when=when, records=(record,), amount=capture.numerator, by_hand=True)
    lacks = owed - capture.numerator if owed is not None else Decimal(0)
    missing = Missing(
        when=when,
        title=_("Faltó %(lacks)s de %(owed)s")
        % {"lacks": written(lacks), "owed": written(owed or Decimal(0))},
        detail=_("Capturado a mano"),
        amount=lacks,
    )
    item = capture.indicator
    return Reading(
        unit=item.unit if item and owed is None else "",
        share=owed is not None,
        kept=(kept,),
        missing=(missing,) if lacks else (),
    )


def evidence_path(document: Any) -> str:
    """Where the site serves a document."""
    return f"/documentos/{document.pk}/{safe_name(document.filename)}"


def standing_seals(plan: Plan) -> dict[int, Seal]:
    """The closings that stand, by month."""
    last = {seal.month: seal for seal in plan.seals.order_by("number").defer("content")}
    closed = [seal.pk for seal in last.values() if seal.act == SealAct.CLOSED]
    return {seal.month: seal for seal in Seal.objects.filter(pk__in=closed).select_related("plan")}


def chain_faults(plan: Plan) -> list[Fault]:
    """What is wrong with the chain of ``plan``; nothing when every link is as it was signed.

    A chain cannot tell that its end was cut off, or that its last link was signed anew: the office's log does.
    """
    links = [link_row(seal) for seal in plan.seals.select_related("plan")]
    hanging = {(link.number, link.digest) for link in links}
    return faults_of(links) + [
        Fault(number=number, sentence=_("La bitácora dice que se firmó y ya no está como se firmó."))
        for number, digest in logged_seals(plan)
        if (number, digest) not in hanging
    ]


def logged_seals(plan: Plan) -> list[tuple[int, str]]:
    """The number and the digest of every link, as the log of the office names them."""
    entries = ModelLogEntry.objects.for_instance(plan).filter(action__in=SEAL_LOGGED.values())
    return sorted((entry.data["number"], entry.data["digest"]) for entry in entries)


def link_row(seal: Seal) -> Link:
    return Link(
        number=seal.number,
        act=seal.act,
        month=seal.month,
        content=seal.content,
        digest=seal.digest,
        at=seal.at,
        plan=(seal.plan.slug, seal.plan.year),
        openings=seal.openings,
    )


def last_seal(plan: Plan, month: int) -> Seal | None:
    return plan.seals.filter(month=month).order_by("number").last()


def with_closed_months(live: Reading | None, signed: Mapping[date, Reading | None]) -> Reading | None:
    """``live`` with what was signed in the place of its closed months: a month that was closed without a figure has
    none. A signed record that has been taken down since counts, and is no longer for everybody to read."""
    if not signed:
        return live
    shown = live.public_urls if live else frozenset()
    parts = [live.without(signed)] if live else []
    parts += [reading.shown_only(shown) for reading in signed.values() if reading]
    return Reading.together(parts) if parts else None


def traffic_light(
    indicator: Indicator, reading: Reading | None, stretch: lights.Stretch | None = None
) -> Light:
    """The light of what was read. Without a figure or without a target it is grey, never red. Without a stretch of
    days, a whole year was read."""
    value = reading.value if reading else None
    if reading is None or stretch is None:
        target = indicator.target
        return lights.light(indicator, value, now=target, whole=target, stretch=None)
    return lights.light(
        indicator,
        value,
        now=wanted_of(indicator, stretch, share=reading.share),
        whole=wanted_of(indicator, stretch.whole, share=reading.share),
        stretch=stretch,
    )


def wanted_of(indicator: Indicator, stretch: lights.Stretch, *, share: bool) -> Decimal | None:
    """How much was wanted of ``indicator`` in the days of ``stretch`` that are over."""
    goal = lights.Goal(
        year=indicator.plan.year,
        target=indicator.target,
        milestones={int(month): Decimal(value) for month, value in indicator.milestones.items()},
        cumulative=indicator.cumulative,
        frequency=indicator.frequency,
    )
    return lights.wanted(goal, stretch, WorkingCalendar(), share=share)


def share_of_target(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    """Per cent of the year's target reached: value over target, or the reverse where less is better."""
    if value is None or indicator.target is None:
        return None
    return lights.share_of(value, indicator.target, direction=indicator.direction)


def activity_light(months: Iterable[MonthCell]) -> Light:
    """An activity promises months and not a figure: it is on time while no planned month passed empty."""
    marks = {cell.mark for cell in months}
    if Mark.LATE in marks:
        return Light.YELLOW
    return Light.GREEN if Mark.DONE in marks else Light.GREY


def results_of(plan: Plan, *, at: datetime) -> dict[str, Decimal]:
    """What each indicator of ``plan`` reached, by its code: nothing before every month that has records is closed."""
    begins = records_begin(at, Office.load().zone)
    first = begins.month if begins and begins.year == plan.year else 1
    if not set(range(first, 13)) <= standing_seals(plan).keys():
        return {}
    signed = signed_readings(plan)
    return {
        row.indicator.code: row.figure.value
        for row in plan_sheet(plan, at=at).indicators
        if row.figure.value is not None and any(signed.about(row.indicator).values())
    }


def lacks_of(plan: Plan) -> list[Lack]:
    """What :mod:`linting` says of ``plan`` beside the other plans of the office."""
    others = Plan.objects.of(plan.year).exclude(pk=plan.pk)
    beside = [
        PlanPart(key=other.key, title=other.title, year=other.year, kind=other.kind) for other in others
    ]
    return together(lint(as_written(plan), beside=beside, propose=titles_proposed))


def titles_proposed(text: str) -> list[str]:
    """The measures that suit ``text``, as people call them."""
    return [str(registry.find(name).title) for name in propose(text)]


def rows_by_place(plan: Plan) -> dict[Part, list[Any]]:
    """The rows of ``plan`` in the order in which a file lists them: a finding names one by its number there."""
    programmes = list(plan.programmes.all())
    places: dict[int | None, int] = {programme.pk: place for place, programme in enumerate(programmes)}
    return {
        Part.PLAN: [plan],
        Part.PROGRAMME: programmes,
        Part.INDICATOR: sorted(plan.indicators.all(), key=lambda row: places.get(row.programme_id, -1)),
        Part.ACTIVITY: sorted(plan.activities.all(), key=lambda row: places.get(row.programme_id, -1)),
    }


def current_plan(at: datetime) -> Plan | None:
    """The plan of the local year; failing that the latest one before it."""
    return next(iter(current_plans(at)), None)


def current_plans(at: datetime) -> list[Plan]:
    """All plans of the local year, or of the latest one before it; those of one campaign come last."""
    year = local_day(at, Office.load().zone).year
    found = list(Plan.objects.filter(year__lte=year).order_by("-year", "pk"))
    newest = [plan for plan in found if plan.year == found[0].year]
    return sorted(newest, key=lambda plan: plan.kind == PlanKind.CAMPAIGN)


def plans() -> Iterable[Plan]:
    return Plan.objects.all()


def plan_at(key: str, year: int) -> Plan | None:
    """The plan whose place a document with that key and year would take."""
    return Plan.objects.filter(slug=f"{key}-{year}").first()


def closed_plan(key: str, year: int) -> bool:
    """Whether there is one whose months were signed."""
    return Seal.objects.filter(plan__slug=f"{key}-{year}").exists()


def as_written(plan: Plan) -> PlanPart:
    """``plan`` as the values of a file: what was loaded from one comes back the same."""
    indicators = list(plan.indicators.select_related("plan").prefetch_related("deviations"))
    activities = list(plan.activities.select_related("indicator").prefetch_related("deviations"))
    programmes = plan.programmes.prefetch_related(Prefetch("inputs", Input.objects.order_by("pk")))
    return PlanPart(
        key=plan.key,
        values=_pairs(plan.values),
        goals=tuple(plan.goals),
        programmes=tuple(
            ProgrammeLine(
                alignment=_pairs(programme.alignment),
                months=tuple(programme.months),
                inputs=tuple(InputLine(**_plain(needed, InputLine)) for needed in programme.inputs.all()),
                indicators=_indicator_lines(indicators, programme.pk),
                activities=_activity_lines(activities, programme.pk),
                **_plain(programme, ProgrammeLine),
            )
            for programme in programmes
        ),
        indicators=_indicator_lines(indicators, None),
        activities=_activity_lines(activities, None),
        **_plain(plan, PlanPart),
    )


def _indicator_lines(indicators: Iterable[Indicator], owner: int | None) -> tuple[IndicatorLine, ...]:
    return tuple(
        IndicatorLine(
            milestones=tuple(
                (int(month), Decimal(goal))
                for month, goal in sorted(indicator.milestones.items(), key=lambda item: int(item[0]))
            ),
            measure=MeasureLine(name=indicator.measure, parameters=indicator.parameters),
            deviations=_deviation_lines(indicator),
            **_plain(indicator, IndicatorLine),
        )
        for indicator in indicators
        if indicator.programme_id == owner
    )


def _activity_lines(activities: Iterable[Activity], owner: int | None) -> tuple[ActivityLine, ...]:
    return tuple(
        ActivityLine(
            indicator=activity.indicator.code if activity.indicator else "",
            months=tuple(activity.months),
            done=tuple(activity.done),
            measure=MeasureLine(name=activity.measure, parameters=activity.parameters),
            deviations=_deviation_lines(activity),
            **_plain(activity, ActivityLine),
        )
        for activity in activities
        if activity.programme_id == owner
    )


def _deviation_lines(item: Indicator | Activity) -> tuple[DeviationLine, ...]:
    return tuple(DeviationLine(**_plain(went, DeviationLine)) for went in item.deviations.all())


def _pairs(listed: Iterable[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((pair["name"], pair["text"]) for pair in listed)


def _plain(row: Any, line: type) -> dict[str, Any]:
    return {name: getattr(row, name) for name in same_columns(line, type(row))}


def same_columns(line: type, model: type[Model]) -> list[str]:
    """What a line of a file and the rows of ``model`` call the same and write the same."""
    columns = {
        field.name
        for field in model._meta.concrete_fields
        if not field.is_relation and not isinstance(field, JSONField)
    }
    return [field.name for field in dataclasses.fields(line) if field.name in columns - {"measure"}]


def headline_figures(at: datetime, *, limit: int = HEADLINES) -> tuple[Figure, ...]:
    """The few figures of the current plan for the home page; none where there is no plan."""
    plan = current_plan(at)
    return plan_sheet(plan, at=at).figures[:limit] if plan else ()


def month_standing(plan: Plan, month: int, *, at: datetime) -> MonthStanding:
    """How ``plan`` stands in one month of its year."""
    period = Period.month(plan.year, month)
    asking = Asking(plan, at=at)
    working = asking.calendar.between(period.first, period.last)
    return MonthStanding(
        month=str(MONTHS[month]).lower(),
        working_day=sum(day <= asking.today for day in working),
        working_days=len(working),
        figures=sheet_of(plan, asking, window=period).figures,
    )


def plan_sheet(plan: Plan, *, at: datetime) -> PlanSheet:
    """The whole plan with a year's readings. Each measure is asked once."""
    return remembered(("plan", plan.pk), lambda: sheet_of(plan, asking_of(plan, at=at)))


def figure_sheet(plan: Plan, slug: str, *, at: datetime) -> PlanSheet:
    """The same with the line of that code alone: whoever opens one figure does not wait for the others."""
    return sheet_of(plan, asking_of(plan, at=at), only=slug)


def asking_of(plan: Plan, *, at: datetime) -> Asking:
    """Whoever draws many pages of a plan asks each measure once for all of them."""
    return remembered(("asking", plan.pk), lambda: Asking(plan, at=at))


def owed(sheet: PlanSheet) -> tuple[Missing, ...]:
    """What the plan lacks now, each thing once however many promises it breaks, the latest first.

    Acts come before days: an act can still be covered, a day that passed cannot.
    """
    found: dict[tuple[date, str, str], Missing] = {}
    for row in sheet.rows:
        for missing in row.reading.missing if row.reading else ():
            found.setdefault((missing.when, missing.title, missing.detail), missing)
    return tuple(sorted(found.values(), key=lambda missing: (bool(missing.url), missing.when), reverse=True))


def sheet_of(plan: Plan, asking: Asking, *, window: Period | None = None, only: str = "") -> PlanSheet:
    """``window`` narrows the figures to some days of the year; the calendar stays whole. ``only`` is a code."""
    indicators = [
        _indicator(item, plan, asking, window)
        for item in plan.indicators.prefetch_related("deviations")
        if only in {"", item.slug}
    ]
    activities = [
        _activity(item, plan, asking, window)
        for item in plan.activities.prefetch_related("deviations")
        if only in {"", item.slug}
    ]
    programmes = plan.programmes.prefetch_related(Prefetch("inputs", Input.objects.order_by("pk")))
    sheets = [
        ProgrammeSheet(
            programme=programme,
            indicators=tuple(row for row in indicators if row.indicator.programme_id == programme.pk),
            activities=tuple(row for row in activities if row.activity.programme_id == programme.pk),
            inputs=tuple(programme.inputs.all()),
        )
        for programme in programmes
    ]
    loose = ProgrammeSheet(
        programme=None,
        indicators=tuple(row for row in indicators if row.indicator.programme_id is None),
        activities=tuple(row for row in activities if row.activity.programme_id is None),
    )
    if loose.indicators or loose.activities:
        sheets.append(loose)
    now = _month_now(plan, asking)
    return PlanSheet(
        plan=plan,
        programmes=tuple(sheets),
        months=tuple((str(MONTHS[n]).lower(), str(MONTHS_3[n]).lower(), n == now) for n in range(1, 13)),
        since=asking.since if asking.since and asking.since in Period.year(plan.year) else None,
    )


def _indicator(indicator: Indicator, plan: Plan, asking: Asking, window: Period | None) -> IndicatorSheet:
    indicator.plan = plan
    measure, reading = asking.about(indicator)
    if reading and window:
        reading = reading.within(window)
    value = reading.value if reading else None
    stretch = asking.stretch(window)
    light = traffic_light(indicator, reading, stretch)
    now = wanted_of(indicator, stretch, share=reading.share) if reading else None
    whole = wanted_of(indicator, stretch.whole, share=reading.share) if reading else None
    share = (
        lights.share_of(value, whole, direction=indicator.direction) if value is not None and whole else None
    )
    figure = Figure(
        name=indicator.short_name or indicator.name,
        text=reading.text if reading and value is not None else _("sin dato"),
        value=value,
        percent=_rounded(share if share is not None else value),
        target=indicator.target,
        light=light,
        word=_word(light, value=value, target=whole),
        url=indicator.get_absolute_url(),
        unit=reading.unit if reading and value is not None else "",
        wanted=_rounded(now) if now != whole and value is not None else None,
        by_hand=bool(reading and reading.by_hand),
    )
    forecast = forecast_of(reading, stretch, asking.calendar) if measure and not window else None
    return IndicatorSheet(
        indicator=indicator,
        figure=figure,
        levels=_levels(indicator, reading, forecast),
        measure=measure,
        reading=reading,
        forecast=forecast,
    )


def forecast_of(
    reading: Reading | None, stretch: lights.Stretch, calendar: WorkingCalendar
) -> Forecast | None:
    """Where a figure that records tell will be when its year ends. What people wrote down comes once a month: too
    seldom to tell a rhythm."""
    if reading is None or reading.by_hand or stretch.over:
        return None
    seen = Seen(
        kept=[kept.amount for kept in reading.kept],
        missed=[missing.amount for missing in reading.missing],
        days=_working_days(calendar, stretch.first, stretch.until),
        days_left=_working_days(calendar, stretch.until, stretch.whole.until),
    )
    return share_at_the_end(seen) if reading.share else number_at_the_end(seen)


def _working_days(calendar: WorkingCalendar, first: date, until: date) -> int:
    return len(calendar.between(first, until - timedelta(days=1))) if until > first else 0


def _activity(activity: Activity, plan: Plan, asking: Asking, window: Period | None) -> ActivitySheet:
    activity.plan = plan
    measure, reading = asking.about(activity)
    months = _months(activity, plan, reading, asking)
    looked_at = months
    if window:
        looked_at = months[window.first.month - 1 : window.last.month]
        reading = reading.within(window) if reading else None
    figure = None
    if measure or reading:
        light = activity_light(looked_at)
        figure = Figure(
            name=activity.short_name or (str(measure.title) if measure else activity.description),
            text=reading.text if reading and reading.denominator else _("sin dato"),
            value=reading.value if reading else None,
            percent=_rounded(reading.value if reading else None),
            target=None,
            light=light,
            word=_activity_word(light, looked_at),
            url=activity.get_absolute_url(),
            unit=reading.unit if reading and reading.denominator else "",
            by_hand=bool(reading and reading.by_hand),
        )
    return ActivitySheet(
        activity=activity,
        months=months,
        figure=figure,
        measure=measure,
        reading=reading,
    )


def _months(activity: Activity, plan: Plan, reading: Reading | None, asking: Asking) -> tuple[MonthCell, ...]:
    now = _month_now(plan, asking)
    cells = []
    for number, planned in enumerate(activity.months, start=1):
        count = 0
        if reading is not None:
            count = len(reading.within(Period.month(plan.year, number)).records)
        cells.append(
            MonthCell(
                name=str(MONTHS[number]).lower(),
                short=str(MONTHS_3[number]).lower(),
                planned=planned,
                mark=_mark(
                    planned=planned,
                    measured=bool(activity.measure) or reading is not None,
                    count=count,
                    ahead=number - now,
                    before=number < now
                    and (asking.since is None or Period.month(plan.year, number).last < asking.since),
                ),
                count=count,
                now=number == now,
            )
        )
    return tuple(cells)


def _mark(*, planned: bool, measured: bool, count: int, ahead: int, before: bool) -> Mark:
    if count:
        return Mark.DONE if planned else Mark.EXTRA
    if not planned:
        return Mark.NONE
    if not measured:
        return Mark.UNMEASURED
    if before:
        return Mark.BEFORE
    if ahead == 0:
        return Mark.NOW
    return Mark.AHEAD if ahead > 0 else Mark.LATE


def _month_now(plan: Plan, asking: Asking) -> int:
    """The month that runs, 1 to 12; 0 before the plan's year and 13 after it."""
    today = asking.today
    if today.year == plan.year:
        return today.month
    return 0 if today.year < plan.year else 13


def _levels(indicator: Indicator, reading: Reading | None, forecast: Forecast | None) -> tuple[Level, ...]:
    """Baseline, the year before, now and target on one scale that begins at zero."""
    value = reading.value if reading else None
    per_cent = in_per_cent(indicator, reading)
    rows: list[tuple[str, Decimal | None, str]] = []
    year = f" ({indicator.baseline_year})" if indicator.baseline_year else ""
    rows.append((_("Línea base") + year, indicator.baseline, _("sin dato")))
    if indicator.baseline is not None or indicator.previous is not None:
        rows.append(
            (_("Resultado %(year)s") % {"year": indicator.plan.year - 1}, indicator.previous, _("sin dato"))
        )
    rows.append((_("Ahora"), value, _("sin dato")))
    rows.append((_("Meta %(year)s") % {"year": indicator.plan.year}, indicator.target, _("sin meta")))
    ends = [forecast.high] if forecast else []
    top = max([PERCENT, *ends, *(level for _label, level, _empty in rows if level is not None)])
    drawn = tuple(
        Level(
            label=label,
            value=level,
            text=empty if level is None else number_of(level, per_cent=per_cent),
            length=Decimal(0) if level is None else (PERCENT * level / top).quantize(TENTH, ROUND_HALF_UP),
            now=label == _("Ahora"),
        )
        for label, level, empty in rows
    )
    if forecast is None:
        return drawn
    start, end = (
        (PERCENT * edge / top).quantize(TENTH, ROUND_HALF_UP) for edge in (forecast.low, forecast.high)
    )
    band = Level(
        label=_("Al cierre del año"),
        value=forecast.high,
        text=f"{forecast.low}–{forecast.high}{' %' if forecast.share else ''}",
        start=start,
        length=max(end - start, ONE_PER_CENT),
    )
    return (*drawn[:-1], band, drawn[-1])


def in_per_cent(indicator: Indicator, reading: Reading | None) -> bool:
    """Whatever unit the document names, what answers it says whether it is a share."""
    return reading.share if reading else indicator.unit.casefold().startswith("porcentaje")


def number_of(level: Decimal, *, per_cent: bool) -> str:
    rounded = f"{level.quantize(TENTH, ROUND_HALF_UP):f}".removesuffix(".0")
    return f"{rounded} %" if per_cent else rounded


def _word(light: Light, *, value: Decimal | None, target: Decimal | None) -> str:
    """The light in words; grey says which of the two is missing."""
    if light is not Light.GREY:
        return str(light.label)
    return _("Sin meta") if target is None and value is not None else _("Sin dato")


def _activity_word(light: Light, months: Iterable[MonthCell]) -> str:
    """Grey stands for no records at all, or for records of a month that nobody planned."""
    if light is Light.GREY and any(cell.mark is Mark.EXTRA for cell in months):
        return str(Mark.EXTRA.label)
    return str(ACTIVITY_WORDS[light])


def _rounded(share: Decimal | None) -> Decimal | None:
    return None if share is None else share.quantize(TENTH, ROUND_HALF_UP)


def _frozen(parameters: dict[str, str]) -> str:
    return json.dumps(parameters, sort_keys=True)
