"""Which plans there are, and which one counts today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pregon.accounts.models import Office
from pregon.core.calendar import local_day
from pregon.plan.enums import PlanKind
from pregon.plan.models import Plan, Seal


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
