"""Begin a year with the plan of the one before, and review each of its targets.

Town halls copy last year's document and forget what it still says. Here the copy brings no result along, and every
target stays marked until a person has looked at it beside what was reached.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from pregon.accounts.models import Office, User
from pregon.core.calendar import local_day
from pregon.plan.actions.loading import put_in
from pregon.plan.errors import WrongYear, YearBegun
from pregon.plan.models import LATEST, Indicator, Plan
from pregon.plan.queries import as_written, results_of


@transaction.atomic
def begin_year(plan: Plan, year: int, *, by: User | None, at: datetime) -> Plan:
    """The plan of ``year``, made of ``plan``. Raises :class:`WrongYear` and :class:`YearBegun`."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not plan.year < year <= LATEST:
        raise WrongYear(
            _("El plan de %(written)s solo puede pasar a un año posterior, hasta %(latest)s.")
            % {"written": plan.year, "latest": LATEST}
        )
    part = as_written(plan).in_year(year, reached=results_of(plan, at=at))
    if begun := Plan.objects.filter(slug=f"{part.key}-{year}").first():
        raise YearBegun(
            _("Ya hay un plan de %(year)s: «%(title)s». Ábrelo y revisa sus metas.")
            % {"year": year, "title": begun.title}
        )
    copied = _("Copiado del plan de %(written)s el %(day)s, con sus metas por revisar.") % {
        "written": plan.year,
        "day": date_format(local_day(at, Office.load().zone), "j \\d\\e F \\d\\e Y").lower(),
    }
    straight = replace(
        part, source=f"{part.source} {copied}".strip(), calendar_year=part.calendar_year and year
    )
    made = put_in(straight, at=at)
    log(made, "wagtail.copy", user=by, data={"from": plan.slug})
    return made


@transaction.atomic
def review_target(
    indicator: Indicator, *, target: Decimal | None, target_text: str, by: User, at: datetime
) -> Indicator:
    """Write down that ``by`` looked at the target, and what it is from now on: the same, or another."""
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    indicator.target, indicator.target_text = target, target_text
    indicator.review_due, indicator.reviewed_by, indicator.reviewed_at = False, by, at
    indicator.save(update_fields=["target", "target_text", "review_due", "reviewed_by", "reviewed_at"])
    return indicator
