"""The database is gone for a while in the middle of a batch: the answers are kept, and written when it is back."""

from __future__ import annotations

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
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery
from servers.counting import counting, mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

READERS, AWAY, PATIENCE = 1_500, 1.5, 90.0


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
    with counting(mail, tmp_path / "accepted") as (port, ledger):
        live(
            "email", host="127.0.0.1", port=port, security="none", sender_address="boletines@muestra.example"
        )
        SubscriberFactory.create_batch(READERS, channel="email")
        ask()
        prepare_all()

        worker = threading.Thread(target=work)
        worker.start()
        wait_until(lambda: len(ledger.read()) > 200)
        connections.close_all()  # our own one would be cut off too
        with away():
            time.sleep(AWAY)
        worker.join()
        accepted = Counter(ledger.read())
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {State.SENT: READERS}
    assert (len(accepted), max(accepted.values())) == (READERS, 1)


def work() -> None:
    """As the worker of the lane, which rests and tries again when the fault falls between two batches."""
    end, over = time.monotonic() + PATIENCE, False
    while not over and time.monotonic() < end:
        try:
            over = not delivery.deliver_due(Lane.NOW, now=timezone.now) and all_sent()
        except Error:
            connections.close_all()
            time.sleep(0.05)
    connections.close_all()


def all_sent() -> bool:
    return not Delivery.objects.exclude(state=State.SENT).exists()


def wait_until(so: Callable[[], bool]) -> None:
    for _look in range(2_000):
        if so():
            return
        time.sleep(0.005)
    pytest.fail("It never came to be so.")
