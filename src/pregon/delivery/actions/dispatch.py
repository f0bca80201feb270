"""Asking for a message to go out, and stopping what has not left yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from pregon.core.work import Lane, ring
from pregon.delivery.actions.claim import free
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery, Dispatch
from pregon.delivery.values import Audience, Message


def dispatch(
    message: Message, *, key: str, origin: str, lane: Lane, audience: Audience, at: datetime
) -> Dispatch:
    """Write down that ``message`` shall go to ``audience``. Asking again with the same ``key`` changes nothing.

    Nothing leaves here: the row commits with the caller's transaction, and the lane's workers do the rest.
    """
    asked, new = Dispatch.objects.get_or_create(
        key=key,
        defaults={
            "origin": origin,
            "kind": message.kind,
            "lane": lane,
            "headline": message.headline[:300],
            "message_json": message.to_json(),
            "audience_json": audience.to_json(),
            "created_at": at,
        },
    )
    if new:
        ring(lane)
    return asked


@transaction.atomic
def stop(dispatches: QuerySet[Dispatch], *, reason: str, at: datetime) -> int:
    """Stop what has not left yet; returns how many receivers will not get it.

    What a worker holds and has not begun is taken out of its hands. A parcel that is on its way goes its way: its line
    says so, and the withdrawal follows it.
    """
    dispatches.filter(prepared_at__isnull=True).update(prepared_at=at, lease_until=None)
    lines = Delivery.objects.filter(dispatch__in=dispatches)
    held = lines.filter(state=State.LEASED, attempted_at__isnull=True)
    ours = {"state": State.SUPPRESSED, "reason": reason, "settled_at": at}
    stopped = held.filter(pk__in=free(held)).update(**ours, claim=None, lease_until=None)
    return stopped + lines.filter(state=State.DUE).update(**ours)
