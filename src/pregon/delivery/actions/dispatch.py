"""Asking for a message to go out, and stopping what has not left yet."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from pregon.core.work import Lane, ring
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


def stop(dispatches: QuerySet[Dispatch], *, reason: str, at: datetime) -> int:
    """Stop what has not left yet; returns how many receivers will not get it. A parcel already in a worker's hands
    goes its way: its line says so, and the withdrawal follows it."""
    dispatches.filter(prepared_at__isnull=True).update(prepared_at=at, lease_until=None)
    return Delivery.objects.filter(dispatch__in=dispatches, state=State.DUE).update(
        state=State.SUPPRESSED, reason=reason, settled_at=at
    )
