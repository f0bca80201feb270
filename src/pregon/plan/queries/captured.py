"""What people wrote down for a plan where no record tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.core.calendar import local_day
from pregon.core.files import safe_name
from pregon.plan.contract import Kept, Missing, Period, Reading, Record, written
from pregon.plan.models import Capture, Plan
from pregon.plan.values import is_per_cent


def captured_readings(plan: Plan) -> dict[str, dict[date, Reading]]:
    """What people wrote down for the lines of ``plan``, under the first day of its month; the latest stands."""
    zone = Office.load().zone
    found: dict[str, dict[date, Reading]] = {}
    for capture in standing(captures_of(plan)):
        if item := capture.indicator or capture.activity:
            period = Period.month(plan.year, capture.month)
            found.setdefault(item.slug, {})[period.first] = _as_reading(capture, period, zone)
    return found


def captures_of(plan: Plan) -> QuerySet[Capture]:
    """All of them, the latest last."""
    of_plan = Q(indicator__plan=plan) | Q(activity__plan=plan)
    return (
        Capture.objects.filter(of_plan)
        .select_related("indicator", "activity", "evidence")
        .order_by("at", "pk")
    )


def public_evidence() -> set[int]:
    """The documents that prove what people wrote down, where anybody may open them: those of captures that stand."""
    captures = standing(Capture.objects.order_by("at", "pk"))
    return {one.evidence_id for one in captures if one.public and one.evidence_id}


def standing(captures: Iterable[Capture]) -> list[Capture]:
    """The last one of each month of each line."""
    last = {(one.indicator_id, one.activity_id, one.month): one for one in captures}
    return list(last.values())


def _as_reading(capture: Capture, period: Period, zone: tzinfo) -> Reading:
    """Of a month that runs it is told on the day on which it was written down."""
    owed = capture.denominator
    when = min(period.last, max(period.first, local_day(capture.at, zone)))
    record = Record(
        when=when,
        title=capture.note,
        url=evidence_path(capture.evidence) if capture.evidence and capture.public else "",
        detail=_("Capturado a mano"),
    )
    kept = Kept(when=when, records=(record,), amount=capture.numerator, by_hand=True)
    lacks = owed - capture.numerator if owed is not None else Decimal(0)
    missing = Missing(
        when=when,
        title=_("Faltó %(lacks)s de %(owed)s")
        % {"lacks": written(lacks), "owed": written(owed or Decimal(0))},
        detail=_("Capturado a mano"),
        amount=lacks,
    )
    item = capture.indicator
    return Reading(
        unit=item.unit if item and owed is None and not is_per_cent(item.unit) else "",
        share=owed is not None,
        kept=(kept,),
        missing=(missing,) if lacks else (),
    )


def evidence_path(document: Any) -> str:
    """Where the site serves a document."""
    return f"/documentos/{document.pk}/{safe_name(document.filename)}"
