"""A clock that is put back delays nothing, and lets nothing leave before its hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factories.delivery import (
    NOON,
    Hands,
    Killed,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    prepare_all,
    run,
    said_to,
)
from pregon.core import work
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.enums import State
from pregon.delivery.errors import Postponed
from pregon.delivery.ledger import FAR
from pregon.delivery.models import ChannelAccount, Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def put_back(hands: Hands, **time: float) -> int:
    was = hands()
    return delivery.clock_was_put_back(
        was=was, at=hands.forward(**{name: -value for name, value in time.items()})
    )


def test_what_was_due_leaves_at_once(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(3)
    ask()
    prepare_all()
    assert (put_back(hands, hours=1), run(hands), len(said_to())) == (3, 3, 3)


def test_what_was_to_wait_or_is_held_back_goes_on_waiting(hands: Hands) -> None:
    live("spoken")
    first, second = SubscriberFactory.create_batch(2)
    SpokenChannel.script[first.address] = [Postponed(wait=timedelta(hours=2))]
    ask()
    prepare_all()
    Delivery.objects.filter(destination=second.address).update(due_at=FAR)
    run(hands)
    assert (put_back(hands, hours=1), run(hands)) == (0, 0)


def test_what_a_dead_worker_held_is_taken_back_within_a_minute(hands: Hands) -> None:
    live("keyed")
    person = SubscriberFactory(channel="keyed")
    SpokenChannel.script[person.address] = [Killed()]
    ask()
    with pytest.raises(Killed):
        run(hands)
    put_back(hands, hours=1)
    assert delivery.reap(Lane.NOW, at=hands()) == 0
    hands.forward(seconds=61)
    assert (delivery.reap(Lane.NOW, at=hands()), run(hands)) == (1, 1)
    assert Delivery.objects.get().state == State.SENT


def test_a_channel_that_keeps_its_pace_does_not_rest_for_an_hour(hands: Hands) -> None:
    account = live("paced")
    ChannelAccount.objects.update(busy_until=hands() + timedelta(seconds=2))
    put_back(hands, hours=1)
    account.refresh_from_db()
    assert account.busy_until == hands()


def test_it_is_among_what_the_clock_tells(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    ask()
    prepare_all()
    was, at = hands(), hands.forward(hours=-2)
    for mender in work._menders:
        mender(was, at)
    assert (hands() < NOON, run(hands)) == (True, 2)
