"""What the public may read: what went out on the channel, as it stands by now, and nothing of who receives it."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, message, run
from pregon.accounts.models import Office
from pregon.delivery import actions as delivery
from pregon.delivery.contract import Said
from pregon.delivery.enums import MessageKind, Standing
from pregon.delivery.shelf import ChannelShelf

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_a_shelf_holds_what_went_out_on_its_channel(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    SubscriberFactory(standing=Standing.LEFT)
    SubscriberFactory(channel="keyed")
    shelf, others = ChannelShelf("spoken"), ChannelShelf("keyed")
    first = ask()
    ask(origin="newsroom.bulletin/2", channels=("keyed",))
    assert (shelf.posts(), shelf.said(str(first.pk))) == (0, None)
    run(hands)
    said = shelf.said(str(first.pk))
    assert (shelf.office, shelf.listeners(), shelf.posts(), others.posts()) == (str(Office.load()), 1, 1, 0)
    assert said == Said(message=first.message, first=first.message, first_at=NOON, last_at=NOON)
    assert others.said(str(first.pk)) is None


def test_a_shelf_tells_the_newest_and_when_it_was_first_told(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    first = ask()
    run(hands)
    later = hands.forward(hours=1)
    corrected = ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,), at=later)
    called_off = ask(message(MessageKind.WITHDRAWAL), receivers_of=(first.pk,), at=later)
    delivery.cancel(called_off, at=later)
    said = ChannelShelf("spoken").said(str(first.pk))
    assert said == Said(message=corrected.message, first=first.message, first_at=NOON, last_at=later)


def test_a_letter_about_a_subscription_is_on_no_shelf(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    letter = ask(message(MessageKind.SERVICE))
    run(hands)
    shelf = ChannelShelf("spoken")
    assert (shelf.posts(), [shelf.said(name) for name in (str(letter.pk), "0", "x", "", "9" * 30)]) == (
        0,
        [None] * 5,
    )


def test_counting_asks_as_often_for_three_as_for_one(
    hands: Hands, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    live("spoken")
    SubscriberFactory()
    shelf = ChannelShelf("spoken")
    for _one in range(3):
        ask(origin=f"newsroom.bulletin/{_one}")
        run(hands)
        with django_assert_num_queries(2):
            shelf.posts(), shelf.listeners()
