"""What records, people and signatures answer to the lines of a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.core.calendar import local_day
from pregon.core.remembering import remembered
from pregon.plan import lights, registry
from pregon.plan.contract import Measure, Period, Question, Reading
from pregon.plan.errors import MeasureFailed, UnknownMeasure
from pregon.plan.measures import records_begin
from pregon.plan.models import Activity, Indicator, Plan
from pregon.plan.queries.captured import captured_readings
from pregon.plan.queries.signed import signed_readings


class Asking:
    """Asks each measure of a plan once, however many indicators and activities point to it.

    An office that begins in October answers from October on: days before its first record are no failures. Months
    that were closed answer what was signed, whatever became of their records. A question that cannot be answered leaves
    a sentence in ``failed`` and its lines without what records would tell.
    """

    def __init__(self, plan: Plan, *, at: datetime) -> None:
        self.at = at
        office = Office.load()
        self.zone = office.zone
        self.today = local_day(at, self.zone)
        self.calendar = office.calendar
        self.since = records_begin(at, self.zone)
        self.year = Period.year(plan.year)
        self.period = self.year.since(self.since) if self.since else None
        self.signed = signed_readings(plan)
        self.captured = captured_readings(plan)
        self.failed: dict[tuple[str, str], str] = {}
        self._answers: dict[tuple[str, str], Reading | None] = {}

    @property
    def month(self) -> int:
        """The month that runs, 1 to 12; 0 before the plan's year and 13 after it."""
        if self.today in self.year:
            return self.today.month
        return 0 if self.today < self.year.first else 13

    def about(self, item: Indicator | Activity) -> tuple[Measure | None, Reading | None]:
        measure, now = self.now(item)
        return measure, with_closed_months(now, self.signed.about(item), today=self.today)

    def now(self, item: Indicator | Activity) -> tuple[Measure | None, Reading | None]:
        """What records and people say today, whatever was signed. What a person wrote down stands for its month."""
        measure = self._measure_of(item)
        live = self.live(measure, item) if measure else None
        captured = self.captured.get(item.slug)
        if not captured:
            return measure, live
        parts = ([live.without(captured)] if live else []) + [captured[first] for first in sorted(captured)]
        return measure, Reading.together(parts)

    def trouble(self, item: Indicator | Activity) -> str:
        """Why records cannot tell ``item``, as a sentence; empty where they can, and before it was asked about."""
        return self.failed.get(registry.question_of(item.measure, item.parameters), "")

    def asked(self, item: Indicator | Activity, period: Period) -> bool:
        """Whether records can tell ``item`` in any day of ``period``: only there is nothing as good as zero."""
        return bool(
            item.measure
            and not self.trouble(item)
            and self.since is not None
            and self.since <= period.last
            and period.first <= self.today
        )

    def stretch(self, window: Period | None = None) -> lights.Stretch:
        """The days that are looked at: those of the year or of ``window``, from the first record on, until today."""
        period = window or self.year
        first = max(period.first, self.since) if self.since and self.since <= period.last else period.first
        until = min(max(self.today, first), period.last + timedelta(days=1))
        return lights.Stretch(first=first, last=period.last, until=until)

    def at_the_end_of(self, period: Period) -> lights.Stretch:
        """The year as it was looked at when ``period`` was over, or as it is today where it runs."""
        year = self.stretch()
        until = min(year.until, period.last + timedelta(days=1))
        return dataclasses.replace(year, until=max(until, year.first))

    def live(self, measure: Measure, item: Indicator | Activity) -> Reading | None:
        """What the records say now."""
        if self.period is None:
            return None
        key = registry.question_of(item.measure, item.parameters)
        if key not in self._answers:
            self._answers[key] = self._ask(measure, item, self.period)
        return self._answers[key]

    def _measure_of(self, item: Indicator | Activity) -> Measure | None:
        if not item.measure:
            return None
        try:
            return registry.find(item.measure)
        except UnknownMeasure:  # the package that brought it is gone, and the plan is still the office's
            key = registry.question_of(item.measure, item.parameters)
            self.failed[key] = _("La medida «%(name)s» ya no está instalada: elige otra para esta línea.") % {
                "name": item.measure
            }
            return None

    def _ask(self, measure: Measure, item: Indicator | Activity, period: Period) -> Reading | None:
        try:
            scope = registry.scope_of(measure, item.parameters)
            question = Question(
                period=period, at=self.at, zone=self.zone, calendar=self.calendar, scope=scope
            )
            return registry.take(measure, question)
        except (UnknownMeasure, MeasureFailed) as problem:
            self.failed[registry.question_of(item.measure, item.parameters)] = str(problem)
            return None


def asking_of(plan: Plan, *, at: datetime) -> Asking:
    """Whoever draws many pages of a plan asks each measure once for all of them."""
    return remembered(("asking", plan.pk), lambda: Asking(plan, at=at))


def with_closed_months(
    live: Reading | None, signed: Mapping[date, Reading | None], *, today: date
) -> Reading | None:
    """``live`` with what was signed in the place of its closed months: a month that was closed without a figure has
    none. A signed record that has been taken down since counts, and is no longer for everybody to read. What lacks
    goes on getting later after it was signed."""
    if not signed:
        return live
    shown = live.public_urls if live else frozenset()
    parts = [live.without(signed)] if live else []
    parts += [reading.shown_only(shown).late_on(today) for reading in signed.values() if reading]
    return Reading.together(parts) if parts else None
