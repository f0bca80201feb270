"""Jobs get their turn, ticks their hour, and one that fails stops no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pytest

from pregon.core import work
from pregon.core.work import Clock, Errands, Lane, Worker, drain, every, hang, put_back, ring, source, turn

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SHORT = timedelta(milliseconds=5)
PATIENCE = 60  # seconds, for a busy machine


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_sources", {})
    monkeypatch.setattr(work, "_beats", {})
    monkeypatch.setattr(work, "_bells", [])
    monkeypatch.setattr(work, "_menders", [])


def noon() -> datetime:
    return NOON


def pile(lane: Lane, pieces: int, *, batch: int = 2) -> list[datetime]:
    """A source with so many pieces due; the answer fills with the moment of each batch."""
    left, moments = pieces, []

    def job(at: datetime) -> int:
        nonlocal left
        moments.append(at)
        done = min(batch, left)
        left -= done
        return done

    job.__qualname__ = f"pile_{lane}_{id(moments)}"
    source(lane)(job)
    return moments


@contextmanager
def running(part: Worker | Clock) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=part.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive()


def eventually(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "It did not happen within the patience of a test."
        time.sleep(0.002)


def test_a_turn_gives_each_source_of_the_lane_one_batch() -> None:
    first, second, other = pile(Lane.NOW, 5), pile(Lane.NOW, 1), pile(Lane.BULK, 9)
    assert turn(Lane.NOW, at=NOON) == 3
    assert (first, second, other) == ([NOON], [NOON], [])


def test_a_lane_without_sources_has_nothing_due() -> None:
    assert turn(Lane.PHOTOS, at=NOON) == 0


@pytest.mark.django_db
def test_a_bell_rings_once_the_row_is_committed(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    rung: list[Lane] = []
    for _twice in range(2):
        hang(rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        ring(Lane.ALERT)
        before = list(rung)
    assert (before, rung) == ([], [Lane.ALERT])


@pytest.mark.django_db
def test_a_bell_that_breaks_harms_nobody(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    def broken(lane: Lane) -> None:
        raise LookupError

    hang(broken)
    with django_capture_on_commit_callbacks(execute=True):
        ring(Lane.ALERT)


def test_a_source_registered_twice_works_once() -> None:
    moments: list[datetime] = []

    def job(at: datetime) -> int:
        moments.append(at)
        return 0

    assert source(Lane.NOW)(source(Lane.NOW)(job)) is job
    turn(Lane.NOW, at=NOON)
    assert moments == [NOON]


def test_a_job_that_fails_in_a_turn_says_so_to_the_caller() -> None:
    @source(Lane.NOW)
    def broken(at: datetime) -> int:
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        turn(Lane.NOW, at=NOON)


def test_draining_goes_on_until_nothing_is_due_in_any_lane() -> None:
    first, second = pile(Lane.NOW, 5), pile(Lane.BULK, 2)
    assert drain([Lane.NOW, Lane.BULK], clock=noon) == 7
    assert len(first) == len(second) == 4


def test_draining_sees_work_that_work_makes() -> None:
    @source(Lane.NOW)
    def publishes(at: datetime) -> int:
        if not pages:
            pages.append(at)
            return 1
        return 0

    pages: list[datetime] = []
    baked: list[datetime] = []

    @source(Lane.PAGES)
    def bakes(at: datetime) -> int:
        done, baked[:] = len(pages) - len(baked), list(pages)
        return done

    assert drain([Lane.PAGES, Lane.NOW], clock=noon) == 2
    assert baked == pages == [NOON]


def test_draining_stops_when_it_is_content() -> None:
    moments = pile(Lane.NOW, 100)
    assert drain([Lane.NOW], clock=noon, until=lambda: len(moments) == 3) == 6


def test_draining_work_without_end_stops_at_its_limit_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    pile(Lane.NOW, 10**9)
    with caplog.at_level(logging.WARNING, "pregon.core.work"):
        assert drain(iter([Lane.NOW]), clock=noon, limit=10) == 10
    assert [record.message for record in caplog.records] == ["Drain stopped at its limit"]


def test_a_worker_does_what_is_due_and_what_becomes_due() -> None:
    moments = pile(Lane.ALERT, 6)
    with running(Worker(Lane.ALERT, noon, SHORT)):
        eventually(lambda: len(moments) > 8)
    assert set(moments) == {NOON}


def test_a_worker_that_is_told_to_stop_while_it_waits_stops_at_once() -> None:
    moments = pile(Lane.ALERT, 0)
    with running(Worker(Lane.ALERT, noon, timedelta(minutes=10))):
        eventually(lambda: len(moments) == 1)
        began = time.monotonic()
    assert time.monotonic() - began < 1


def test_a_worker_told_to_stop_begins_no_other_job() -> None:
    stop = threading.Event()
    started: list[str] = []

    @source(Lane.NOW)
    def first(at: datetime) -> int:
        started.append("first")
        stop.set()
        return 1

    @source(Lane.NOW)
    def second(at: datetime) -> int:
        started.append("second")
        return 1

    Worker(Lane.NOW, noon, SHORT).run(stop)
    assert started == ["first"]


def test_a_job_that_fails_is_logged_and_rests_longer_each_time_while_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures: list[float] = []

    @source(Lane.NOW)
    def broken(at: datetime) -> int:
        failures.append(time.monotonic())
        raise LookupError("a citizen's address")

    healthy = pile(Lane.NOW, 10**9)
    with caplog.at_level(logging.ERROR, "pregon.core.work"), running(Worker(Lane.NOW, noon, SHORT)):
        eventually(lambda: len(failures) >= 5)
    rests = [later - earlier for earlier, later in pairwise(failures)]
    assert all(rest >= least for rest, least in zip(rests, [0.005, 0.01, 0.02, 0.04], strict=False))
    assert len(healthy) > len(failures)
    assert {record.message for record in caplog.records} == {"Job failed"}
    assert caplog.records[0].__dict__["lane"] == "now"


def test_a_failing_job_never_rests_longer_than_half_a_minute() -> None:
    worker = Worker(Lane.NOW, noon, timedelta(seconds=20))

    @source(Lane.NOW)
    def broken(at: datetime) -> int:
        raise LookupError

    for _ in range(3):
        worker.look(threading.Event())
        worker._rests = {name: (0.0, rest) for name, (_, rest) in worker._rests.items()}
    assert [rest for _, rest in worker._rests.values()] == [30.0]


def test_a_job_that_recovers_no_longer_rests() -> None:
    answers = iter([LookupError, None, None])
    worker = Worker(Lane.NOW, noon, timedelta())

    @source(Lane.NOW)
    def shaky(at: datetime) -> int:
        if error := next(answers):
            raise error
        return 1

    assert [worker.look(threading.Event()) for _ in range(3)] == [0, 1, 1]
    assert worker._rests == {}


def test_a_worker_lets_an_order_to_leave_pass() -> None:
    @source(Lane.NOW)
    def leave(at: datetime) -> int:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        Worker(Lane.NOW, noon, SHORT).run(threading.Event())


def test_a_tick_comes_at_once_and_then_at_its_period() -> None:
    moments: list[float] = []

    @every(timedelta(seconds=0.3))
    def tick(at: datetime) -> None:
        assert at == NOON
        moments.append(time.monotonic())

    began = time.monotonic()
    with running(Clock(noon)):
        eventually(lambda: len(moments) == 4)
    late = [moment - began - 0.3 * n for n, moment in enumerate(moments)]
    assert min(late) >= 0
    assert median(late) < 0.25  # a period that adds up would be 0.45 late; a busy machine is not


def test_a_tick_that_fails_is_logged_and_comes_again_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    moments: dict[str, int] = {"broken": 0, "healthy": 0}

    @every(SHORT)
    def broken(at: datetime) -> None:
        moments["broken"] += 1
        raise LookupError

    @every(SHORT)
    def healthy(at: datetime) -> None:
        moments["healthy"] += 1

    with running(Clock(noon)):
        eventually(lambda: min(moments.values()) >= 3)
    assert {record.message for record in caplog.records if record.levelno >= logging.ERROR} == {"Tick failed"}


def test_the_hour_put_back_stalls_no_tick() -> None:
    moments: list[datetime] = []

    def falling() -> datetime:
        return NOON - timedelta(hours=len(moments))

    @every(SHORT)
    def tick(at: datetime) -> None:
        moments.append(at)

    with running(Clock(falling)):
        eventually(lambda: len(moments) >= 4)
    assert moments[:3] == [NOON, NOON - timedelta(hours=1), NOON - timedelta(hours=2)]


class Wall:
    """A clock that goes on, and that somebody sets."""

    def __init__(self) -> None:
        self.ahead, self._begun = timedelta(), time.monotonic()

    def __call__(self) -> datetime:
        return NOON + self.ahead + timedelta(seconds=time.monotonic() - self._begun)


def put_back_by_an_hour() -> Clock:
    """A clock whose hour is put back before it has begun."""
    wall = Wall()
    clock = Clock(wall)
    wall.ahead = -timedelta(hours=1)
    return clock


@pytest.fixture
def told() -> list[tuple[datetime, datetime]]:
    """What a mender is told: from which hour to which."""
    told: list[tuple[datetime, datetime]] = []

    @put_back
    def mend(was: datetime, at: datetime) -> None:
        told.append((was, at))

    return told


def test_an_hour_that_is_put_back_is_told_before_the_next_round(
    told: list[tuple[datetime, datetime]],
) -> None:
    wall, known = Wall(), []

    @every(SHORT)
    def tick(at: datetime) -> None:
        known.append((at < NOON, len(told)))
        wall.ahead = -timedelta(hours=1)

    with running(Clock(wall)):
        eventually(lambda: len(known) >= 5)
    assert known[:3] == [(False, 0), (True, 1), (True, 1)]
    [(was, at)] = told
    assert was - at > timedelta(minutes=59)


def test_what_was_under_way_then_is_mended_a_moment_later(
    told: list[tuple[datetime, datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was at work when the hour was put back writes the old one after it was mended."""
    monkeypatch.setattr(work, "ONCE_MORE", timedelta(seconds=0.2))
    ticks: list[datetime] = []
    every(SHORT)(ticks.append)
    with running(put_back_by_an_hour()):
        eventually(lambda: len(told) == 2)
        seen = len(ticks)
        eventually(lambda: len(ticks) >= seen + 5)
    [(was, at), (again, later)] = told
    assert (was == again, later - at >= timedelta(seconds=0.19), len(told)) == (True, True, 2)


def test_it_is_mended_though_no_tick_is_near(
    told: list[tuple[datetime, datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "ONCE_MORE", timedelta(seconds=0.05))
    every(timedelta(days=400))(lambda at: None)
    with running(put_back_by_an_hour()):
        eventually(lambda: len(told) == 2)


@pytest.mark.parametrize("step", [3_600, 1, -1, -4])
def test_going_forth_or_being_put_right_by_seconds_is_nothing(
    step: int, told: list[tuple[datetime, datetime]]
) -> None:
    wall, ticks = Wall(), []

    @every(SHORT)
    def tick(at: datetime) -> None:
        ticks.append(at)
        wall.ahead = timedelta(seconds=step)

    with running(Clock(wall)):
        eventually(lambda: len(ticks) >= 4)
    assert told == []


def test_a_mender_that_fails_is_told_again_and_holds_up_no_other(
    told: list[tuple[datetime, datetime]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(work, "LOOK", timedelta(seconds=0.02))
    monkeypatch.setattr(work, "_menders", [])
    tries: list[datetime] = []

    @put_back
    def fail_twice(was: datetime, at: datetime) -> None:
        tries.append(was)
        if len(tries) < 3:
            raise RuntimeError("the database is away")

    put_back(lambda was, at: told.append((was, at)))
    ticks: list[datetime] = []
    wall = Wall()
    every(SHORT)(ticks.append)
    clock = Clock(wall)
    wall.ahead = -timedelta(hours=1)
    with running(clock):
        eventually(lambda: len(tries) == 3)
        seen = len(ticks)
        eventually(lambda: len(ticks) >= seen + 5)
    assert (len(tries), len(set(tries)), len(told)) == (3, 1, 1)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
        "Mending failed"
    ] * 2


def test_beats_missed_by_a_slow_tick_are_skipped() -> None:
    moments: list[float] = []

    @every(timedelta(milliseconds=20))
    def slow(at: datetime) -> None:
        moments.append(time.monotonic())
        if len(moments) == 1:
            time.sleep(0.19)

    with running(Clock(noon)):
        eventually(lambda: len(moments) == 4)
    assert moments[3] - moments[0] >= 0.19 + 2 * 0.02


def test_a_clock_without_ticks_waits_until_it_is_stopped() -> None:
    with running(Clock(noon)) as stop:
        assert not stop.wait(0.02)


def test_a_clock_stops_between_ticks_that_are_far_apart() -> None:
    moments: list[datetime] = []
    every(timedelta(days=400 * 365))(moments.append)
    with running(Clock(noon)):
        eventually(lambda: moments == [NOON])


def test_a_tick_without_a_period_is_refused() -> None:
    with pytest.raises(ValueError, match="period"):
        every(timedelta())


def test_while_nothing_stirs_the_jobs_are_asked_only_now_and_then() -> None:
    turns: list[datetime] = []

    @source(Lane.NOW)
    def ask(at: datetime) -> int:
        turns.append(at)
        return 0

    worker = Worker(Lane.NOW, noon, timedelta(milliseconds=5), stirred=lambda: False)
    with running(worker):
        threading.Event().wait(0.3)
    assert len(turns) == 1


def test_what_stirs_is_looked_at_without_waiting() -> None:
    stirring = threading.Event()
    asked = threading.Event()
    turns = 0

    @source(Lane.NOW)
    def ask(at: datetime) -> int:
        nonlocal turns
        turns += 1
        if turns > 1:
            asked.set()
        return 0

    with running(Worker(Lane.NOW, noon, timedelta(milliseconds=5), stirred=stirring.is_set)):
        threading.Event().wait(0.05)
        stirring.set()
        assert asked.wait(0.3)


# --- Errands ------------------------------------------------------------------------------------------------


def test_without_a_worker_an_errand_is_done_on_the_spot() -> None:
    told: list[bool] = []
    assert (Errands().send("one", lambda stopping: told.append(stopping())), told) == (True, [False])


def test_an_errand_is_not_sent_twice_at_once_and_comes_home_when_told() -> None:
    errands, started = Errands(), threading.Event()

    def wait(stopping: Callable[[], bool]) -> None:
        started.set()
        while not stopping():
            time.sleep(0.005)

    with errands.at_work():
        assert errands.send("one", wait)
        assert started.wait(10)
        assert not errands.send("one", wait)
    assert not [thread for thread in threading.enumerate() if thread.name == "one"]


def test_an_errand_that_fails_is_written_down_and_may_be_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    errands = Errands()

    def fail(stopping: Callable[[], bool]) -> None:
        raise RuntimeError

    for _time in range(2):
        with caplog.at_level(logging.ERROR, "pregon.core.work"), errands.at_work():
            assert errands.send("one", fail)
    assert [record.message for record in caplog.records] == ["Errand failed", "Errand failed"]
