"""The database is gone for a while in the middle of a batch: the answers are kept, and written when it is back."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import Error, connection, connections
from django.utils import timezone

from factories.delivery import SubscriberFactory, ask, live, prepare_all
from faults.report import report
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Standing, State
from pregon.delivery.models import Delivery, Subscriber
from servers.counting import counting, moody_mail

READERS, PATIENCE = 1_500, 90.0
#: ``make faults`` asks for more than a lease and more than a minute.
OUTAGE = float(os.environ.get("TEST_OUTAGE", "1.5"))
MOODS = ("well", "well", "busy", "well", "over", "well", "well", "gone", "well", "well")


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.timeout(180 + OUTAGE),
]


@contextmanager
def away() -> Iterator[None]:
    """Nobody else can write while the block runs: SQLite is locked, PostgreSQL hangs up and lets nobody in."""
    if connection.vendor == "sqlite":
        with closing(connection.get_new_connection(connection.get_connection_params())) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    database = connection.settings_dict
    name = database["NAME"]
    with psycopg.connect(
        dbname="postgres",
        host=database["HOST"],
        port=database["PORT"] or None,
        user=database["USER"],
        autocommit=True,
    ) as other:
        other.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'.encode())
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            other.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'.encode())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SQLite's own patience would outlast the fault."""
    if connection.vendor == "sqlite":
        connections.close_all()
        monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"], "timeout", 0.1)
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    yield
    connections.close_all()


def test_what_was_answered_while_it_was_away_is_written_when_it_is_back(
    tmp_path: Path, impatient: None
) -> None:
    """Whatever was answered: yes, no, not now, or that nobody has that name."""
    with counting(moody_mail, tmp_path / "accepted") as (port, ledger):
        live(
            "email", host="127.0.0.1", port=port, security="none", sender_address="boletines@muestra.example"
        )
        for number in range(READERS):
            mood = MOODS[number % len(MOODS)]
            SubscriberFactory.create(channel="email", address=f"{mood}-{number}@muestra.example")
        ask()
        prepare_all()

        workers = [threading.Thread(target=work) for _one in range(2)]
        for worker in workers:
            worker.start()
        wait_until(lambda: len(ledger.read()) > 200)
        connections.close_all()  # our own one would be cut off too
        with away():
            time.sleep(OUTAGE)
        for worker in workers:
            worker.join()
        accepted = Counter(ledger.read())
    states = Counter(Delivery.objects.values_list("state", flat=True))
    gone = Subscriber.objects.filter(standing=Standing.GONE)
    welcome = Delivery.objects.exclude(destination__startswith="over-").exclude(
        destination__startswith="gone-"
    )
    report(
        "database away",
        seconds=OUTAGE,
        letters=READERS,
        lost=welcome.exclude(state=State.SENT).count(),
        doubled=sum(times > 1 for times in accepted.values()),
        uncertain=states[State.UNCERTAIN],
        forgotten=READERS // len(MOODS) - gone.count(),
    )
    assert states == {State.SENT: len(accepted), State.FAILED: 2 * READERS // len(MOODS)}
    assert (len(accepted), max(accepted.values())) == (READERS - 2 * READERS // len(MOODS), 1)
    assert {person.address.partition("-")[0] for person in gone} == {"gone"}
    assert gone.count() == READERS // len(MOODS)


def work() -> None:
    """As the worker of the lane, which rests and tries again when the fault falls between two batches."""
    end, over = time.monotonic() + OUTAGE + PATIENCE, False
    while not over and time.monotonic() < end:
        try:
            over = not delivery.deliver_due(Lane.NOW, now=timezone.now) and all_settled()
            Delivery.objects.filter(state=State.DUE, due_at__gt=timezone.now()).update(due_at=timezone.now())
        except Error:
            connections.close_all()
            time.sleep(0.05)
    connections.close_all()


def all_settled() -> bool:
    return not Delivery.objects.filter(state__in=[State.DUE, State.LEASED]).exists()


def wait_until(so: Callable[[], bool]) -> None:
    for _look in range(2_000):
        if so():
            return
        time.sleep(0.005)
    pytest.fail("It never came to be so.")
