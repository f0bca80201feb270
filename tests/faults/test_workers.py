"""A message that kills whoever sends it, a worker that sleeps through its lease, one that is told to end."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    prepare_all,
)
from faults.forked import forked, until
from faults.report import report
from pregon.config import parts
from pregon.config.doctoring import work_waiting
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.actions.claim import DEADLY
from pregon.delivery.contract import Limits, Parcel, Receipt
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery
from servers.counting import Ledger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """What was handed over by any process; the channels write it down before they answer."""
    ledger = Ledger(tmp_path / "accepted")
    monkeypatch.setattr(SpokenChannel, "take", staticmethod(ledger.opened()), raising=False)
    monkeypatch.setattr(
        registry,
        "_channels",
        {kind.kind: kind for kind in (Deadly, DeadlyKeyed, Stopped, StoppedKeyed, Slow)},
    )
    yield ledger
    SpokenChannel.forget()


class Deadly(SpokenChannel):
    """One receiver ends the process of whoever speaks to them."""

    kind = "deadly"

    def send(self, parcel: Parcel) -> Receipt:
        if parcel.destination == "poison":
            os._exit(9)
        self.take(parcel.key)
        return Receipt(reference=parcel.key)


class DeadlyKeyed(Deadly):
    kind = "deadly-keyed"
    limits = Limits(idempotent=True)


class Stopped(SpokenChannel):
    """The first parcel stops the process right after it has arrived; it goes on when somebody says so."""

    kind = "stopped"
    stops = True

    def send(self, parcel: Parcel) -> Receipt:
        self.take(parcel.key)
        if Stopped.stops:
            Stopped.stops = False
            os.kill(os.getpid(), signal.SIGSTOP)
        return Receipt(reference=parcel.key)


class StoppedKeyed(Stopped):
    kind = "stopped-keyed"
    limits = Limits(idempotent=True)


class Slow(SpokenChannel):
    """Ten a second."""

    kind = "slow"

    def send(self, parcel: Parcel) -> Receipt:
        self.take(parcel.key)
        time.sleep(0.1)
        return Receipt(reference=parcel.key)


def due(kind: str, *people: str) -> None:
    live(kind)
    for person in people:
        SubscriberFactory(channel=kind, address=person)
    ask(at=NOON)
    prepare_all(at=NOON)


def work(hands: Hands) -> None:
    while delivery.deliver_due(Lane.NOW, now=hands):
        pass


def states() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))


@pytest.mark.parametrize(("kind", "tries"), [("deadly", 1), ("deadly-keyed", DEADLY)])
def test_a_message_that_kills_its_workers_is_set_aside_and_the_rest_goes_on(
    kind: str, tries: int, ledger: Ledger
) -> None:
    """Where keys are unknown the first death leaves a doubt, and a second try might say it twice."""
    due(kind, "poison", *[f"persona-{number}" for number in range(20)])
    hands, deaths, served = Hands(), 0, []
    while True:
        with forked(partial(work, hands)) as worker:
            code = worker.wait()
        if not code:
            break
        assert code == 9
        deaths += 1
        served.append(states()[State.SENT])
        hands.forward(minutes=2)
    hands.forward(days=2)
    with forked(partial(work, hands)) as worker:
        assert worker.wait() == 0
    accepted = Counter(ledger.read())
    poison = Delivery.objects.get(destination="poison")
    report(
        f"poison, {kind}",
        deaths=deaths,
        served=states()[State.SENT],
        set_aside=states()[State.UNCERTAIN],
        doubled=sum(times > 1 for times in accepted.values()),
    )
    assert (deaths, poison.state, poison.attempts) == (tries, State.UNCERTAIN, tries)
    assert poison.reason == "El envío se interrumpió antes de saber si llegó."
    assert [finding.sentence for finding in work_waiting(hands())] == [
        "Hay 1 envío en duda: dile al escritorio, en Envíos, si llegó."
    ]
    assert served == [0, *[20] * (tries - 1)]
    assert (states()[State.SENT], len(accepted), max(accepted.values())) == (20, 20, 1)


@pytest.mark.parametrize("kind", ["stopped", "stopped-keyed"])
def test_a_worker_that_sleeps_through_its_lease_and_wakes_doubles_nothing(
    kind: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the provider knows keys its line is asked again meanwhile, elsewhere it is in doubt until the late yes."""
    due(kind, *[f"persona-{number}" for number in range(5)])
    with forked(partial(work, Hands())) as sleeper:
        sleeper.wait_until_stopped()
        monkeypatch.setattr(Stopped, "stops", False)
        work(Hands(Hands().forward(minutes=10)))
        meanwhile = states()
        sleeper.wake()
        assert sleeper.wait() == 0
    handed = Counter(ledger.read())
    once = {"stopped": [1] * 5, "stopped-keyed": [1] * 4 + [2]}[kind]
    report(kind, sent=states()[State.SENT], calls=handed.total(), keys=len(handed))
    assert (
        meanwhile
        == {
            "stopped": {State.SENT: 4, State.UNCERTAIN: 1},
            "stopped-keyed": {State.SENT: 5},
        }[kind]
    )
    assert (states(), sorted(handed.values())) == ({State.SENT: 5}, once)


def test_a_worker_that_is_told_to_end_gives_back_what_has_not_left(ledger: Ledger) -> None:
    due("slow", *[f"persona-{number}" for number in range(40)])
    Delivery.objects.update(due_at=timezone.now())
    with forked(partial(parts.work, Lane.NOW)) as worker:
        until(lambda: len(ledger.read()) >= 3)
        worker.end()
        started = time.monotonic()
        assert worker.wait() == 0
    took, handed, found = time.monotonic() - started, Counter(ledger.read()), states()
    report("told to end", seconds=round(took, 1), sent=found[State.SENT], given_back=found[State.DUE])
    assert found == {State.SENT: len(handed), State.DUE: 40 - len(handed)}
    assert (max(handed.values()), took < 5) == (1, True)
    assert not Delivery.objects.filter(claim__isnull=False).exists()
