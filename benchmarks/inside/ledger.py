"""What the ledger costs by itself: preparing, the first message, an alert beside a bulk dispatch, a million rows."""

import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connections
from django.db.models import Max, Min
from django.utils import timezone

# isort: off - Django is set up by the first of these
from readers import MESSAGE, furnish

from pregon.core.work import Lane, Worker
from pregon.delivery import actions as delivery
from pregon.delivery.counting import move_milestones
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery, Dispatch, Milestone, Subscriber
from pregon.delivery.progress import progress_of
from pregon.delivery.values import Audience

# isort: on

what, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LOOK = 0.05
#: Seconds in which a worker has surely begun to listen: its start is not what is measured.
LISTENING = 1


def ask(lane: Lane, **audience: tuple[int, ...]) -> Dispatch:
    now = timezone.now()
    return delivery.dispatch(
        MESSAGE,
        key=f"{lane}-{now.isoformat()}",
        origin=f"benchmark/{now.isoformat()}",
        lane=lane,
        audience=Audience(channels=("email",), **audience),
        at=now,
    )


def prepare() -> dict[str, float]:
    ask(Lane.BULK)
    started = time.perf_counter()
    while delivery.prepare_due(Lane.BULK, at=timezone.now()):
        pass
    return {"seconds": time.perf_counter() - started}


def serve(lane: Lane) -> multiprocessing.Process:
    """A worker of the lane, as ``pregon worker`` runs it, without its sleep between two looks."""

    def work() -> None:
        connections.close_all()
        Worker(lane, timezone.now).run(threading.Event())

    process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    process.start()
    return process


def seconds_between(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def wait(so: Callable[[], bool], *, every: float = LOOK) -> None:
    while not so():
        time.sleep(every)


def first() -> dict[str, float]:
    """From asking to the first letter accepted, with all of them still to be prepared."""
    connections.close_all()
    worker = serve(Lane.NOW)
    time.sleep(LISTENING)
    asked = ask(Lane.NOW)
    wait(lambda: Delivery.objects.filter(dispatch=asked, state=State.SENT).exists())
    found = Delivery.objects.filter(dispatch=asked, state=State.SENT).aggregate(at=Min("settled_at"))["at"]
    worker.terminate()
    worker.join()
    return {"seconds": seconds_between(asked.created_at, found)}


def overtake() -> dict[str, float]:
    """An alert to 2,000 while a bulk dispatch to all is under way."""
    urgent = tuple(Subscriber.objects.order_by("pk").values_list("pk", flat=True)[:2_000])
    connections.close_all()
    workers = [serve(Lane.BULK), serve(Lane.ALERT)]
    time.sleep(LISTENING)
    bulk = ask(Lane.BULK)
    wait(lambda: Delivery.objects.filter(dispatch=bulk, state=State.SENT).count() > count // 20)
    alert = ask(Lane.ALERT, subscribers=urgent)
    out = Delivery.objects.filter(state=State.SENT)
    before = out.filter(dispatch=bulk, settled_at__lte=alert.created_at).count()
    wait(lambda: out.filter(dispatch=alert).count() == len(urgent))
    times = out.filter(dispatch=alert).aggregate(first=Min("settled_at"), last=Max("settled_at"))
    meanwhile = out.filter(dispatch=bulk, settled_at__lte=times["last"]).count() - before
    for worker in workers:
        worker.terminate()
        worker.join()
    return {
        "first": seconds_between(alert.created_at, times["first"]),
        "last": seconds_between(alert.created_at, times["last"]),
        "further": meanwhile / count,
    }


def through() -> dict[str, float]:
    """A dispatch to all, through a worker that somebody else started."""
    asked = ask(Lane.NOW)
    ours = Delivery.objects.filter(dispatch=asked)
    started = time.perf_counter()
    wait(lambda: ours.filter(state=State.SENT).count() == count, every=1)
    return {"seconds": time.perf_counter() - started}


def million() -> dict[str, float]:
    """What a receiver costs, and what a look costs, beside ``count`` lines that were settled before."""
    now = timezone.now()
    old = ask(Lane.BULK)
    Dispatch.objects.filter(pk=old.pk).update(prepared_at=now)
    lines = (
        Delivery(
            dispatch=old,
            channel="email",
            destination=f"antigua-{number}@ejemplo.invalid",
            lane=Lane.BULK,
            state=State.SENT,
            due_at=now,
            settled_at=now,
            attempts=1,
            reference=f"<antigua-{number}@ejemplo.invalid>",
        )
        for number in range(count)
    )
    Delivery.objects.bulk_create(lines, batch_size=10_000)
    Milestone.objects.create(dispatch=old, channel="email", total=count)
    new = ask(Lane.NOW, subscribers=tuple(Subscriber.objects.values_list("pk", flat=True)[:2_000]))
    started = time.process_time()
    while delivery.prepare_due(Lane.NOW, at=timezone.now()):
        pass
    while delivery.deliver_on(Lane.NOW, "email", now=timezone.now):
        pass
    spent = time.process_time() - started
    sent = Delivery.objects.filter(dispatch=new, state=State.SENT).count()
    move_milestones()  # as the clock does all the time
    looks = []
    for _look in range(5):
        started = time.perf_counter()
        progress_of([Dispatch.objects.get(pk=old.pk)], at=timezone.now())
        looks.append(time.perf_counter() - started)
    return {"receiver": spent / sent, "look": max(looks)}


MEASURES = {
    "prepare": prepare,
    "first": first,
    "overtake": overtake,
    "through": through,
    "million": million,
}
furnish(port, 2_000 if what == "million" else count)
print(json.dumps(MEASURES[what]()))
