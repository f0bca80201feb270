"""The row is the queue: jobs claim due rows of their own, and this module only gives them their turn.

A lane is a set of jobs with workers of its own, so that an alert never waits behind a newsletter. The clock
is for what happens by the hour rather than by the row.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import close_old_connections, connections, transaction

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(seconds=30)
LOOK = timedelta(milliseconds=500)
#: A clock that is put right by less than this is left alone.
SLACK = timedelta(seconds=5)
#: When menders are told once more: whoever was at work when the hour was put back has written the old one by then.
ONCE_MORE = timedelta(seconds=20)


class Lane(StrEnum):
    """Work that waits only for its own kind."""

    ALERT = "alert"
    NOW = "now"
    BULK = "bulk"
    PAGES = "pages"
    PHOTOS = "photos"


#: Claims and does one bounded batch at that moment; returns how many pieces it did, 0 when nothing was due.
Job = Callable[[datetime], int]
#: Does what is due by the hour at that moment; short, for all ticks share one thread.
Tick = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Beat:
    """A tick and how often it comes."""

    tick: Tick
    period: timedelta


#: Told what the hour was, and what it is since it was put back; doing it twice must change nothing.
Mender = Callable[[datetime, datetime], None]
#: Carries the news of due rows to workers that do not listen to the database themselves.
Bell = Callable[[Lane], None]


@dataclass(frozen=True, slots=True)
class Mending:
    """What is owed to a mender: the hour that was, told at ``due`` of the clock that nobody sets."""

    mender: Mender
    was: datetime
    due: float


_sources: dict[Lane, dict[str, Job]] = {}
_beats: dict[str, Beat] = {}
_bells: list[Bell] = []
_menders: list[Mender] = []


def source(lane: Lane) -> Callable[[Job], Job]:
    """Register a job for a lane; the same function again only takes its own place."""

    def register(job: Job) -> Job:
        _sources.setdefault(lane, {})[_name(job)] = job
        return job

    return register


def every(period: timedelta) -> Callable[[Tick], Tick]:
    """Register a tick for the clock."""
    if period <= timedelta():
        raise ValueError("A period must be longer than nothing.")

    def register(tick: Tick) -> Tick:
        _beats[_name(tick)] = Beat(tick, period)
        return tick

    return register


def put_back(mender: Mender) -> Mender:
    """Have ``mender`` told when the hour is put back; the same one again only takes its own place."""
    if mender not in _menders:
        _menders.append(mender)
    return mender


def hang(bell: Bell) -> None:
    """Have ``bell`` rung from now on; the same one again only takes its own place."""
    if bell not in _bells:
        _bells.append(bell)


def ring(lane: Lane) -> None:
    """Say that something of the lane is due once what is under way is committed.

    A hint, never more: whoever writes due rows may forget it, and it may get lost. The workers look anyway.
    """
    for bell in _bells:

        def tell(bell: Bell = bell) -> None:
            bell(lane)

        transaction.on_commit(tell, robust=True)


#: Does its work until there is none, or until the question it is given is answered with yes: stop now.
Errand = Callable[[Callable[[], bool]], None]


class Errands:
    """What a worker has done in threads of their own, so that nobody waits for what takes its time.

    Where no worker is at work (a command that drains a lane, a test) an errand is done on the spot.
    """

    def __init__(self) -> None:
        self._running: dict[str, threading.Thread] = {}
        self._at_work = 0
        self._over = threading.Event()

    def send(self, name: str, errand: Errand) -> bool:
        """Have it done; False while one of that name is still under way."""
        if not self._at_work:
            errand(lambda: False)
            return True
        under_way = self._running.get(name)
        if self._over.is_set() or (under_way is not None and under_way.is_alive()):
            return False
        thread = threading.Thread(target=self._run, args=(name, errand), name=name, daemon=True)
        self._running[name] = thread
        thread.start()
        return True

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a worker runs; at its end the errands are told to stop and waited for."""
        self._at_work += 1
        try:
            yield
        finally:
            self._over.set()
            for thread in list(self._running.values()):
                thread.join()
            self._at_work -= 1
            self._over.clear()

    def _run(self, name: str, errand: Errand) -> None:
        try:
            errand(self._over.is_set)
        except Exception:
            logger.exception("Errand failed", extra={"errand": name})
        finally:
            connections.close_all()


errands = Errands()


def turn(lane: Lane, *, at: datetime) -> int:
    """Let each source of the lane do one batch; returns the pieces done. What a job raises is raised."""
    return sum(job(at) for job in list(_sources.get(lane, {}).values()))


def drain(
    lanes: Iterable[Lane],
    *,
    clock: Callable[[], datetime],
    until: Callable[[], bool] | None = None,
    limit: int = 100_000,
) -> int:
    """Give the lanes turns until nothing is due, ``until`` is content or ``limit`` pieces are done."""
    order, total = list(lanes), 0
    while until is None or not until():
        done = sum(turn(lane, at=clock()) for lane in order)
        total += done
        if not done:
            break
        if total >= limit:
            logger.warning("Drain stopped at its limit", extra={"pieces": total, "limit": limit})
            break
    return total


class Worker:
    """Gives one lane its turns until it is told to stop.

    A job that fails rests longer each time, up to ``LONGEST_PAUSE``; the others of the lane go on. While nothing
    ``stirred`` in the database the jobs are asked only every ``LOOK``, for what becomes due by the hour alone.
    """

    def __init__(
        self,
        lane: Lane,
        clock: Callable[[], datetime],
        pause: timedelta = timedelta(milliseconds=150),
        stirred: Callable[[], bool] = lambda: True,
    ) -> None:
        self.lane = lane
        self.clock = clock
        self.pause = pause.total_seconds()
        self.stirred = stirred
        self._rests: dict[str, tuple[float, float]] = {}  # job: until when, and how long this time

    def run(self, stop: threading.Event) -> None:
        with errands.at_work():
            self._run(stop)

    def _run(self, stop: threading.Event) -> None:
        logger.info("Worker started", extra={"lane": self.lane.value})
        done, looked = 0, 0.0
        while not stop.is_set():
            late = time.monotonic() - looked >= LOOK.total_seconds()
            # Asked even when it will be ignored: what stirred before this turn must not wake the next one.
            if self.stirred() or done or late:
                looked = time.monotonic()
                done = self.look(stop)
            if not done:
                stop.wait(self.pause)
        logger.info("Worker stopped", extra={"lane": self.lane.value})

    def look(self, stop: threading.Event) -> int:
        """Give each job that does not rest one batch; returns the pieces done."""
        done = 0
        for name, job in list(_sources.get(self.lane, {}).items()):
            if stop.is_set():
                break
            until, rest = self._rests.get(name, (0.0, 0.0))
            if time.monotonic() < until:
                continue
            try:
                done += job(self.clock())
            except Exception:
                rest = min(max(rest * 2, self.pause), LONGEST_PAUSE.total_seconds())
                self._rests[name] = (time.monotonic() + rest, rest)
                logger.exception("Job failed", extra={"job": name, "lane": self.lane.value, "rest": rest})
            else:
                self._rests.pop(name, None)
        close_old_connections()
        return done


class Clock:
    """Runs each tick at its period until it is told to stop, at once the first time.

    Periods are measured on a clock that nobody sets: the hour may be put back or forth and no tick is lost.
    By the same clock it notices before each round an hour that was put back, and has it mended: at once, once more
    when all that was under way is over, and again where that failed.
    Beats that were missed while a tick took its time are skipped, not made up for.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._said, self._then = clock(), time.monotonic()
        self._owed: list[Mending] = []

    def run(self, stop: threading.Event) -> None:
        with errands.at_work():
            self._run(stop)

    def _run(self, stop: threading.Event) -> None:
        beats = dict(_beats)
        due = dict.fromkeys(beats, time.monotonic())
        logger.info("Clock started", extra={"ticks": len(beats)})
        while not stop.is_set():
            self._notice()
            for name in sorted(beats, key=due.__getitem__):
                if time.monotonic() < due[name] or stop.is_set():
                    break
                self._strike(name, beats[name].tick)
                period = beats[name].period.total_seconds()
                due[name] += period * max(1, -((due[name] - time.monotonic()) // period))
            close_old_connections()
            coming = [*due.values(), *(mending.due for mending in self._owed)]
            stop.wait(
                min(max(0.0, min(coming) - time.monotonic()), threading.TIMEOUT_MAX) if coming else None
            )
        logger.info("Clock stopped", extra={"ticks": len(beats)})

    def _notice(self) -> None:
        """Compare both clocks, and have mended what they tell."""
        now, at = time.monotonic(), self.clock()
        was = self._said + timedelta(seconds=now - self._then)
        if at < was - SLACK:
            logger.warning("The clock was put back", extra={"seconds": (was - at).total_seconds()})
            self._owed += [
                Mending(mender, was, due=now + wait)
                for wait in (0, ONCE_MORE.total_seconds())
                for mender in _menders
            ]
        self._said, self._then = at, time.monotonic()
        for mending in [mending for mending in self._owed if mending.due <= now]:
            self._owed.remove(mending)
            try:
                mending.mender(mending.was, at)
            except Exception:  # whatever a mender raises, the clock goes on and the others are told
                logger.exception("Mending failed", extra={"mender": _name(mending.mender)})
                self._owed.append(replace(mending, due=now + LOOK.total_seconds()))

    def _strike(self, name: str, tick: Tick) -> None:
        try:
            tick(self.clock())
        except Exception:
            logger.exception("Tick failed", extra={"tick": name})


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
