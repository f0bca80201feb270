"""Looking at plans: how each promise stands, and what the plan itself lacks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from pregon.plan.enums import Severity
from pregon.plan.linting import Lack, Place
from pregon.plan.models import Plan
from pregon.plan.permissions import CHANGE
from pregon.plan.queries import (
    current_plans,
    lacks_of,
    month_standing,
    owed,
    plan_sheet,
    plans,
    rows_by_place,
)
from pregon.plan.views.desk import Desk, PlanDesk

TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: ""}


class CurrentPlanView(Desk, TemplateView):
    """Leads to the plan of the year; shows all where there are several; without any, says how to load one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        current = current_plans(self.at)
        if len(current) == 1:
            return redirect("plan_desk:sheet", pk=current[0].pk)
        self.template_name = "plan/desk/index.html" if current else "plan/desk/none.html"
        return self.render_to_response(
            self.get_context_data(
                sheets=[plan_sheet(plan, at=self.at) for plan in current],
                others=[plan for plan in plans() if plan not in current],
                **kwargs,
            )
        )


class SheetView(PlanDesk, TemplateView):
    """One plan."""

    template_name = "plan/desk/sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan, today = self.plan, timezone.localdate(self.at)
        sheet = plan_sheet(plan, at=self.at)
        return super().get_context_data(
            sheet=sheet,
            owed=owed(sheet),
            standing=month_standing(plan, today.month, at=self.at) if today.year == plan.year else None,
            others=[other for other in plans() if other.pk != plan.pk],
            lacks=shortfalls(plan, may_change=self.user.has_perm(CHANGE)),
            to_review=sum(row.indicator.review_due for row in sheet.indicators),
            **kwargs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One kind of fault of a plan. ``told`` is each of its sentences with its places, and the form in which each place
    is mended; no address for who may not."""

    title: str
    severity: Severity
    told: tuple[tuple[Lack, tuple[tuple[Place, str], ...]], ...]

    @property
    def tone(self) -> str:
        return TONES[self.severity]

    @property
    def places(self) -> int:
        return sum(len(places) for _lack, places in self.told)


def shortfalls(plan: Plan, *, may_change: bool) -> list[Shortfall]:
    rows = rows_by_place(plan)

    def form_of(place: Place) -> str:
        row = rows[place.part][max(place.number - 1, 0)]
        return reverse(f"wagtailsnippets_plan_{row._meta.model_name}:edit", args=[row.pk])

    return [
        Shortfall(
            title=title,
            severity=severity,
            told=tuple(
                (lack, tuple((place, form_of(place) if may_change else "") for place in lack.places))
                for lack in lacks
            ),
        )
        for (severity, title), lacks in groupby(lacks_of(plan), key=attrgetter("severity", "title"))
    ]
