"""Write down a figure that no record tells, with what proves it. A later one stands in its place; both are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.plan.actions.closing import month_named
from pregon.plan.contract import Period
from pregon.plan.enums import SealAct
from pregon.plan.errors import AlreadyClosed, BadCapture, MonthNotOver
from pregon.plan.models import Activity, Capture, Indicator, Plan
from pregon.plan.queries import Asking, captured_readings, last_seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a person writes down of one month."""

    numerator: Decimal
    denominator: Decimal | None = None
    note: str
    evidence: Any = None
    public: bool = False


@transaction.atomic
def capture(item: Indicator | Activity, month: int, said: Figures, *, by: User, at: datetime) -> Capture:
    """Raises :class:`AlreadyClosed` for a month that is signed, :class:`MonthNotOver` for one that has not begun, and
    :class:`BadCapture` for figures that nobody can add to the others."""
    plan = Plan.objects.select_for_update().get(pk=item.plan_id)
    asking = Asking(plan, at=at)
    if Period.month(plan.year, month).first > asking.today:
        raise MonthNotOver(
            _("%(month)s todavía no empieza: no hay nada que capturar.") % {"month": month_named(plan, month)}
        )
    last = last_seal(plan, month)
    if last and last.act == SealAct.CLOSED:
        raise AlreadyClosed(
            _("%(month)s ya está cerrado. Para capturar en él, ábrelo de nuevo y escribe por qué.")
            % {"month": month_named(plan, month)}
        )
    _check(said)
    _check_shape(item, month, said, plan, asking)
    return Capture.objects.create(
        indicator=item if isinstance(item, Indicator) else None,
        activity=item if isinstance(item, Activity) else None,
        month=month,
        numerator=said.numerator,
        denominator=said.denominator,
        note=said.note.strip(),
        evidence=said.evidence,
        public=said.public and said.evidence is not None,
        by=by,
        at=at,
    )


def _check(said: Figures) -> None:
    if not said.note.strip():
        raise BadCapture(_("Escribe de dónde sale la cifra: es lo único que la prueba si no hay archivo."))
    if said.numerator < 0:
        raise BadCapture(_("Lo hecho no puede ser menor que cero."))
    if said.denominator is not None and said.denominator <= 0:
        raise BadCapture(_("De cuántos tiene que ser más que cero; si no se debía nada, no captures el mes."))
    if said.denominator is not None and said.denominator < said.numerator:
        raise BadCapture(_("Lo hecho no puede pasar de lo que se debía: revisa los dos números."))


def _check_shape(item: Indicator | Activity, month: int, said: Figures, plan: Plan, asking: Asking) -> None:
    """A part of a whole and a number of things cannot be added."""
    captured = captured_readings(plan).get(item.slug, {})
    shares = {reading.share for first, reading in captured.items() if first.month != month}
    measure, live = (asking.now(item)) if item.measure else (None, None)
    if measure and live and not live.by_hand:
        shares.add(live.share)
    if True in shares and said.denominator is None:
        raise BadCapture(_("Los otros meses dicen cuántos de cuántos: escribe también de cuántos."))
    if False in shares and said.denominator is not None:
        raise BadCapture(_("Los otros meses dicen solo cuántos: deja vacío de cuántos."))
