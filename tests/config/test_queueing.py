"""Hints wake a worker, and their absence does not stop it. The broker here lives in this process; a real one is in
``faults/test_hosts.py``."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from pregon.config import queueing
from pregon.config.queueing import Bell, attended, bell, call_all, connect, name_of, queue_of, serve
from pregon.core import work
from pregon.core.work import Lane, source
from servers.command import eventually, free_port
from servers.rabbitmq import point_at

pytestmark = pytest.mark.parts

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NEVER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, empty in (("_sources", {}), ("_beats", {}), ("_bells", [])):
        monkeypatch.setattr(work, name, empty)
    monkeypatch.setattr(bell, "_rests_until", 0.0)
    monkeypatch.setattr(bell, "_gone", False)


@pytest.fixture
def broker() -> None:
    point_at("memory://")
    with queueing.app.connection_for_write() as connection:
        for lane in Lane:
            queue = queue_of(lane).bind(connection.channel())
            queue.declare()
            queue.purge()  # what another test left in this process


@pytest.fixture
def no_broker() -> None:
    point_at(f"amqp://127.0.0.1:{free_port()}//")


@contextmanager
def at_work(lane: Lane) -> Iterator[list[datetime]]:
    """A worker of the lane; the moments at which its only job was asked."""
    moments: list[datetime] = []

    def job(at: datetime) -> int:
        moments.append(at)
        return 0

    source(lane)(job)
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=(lane, stop))
    thread.start()
    try:
        yield moments
    finally:
        stop.set()
        thread.join(timeout=30)
        assert not thread.is_alive()


def hints(lane: Lane) -> int:
    with queueing.app.connection_for_read() as connection:
        return int(queue_of(lane).bind(connection.channel()).queue_declare().message_count)


def test_every_lane_has_a_quorum_queue_that_cannot_grow_without_end() -> None:
    queues = {queue.name: queue.queue_arguments for queue in queueing.app.conf.task_queues}
    arguments = {"x-queue-type": "quorum", "x-max-length": 100, "x-delivery-limit": 3}
    assert queues == {name_of(lane): arguments for lane in Lane}


def test_a_hint_goes_to_the_queue_of_its_lane_and_carries_no_result(broker: None) -> None:
    bell(Lane.ALERT)
    assert {lane: hints(lane) for lane in Lane} == dict.fromkeys(Lane, 0) | {Lane.ALERT: 1}
    assert (queueing.turn.acks_late, queueing.turn.ignore_result) == (True, True)


def test_the_clock_has_every_lane_looked_at_each_second(broker: None) -> None:
    connect()
    [beat] = work._beats.values()
    beat.tick(NOON)
    assert (beat.period, beat.tick) == (timedelta(seconds=1), call_all)
    assert {lane: hints(lane) for lane in Lane} == dict.fromkeys(Lane, 1)


@pytest.mark.django_db
def test_due_rows_are_told_of_once_they_are_committed(
    broker: None, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    connect()
    with django_capture_on_commit_callbacks(execute=True):
        work.ring(Lane.BULK)
        before = hints(Lane.BULK)
    assert (before, hints(Lane.BULK)) == (0, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_hint_wakes_a_worker(broker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "SILENCE", NEVER)
    with at_work(Lane.NOW) as moments:
        time.sleep(1)
        unasked = len(moments)
        bell(Lane.NOW)
        assert eventually(lambda: len(moments) == 1)
    assert unasked == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_worker_that_hears_nothing_looks_by_itself(broker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "SILENCE", timedelta(milliseconds=100))
    with at_work(Lane.NOW) as moments:
        assert eventually(lambda: len(moments) > 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_worker_without_its_broker_goes_on_and_says_so_once(
    no_broker: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(queueing, "SILENCE", NEVER)
    with caplog.at_level(logging.WARNING), at_work(Lane.NOW) as moments:
        assert eventually(lambda: len(moments) > 3)
    assert [record.message for record in caplog.records] == ["The broker is gone: looking unasked"]


def test_a_lookout_has_whoever_comes_meanwhile_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def job(at: datetime) -> int:
        looks.append(len(looks))
        if len(looks) == 1:
            lookout.look()  # a hint that comes while the first is worked on
        return 0

    source(Lane.NOW)(job)
    lookout = queueing.Lookout(work.Worker(Lane.NOW, lambda: NOON), threading.Event())
    lookout.look()
    assert looks == [0, 1]


def test_a_turn_ends_in_time_and_asks_for_the_next(broker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "LONGEST_TURN", timedelta(milliseconds=20))
    source(Lane.NOW)(lambda at: 1)
    queueing.Lookout(work.Worker(Lane.NOW, lambda: NOON), threading.Event()).look()
    assert hints(Lane.NOW) == 1


def test_a_bell_without_its_broker_says_so_once_and_rests(
    no_broker: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringing = Bell()
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        for _time in range(100):
            ringing(Lane.NOW)
        rested = time.monotonic() - began
        monkeypatch.setattr(ringing, "_rests_until", 0.0)
        ringing(Lane.NOW)
    assert [record.message for record in caplog.records] == ["No hints can be sent"]
    assert rested < queueing.REST.total_seconds()


def test_whoever_waits_at_each_lane_is_counted(broker: None) -> None:
    assert attended() == dict.fromkeys(Lane, 0)


def test_a_broker_that_does_not_answer_cannot_be_asked(no_broker: None) -> None:
    with pytest.raises(queueing.NO_ANSWER):
        attended()
