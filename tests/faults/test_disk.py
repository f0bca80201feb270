"""The disk is full in the middle of a rehearsal and of a live dispatch: all waits, and goes on when there is room.

A process that may not write beyond a size meets what a full disk is to it: the write that would be one too many fails.
"""

from __future__ import annotations

import logging
import resource
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from factories.delivery import Hands, SubscriberFactory, ask, live, prepare_all
from faults.forked import forked, until
from faults.report import report
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.actions import deliver
from pregon.delivery.enums import State
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber
from servers.counting import Ledger, counting, mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

READERS, MANY = 300, 2_000
FULL = 1.5  # seconds


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """In this process alone; Python itself sees to it that the system's signal does not end it."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def states() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_a_rehearsal_waits_for_room_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the hundredth letter there is no room: what was kept is settled, what was not is due again at once."""
    SubscriberFactory.create_batch(READERS, channel="email")
    ask()
    prepare_all()
    hands, kept, write = Hands(), [], deliver.write_atomically

    def write_while_there_is_room(path: Path, data: bytes) -> None:
        with no_file_beyond(0 if len(kept) >= 100 else 1 << 30):
            write(path, data)
        kept.append(path)

    def rehearse() -> None:
        monkeypatch.setattr(deliver, "write_atomically", write_while_there_is_room)
        with pytest.raises(OSError, match="File too large"):
            delivery.deliver_due(Lane.NOW, now=hands)

    with forked(rehearse) as worker:
        assert worker.wait() == 0
    full = states()
    account = ChannelAccount.objects.filter(kind="email").first()
    letters = len(list((settings.HOME.outbox / "email").iterdir()))
    hands.forward(minutes=6)
    while delivery.deliver_due(Lane.NOW, now=hands):
        pass
    report(
        "disk full, rehearsing",
        kept=letters,
        waiting=full[State.DUE],
        kept_in_the_end=states()[State.WITHHELD],
    )
    assert (full, letters) == ({State.WITHHELD: 100, State.DUE: READERS - 100}, 100)
    assert account is None or account.last_failure
    assert states() == {State.WITHHELD: READERS}
    assert len(list((settings.HOME.outbox / "email").iterdir())) == READERS


def test_a_live_dispatch_waits_for_room_and_doubles_nothing(tmp_path: Path) -> None:
    """On SQLite the ledger itself is what cannot be written; a server of PostgreSQL has a disk of its own."""
    with counting(mail, tmp_path / "accepted") as (port, ledger):
        live("email", host="127.0.0.1", port=port, security="none", sender_address="a@muestra.example")
        Subscriber.objects.bulk_create(SubscriberFactory.build_batch(MANY, channel="email"))
        ask(at=timezone.now())
        prepare_all(at=timezone.now())
        with forked(partial(send_on_a_full_disk, ledger, tmp_path / "refused")) as worker:
            assert worker.wait() == 0
        accepted = Counter(ledger.read())
    refused = (tmp_path / "refused").read_text().count("\n")
    report(
        "disk full, live",
        refused_writes=refused,
        sent=states()[State.SENT],
        doubled=sum(times > 1 for times in accepted.values()),
    )
    assert (refused > 0) == (connection.vendor == "sqlite")
    assert states() == {State.SENT: MANY}
    assert (len(accepted), max(accepted.values())) == (MANY, 1)


def send_on_a_full_disk(ledger: Ledger, refused: Path) -> None:
    """What a worker does, while its disk is full for a while from the middle on."""
    problems: list[str] = []
    noting = logging.Handler(logging.WARNING)
    noting.emit = lambda record: problems.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(deliver.__name__)
    logger.addHandler(noting)
    logger.setLevel(logging.WARNING)  # in this process; the tests let only errors through

    def fill_the_disk() -> None:
        until(lambda: len(ledger.read()) > 100)
        with no_file_beyond(0):
            time.sleep(FULL)

    filling = threading.Thread(target=fill_the_disk)
    filling.start()
    while filling.is_alive() or Delivery.objects.exclude(state=State.SENT).exists():
        try:
            delivery.deliver_due(Lane.NOW, now=timezone.now)
        except DatabaseError as problem:  # as the worker of the lane, which rests and tries again
            problems.append(str(problem))
            time.sleep(0.05)
    filling.join()
    refused.write_text("".join(f"{problem}\n" for problem in problems))
