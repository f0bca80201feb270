"""How the plan is going: every promise with its figure, and behind each figure the records it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from pregon.plan.contract import Missing, Reading, Record
from pregon.plan.models import Plan
from pregon.plan.queries import (
    ActivitySheet,
    IndicatorSheet,
    current_plan,
    headline_figures,
    plan_sheet,
    plans,
)
from pregon.website.views.frame import public_page

__all__ = ["headline_figures", "indicator_detail", "plan_detail", "plan_index"]

T = TypeVar("T", Record, Missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The records of one month, as a page lists them."""

    first: date
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a citizen may open of an answer, and how much of it stays inside."""

    months: tuple[Month, ...]
    missing: tuple[Missing, ...]
    excused: tuple[Missing, ...]
    hidden_records: int
    hidden_missing: int


@public_page
def plan_index(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    current = current_plan(at)
    context = {
        "section": "plan",
        "current": current,
        "figures": plan_sheet(current, at=at).figures if current else (),
        "plans": plans(),
    }
    return render(request, "website/plan/index.html", context)


@public_page
def plan_detail(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(Plan, slug=slug)
    context = {"section": "plan", "sheet": plan_sheet(plan, at=timezone.now())}
    return render(request, "website/plan/plan.html", context)


@public_page
def indicator_detail(request: HttpRequest, slug: str, indicator: str) -> HttpResponse:
    """One figure of the plan, an indicator's or an activity's, with its evidence."""
    sheet = plan_sheet(get_object_or_404(Plan, slug=slug), at=timezone.now())
    found: dict[str, IndicatorSheet | ActivitySheet] = {
        **{row.activity.slug: row for row in sheet.activities},
        **{row.indicator.slug: row for row in sheet.indicators},
    }
    if indicator not in found:
        raise Http404
    row = found[indicator]
    context: dict[str, Any] = {
        "section": "plan",
        "sheet": sheet,
        "row": row,
        "item": row.indicator if isinstance(row, IndicatorSheet) else row.activity,
        "alone": [row],
        "evidence": evidence_of(row.reading) if row.reading else None,
    }
    return render(request, "website/plan/figure.html", context)


def evidence_of(reading: Reading) -> Evidence:
    """The latest first: what happened last is what people come to check."""
    records = sorted(_public(reading.records), key=lambda record: record.when, reverse=True)
    missing = _public(reading.missing)
    return Evidence(
        months=tuple(
            Month(first=first, records=tuple(found))
            for first, found in groupby(records, key=lambda record: record.when.replace(day=1))
        ),
        missing=tuple(sorted(missing, key=lambda item: item.when, reverse=True)),
        excused=tuple(sorted(_public(reading.excused), key=lambda item: item.when, reverse=True)),
        hidden_records=len(reading.records) - len(records),
        hidden_missing=len(reading.missing) - len(missing),
    )


def _public(items: Iterable[T]) -> list[T]:
    return [item for item in items if item.public]
