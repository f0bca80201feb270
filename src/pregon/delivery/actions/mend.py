"""The clock of the machine was put back: what was due, or held for a while, must not wait until it is that late again.

Doing it twice does no harm: at worst a channel that asked for a pause meanwhile is asked too early, once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from pregon.delivery.actions.claim import LEASE
from pregon.delivery.enums import State
from pregon.delivery.models import ChannelAccount, Delivery

logger = logging.getLogger(__name__)

#: A channel that keeps its pace is always held until a moment from now.
MOMENT = timedelta(minutes=1)


def clock_was_put_back(*, was: datetime, at: datetime) -> int:
    """It was ``was`` and is ``at`` now; returns how many lines would have waited."""
    with transaction.atomic():
        waiting = Delivery.objects.filter(state=State.DUE, due_at__gt=at, due_at__lte=was).update(due_at=at)
        leased = Delivery.objects.filter(state=State.LEASED, lease_until__gt=at + LEASE)
        waiting += leased.update(lease_until=at + LEASE)
        held = ChannelAccount.objects.filter(busy_until__gt=at, busy_until__lte=was + MOMENT)
        held.update(busy_until=at)
    logger.warning(
        "Mended what would have waited",
        extra={"seconds": (was - at).total_seconds(), "deliveries": waiting},
    )
    return waiting
