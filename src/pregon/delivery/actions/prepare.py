"""From one dispatch to one line of the ledger per receiver, in bounded steps that can be cut off anywhere.

The cursor moves in the same transaction that writes the lines, and the unique key makes a repeated step harmless.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.core.work import Lane
from pregon.delivery.enums import WAITING, MessageKind, State
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.delivery.queries import former_receivers, receivers

STEP = 2_000


def prepare_due(lane: Lane, *, at: datetime) -> int:
    """Prepare the next step of the oldest unprepared dispatch in ``lane``; returns how many receivers it went
    through, at least 1 when there was a dispatch to prepare."""
    if not Dispatch.objects.to_prepare(at).filter(lane=lane).exists():
        return 0
    with transaction.atomic():
        dispatch = (
            Dispatch.objects.select_for_update().to_prepare(at).filter(lane=lane).order_by("pk").first()
        )
        if dispatch is None:
            return 0
        dispatch = unprepared_before(dispatch, at=at) or dispatch
        follows = bool(dispatch.audience.receivers_of)
        passed = follow_up_step(dispatch, at=at) if follows else interest_step(dispatch, at=at)
        if passed < STEP:
            dispatch.prepared_at = at
        dispatch.save(update_fields=["cursor", "prepared_at"])
        return max(passed, 1)


def unprepared_before(dispatch: Dispatch, *, at: datetime) -> Dispatch | None:
    """What ``dispatch`` follows up comes first: only then it is known who will have received it."""
    followed = dispatch.audience.receivers_of
    if not followed:
        return None
    return Dispatch.objects.select_for_update().to_prepare(at).filter(pk__in=followed).order_by("pk").first()


def interest_step(dispatch: Dispatch, *, at: datetime) -> int:
    """Lines for the next subscribers, in the order of their ids."""
    step: list[Subscriber] = list(
        receivers(dispatch.audience, lane=Lane(dispatch.lane))
        .filter(pk__gt=dispatch.cursor)
        .order_by("pk")
        .only("channel", "address")[:STEP]
    )
    write_lines(dispatch, [(one.channel, one.address, one.pk) for one in step], at=at)
    if step:
        dispatch.cursor = step[-1].pk
    return len(step)


def follow_up_step(dispatch: Dispatch, *, at: datetime) -> int:
    """Lines for the next of those who had received an earlier message about the same thing.

    A correction also goes to whoever still waits for the first version, which then no longer leaves.
    """
    also = WAITING if dispatch.kind == MessageKind.CORRECTION else (State.LEASED,)
    former = former_receivers(dispatch.audience, also=also).filter(pk__gt=dispatch.cursor)
    step = list(former.order_by("pk").only("channel", "destination", "subscriber")[:STEP])
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
