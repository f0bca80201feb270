"""An office on several machines: one of them is cut off at work, then the broker goes, and it is counted.

The lease is shorter than an office's, because the test waits until what the lost machine had in hand is taken back.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from pregon.core.home import Home
from servers.command import eventually
from servers.counting import Ledger, counting, mail, webhooks
from servers.machines import Machine, machines, postgres
from servers.rabbitmq import brokering

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

#: Of each kind: letters and calls.
READERS = 1_000
CONNECTIONS = 5
PAUSE = 0.004

PREGON = """
import sys
from datetime import timedelta
import django
django.setup()
from pregon.delivery.actions import claim
claim.LEASE = timedelta(seconds=5)
claim.BEAT = claim.LEASE / 4
from pregon.config.cli import main
sys.exit(main(sys.argv[1:]))
"""

FURNISH = """
from factories.delivery import SubscriberFactory, live
from pregon.delivery.models import Subscriber
live("email", host={host!r}, port={smtp}, security="none", sender_address="boletines@muestra.example",
     connections={connections})
live("webhook", signing_secret="whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", allow_private=True)
Subscriber.objects.bulk_create(
    SubscriberFactory.build(channel=kind, address=address.format(number))
    for number in range({readers})
    for kind, address in [("email", "persona{{}}@muestra.example"), ("webhook", "http://{host}:{http}/{{}}")]
)
"""

DISPATCH = """
from django.utils import timezone
from factories.delivery import message
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.values import Audience
delivery.dispatch(message(), key={key!r}, origin={key!r}, lane=Lane.NOW, audience=Audience(channels={channels!r}),
                  at=timezone.now())
"""


@dataclass
class Estate:
    """One machine for what all share, one for the desk, two for the work."""

    shared: Machine
    desk: Machine
    workers: list[Machine]
    home: Path
    url: str
    letters: Ledger
    calls: Ledger

    def environment(self, queue: str) -> dict[str, str]:
        known = {name: said for name, said in os.environ.items() if not name.startswith(("PREGON_", "DJANGO_"))}
        ours = {
            "DJANGO_SETTINGS_MODULE": "pregon.config.settings",
            "PREGON_HOME": str(self.home),
            "PREGON_SECRET_KEY": "muestra-" * 8,
            "PREGON_DATABASE_URL": self.url,
            "PREGON_QUEUE_URL": queue,
        }
        return known | {name: said for name, said in ours.items() if said}

    def order(self, *words: str, queue: str = "") -> None:
        """A command of somebody at the desk's machine, to its end."""
        tests = str(Path(__file__).parents[1])
        paths = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), tests]))
        command = [*self.desk.inside, sys.executable, "-c", PREGON, *words]
        subprocess.run(command, env=self.environment(queue) | {"PYTHONPATH": paths}, check=True, timeout=120)

    def dispatch(self, key: str, *channels: str, queue: str = "") -> None:
        self.order("shell", "--no-imports", "-c", DISPATCH.format(key=key, channels=channels), queue=queue)

    def start(self, machine: Machine, *words: str, queue: str = "") -> None:
        log = self.home / f"{machine.name or 'log'}-{'-'.join(words)}.txt"
        machine.start(sys.executable, "-c", PREGON, *words, log=log, environment=self.environment(queue))

    def ask(self, question: str) -> int:
        """A number from the database."""
        command = [*self.shared.inside, "psql", self.url, "--no-psqlrc", "-Atc", question]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def hands(self) -> int:
        """How many claims are being worked on."""
        return self.ask("SELECT count(DISTINCT claim) FROM delivery_delivery WHERE state = 'leased'")

    def settled(self, key: str) -> bool:
        prepared = f"SELECT count(*) FROM delivery_dispatch WHERE key = '{key}' AND prepared_at IS NOT NULL"
        waiting = "SELECT count(*) FROM delivery_delivery WHERE state IN ('due', 'leased')"
        return self.ask(prepared) == 1 and not self.ask(waiting)

    def in_state(self, state: str, channel: str) -> int:
        where = f"state = '{state}' AND channel = '{channel}'"
        return self.ask(f"SELECT count(*) FROM delivery_delivery WHERE {where}")

    def arrived(self) -> int:
        return len(self.letters.read()) + len(self.calls.read())


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    home = Home(tmp_path / "oficina")
    home.prepare()
    with ExitStack() as stack:
        shared, desk, *workers = stack.enter_context(machines("datos", "mesa", "uno", "dos"))
        url = stack.enter_context(postgres(shared))
        receivers = [
            stack.enter_context(counting(talk, tmp_path / name, listening=shared.listening(), pause=PAUSE))
            for name, talk in (("letters", mail), ("calls", webhooks))
        ]
        (smtp, letters), (http, calls) = receivers
        estate = Estate(shared, desk, workers, home.root, url, letters, calls)
        estate.order("migrate", "-v0")
        words = {"host": shared.address, "smtp": smtp, "http": http}
        estate.order(
            "shell", "--no-imports", "-c", FURNISH.format(**words, connections=CONNECTIONS, readers=READERS)
        )
        yield estate


def report(**counts: int) -> None:
    words = ", ".join(f"{count} {name}" for name, count in counts.items())
    sys.stdout.write(f"\nhosts: {words}\n")


def count(estate: Estate, *, parcels: int) -> None:
    """Nothing lost, nothing doubled, every doubt shown and no more of them than there were open connections."""
    letters, calls = Counter(estate.letters.read()), Counter(estate.calls.read())
    doubts = estate.in_state("uncertain", "email")
    counted = {
        "parcels": estate.ask("SELECT count(*) FROM delivery_delivery"),
        "letters": len(letters),
        "calls": len(calls),
        "lost_letters": estate.in_state("sent", "email") - len(letters),
        "lost_calls": estate.in_state("sent", "webhook") - len(calls),
        "doubled": sum(times > 1 for times in (letters + calls).values()),
        "doubts": doubts,
    }
    report(**counted)
    assert counted["parcels"] == parcels
    assert estate.in_state("sent", "email") + doubts == READERS
    assert estate.in_state("sent", "webhook") == parcels - READERS == len(calls)
    assert counted["lost_letters"] <= 0  # one in doubt may have arrived
    assert counted["doubled"] == 0
    assert doubts <= CONNECTIONS


def test_a_machine_is_cut_off_and_the_broker_goes_and_all_arrives(estate: Estate) -> None:
    lost, other = estate.workers
    with brokering(estate.shared.address, inside=estate.shared.inside) as broker:
        estate.start(estate.desk, "clock", queue=broker.url)
        for machine in estate.workers:
            estate.start(machine, "worker", "--lane", "now", queue=broker.url)
        estate.dispatch("primero", "email", "webhook", queue=broker.url)
        assert eventually(lambda: estate.hands() == 4 and estate.arrived() > READERS // 4)
        lost.cut_off()
        assert eventually(lambda: estate.arrived() > READERS * 5 // 4)
        broker.kill()
        assert eventually(lambda: estate.settled("primero"))
        estate.dispatch("segundo", "webhook", queue=broker.url)
        assert eventually(lambda: estate.settled("segundo"))
        other.stop_all()
        lost.join_again()
        estate.dispatch("tercero", "webhook", queue=broker.url)
        assert eventually(lambda: estate.settled("tercero"))
    count(estate, parcels=4 * READERS)


def test_without_a_broker_the_database_is_enough(estate: Estate) -> None:
    lost, _other = estate.workers
    for machine in estate.workers:
        estate.start(machine, "worker", "--lane", "now")
    estate.dispatch("primero", "email", "webhook")
    assert eventually(lambda: estate.hands() == 4 and estate.arrived() > READERS // 4)
    lost.cut_off()
    assert eventually(lambda: estate.settled("primero"))
    count(estate, parcels=2 * READERS)
