"""A mail server that is slow, full or lying: nothing lost, nothing doubled, and each letter's fate told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from factories.delivery import Hands, SubscriberFactory, ask, live, prepare_all
from faults.report import report
from pregon.channels.email import pipeline
from pregon.channels.email.channel import hang_up
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.actions import claim as claiming
from pregon.delivery.actions.collect import record
from pregon.delivery.contract import Fate, Report
from pregon.delivery.enums import Standing, State
from pregon.delivery.models import Delivery, Subscriber
from servers.counting import SLOW, Ledger, counting, moody_mail
from servers.greylist import greylisting
from servers.postfix import postfix_serving
from servers.smtp import SmtpServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@contextmanager
def post_office(path: Path, *people: str) -> Iterator[Ledger]:
    """The server, an office that writes through it, and a bulletin that is due to each of ``people``."""
    with counting(moody_mail, path / "accepted") as (port, ledger), office_writing_through(port, *people):
        yield ledger


@contextmanager
def office_writing_through(port: int, *people: str) -> Iterator[None]:
    live("email", host="127.0.0.1", port=port, security="none", sender_address="a@muestra.example")
    for person in people:
        SubscriberFactory(channel="email", address=f"{person}@muestra.example")
    ask()
    prepare_all()
    yield
    hang_up()


def states() -> dict[str, str]:
    lines = Delivery.objects.values_list("destination", "state")
    return {destination.partition("@")[0]: state for destination, state in lines}


def tell(fault: str, accepted: Counter[str]) -> None:
    report(
        fault,
        arrived=len(accepted),
        **Counter(states().values()),
        doubled=sum(times > 1 for times in accepted.values()),
    )


def deliver(hands: Hands) -> None:
    while delivery.deliver_due(Lane.NOW, now=hands):
        pass


def test_a_slow_server_outlasts_no_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker looks for lost lines all the while, and finds none."""
    lease = timedelta(seconds=SLOW / 2)
    monkeypatch.setattr(claiming, "LEASE", lease)
    monkeypatch.setattr(claiming, "BEAT", lease / 6)
    over, reaped = threading.Event(), []

    def look() -> None:
        while not over.wait(0.05):
            reaped.append(delivery.reap(Lane.NOW, at=timezone.now()))
        connections.close_all()

    other = threading.Thread(target=look)
    with post_office(tmp_path, "slow-1", "slow-2", "slow-3") as ledger:
        other.start()
        delivery.deliver_on(Lane.NOW, "email", now=timezone.now)
        over.set()
        other.join()
        accepted = Counter(ledger.read())
    report("slow server", letters=len(accepted), looks=len(reaped), taken_back=sum(reaped))
    assert (set(states().values()), sorted(accepted.values()), sum(reaped)) == ({State.SENT}, [1, 1, 1], 0)


def test_a_server_slower_than_our_patience_leaves_a_doubt_and_no_double(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "ACCEPTANCE", SLOW / 3)
    hands = Hands()
    with post_office(tmp_path, "slow-1", "well-1") as ledger:
        deliver(hands)
        hands.forward(hours=2)
        deliver(hands)
        accepted = ledger.read()
    assert states() == {"slow-1": State.UNCERTAIN, "well-1": State.SENT}
    assert len(accepted) == len(set(accepted))


def test_a_server_that_knows_nobody_for_a_while_burns_no_list(smtp_server: SmtpServer) -> None:
    """As one does that has lost its table of mailboxes."""
    hands, smtp = Hands(), smtp_server
    people = [f"p{number}" for number in range(200)]
    smtp.refused = {f"{person}@muestra.example" for person in people}
    with office_writing_through(smtp.port, *people):
        deliver(hands)
        burnt = Counter(states().values())
        smtp.refused = set()
        hands.forward(hours=1)
        deliver(hands)
    report("mail server that knows nobody", **burnt)
    assert set(Subscriber.objects.values_list("standing", flat=True)) == {Standing.CONFIRMED}
    assert (burnt, Counter(states().values())) == ({State.DUE: 200}, {State.SENT: 200})
    assert len({mail.recipients[0] for mail in smtp.messages}) == len(smtp.messages) == 200


def test_a_full_server_is_asked_again_and_a_full_mailbox_for_ever_is_told(tmp_path: Path) -> None:
    hands = Hands()
    with post_office(tmp_path, "busy-1", "busy-2", "over-1", "shy-1", "well-1") as ledger:
        deliver(hands)
        at_first = states()
        hands.forward(minutes=10)
        deliver(hands)
        accepted = Counter(ledger.read())
    refused = {"over-1": State.FAILED, "shy-1": State.FAILED}
    assert at_first == {"busy-1": State.DUE, "busy-2": State.DUE, "well-1": State.SENT} | refused
    assert states() == {"busy-1": State.SENT, "busy-2": State.SENT, "well-1": State.SENT} | refused
    assert (len(accepted), max(accepted.values())) == (3, 1)
    assert all(Delivery.objects.filter(state=State.FAILED).values_list("reason", flat=True))
    tell("full server", accepted)


def test_a_server_that_takes_a_letter_and_hangs_up_leaves_a_doubt(tmp_path: Path) -> None:
    hands = Hands()
    with post_office(tmp_path, "mute-1", "mute-2", "well-1", "well-2") as ledger:
        deliver(hands)
        hands.forward(hours=2)
        deliver(hands)
        accepted = Counter(ledger.read())
    doubt = {"mute-1": State.UNCERTAIN, "mute-2": State.UNCERTAIN}
    assert states() == doubt | {"well-1": State.SENT, "well-2": State.SENT}
    assert (len(accepted), max(accepted.values())) == (4, 1)
    tell("server that hangs up", accepted)


def test_a_yes_that_turns_out_a_lie_is_told(tmp_path: Path) -> None:
    hands = Hands()
    with post_office(tmp_path, "well-1", "well-2"):
        deliver(hands)
        lied = Delivery.objects.get(destination__startswith="well-1")
        bounce = Report(fate=Fate.FAILED, reference=lied.reference, reason="552 5.2.2 full")
        for _twice in range(2):
            record(bounce, channel="email", at=hands())
        deliver(hands)
    assert states() == {"well-1": State.FAILED, "well-2": State.SENT}


@pytest.mark.system
def test_a_greylist_is_waited_for_and_doubles_nothing() -> None:
    """A real Postfix puts each letter off for 25 minutes; who is known by then is let in at once."""
    hands, people = Hands(), [f"p{number}" for number in range(12)]
    with (
        greylisting(hands, delay=timedelta(minutes=25)) as greylist,
        postfix_serving(policy=greylist.port) as postfix,
        office_writing_through(postfix.port, *people),
    ):
        waiting = []
        while set(states().values()) != {State.SENT} and hands() < Hands().forward(hours=1):
            deliver(hands)
            waiting.append(list(states().values()).count(State.DUE))
            hands.forward(minutes=1)
        tries = [knock - knocks[0] for knocks in greylist.knocks.values() for knock in knocks]
        ask(at=hands())
        prepare_all(at=hands())
        deliver(hands)
        letters = Counter(message_from_bytes(raw)["Message-ID"] for raw in postfix.letters(2 * len(people)))
    fates = Counter(Delivery.objects.values_list("state", flat=True))
    attempts = Counter(Delivery.objects.values_list("attempts", flat=True))
    report(
        "greylist",
        letters=letters.total(),
        doubled=letters.total() - len(letters),
        sent=fates[State.SENT],
        put_off=len(tries) - len(people),
        tries=dict(attempts),
    )
    minutes = Counter(round(pause.total_seconds() / 60) for pause in tries)
    assert waiting[0] == len(people)
    assert minutes == dict.fromkeys((0, 5, 10, 15, 20, 28), len(people))
    assert attempts == {6: len(people), 1: len(people)}
    assert fates == {State.SENT: 2 * len(people)}
    assert (len(letters), max(letters.values())) == (2 * len(people), 1)
