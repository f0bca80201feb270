"""How the plan is going: every promise with its figure, and behind each figure the records it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe

from pregon.accounts.models import Office
from pregon.core.remembering import remembered
from pregon.plan.closings import link_of, may_be_read
from pregon.plan.comparing import compared_plans, comparison, years_of
from pregon.plan.contract import Missing, Reading, Record
from pregon.plan.enums import COLOURS
from pregon.plan.errors import UnknownSpan
from pregon.plan.models import Plan, Seal
from pregon.plan.queries import (
    ActivitySheet,
    IndicatorSheet,
    PlanSheet,
    current_plans,
    datasheet,
    figure_sheet,
    headline_figures,
    how_measured,
    plan_sheet,
    plans,
    standing_seals,
)
from pregon.plan.reports import datasets
from pregon.plan.reports.blocks import Bars, Block, Curve, Table
from pregon.plan.reports.layouts import PAGE, composed
from pregon.plan.reports.letterhead import Letterhead
from pregon.plan.reports.plots import bar_svg, curve_svg
from pregon.plan.reports.progress import Report, Span, report_of
from pregon.website.views.frame import public_page

__all__ = [
    "dataset",
    "dictionary",
    "headline_figures",
    "indicator_detail",
    "month_detail",
    "open_data",
    "plan_comparison",
    "plan_detail",
    "plan_index",
    "report_detail",
]

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


#: A list of what lacks that is longer than this is no page for a telephone.
MOST_MISSING = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a citizen may open of an answer, and how much of it stays inside. The records of the month that runs are
    read there; those of each month before it have a page of their own."""

    running: tuple[Record, ...]
    earlier: tuple[tuple[date, int], ...]
    missing: tuple[Missing, ...]
    excused: tuple[Missing, ...]
    hidden_records: int
    hidden_missing: int

    @property
    def latest_missing(self) -> tuple[Missing, ...]:
        return self.missing[:MOST_MISSING]

    @property
    def older_missing(self) -> int:
        return max(0, len(self.missing) - MOST_MISSING)


@public_page
def plan_index(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    every = list(plans())
    context = {
        "section": "plan",
        "sheets": [plan_sheet(plan, at=at) for plan in current_plans(at)],
        "plans": every,
        "compared": compared_plans(every),
    }
    return render(request, "website/plan/index.html", context)


@public_page
def plan_detail(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(Plan, slug=slug)
    today = timezone.localdate()
    context = {
        "section": "plan",
        "sheet": plan_sheet(plan, at=timezone.now()),
        "spans": [span for span in Span.all_of(plan.year) if span.has_begun(today)],
        "compared": len(years_of(plan.key)) > 1,
        "links": [link_of(seal) for seal in plan.seals.order_by("-number")],
    }
    return render(request, "website/plan/plan.html", context)


@public_page
def plan_comparison(request: HttpRequest, key: str) -> HttpResponse:
    """The same plan, year beside year."""
    years = years_of(key)
    if len(years) < 2:
        raise Http404
    context = {
        "section": "plan",
        "plan": years[-1],
        "years": years,
        "lines": comparison(years, at=timezone.now()),
    }
    return render(request, "website/plan/comparison.html", context)


@public_page
def closing_signed(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What was signed when a month was closed or opened again, byte for byte."""
    seal = get_object_or_404(Seal, plan__slug=slug, number=number)
    return HttpResponse(seal.content, content_type="application/json; charset=utf-8")


@public_page
def closing_records(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The records that a closing proves, without those that are internal or were taken down since."""
    seal = get_object_or_404(Seal, plan__slug=slug, number=number)
    sheet = plan_sheet(seal.plan, at=timezone.now())
    urls = frozenset(url for row in sheet.rows if row.reading for url in row.reading.public_urls)
    told = {"closing": seal.digest, "records": may_be_read(seal, urls)}
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})


@public_page
def indicator_detail(request: HttpRequest, slug: str, indicator: str) -> HttpResponse:
    """One figure of the plan, an indicator's or an activity's, with its evidence."""
    sheet, row = found_at(slug, indicator)
    evidence = evidence_of(row.reading, today=timezone.localdate()) if row.reading else None
    closed = {date(sheet.plan.year, month, 1) for month in standing_seals(sheet.plan)}
    context = {
        "evidence": evidence,
        "how": how_measured(row),
        "datasheet": datasheet(row.indicator, row.reading) if isinstance(row, IndicatorSheet) else (),
        "closed": closed,
        "deviations": [(date(sheet.plan.year, went.month, 1), went) for went in row.item.deviations.all()],
    }
    return render(request, "website/plan/figure.html", context_of(sheet, row) | context)


@public_page
def month_detail(request: HttpRequest, slug: str, indicator: str, month: int) -> HttpResponse:
    """The records behind a figure in one month that is over."""
    sheet, row = found_at(slug, indicator)
    months = row.reading.months if row.reading else {}
    over = sorted(first for first in months if first < timezone.localdate().replace(day=1))
    first = date(sheet.plan.year, month, 1)
    if first not in over:
        raise Http404
    place = over.index(first)
    seal = standing_seals(sheet.plan).get(month)
    context = {
        "month": first,
        "link": link_of(seal) if seal else None,
        "records": months[first],
        "before": over[place - 1] if place else None,
        "after": over[place + 1] if place + 1 < len(over) else None,
    }
    return render(request, "website/plan/month.html", context_of(sheet, row) | context)


@public_page
def report_detail(request: HttpRequest, slug: str, span: str) -> HttpResponse:
    """How the plan went in a quarter or in its year, drawn and in tables."""
    plan = get_object_or_404(Plan, slug=slug)
    try:
        wanted = Span.named(span)
    except UnknownSpan as problem:
        raise Http404 from problem
    if wanted.year != plan.year:
        raise Http404
    report = told(plan, wanted)
    office = Office.load(request_or_site=request)
    context = {
        "section": "plan",
        "plan": plan,
        "report": report,
        "lights": [(COLOURS[light], light.label, count) for light, count in report.lights().items() if count],
        "blocks": [
            (block, drawn(block, gold=office.gold))
            for block in composed(report, PAGE, Letterhead.of(office)).blocks
        ],
        "spans": [one for one in Span.all_of(plan.year) if one.has_begun(report.day)],
    }
    return render(request, "website/plan/report.html", context)


@public_page
def open_data(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan's tables to take along, and what stands in their columns."""
    context = {
        "section": "plan",
        "plan": get_object_or_404(Plan, slug=slug),
        "datasets": datasets.DATASETS.values(),
        "dictionary": datasets.DICTIONARY,
        "licence": datasets.LICENCE,
        "licence_url": datasets.LICENCE_URL,
    }
    return render(request, "website/plan/data.html", context)


@public_page
def dataset(request: HttpRequest, slug: str, name: str, form: str) -> HttpResponse:
    plan = get_object_or_404(Plan, slug=slug)
    if name not in datasets.DATASETS or form not in MEDIA_TYPES:
        raise Http404
    wanted, report = datasets.DATASETS[name], told(plan, Span(year=plan.year))
    write = datasets.dataset_csv if form == "csv" else datasets.dataset_json
    return HttpResponse(write(wanted, report), content_type=MEDIA_TYPES[form])


@public_page
def dictionary(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    plan = get_object_or_404(Plan, slug=slug)
    if form not in MEDIA_TYPES:
        raise Http404
    written = datasets.dictionary_csv() if form == "csv" else datasets.dictionary_json(plan)
    return HttpResponse(written, content_type=MEDIA_TYPES[form])


def told(plan: Plan, span: Span) -> Report:
    """The report that the page and every table of its year tell of."""
    return remembered(("report", plan.pk, span), lambda: report_of(plan, span, at=timezone.now()))


def drawn(block: Block, *, gold: str) -> Any:
    """What a template cannot put together by itself: plots, in which no word of anybody stands, and cells each with
    its column."""
    match block:
        case Bars():
            return [(bar, mark_safe(bar_svg(bar, gold=gold))) for bar in block.bars]  # noqa: S308
        case Curve():
            return mark_safe(curve_svg(block, gold=gold))  # noqa: S308
        case Table():
            return [list(zip(block.columns, row, strict=True)) for row in block.rows]
    return None


def found_at(slug: str, indicator: str) -> tuple[PlanSheet, IndicatorSheet | ActivitySheet]:
    sheet = figure_sheet(get_object_or_404(Plan, slug=slug), indicator, at=timezone.now())
    for row in sheet.rows:
        if row.item.slug == indicator:
            return sheet, row
    raise Http404


def context_of(sheet: PlanSheet, row: IndicatorSheet | ActivitySheet) -> dict[str, Any]:
    return {"section": "plan", "sheet": sheet, "row": row, "item": row.item, "alone": [row]}


def evidence_of(reading: Reading, *, today: date) -> Evidence:
    """The latest first: what happened last is what people come to check."""
    now = today.replace(day=1)
    missing = _public(reading.missing)
    return Evidence(
        running=reading.months.get(now, ()),
        earlier=tuple((first, len(found)) for first, found in reading.months.items() if first < now),
        missing=tuple(sorted(missing, key=lambda item: item.when, reverse=True)),
        excused=tuple(sorted(_public(reading.excused), key=lambda item: item.when, reverse=True)),
        hidden_records=sum(not record.public for record in reading.records),
        hidden_missing=len(reading.missing) - len(missing),
    )


def _public(items: Iterable[Missing]) -> list[Missing]:
    return [item for item in items if item.public]
