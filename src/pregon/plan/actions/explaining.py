"""Write down why a month went otherwise than planned, what came of it, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.plan.actions.closing import month_named
from pregon.plan.enums import SealAct
from pregon.plan.errors import AlreadyClosed, CauseMissing, MonthNotOver
from pregon.plan.models import Activity, Deviation, Indicator, Plan
from pregon.plan.queries import Asking, last_seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a person says of it."""

    cause: str
    effect: str = ""
    remedy: str = ""


@transaction.atomic
def explain(
    item: Indicator | Activity, month: int, said: Explanation, *, by: User, at: datetime
) -> Deviation:
    """One for each line and month: writing it again changes it, until it is signed with its month.

    Raises :class:`CauseMissing`, :class:`MonthNotOver` for a month to come, and :class:`AlreadyClosed`.
    """
    if not said.cause.strip():
        raise CauseMissing
    plan = Plan.objects.select_for_update().get(pk=item.plan_id)
    today = Asking(plan, at=at).today
    if (plan.year, month) > (today.year, today.month):
        raise MonthNotOver(_("Ese mes todavía no empieza: no hay nada que explicar."))
    if refusal := why_signed(plan, month):
        raise AlreadyClosed(refusal)
    # What the document itself says of the month is not ours to change.
    row = item.deviations.filter(month=month, at__isnull=False).first() or Deviation(
        indicator=item if isinstance(item, Indicator) else None,
        activity=item if isinstance(item, Activity) else None,
        month=month,
    )
    row.cause, row.effect, row.remedy = said.cause.strip(), said.effect.strip(), said.remedy.strip()
    row.by, row.at = by, at
    row.save()
    return row


def why_signed(plan: Plan, month: int) -> str:
    """Why nobody explains ``month`` now, as a sentence: what was said of it is signed. Empty where anybody may."""
    last = last_seal(plan, month)
    if last is None or last.act != SealAct.CLOSED:
        return ""
    said = _("%(month)s está cerrado: ábrelo de nuevo, con su motivo, para cambiar su explicación.")
    return said % {"month": month_named(plan, month)}
