"""More than one machine: through RabbitMQ, Celery wakes the workers of a lane wherever they run.

What a worker does stays the claim of due rows. A message is a hint and carries nothing but the name of its lane: one
that comes twice costs a look, one that is lost a second, for the clock has every lane looked at each second. A worker
that hears nothing looks by itself, so that work goes on while the broker or the clock is gone.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import datetime, timedelta

from celery import Celery
from celery.exceptions import OperationalError
from celery.worker import WorkController, state
from celery.worker.consumer import Consumer
from django.conf import settings
from django.utils import timezone
from kombu import Exchange, Queue

from pregon.core.work import Lane, Worker, errands, every, hang

logger = logging.getLogger(__name__)

EVERY = timedelta(seconds=1)
#: Without a hint for so long, a worker looks by itself.
SILENCE = 2 * EVERY
#: How long nobody tries again to send a hint to a broker that does not answer.
REST = timedelta(seconds=5)
#: One turn lasts no longer: the broker must hear from its workers, and hear that the hint was taken.
LONGEST_TURN = timedelta(seconds=20)
#: Nobody needs more hints than there are workers to wake: the oldest are dropped.
MOST_HINTS = 100
ASK_SECONDS = 2.0
#: What comes of asking a broker that is not there.
NO_ANSWER = (OperationalError, OSError)


def name_of(lane: Lane) -> str:
    return f"pregon.{lane.value}"


def queue_of(lane: Lane) -> Queue:
    """Quorum, so that on a cluster of brokers any one of them may go; a hint that killed its worker does not come
    back for ever."""
    arguments = {"x-queue-type": "quorum", "x-max-length": MOST_HINTS, "x-delivery-limit": 3}
    return Queue(name_of(lane), Exchange("pregon"), routing_key=name_of(lane), queue_arguments=arguments)


class Hints(Consumer):
    """Celery's own, without the thirty queues that it would declare for tasks with an hour, which we have none of."""

    class Blueprint(Consumer.Blueprint):
        default_steps = [step for step in Consumer.Blueprint.default_steps if "delayed" not in step]


app = Celery("pregon", broker=settings.PREGON_QUEUE_URL, fixups=[], set_as_current=False)
app.conf.update(
    task_queues=[queue_of(lane) for lane in Lane],
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_consumer=Hints,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    broker_connection_timeout=ASK_SECONDS,
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"max_retries": 0},
    broker_heartbeat=60,
)


# --- Whoever writes due rows ---------------------------------------------------------------------------------


class Bell:
    """Sends hints. While the broker does not answer it says so once, and only tries again now and then."""

    def __init__(self) -> None:
        self._gone, self._rests_until = False, 0.0

    def __call__(self, lane: Lane) -> None:
        if time.monotonic() < self._rests_until:
            return
        try:
            turn.apply_async((lane.value,), queue=name_of(lane), retry=False)
        except NO_ANSWER as problem:
            self._rests_until = time.monotonic() + REST.total_seconds()
            if not self._gone:
                logger.warning("No hints can be sent", extra={"problem": type(problem).__name__})
            self._gone = True
        else:
            self._gone = False


bell = Bell()


def call_all(at: datetime) -> None:
    """The clock's: what is due by the hour alone, and what was written without a word."""
    for lane in Lane:
        bell(lane)


def connect() -> None:
    """From now on due rows are told of, and the clock has every lane looked at."""
    hang(bell)
    every(EVERY)(call_all)


def attended() -> dict[Lane, int]:
    """How many workers wait for hints of each lane. Raises one of ``NO_ANSWER`` when the broker does not."""
    workers = {}
    with app.connection_for_read() as connection:
        for lane in Lane:
            channel = connection.channel()
            declared = queue_of(lane).bind(channel).queue_declare()
            workers[lane] = declared.consumer_count
            channel.close()
    return workers


# --- Whoever works -------------------------------------------------------------------------------------------


class Lookout:
    """Gives one lane its turns whenever a hint comes, and unasked when none does."""

    def __init__(self, worker: Worker, stop: threading.Event) -> None:
        self.worker, self.stop = worker, stop
        self._wanted, self._busy = threading.Event(), threading.Lock()
        self._looked = time.monotonic()

    def look(self) -> None:
        """Turns until nothing is due. Whoever comes while another one looks only has it look again."""
        self._wanted.set()
        if not self._busy.acquire(blocking=False):
            return
        began = time.monotonic()
        try:
            while self._wanted.is_set() and not self.stop.is_set():
                self._wanted.clear()
                if self.worker.look(self.stop):
                    self._wanted.set()
                if time.monotonic() - began > LONGEST_TURN.total_seconds():
                    bell(self.worker.lane)
                    break
        finally:
            self._looked = time.monotonic()
            self._busy.release()

    def watch(self, consumer: Hints) -> None:
        """Beside the consumer: look when it was silent, and say once that the broker is gone."""
        gone = False
        while not self.stop.wait(EVERY.total_seconds() / 2):
            connected = bool(consumer.connection and consumer.connection.connected)
            if gone == connected:
                gone = not connected
                words = "The broker is gone: looking unasked" if gone else "The broker is back"
                logger.warning(words, extra={"lane": self.worker.lane.value})
            if gone or time.monotonic() - self._looked > SILENCE.total_seconds():
                self.look()
        state.should_stop = os.EX_OK


_lookouts: dict[Lane, Lookout] = {}


@app.task(name="pregon.turn")
def turn(lane: str) -> None:
    """Look at a lane, where a worker of that lane is at work."""
    if lookout := _lookouts.get(Lane(lane)):
        lookout.look()


def serve(lane: Lane, stop: threading.Event) -> None:
    """Work one lane as a Celery worker until it is told to stop."""
    for name in ("celery", "kombu", "amqp"):  # a broker that is gone is told once, in our words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger(
        "celery.worker.request"
    ).disabled = True  # and so is a hint that could not be acknowledged
    state.should_stop = None
    lookout = _lookouts[lane] = Lookout(Worker(lane, timezone.now), stop)
    controller = WorkController(
        app=app,
        queues=[name_of(lane)],
        pool="solo",
        concurrency=1,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
    )
    watching = threading.Thread(
        target=lookout.watch, args=(controller.consumer,), name="lookout", daemon=True
    )
    with errands.at_work():
        watching.start()
        controller.start()
        stop.set()
        watching.join()
    if controller.exitcode:
        raise SystemExit(controller.exitcode)
