"""Workers are killed at random moments, and then it is counted: nothing lost, nothing doubled, every doubt shown.

``TEST_KILLS`` says how many; ``make faults`` asks for a thousand.
"""

from __future__ import annotations

import os
import random
import signal
import time
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from factories.delivery import SubscriberFactory, live, message
from faults.report import report
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.actions import claim as claiming
from pregon.delivery.actions import deliver
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery, Subscriber
from pregon.delivery.values import Audience
from servers.counting import counting, mail, webhooks
from servers.forking import close_every_connection

KILLS = int(os.environ.get("TEST_KILLS", "40"))
READERS = 2_000
CONNECTIONS = 5
LEASE = timedelta(milliseconds=400)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.timeout(300 + 2 * KILLS),
]


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute is long when one dies a thousand times, and a line that meets five of these deaths is not to blame."""
    monkeypatch.setattr(claiming, "LEASE", LEASE)
    monkeypatch.setattr(claiming, "BEAT", LEASE / 4)
    for module in (claiming, deliver):
        monkeypatch.setattr(module, "DEADLY", KILLS + 1)


def work() -> None:
    """What a worker of the lane does, and nothing else, until nothing is due."""
    while delivery.prepare_due(Lane.NOW, at=timezone.now()) + delivery.deliver_due(
        Lane.NOW, now=timezone.now
    ):
        pass


def lives(job: Callable[[], None], seconds: float) -> bool:
    """Do ``job`` in a process that is killed after so many seconds; True when it was killed at work."""
    close_every_connection()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        child = os.fork()
    if not child:
        status = 1
        try:
            job()
            status = 0
        finally:
            os._exit(status)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    bury()
    return True


def bury() -> None:
    """Wait for the database to notice: until then PostgreSQL may still be writing what the dead one said last."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            others = 1
            while others:
                cursor.execute(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
                [others] = cursor.fetchone()


def uncertain() -> int:
    return Delivery.objects.filter(state=State.UNCERTAIN).count()


def kill_them(kind: str, *, fate: random.Random) -> tuple[int, int, int]:
    """Dispatches enough, kills at random; returns the kills, the dispatches, and the most doubts one kill left."""
    kills = sent = worst = known = 0
    while kills < KILLS:
        if not Delivery.objects.filter(state__in=[State.DUE, State.LEASED]).exists():
            sent += 1
            delivery.dispatch(
                message(),
                key=f"faults/{kind}/{sent}",
                origin=f"faults/{sent}",
                lane=Lane.NOW,
                audience=Audience(channels=(kind,)),
                at=timezone.now(),
            )
            while delivery.prepare_due(Lane.NOW, at=timezone.now()):
                pass
        kills += lives(work, fate.uniform(0.02, 0.5))
        time.sleep(fate.choice([0, 0, LEASE.total_seconds()]))
        delivery.reap(Lane.NOW, at=timezone.now() + 2 * LEASE)
        worst, known = max(worst, uncertain() - known), uncertain()
    while Delivery.objects.filter(state__in=[State.DUE, State.LEASED]).exists():
        assert not lives(work, 600)
        Delivery.objects.filter(state=State.DUE).update(due_at=timezone.now())  # a postponement is no loss
        time.sleep(LEASE.total_seconds())
    return kills, sent, worst


def readers(kind: str, address: Callable[[int], str]) -> None:
    Subscriber.objects.bulk_create(
        SubscriberFactory.build(channel=kind, address=address(number)) for number in range(READERS)
    )


def test_killed_workers_lose_no_letter_and_double_none(tmp_path: Path) -> None:
    with counting(mail, tmp_path / "accepted") as (port, ledger):
        live(
            "email",
            host="127.0.0.1",
            port=port,
            security="none",
            sender_address="boletines@muestra.example",
            connections=CONNECTIONS,
        )
        readers("email", lambda number: f"persona{number}@muestra.example")
        kills, dispatches, worst = kill_them("email", fate=random.Random(7))
        accepted = Counter(
            name[1:].partition(".")[0] for name in ledger.read()
        )  # its stamp is not the test's affair
    doubled = [name for name, times in accepted.items() if times > 1]
    lines = {line.key: line for line in Delivery.objects.all()}
    lost = [name for name, line in lines.items() if line.state == State.SENT and name not in accepted]
    report(
        "e-mail",
        kills=kills,
        letters=len(lines),
        lost=len(lost),
        doubled=len(doubled),
        uncertain=uncertain(),
        of_which_arrived=sum(
            line.state == State.UNCERTAIN and name in accepted for name, line in lines.items()
        ),
    )
    assert len(lines) == dispatches * READERS
    assert {State(line.state) for line in lines.values()} <= {State.SENT, State.UNCERTAIN}
    assert (lost, doubled, set(accepted) <= set(lines)) == ([], [], True)
    assert worst <= CONNECTIONS


def test_killed_workers_leave_no_doubt_where_the_receiver_knows_keys(tmp_path: Path) -> None:
    with counting(webhooks, tmp_path / "accepted") as (port, ledger):
        live("webhook", signing_secret="whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", allow_private=True)
        readers("webhook", lambda number: f"http://127.0.0.1:{port}/{number}")
        kills, dispatches, _worst = kill_them("webhook", fate=random.Random(8))
        accepted = Counter(ledger.read())
    lines = {line.key: line for line in Delivery.objects.all()}
    report(
        "webhook",
        kills=kills,
        calls=len(lines),
        lost=len(set(lines) - set(accepted)),
        doubled=sum(times > 1 for times in accepted.values()),
        uncertain=uncertain(),
    )
    assert len(lines) == dispatches * READERS
    assert Counter(line.state for line in lines.values()) == {State.SENT: len(lines)}
    assert accepted == dict.fromkeys(lines, 1)
