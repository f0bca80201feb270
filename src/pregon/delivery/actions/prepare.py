"""From one dispatch to one line of the ledger per receiver, in bounded steps that can be cut off anywhere.

The cursor moves in the same transaction that writes the lines, and the unique key makes a repeated step harmless.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.core.work import Lane
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.delivery.queries import former_receivers, receivers

STEP = 2_000


def prepare_due(lane: Lane, *, at: datetime) -> int:
    """Prepare the next step of the oldest unprepared dispatch in ``lane``; returns how many lines it wrote, at least 1
    when there was a dispatch to prepare."""
    with transaction.atomic():
        dispatch = Dispatch.objects.select_for_update().to_prepare(at).filter(lane=lane).order_by("pk").first()
        if dispatch is None:
            return 0
        written = follow_up_step(dispatch, at=at) if dispatch.audience.receivers_of else interest_step(dispatch, at=at)
        if written < STEP:
            dispatch.prepared_at = at
        dispatch.save(update_fields=["cursor", "prepared_at"])
        return max(written, 1)


def interest_step(dispatch: Dispatch, *, at: datetime) -> int:
    """Lines for the next subscribers, in the order of their ids."""
    step: list[Subscriber] = list(
        receivers(dispatch.audience).filter(pk__gt=dispatch.cursor).order_by("pk").only("channel", "address")[:STEP]
    )
    write_lines(dispatch, [(one.channel, one.address, one.pk) for one in step], at=at)
    if step:
        dispatch.cursor = step[-1].pk
    return len(step)


def follow_up_step(dispatch: Dispatch, *, at: datetime) -> int:
    """Lines for the next of those who had received an earlier message about the same thing."""
    step = list(former_receivers(dispatch.audience).filter(pk__gt=dispatch.cursor).order_by("pk")[:STEP])
    write_lines(dispatch, [(one.channel, one.destination, one.subscriber_id) for one in step], at=at)
    if step:
        dispatch.cursor = step[-1].pk
    return len(step)


def write_lines(dispatch: Dispatch, lines: list[tuple[str, str, int | None]], *, at: datetime) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(
                dispatch=dispatch,
                channel=channel,
                destination=destination,
                subscriber_id=subscriber,
                lane=dispatch.lane,
                due_at=at,
            )
            for channel, destination, subscriber in lines
        ],
        ignore_conflicts=True,
    )
