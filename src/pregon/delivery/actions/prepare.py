"""From one dispatch to one line of the ledger per receiver, in bounded steps that can be cut off anywhere.

The cursor moves in the same transaction that writes the lines, and the unique key makes a repeated step harmless.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from pregon.core.work import Lane
from pregon.delivery import ledger
from pregon.delivery.enums import WAITING, MessageKind, State
from pregon.delivery.models import Dispatch
from pregon.delivery.queries import former_receivers, receivers

#: The first step is short, so that the first message leaves at once; the others are as long as a lock may last.
FIRST_STEP, STEP = 500, 10_000


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
        size = STEP if dispatch.cursor else FIRST_STEP
        passed = write_step(dispatch, rows_for(dispatch), size=size, at=at)
        if passed < size:
            dispatch.prepared_at = at
        dispatch.save(update_fields=["cursor", "prepared_at"])
        return max(passed, 1)


def unprepared_before(dispatch: Dispatch, *, at: datetime) -> Dispatch | None:
    """What ``dispatch`` follows up comes first: only then it is known who will have received it."""
    followed = dispatch.audience.receivers_of
    if not followed:
        return None
    return Dispatch.objects.select_for_update().to_prepare(at).filter(pk__in=followed).order_by("pk").first()


def rows_for(dispatch: Dispatch) -> QuerySet[Any]:
    """Whoever shall receive it, as rows of channel, destination, subscriber and their own number.

    A correction also goes to whoever still waits for the first version, which then no longer leaves.
    """
    if not dispatch.audience.receivers_of:
        return receivers(dispatch.audience, lane=Lane(dispatch.lane)).values_list("channel", "address", "pk")
    also = WAITING if dispatch.kind == MessageKind.CORRECTION else (State.LEASED,)
    return former_receivers(dispatch.audience, also=also).values_list("channel", "destination", "subscriber")


def write_step(dispatch: Dispatch, rows: QuerySet[Any], *, size: int, at: datetime) -> int:
    """Lines for the next ``size`` rows in the order of their numbers; returns how many there were."""
    ahead = rows.filter(pk__gt=dispatch.cursor).order_by("pk")
    numbers = list(ahead.values_list("pk", flat=True)[:size])
    if numbers:
        ledger.insert_lines(dispatch, ahead.filter(pk__lte=numbers[-1]), at=at)
        dispatch.cursor = numbers[-1]
    return len(numbers)
