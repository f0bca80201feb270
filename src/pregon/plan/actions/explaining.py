"""Write down why a month went otherwise than planned, what came of it, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.plan.errors import CauseMissing, MonthNotOver
from pregon.plan.models import Activity, Deviation, Indicator
from pregon.plan.queries import Asking


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
    """One for each line and month: writing it again changes it. What was signed with a closed month stays in its seal.

    Raises :class:`CauseMissing`, and :class:`MonthNotOver` for a month to come.
    """
    if not said.cause.strip():
        raise CauseMissing
    today = Asking(item.plan, at=at).today
    if (item.plan.year, month) > (today.year, today.month):
        raise MonthNotOver(_("Ese mes todavía no empieza: no hay nada que explicar."))
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
