"""One line for each receiver, however often the work is cut off."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.accounts import LocalityFactory, TopicFactory
from factories.delivery import NOON, Hands, Killed, SubscriberFactory, ask, live, message, prepare_all, run
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import ledger
from pregon.delivery.actions import prepare
from pregon.delivery.enums import MessageKind, Mode, Standing
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def receivers() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("destination", flat=True))


def test_each_confirmed_subscriber_gets_a_line() -> None:
    person = SubscriberFactory()
    for standing in (Standing.PENDING, Standing.LEFT, Standing.GONE):
        SubscriberFactory(standing=standing)
    asked = ask()
    prepare_all()
    asked.refresh_from_db()
    assert (receivers(), asked.prepared_at) == ([person.address], NOON)


def test_interest_narrows_and_no_interest_means_all() -> None:
    water, roads, hamlet = TopicFactory(), TopicFactory(), LocalityFactory()
    everybody = SubscriberFactory()
    follows_water = SubscriberFactory(every_topic=False)
    follows_water.topics.set([water, roads])
    follows_roads = SubscriberFactory(every_topic=False)
    follows_roads.topics.set([roads])
    elsewhere = SubscriberFactory(every_locality=False)
    elsewhere.localities.set([LocalityFactory()])
    ask(topics=(water.pk, roads.pk), localities=(hamlet.pk,))
    prepare_all()
    assert receivers() == [everybody.address, follows_water.address, follows_roads.address]


def test_only_the_wanted_channels_that_are_not_off_receive() -> None:
    SubscriberFactory()
    keyed = SubscriberFactory(channel="keyed")
    SubscriberFactory(channel="paced")
    ChannelAccount.objects.create(kind="paced", mode=Mode.OFF)
    ask(channels=("keyed", "paced"))
    prepare_all()
    assert receivers() == [keyed.address]


def test_an_interrupted_step_is_repeated_without_a_second_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "FIRST_STEP", 2)
    people = SubscriberFactory.create_batch(5)
    ask()
    delivery.prepare_due(Lane.NOW, at=NOON)
    write = ledger.insert_lines

    def cut(*arguments: Any, **named: Any) -> None:
        write(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(ledger, "insert_lines", cut)
        delivery.prepare_due(Lane.NOW, at=NOON)
    prepare_all()
    assert receivers() == [person.address for person in people]


def test_a_step_repeated_with_an_old_cursor_writes_no_second_line() -> None:
    people = SubscriberFactory.create_batch(3)
    ask()
    prepare_all()
    Dispatch.objects.update(prepared_at=None, cursor=0)
    prepare_all()
    assert receivers() == [person.address for person in people]


def test_who_subscribes_after_the_work_is_done_gets_no_line() -> None:
    ask()
    prepare_all()
    SubscriberFactory()
    prepare_all()
    assert receivers() == []


def test_a_follow_up_waits_until_what_it_follows_is_prepared(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    first = ask(lane=Lane.BULK)
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    prepare_all()
    assert list(Delivery.objects.order_by("pk").values_list("destination", "dispatch_id")) == [
        (person.address, first.pk),
        (person.address, first.pk + 1),
    ]


def test_a_follow_up_reaches_nobody_twice(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    first = ask()
    run(hands)
    second = ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    run(hands)
    third = ask(message(MessageKind.CORRECTION), receivers_of=(first.pk, second.pk))
    run(hands)
    assert third.deliveries.count() == 1


@pytest.mark.parametrize("people", [1, 30])
def test_the_questions_do_not_grow_with_the_receivers(people: int) -> None:
    SubscriberFactory.create_batch(people)
    ask()
    with CaptureQueriesContext(connection) as queries:
        delivery.prepare_due(Lane.NOW, at=NOON)
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) == 8
