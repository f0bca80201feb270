"""An office on several machines: one of them is cut off at work, then the broker goes, and it is counted.

The lease is shorter than an office's, because the test waits until what the lost machine had in hand is taken back.
"""

from __future__ import annotations

import os
import re
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

DEPLOY = Path(__file__).parents[2] / "deploy" / "three-hosts"
#: Of each kind: letters and calls.
READERS = 1_000
CONNECTIONS = 5
PAUSE = 0.012

#: What becomes of ``pregon`` here: leases are short, and a worker told to be all ears looks only when it hears a hint,
#: or when its broker is gone.
PREGON = """
import os, sys
from datetime import timedelta
import django
django.setup()
if "ALL_EARS" in os.environ:
    from pregon.config import queueing
    queueing.SILENCE = timedelta(hours=1)
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


ATTENDING = """
from pregon.config import queueing
from pregon.core.work import Lane
print(queueing.attended()[Lane.NOW])
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

    def environment(self, **more: str) -> dict[str, str]:
        known = {
            name: said for name, said in os.environ.items() if not name.startswith(("PREGON_", "DJANGO_"))
        }
        ours = {
            "DJANGO_SETTINGS_MODULE": "pregon.config.settings",
            "PREGON_HOME": str(self.home),
            "PREGON_SECRET_KEY": "muestra-" * 8,
            "PREGON_DATABASE_URL": self.url,
        }
        return known | ours | more

    def order(self, *words: str, **environment: str) -> str:
        """A command of somebody at the desk's machine, to its end; returns what it said."""
        paths = [os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[1])]
        ours = self.environment(**environment) | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        command = [*self.desk.inside, sys.executable, "-c", PREGON, *words]
        said = subprocess.run(command, env=ours, capture_output=True, text=True, timeout=120, check=False)
        assert said.returncode == 0 or words == ("doctor",), said.stderr
        return said.stdout

    def dispatch(self, key: str, *channels: str, **environment: str) -> None:
        self.order("shell", "--no-imports", "-c", DISPATCH.format(key=key, channels=channels), **environment)

    def attending(self, **environment: str) -> int:
        """How many workers wait for hints of the lane."""
        return int(self.order("shell", "--no-imports", "-c", ATTENDING, **environment))

    def start(self, machine: Machine, unit: str, **environment: str) -> None:
        """A unit of the worked example, as systemd would start it."""
        name, at, lane = unit.partition("@")
        text = (DEPLOY / f"{name}{at}.service").read_text(encoding="utf-8")
        [words] = re.findall(r"^ExecStart=\S+/pregon (.+)$", text, re.MULTILINE)
        words = words.replace("%i", lane).replace("/var/lib/pregon", str(self.home))
        log = self.home / "run" / f"{machine.name or 'here'}-{name}.txt"
        command = [sys.executable, "-c", PREGON, *words.split()]
        machine.start(*command, log=log, environment=self.environment(**environment))

    def ask(self, question: str) -> list[str]:
        """The lines of an answer of the database."""
        command = [*self.shared.inside, "psql", self.url, "--no-psqlrc", "-Atc", question]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    def hands(self) -> int:
        """How many claims are being worked on."""
        return len(self.ask("SELECT DISTINCT claim FROM delivery_delivery WHERE state = 'leased'"))

    def settled(self, key: str) -> bool:
        prepared = f"SELECT 1 FROM delivery_dispatch WHERE key = '{key}' AND prepared_at IS NOT NULL"
        waiting = "SELECT 1 FROM delivery_delivery WHERE state IN ('due', 'leased') LIMIT 1"
        return bool(self.ask(prepared)) and not self.ask(waiting)

    def lines(self, channel: str) -> dict[str, str]:
        """The key of each line and its state."""
        asked = f"SELECT dispatch_id || '-' || id || ' ' || state FROM delivery_delivery WHERE channel = '{channel}'"
        words = self.ask(asked)
        return dict(zip(words[::2], words[1::2], strict=True))

    def arrived(self) -> int:
        return len(self.letters.read()) + len(self.calls.read())

    def clear(self) -> None:
        """As at the beginning."""
        for machine in [self.desk, *self.workers]:
            machine.stop_all()
            machine.join_again()
        self.ask("TRUNCATE delivery_dispatch CASCADE")
        for ledger in (self.letters, self.calls):
            ledger.path.write_text("")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    folder = tmp_path_factory.mktemp("maquinas")
    home = Home(folder / "oficina")
    home.prepare()
    with ExitStack() as stack:
        shared, desk, *workers = stack.enter_context(machines("datos", "mesa", "uno", "dos"))
        url = stack.enter_context(postgres(shared))
        receivers = [
            stack.enter_context(counting(talk, folder / name, listening=shared.listening(), pause=PAUSE))
            for name, talk in (("letters", mail), ("calls", webhooks))
        ]
        (smtp, letters), (http, calls) = receivers
        estate = Estate(shared, desk, workers, home.root, url, letters, calls)
        estate.order("migrate", "-v0")
        places = {"host": shared.address, "smtp": smtp, "http": http}
        furnish = FURNISH.format(**places, connections=CONNECTIONS, readers=READERS)
        estate.order("shell", "--no-imports", "-c", furnish)
        yield estate


@pytest.fixture
def estate(prepared: Estate) -> Iterator[Estate]:
    yield prepared
    prepared.clear()


def count(estate: Estate) -> dict[str, int]:
    """What became of every line, and what really arrived."""
    letters = Counter(name[1:].partition(".")[0] for name in estate.letters.read())  # of its key and a stamp
    calls = Counter(estate.calls.read())
    mailed, called = estate.lines("email"), estate.lines("webhook")
    counted = {
        "letters": len(mailed),
        "calls": len(called),
        "lost": sum(
            state == "sent" for key, state in (mailed | called).items() if key not in letters | calls
        ),
        "doubled": sum(times > 1 for times in (letters | calls).values()),
        "unasked": len(set(letters | calls) - set(mailed | called)),
        "unsettled": sum(state not in {"sent", "uncertain"} for state in (mailed | called).values()),
        "doubts_of_calls": sum(state == "uncertain" for state in called.values()),
        "doubts_of_letters": sum(state == "uncertain" for state in mailed.values()),
    }
    kind = "networks of their own" if estate.shared.name else "processes"
    sys.stdout.write(f"\n{kind}: {', '.join(f'{number} {name}' for name, number in counted.items())}\n")
    return counted


def well(*, letters: int, calls: int) -> dict[str, int]:
    """Nothing lost, nothing doubled, and no doubt where the receiver knows our keys."""
    faults = ("lost", "doubled", "unasked", "unsettled", "doubts_of_calls")
    return {"letters": letters, "calls": calls} | dict.fromkeys(faults, 0)


def test_a_machine_is_cut_off_and_the_broker_goes_and_all_arrives(estate: Estate) -> None:
    lost, other = estate.workers
    with brokering(estate.shared.address, inside=estate.shared.inside) as broker:
        queue = {"PREGON_QUEUE_URL": broker.url}
        estate.start(estate.desk, "pregon-clock", **queue)
        estate.start(lost, "pregon-worker@now", **queue)
        estate.start(other, "pregon-worker@now", **queue, ALL_EARS="1")
        assert eventually(lambda: estate.attending(**queue) == 2)
        estate.dispatch("primero", "email", "webhook", **queue)
        assert eventually(lambda: estate.hands() == 4 and estate.arrived() > READERS // 4)
        lost.cut_off()
        told = estate.order("doctor", **queue)
        assert ("el carril now" in told, "el carril bulk" in told) == (False, True)
        broker.kill()
        assert eventually(lambda: estate.settled("primero"))
        assert "RabbitMQ no responde" in estate.order("doctor", **queue)
        other.stop_all()
        lost.join_again()
        estate.dispatch("segundo", "webhook", **queue)
        assert eventually(lambda: estate.settled("segundo"))
    counted = count(estate)
    assert counted.pop("doubts_of_letters") <= CONNECTIONS
    assert counted == well(letters=READERS, calls=2 * READERS)


def test_without_a_broker_the_database_is_enough(estate: Estate) -> None:
    lost, other = estate.workers
    for machine in (lost, other):
        estate.start(machine, "pregon-worker@now")
    estate.dispatch("primero", "email", "webhook")
    assert eventually(lambda: estate.hands() == 4 and estate.arrived() > READERS // 4)
    lost.cut_off()
    assert eventually(lambda: estate.settled("primero"))
    counted = count(estate)
    assert counted.pop("doubts_of_letters") <= CONNECTIONS
    assert counted == well(letters=READERS, calls=READERS)
