"""The lanes prepare and send; the clock listens without keeping anybody waiting."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from factories.delivery import (
    NOON,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    message,
    prepare_all,
    said_to,
)
from pregon.core.work import Lane, errands, turn
from pregon.delivery import actions as delivery
from pregon.delivery import tasks
from pregon.delivery.contract import Arrival, Wish
from pregon.delivery.enums import Standing
from pregon.delivery.models import Delivery, Digest, Subscriber


@pytest.mark.django_db
@pytest.mark.parametrize("lane", [Lane.ALERT, Lane.NOW, Lane.BULK])
def test_a_turn_of_a_lane_prepares_and_sends_its_own(lane: Lane) -> None:
    live("spoken")
    person = SubscriberFactory()
    for other in (Lane.ALERT, Lane.NOW, Lane.BULK):
        ask(message(headline=other.value), lane=other)
    assert (turn(lane, at=NOON), said_to()) == (2, [person.address])
    assert [parcel.message.headline for parcel in SpokenChannel.sent] == [lane.value]


@pytest.mark.django_db
def test_a_turn_with_nothing_due_does_nothing_and_says_so() -> None:
    assert (turn(Lane.NOW, at=NOON), Delivery.objects.count()) == (0, 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_clock_collects_what_came_in() -> None:
    live("spoken")
    SpokenChannel.arrivals.append(Arrival(sender="7", name="Vecina", wish=Wish.SUBSCRIBE, cursor="2"))
    with errands.at_work():
        tasks.collect_arrivals(NOON)
    assert Subscriber.objects.get().address == "7"


def test_a_provider_that_takes_its_time_holds_up_no_other_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []
    answer = threading.Event()

    def slowly(*, at: datetime) -> int:
        asked.append(at)
        answer.wait(20)
        return 0

    monkeypatch.setattr(delivery, "collect_due", slowly)
    with errands.at_work():
        for _beat in range(3):
            tasks.collect_arrivals(NOON)
        answer.set()
    assert asked == [NOON]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_channel_that_takes_its_time_holds_up_no_other_one() -> None:
    live("spoken")
    live("keyed")
    slow, quick = SubscriberFactory(), SubscriberFactory(channel="keyed")
    ask()
    prepare_all()
    heard, done = threading.Event(), threading.Event()

    def dawdle() -> None:
        assert heard.wait(20)
        done.set()

    SpokenChannel.script[quick.address] = [heard.set]
    SpokenChannel.script[slow.address] = [dawdle]
    with errands.at_work():
        assert tasks.step(Lane.NOW, NOON) == 2
        assert done.wait(20)
    assert set(Delivery.objects.values_list("destination", "state")) == {
        (slow.address, "sent"),
        (quick.address, "sent"),
    }


@pytest.mark.django_db
def test_the_bulk_lane_tells_digests_that_the_clock_opened() -> None:
    tasks.open_digests(NOON)
    tasks.open_digests(NOON + timedelta(days=1))
    assert Digest.objects.get(frequency="daily").closing is not None
    turn(Lane.BULK, at=NOON + timedelta(days=1))
    assert Digest.objects.get(frequency="daily").closing is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_clock_forgets_whom_it_should() -> None:
    SubscriberFactory(standing=Standing.LEFT, left_at=NOON)
    with errands.at_work():
        tasks.forget(NOON + timedelta(days=28))
    assert Subscriber.objects.get().erased_at == NOON + timedelta(days=28)
