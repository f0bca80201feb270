"""Many workers draw from one pace: whatever they do at the same moment, no more leaves than is allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from factories.delivery import Hands, SpokenChannel, SubscriberFactory, ask, live, prepare_all
from faults.report import report
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.actions.claim import has_work
from pregon.delivery.contract import Parcel, Receipt
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery, Subscriber
from servers.beside import beside
from servers.counting import Ledger, counting, mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

LANES = (Lane.NOW, Lane.BULK)
WORKERS = LANES * 2
READERS = 40


class Written(SpokenChannel):
    """Whatever process hands it over, it is written down to whom."""

    kind = "written"

    def send(self, parcel: Parcel) -> Receipt:
        self.take(parcel.destination)
        return Receipt(reference=parcel.key)

    def pace(self, destination: str) -> tuple[str, int] | None:
        return ("lento.example", 60) if destination.endswith("@lento.example") else None


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "handed")
    monkeypatch.setattr(SpokenChannel, "take", staticmethod(ledger.opened()), raising=False)
    monkeypatch.setattr(registry, "_channels", {Written.kind: Written})
    yield ledger


def due_on_both_lanes(kind: str, *domains: str) -> int:
    """A message to each reader at each of ``domains`` waits in either lane; returns how many lines that are."""
    Subscriber.objects.bulk_create(
        SubscriberFactory.build(channel=kind, address=f"persona{number}@{domain}")
        for number in range(READERS)
        for domain in domains
    )
    for lane in LANES:
        ask(lane=lane, origin=f"faults/{lane}")
        prepare_all(lane=lane)
    return Delivery.objects.count()


def work(kind: str, lane: Lane, hands: Hands) -> None:
    """What a worker of the lane does, in many small batches, as long as it or another one gets something out."""
    while has_work(lane, kind, at=hands()):
        under_way = Delivery.objects.filter(state=State.LEASED).exists()
        if not (delivery.deliver_on(lane, kind, now=hands, size=4) or under_way):
            break


def all_work(kind: str, hands: Hands) -> None:
    assert beside([partial(work, kind, lane, Hands(hands())) for lane in WORKERS]) == []


def counts_over(
    seconds: int, kind: str, handed: Callable[[], list[str]], hands: Hands, *, step: int = 1
) -> list[Counter[str]]:
    """What had left to each domain by each second."""
    found = []
    for _look in range(0, seconds + 1, step):
        all_work(kind, hands)
        found.append(Counter(receiver.rpartition("@")[2] for receiver in handed()))
        hands.forward(seconds=step)
    return found


def test_the_pace_of_a_minute_is_one_for_all_workers(ledger: Ledger) -> None:
    account = live("written")
    account.per_minute = 120
    account.save()
    lines = due_on_both_lanes("written", "muestra.example")
    left = [count.total() for count in counts_over(6, "written", ledger.read, Hands())]
    report("pace of a minute", workers=len(WORKERS), lines=lines, left_by_each_second=left)
    assert left[0] > 0
    assert [by for second, by in enumerate(left) if by > 4 + 2 * second] == []
    assert left[-1] > left[0]


def test_the_pace_of_a_day_is_one_for_all_workers(ledger: Ledger) -> None:
    """A tenth of it is kept for alerts, and an hour's slack is ours: an hour is forgotten once its last minute is a day
    old."""
    account = live("written")
    account.per_day = 25
    account.save()
    lines = due_on_both_lanes("written", "muestra.example")
    hands, left = Hands(), []
    for hours in (0, 1, 22, 2.5, 25):
        hands.forward(hours=hours)
        all_work("written", hands)
        left.append(len(ledger.read()))
    report("pace of a day", workers=len(WORKERS), lines=lines, left=left)
    assert left == [23, 23, 23, 46, 69]


def test_the_pace_of_a_server_is_one_for_all_workers(ledger: Ledger) -> None:
    live("written")
    lines = due_on_both_lanes("written", "lento.example", "muestra.example")
    found = counts_over(4, "written", ledger.read, Hands())
    slow = [count["lento.example"] for count in found]
    report("pace of a server", workers=len(WORKERS), lines=lines, left_by_each_second=slow)
    assert slow[0] > 0
    assert [by for second, by in enumerate(slow) if by > 2 + second] == []
    assert (slow[-1] > slow[0], found[0]["muestra.example"]) == (True, len(LANES) * READERS)


def test_letters_to_one_domain_keep_to_the_pace_that_the_office_set(tmp_path: Path) -> None:
    """With the channel of e-mail itself; each domain has a pace of its own, and in the end everybody has theirs."""
    domains, hands = ("grande.example", "otro.example"), Hands()
    with counting(mail, tmp_path / "accepted") as (port, ledger):
        live(
            "email",
            host="127.0.0.1",
            port=port,
            security="none",
            sender_address="a@muestra.example",
            domain_pace=120,
        )
        lines = due_on_both_lanes("email", *domains)
        receivers = {line.key: line.destination for line in Delivery.objects.all()}

        def arrived() -> list[str]:
            return [receivers[name[1:].partition(".")[0]] for name in ledger.read()]

        found = counts_over(4, "email", arrived, hands)
        for _pause in range(len(LANES) * READERS // 4):
            hands.forward(seconds=2)
            all_work("email", hands)
        in_the_end = Counter(ledger.read())
    left = {domain: [count[domain] for count in found] for domain in domains}
    report("pace of a domain", workers=len(WORKERS), **left, in_the_end=in_the_end.total())
    assert left == {domain: [4, 6, 8, 10, 12] for domain in domains}
    assert (in_the_end.total(), max(in_the_end.values())) == (lines, 1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
