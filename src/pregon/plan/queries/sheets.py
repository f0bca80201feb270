"""Whole plans, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.db.models import F, Prefetch, prefetch_related_objects
from django.utils.dates import MONTHS, MONTHS_3

from pregon.accounts.models import Office
from pregon.core.calendar import local_day
from pregon.core.remembering import recalled, remembered
from pregon.plan.contract import Missing, Period
from pregon.plan.measures import records_begin
from pregon.plan.models import Input, Plan
from pregon.plan.queries.activities import activity_sheet
from pregon.plan.queries.asking import Asking, asking_of
from pregon.plan.queries.figures import (
    ActivitySheet,
    Figure,
    IndicatorSheet,
    MonthStanding,
    PlanSheet,
    ProgrammeSheet,
    figures_of,
)
from pregon.plan.queries.indicators import indicator_sheet
from pregon.plan.queries.plans import current_plan
from pregon.plan.queries.signed import signed_readings, standing_seals

HEADLINES = 4
#: What belongs to no programme comes last.
BY_PROGRAMME = F("programme__order").asc(nulls_last=True)


def headline_figures(at: datetime, *, limit: int = HEADLINES) -> tuple[Figure, ...]:
    """The few figures of the current plan for the home page, and no measure asked for more than those; none where there
    is no plan."""
    plan = current_plan(at)
    if plan is None:
        return ()
    asking = asking_of(plan, at=at)
    figures = figures_of(indicator_sheets(plan, asking), activity_sheets(plan, asking))
    return tuple(islice(figures, limit))


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
    """A sheet with the line of that code in it: whoever opens one figure does not wait for the others, and whoever has
    the whole plan at hand already takes it from there."""
    whole: PlanSheet | None = recalled(("plan", plan.pk))
    return whole or sheet_of(plan, asking_of(plan, at=at), only=slug)


def sheet_of(plan: Plan, asking: Asking, *, window: Period | None = None, only: str = "") -> PlanSheet:
    """``window`` narrows the figures to some days of the year; the calendar stays whole. ``only`` is a code."""
    indicators = list(indicator_sheets(plan, asking, window=window, only=only))
    activities = list(activity_sheets(plan, asking, window=window, only=only))
    prefetch_related_objects([row.indicator for row in indicators], "deviations")
    prefetch_related_objects([row.activity for row in activities], "deviations")
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
    return PlanSheet(
        plan=plan,
        programmes=tuple(sheets),
        months=tuple(
            (str(MONTHS[n]).lower(), str(MONTHS_3[n]).lower(), n == asking.month) for n in range(1, 13)
        ),
        since=asking.since if asking.since and asking.since in Period.year(plan.year) else None,
        touched=tuple(asking.signed.touched),
    )


def indicator_sheets(
    plan: Plan, asking: Asking, *, window: Period | None = None, only: str = ""
) -> Iterator[IndicatorSheet]:
    """Each indicator as it stands, programme by programme, drawn when it is asked for."""
    for item in plan.indicators.order_by(BY_PROGRAMME, "order", "pk"):
        if only in {"", item.slug}:
            yield indicator_sheet(item, plan, asking, window)


def activity_sheets(
    plan: Plan, asking: Asking, *, window: Period | None = None, only: str = ""
) -> Iterator[ActivitySheet]:
    """The same of each activity."""
    for item in plan.activities.order_by(BY_PROGRAMME, "number", "pk"):
        if only in {"", item.slug}:
            yield activity_sheet(item, plan, asking, window)


def owed(sheet: PlanSheet) -> tuple[Missing, ...]:
    """What the plan lacks now, each thing once however many promises it breaks, the latest first.

    Acts come before days: an act can still be covered, a day that passed cannot.
    """
    found: dict[tuple[date, str, str], Missing] = {}
    for row in sheet.rows:
        for missing in row.reading.missing if row.reading else ():
            found.setdefault((missing.when, missing.title, missing.detail), missing)
    return tuple(sorted(found.values(), key=lambda missing: (bool(missing.url), missing.when), reverse=True))


def months_to_close(plan: Plan, *, at: datetime) -> tuple[str, ...]:
    """The months of ``plan`` that are over, have records and are not signed."""
    zone = Office.load().zone
    begins = records_begin(at, zone)
    if begins is None:
        return ()
    today, signed = local_day(at, zone), standing_seals(plan)
    over = (month for month in range(1, 13) if begins <= Period.month(plan.year, month).last < today)
    return tuple(str(MONTHS[month]).lower() for month in over if month not in signed)


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
