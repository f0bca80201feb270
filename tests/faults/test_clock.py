"""Clocks that stood still, that are two, and workers that are two of each: all is caught up with, nothing doubled."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
)
from factories.newsroom import draft, shelf
from faults.forked import forked, until
from faults.report import report
from pregon.config import parts
from pregon.core.work import Lane, drain
from pregon.delivery import actions as delivery
from pregon.delivery import ledger as statements
from pregon.delivery import registry
from pregon.delivery.actions import prepare
from pregon.delivery.contract import Parcel, Receipt
from pregon.delivery.enums import WAITING, State
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from servers.counting import Ledger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

SENDING = (Lane.ALERT, Lane.NOW, Lane.BULK)


class Noted(SpokenChannel):
    """Whatever process hands it over, it is written down."""

    kind = "noted"

    def send(self, parcel: Parcel) -> Receipt:
        self.take(parcel.key)
        return Receipt(reference=parcel.key)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "handed")
    monkeypatch.setattr(SpokenChannel, "take", staticmethod(ledger.opened()), raising=False)
    monkeypatch.setattr(registry, "_channels", {Noted.kind: Noted})
    live("noted")
    yield ledger


def readers(count: int) -> None:
    Subscriber.objects.bulk_create(
        SubscriberFactory.build(channel="noted", address=f"persona-{number}") for number in range(count)
    )


def embargoed(count: int, *, until: timedelta) -> list[Bulletin]:
    shelf()
    drafts = [draft(f"Embargo {number}", go_live_at=timezone.now() + until) for number in range(count)]
    for bulletin in drafts:
        newsroom.publish(bulletin, by=None)
    return drafts


def doubled(ledger: Ledger) -> int:
    return sum(times > 1 for times in Counter(ledger.read()).values())


def handed_once(ledger: Ledger, wanted: int) -> bool:
    handed = Counter(ledger.read())
    return (len(handed), max(handed.values(), default=0)) == (wanted, 1)


def test_two_clocks_and_two_workers_of_each_lane_double_nothing(ledger: Ledger) -> None:
    readers(60)
    bulletins = embargoed(4, until=timedelta(seconds=2))
    for lane in SENDING:
        ask(lane=lane, origin=f"faults/{lane}", at=timezone.now())
    wanted = 60 * (len(bulletins) + len(SENDING))
    with ExitStack() as office:
        jobs = [parts.keep_time, *(partial(parts.work, lane) for lane in SENDING)]
        processes = [office.enter_context(forked(job)) for job in jobs * 2]
        until(lambda: Delivery.objects.filter(state=State.SENT).count() == wanted)
        for process in processes:
            process.end()
        assert [process.wait() for process in processes] == [0] * len(processes)
    report(
        "two of each",
        processes=len(processes),
        bulletins=len(bulletins),
        messages=wanted,
        doubled=doubled(ledger),
    )
    assert handed_once(ledger, wanted)
    assert sorted(Bulletin.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_what_was_missed_while_nothing_ran_is_caught_up_with(
    ledger: Ledger, time_machine_at: Callable[[datetime], None]
) -> None:
    """An hour without power: an embargo passed, a worker died with lines in its hands, another one while preparing."""
    readers(30)
    embargoed(2, until=timedelta(seconds=0.5))
    first = ask(origin="faults/1")
    while delivery.prepare_due(Lane.NOW, at=NOON):
        pass
    Delivery.objects.filter(pk__in=Delivery.objects.values("pk")[:10]).update(
        state=State.LEASED, claim=7, lease_until=timezone.now() + timedelta(seconds=60)
    )
    ask(origin="faults/2")
    time_machine_at(timezone.now() + timedelta(hours=1))
    assert newsroom.publish_due(timezone.now()) == 2
    drain(SENDING, clock=timezone.now)
    assert not Delivery.objects.filter(state__in=WAITING).exists()
    assert not Dispatch.objects.filter(prepared_at=None).exists()
    assert first.deliveries.filter(state=State.SENT).count() == 30
    assert handed_once(ledger, 4 * 30)


@pytest.mark.parametrize("fatal", [1, 2, 3])
def test_a_worker_that_dies_while_preparing_leaves_no_gap_and_no_double(
    fatal: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies in the middle of a step: that one never was, those before it stand."""
    readers(50)
    ask()
    monkeypatch.setattr(prepare, "FIRST_STEP", 10)
    monkeypatch.setattr(prepare, "STEP", 20)
    insert, steps = statements.insert_lines, iter(range(1, 10))

    def die(*given: object, **named: object) -> None:
        insert(*given, **named)  # type: ignore[arg-type]  # as it was called
        if next(steps) == fatal:
            os._exit(9)

    def work() -> None:
        monkeypatch.setattr(statements, "insert_lines", die)
        while delivery.prepare_due(Lane.NOW, at=NOON):
            pass

    with forked(work) as worker:
        assert worker.wait() == 9
    assert Delivery.objects.count() == {1: 0, 2: 10, 3: 30}[fatal]
    drain([Lane.NOW], clock=Hands())
    assert (Delivery.objects.filter(state=State.SENT).count(), handed_once(ledger, 50)) == (50, True)


class Wall:
    """A clock on the wall that every process of the test sees, and the test sets."""

    def __init__(self) -> None:
        self._ahead = multiprocessing.get_context("fork").Value("d", 0.0)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead.value)

    def set_by(self, **time: float) -> None:
        self._ahead.value += timedelta(**time).total_seconds()


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(timezone, "now", wall.now)
    return wall


def test_an_hour_put_back_delays_nothing_that_was_due_and_opens_no_embargo_early(
    ledger: Ledger, wall: Wall
) -> None:
    """One embargo has opened, one is to open in ten minutes, and nothing has left yet when the hour is put back."""
    readers(30)
    embargoed(1, until=timedelta(seconds=0.5))
    embargoed(1, until=timedelta(minutes=10))
    for lane in SENDING:
        ask(lane=lane, origin=f"faults/{lane}", at=wall.now())
        while delivery.prepare_due(lane, at=wall.now()):
            pass
    with ExitStack() as office:
        office.enter_context(forked(parts.keep_time))
        until(lambda: numbers() == [1])
        wall.set_by(hours=-1)
        jump, waiting = time.monotonic(), Delivery.objects.filter(due_at__gt=wall.now()).count()
        for lane in SENDING:
            office.enter_context(forked(partial(parts.work, lane)))
        until(lambda: sent() == (len(SENDING) + 1) * 30)
        took = time.monotonic() - jump
        wall.set_by(minutes=69)
        time.sleep(2)  # eight looks of the clock
        before_its_hour = numbers()
        wall.set_by(minutes=1)
        until(lambda: sent() == (len(SENDING) + 2) * 30)
    hours = Bulletin.objects.values_list("go_live_at", "first_published_at")
    early = sum(published < opens for opens, published in hours)
    report(
        "an hour put back",
        waiting=waiting,
        seconds_until_they_had_left=round(took, 1),
        embargoes=len(hours),
        early=early,
        sent=sent(),
        doubled=doubled(ledger),
    )
    assert waiting == len(SENDING) * 30
    assert took < 15
    assert (before_its_hour, numbers(), early) == ([1], [1, 2], 0)
    assert handed_once(ledger, (len(SENDING) + 2) * 30)


def numbers() -> list[int]:
    return sorted(Bulletin.objects.filter(number__isnull=False).values_list("number", flat=True))


def sent() -> int:
    return Delivery.objects.filter(state=State.SENT).count()
