"""The lanes' share of work, prepare and send, one bounded step at a time; and the clock's: listening, opening the
digests of the hour, counting, and forgetting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from pregon.core.work import Lane, errands, every, put_back, ring, source
from pregon.delivery import actions as delivery
from pregon.delivery.counting import move_milestones
from pregon.delivery.registry import kinds


def step(lane: Lane, at: datetime) -> int:
    """Prepare, take back what was lost, and see to it that each channel with something to say is speaking."""
    done = delivery.prepare_due(lane, at=at) + delivery.reap(lane, at=at)
    if done:
        ring(lane)  # there are lines for workers on other hosts too
    return done + sum(
        errands.send(f"{lane}-{kind}", partial(speak, lane, kind))
        for kind in kinds()
        if delivery.has_work(lane, kind, at=at)
    )


def speak(lane: Lane, kind: str, stopping: Callable[[], bool]) -> None:
    """One channel in a thread of its own: one that takes its time must not hold up the others."""
    while delivery.deliver_on(lane, kind, now=timezone.now, stopping=stopping) and not stopping():
        pass


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


@source(Lane.NOW)
def follow_what_was_said(at: datetime) -> int:
    return delivery.sweep_due(at=at)


def listen(at: datetime, stopping: Callable[[], bool]) -> None:
    delivery.collect_due(at=at)


@every(timedelta(seconds=2))
def collect_arrivals(at: datetime) -> None:
    """Aside: a provider that takes its time must not hold up what goes out by the second."""
    errands.send("arrivals", partial(listen, at))


def forget_what_is_old(at: datetime, stopping: Callable[[], bool]) -> None:
    delivery.erase_due(at=at)


@every(timedelta(seconds=20))
def forget(at: datetime) -> None:
    errands.send("forgetting", partial(forget_what_is_old, at))


@put_back
def mend_what_would_wait(was: datetime, at: datetime) -> None:
    delivery.clock_was_put_back(was=was, at=at)


def keep_count(at: datetime, stopping: Callable[[], bool]) -> None:
    move_milestones()


@every(timedelta(seconds=5))
def keep_counting(at: datetime) -> None:
    errands.send("counting", partial(keep_count, at))


@every(timedelta(hours=1))
def forget_full_buckets(at: datetime) -> None:
    delivery.forget_full(at=at)


def look_after_tokens(at: datetime, stopping: Callable[[], bool]) -> None:
    delivery.watch_tokens(at=at)


@every(timedelta(minutes=10))
def watch_tokens(at: datetime) -> None:
    errands.send("tokens", partial(look_after_tokens, at))
