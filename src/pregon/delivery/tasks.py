"""The lanes' share of work, prepare and send, one bounded step at a time; and the clock's: listening, opening the
digests of the hour, and forgetting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from pregon.core.work import Lane, every, source
from pregon.delivery import actions as delivery

logger = logging.getLogger(__name__)
_listening, _forgetting = threading.Lock(), threading.Lock()


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


@source(Lane.BULK)
def tell_digests(at: datetime) -> int:
    return delivery.digest_due(at=at)


@source(Lane.BULK)
def handle_rosters(at: datetime) -> int:
    return delivery.roster_due(at=at)


@every(timedelta(seconds=5))
def open_digests(at: datetime) -> None:
    delivery.open_digests(at=at)


@every(timedelta(seconds=2))
def collect_arrivals(at: datetime) -> None:
    """A provider that takes its time must not hold up what goes out by the second."""
    aside("arrivals", delivery.collect_due, at, lock=_listening)


@every(timedelta(seconds=20))
def forget(at: datetime) -> None:
    """Nor must an old ledger."""
    aside("forgetting", delivery.erase_due, at, lock=_forgetting)


def aside(name: str, job: Callable[..., int], at: datetime, *, lock: threading.Lock) -> None:
    """Do a tick's work in a thread of its own, one at a time."""
    if lock.acquire(blocking=False):
        threading.Thread(target=_run, args=(job, at, lock), name=name, daemon=True).start()


def _run(job: Callable[..., int], at: datetime, lock: threading.Lock) -> None:
    try:
        job(at=at)
    except Exception:  # the thread's own worker loop: the next beat tries again
        logger.exception("Tick failed", extra={"tick": threading.current_thread().name})
    finally:
        connection.close()
        lock.release()
