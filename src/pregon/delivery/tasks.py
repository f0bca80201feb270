"""The lanes' share of work: prepare and send, one bounded step at a time."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from pregon.core.work import Lane, source
from pregon.delivery import actions as delivery


def step(lane: Lane, at: datetime) -> int:
    return delivery.prepare_due(lane, at=at) + delivery.deliver_due(lane, now=timezone.now)


@source(Lane.ALERT)
def send_alerts(at: datetime) -> int:
    return step(Lane.ALERT, at)


@source(Lane.NOW)
def send_now(at: datetime) -> int:
    return step(Lane.NOW, at)


@source(Lane.BULK)
def send_bulk(at: datetime) -> int:
    return step(Lane.BULK, at)
