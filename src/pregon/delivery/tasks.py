"""The lanes' share of work, prepare and send, one bounded step at a time; and the clock's, listening."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from pregon.core.work import Lane, every, source
from pregon.delivery import actions as delivery

logger = logging.getLogger(__name__)
_listening = threading.Lock()


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


@every(timedelta(seconds=2))
def collect_arrivals(at: datetime) -> None:
    """In a thread of its own: a provider that takes its time must not hold up what goes out by the second."""
    if _listening.acquire(blocking=False):
        threading.Thread(target=_collect, args=(at,), name="arrivals", daemon=True).start()


def _collect(at: datetime) -> None:
    try:
        delivery.collect_due(at=at)
    except Exception:  # the thread's own worker loop: the next beat tries again
        logger.exception("Collecting failed")
    finally:
        connection.close()
        _listening.release()
