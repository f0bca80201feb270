"""A person's hand on a dispatch: hold it back, let it go on, call it off, try again what failed.

What they say holds at once, for it is asked again of every line right before it leaves. The lines that wait follow
in bounded steps, so that nobody waits for a million rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.delivery.enums import Standing, State
from pregon.delivery.errors import BodyErased, CalledOff, DeliveryError
from pregon.delivery.ledger import FAR
from pregon.delivery.models import Delivery, Dispatch, Subscriber

STEP = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What lines that failed alike share."""

    channel: str
    reason: str


def pause(dispatch: Dispatch, *, at: datetime) -> bool:
    """Nothing more of it leaves until somebody lets it go on; returns whether that changed anything."""
    going = Dispatch.objects.filter(pk=dispatch.pk, paused_at__isnull=True, cancelled_at__isnull=True)
    return bool(going.update(paused_at=at, sweeping=True))


def resume(dispatch: Dispatch) -> bool:
    """Let it go on; returns whether it was held back."""
    held = Dispatch.objects.filter(pk=dispatch.pk, paused_at__isnull=False)
    return bool(held.update(paused_at=None, sweeping=True))


def cancel(dispatch: Dispatch, *, at: datetime) -> bool:
    """What has not left never will; returns whether that changed anything. What has left is followed up by a
    correction or a withdrawal, not by this."""
    going = Dispatch.objects.filter(pk=dispatch.pk, cancelled_at__isnull=True)
    going.filter(prepared_at__isnull=True).update(prepared_at=at, lease_until=None)
    return bool(going.update(cancelled_at=at, paused_at=None, sweeping=True))


def sweep_due(*, at: datetime) -> int:
    """Let the next waiting lines follow what was said of their dispatch; returns how many did, at least 1 when there
    was a dispatch to sweep."""
    if not Dispatch.objects.filter(sweeping=True).exists():
        return 0
    with transaction.atomic():
        dispatch = Dispatch.objects.select_for_update().filter(sweeping=True).order_by("pk").first()
        if dispatch is None:
            return 0
        waiting = Delivery.objects.filter(dispatch=dispatch, state=State.DUE)
        if dispatch.cancelled_at:
            moved = step_of(waiting).update(
                state=State.SUPPRESSED, reason=_("El envío se canceló."), settled_at=at
            )
        elif dispatch.paused_at:
            moved = step_of(waiting.filter(due_at__lt=FAR)).update(due_at=FAR)
        else:
            moved = step_of(waiting.filter(due_at=FAR)).update(due_at=at)
        if moved < STEP and dispatch.prepared_at:
            dispatch.sweeping = False
            dispatch.save(update_fields=["sweeping"])
        return moved if dispatch.prepared_at else 0


def step_of(lines: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=list(lines.values_list("pk", flat=True)[:STEP]), state=State.DUE)


def retry(
    dispatch: Dispatch, *, by: User, at: datetime, line: Delivery | None = None, like: Failure | None = None
) -> int:
    """Send again what failed: all of it, one line, or those that failed alike; returns how many. Who left meanwhile
    still receives nothing, and whose address is no more is not tried."""
    if dispatch.emptied_at:
        raise BodyErased
    if dispatch.cancelled_at:
        raise CalledOff
    failed = Delivery.objects.filter(dispatch=dispatch, state=State.FAILED)
    nobodys = Subscriber.objects.filter(Q(erased_at__isnull=False) | Q(standing=Standing.GONE))
    failed = failed.exclude(subscriber__in=nobodys)
    if line is not None:
        failed = failed.filter(pk=line.pk)
    if like is not None:
        failed = failed.filter(channel=like.channel, reason=like.reason)
    again = failed.update(
        state=State.DUE,
        due_at=at,
        attempts=0,
        settled_at=None,
        reason=_("%(person)s pidió intentarlo otra vez.") % {"person": by},
    )
    if (line is not None or like is not None) and not again:
        raise DeliveryError(_("Ese envío ya no está como fallido: alguien lo resolvió antes."))
    return again


def hurry(dispatch: Dispatch, channel: str, *, at: datetime) -> int:
    """Try now what was put off until later; returns how many. A channel that rests is still waited for."""
    later = Delivery.objects.filter(
        dispatch=dispatch, channel=channel, state=State.DUE, due_at__gt=at, due_at__lt=FAR
    )
    return later.update(due_at=at)


def passed_on(line: Delivery, *, by: User, at: datetime, url: str = "") -> Delivery:
    """A person has published by hand what was laid out for them."""
    done = Delivery.objects.filter(pk=line.pk, state=State.WITHHELD).update(
        state=State.SENT,
        settled_at=at,
        url=url[:500],
        reason=_("%(person)s lo publicó a mano.") % {"person": by},
    )
    if not done:
        raise DeliveryError(_("Ese mensaje ya no espera que alguien lo publique."))
    line.refresh_from_db()
    return line
