"""The same plan over the years: each indicator by its code, with what it promised and what became of it.

Years before the first plan are told where a later one names them: a baseline with its year, the result of the year
before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from pregon.plan.contract import PERCENT
from pregon.plan.enums import COLOURS, Light
from pregon.plan.models import Plan
from pregon.plan.queries import IndicatorSheet, in_per_cent, number_of, plan_sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPoint:
    """One indicator in one year. ``length`` and ``goal_at`` are parts of a hundred of the longest bar of its line."""

    year: int
    value: Decimal | None
    text: str
    length: Decimal | None = None
    target_text: str = ""
    goal_at: Decimal | None = None
    light: Light = Light.GREY
    word: str = ""
    url: str = ""
    review_due: bool = False

    @property
    def colour(self) -> str:
        return COLOURS[self.light]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """One indicator over the years, the oldest first, as its latest plan names it."""

    name: str
    definition: str
    points: tuple[YearPoint, ...]


def years_of(key: str) -> list[Plan]:
    """The plans of all years that are one plan, the oldest first."""
    # An address may hold digits of its own, so the year is taken off each and compared.
    return [plan for plan in Plan.objects.filter(slug__startswith=key).order_by("year") if plan.key == key]


def year_before(plan: Plan) -> Plan | None:
    """The same plan of the latest year before it."""
    earlier = [other for other in years_of(plan.key) if other.year < plan.year]
    return earlier[-1] if earlier else None


def compared_plans(plans: Iterable[Plan]) -> list[Plan]:
    """The latest of each plan that stands in more than one year."""
    families: dict[str, list[Plan]] = defaultdict(list)
    for plan in plans:
        families[plan.key].append(plan)
    return [max(found, key=lambda plan: plan.year) for found in families.values() if len(found) > 1]


def comparison(plans: Iterable[Plan], *, at: datetime) -> tuple[IndicatorLine, ...]:
    """Every indicator of ``plans``, in the order of the latest one; those that are gone from it come last."""
    rows: dict[str, list[IndicatorSheet]] = {}
    for plan in sorted(plans, key=lambda plan: -plan.year):
        for row in plan_sheet(plan, at=at).indicators:
            rows.setdefault(row.indicator.code, []).append(row)
    return tuple(_line(found) for found in rows.values())


def _line(rows: list[IndicatorSheet]) -> IndicatorLine:
    """``rows`` are one indicator's, the latest first."""
    newest = rows[0].indicator
    levels = [row.figure.value for row in rows] + [row.indicator.target for row in rows]
    levels += [level for row in rows for level in (row.indicator.baseline, row.indicator.previous)]
    known = [level for level in levels if level is not None]
    top = max([*known, PERCENT if in_per_cent(newest, rows[0].reading) else Decimal(1)])
    years: dict[int, YearPoint] = {}
    for row in rows:
        for point in _told_of_earlier_years(row, top):
            years.setdefault(point.year, point)
    years |= {row.indicator.plan.year: _point(row, top) for row in rows}
    return IndicatorLine(
        name=newest.name,
        definition=newest.definition,
        points=tuple(years[year] for year in sorted(years)),
    )


def _point(row: IndicatorSheet, top: Decimal) -> YearPoint:
    indicator, value = row.indicator, row.figure.value
    per_cent = in_per_cent(indicator, row.reading)
    return YearPoint(
        year=indicator.plan.year,
        value=value,
        text=_("sin dato") if value is None else number_of(value, per_cent=per_cent),
        length=_part(value, top),
        target_text=_("sin meta")
        if indicator.target is None
        else number_of(indicator.target, per_cent=per_cent),
        goal_at=_part(indicator.target, top),
        light=row.figure.light,
        word=row.figure.word,
        url=row.figure.url,
        review_due=indicator.review_due,
    )


def _told_of_earlier_years(row: IndicatorSheet, top: Decimal) -> list[YearPoint]:
    indicator, per_cent = row.indicator, in_per_cent(row.indicator, row.reading)
    year = indicator.plan.year
    found = []
    if indicator.previous is not None:
        told = _("según el plan de %(year)s") % {"year": year}
        found.append((year - 1, indicator.previous, told))
    if indicator.baseline is not None and indicator.baseline_year:
        found.append((indicator.baseline_year, indicator.baseline, _("línea base")))
    return [
        YearPoint(
            year=when,
            value=level,
            text=number_of(level, per_cent=per_cent),
            length=_part(level, top),
            word=told,
        )
        for when, level, told in found
    ]


def _part(level: Decimal | None, top: Decimal) -> Decimal | None:
    return None if level is None else max(Decimal(0), PERCENT * level / top)
