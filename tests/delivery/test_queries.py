"""What the ledger answers, and with how many questions."""

from __future__ import annotations

import pytest
from django.test import override_settings

from factories.delivery import (
    NOON,
    Hands,
    SubscriberFactory,
    ask,
    live,
    message,
    prepare_all,
    run,
)
from pregon.delivery import actions as delivery
from pregon.delivery import queries
from pregon.delivery.enums import Frequency, MessageKind, Mode, Standing
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch
from pregon.delivery.values import Audience

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_a_channel_nobody_set_up_is_in_sandbox() -> None:
    live("keyed")
    ChannelAccount.objects.create(kind="paced", mode=Mode.OFF)
    assert queries.modes() == {"keyed": Mode.LIVE, "paced": Mode.OFF, "spoken": Mode.SANDBOX}
    assert (queries.open_channels(), queries.open_channels(["spoken", "paced", "fax"])) == (
        ["keyed", "spoken"],
        ["spoken"],
    )


def test_a_head_count_before_anything_is_sent(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(3)
    SubscriberFactory(standing=Standing.PENDING)
    first = ask()
    run(hands)
    delivery.leave(people[0], at=hands())
    counts = [
        queries.head_count(Audience()),
        queries.head_count(Audience(receivers_of=(first.pk,))),
        queries.head_count(Audience(subscribers=(people[0].pk,))),
    ]
    assert counts == [2, 3, 1]


def test_a_head_count_by_channel_is_exact_and_names_what_only_rehearses() -> None:
    live("spoken")
    ChannelAccount.objects.create(kind="paced", mode=Mode.OFF)
    SubscriberFactory.create_batch(3)
    SubscriberFactory(broadcast=True)
    SubscriberFactory(channel="keyed")
    SubscriberFactory(channel="paced")
    SubscriberFactory(standing=Standing.LEFT)
    counts = queries.head_counts(Audience())
    assert [(one.label, one.mode, one.people, one.own, one.all) for one in counts] == [
        ("Con clave", Mode.SANDBOX, 1, 0, 1),
        ("De viva voz", Mode.LIVE, 3, 1, 4),
    ]
    assert [one.kind for one in queries.head_counts(Audience(channels=("keyed",)))] == ["keyed"]


def test_who_waits_for_a_digest_is_counted_apart() -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    SubscriberFactory(frequency=Frequency.DAILY)
    SubscriberFactory(frequency=Frequency.WEEKLY)
    assert ([one.people for one in queries.head_counts(Audience(channels=("spoken",)))], 2) == (
        [2],
        queries.later_count(Audience()),
    )


def test_receivers_are_counted_once_however_much_they_got(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    first = ask()
    run(hands)
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    run(hands)
    about = queries.dispatches_about("newsroom.bulletin/1")
    assert (about.count(), queries.receivers_by_channel(about)) == (2, {"spoken": 2})


def test_what_was_only_rehearsed_was_received_by_nobody(hands: Hands) -> None:
    SubscriberFactory.create_batch(2)
    ask()
    run(hands)
    live("spoken")
    about = queries.dispatches_about("newsroom.bulletin/1")
    assert (queries.receivers_by_channel(about), queries.laid_out_by_channel(about)) == ({}, {"spoken": 2})


def test_the_last_reference_about_the_same_thing_is_the_one_to_answer(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    first = ask()
    ask(origin="newsroom.bulletin/2")
    run(hands)
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    prepare_all()
    lines = list(Delivery.objects.order_by("pk").prefetch_related("dispatch"))
    assert queries.earlier(lines) == {lines[2].pk: (f"said:{lines[0].key}", first.message)}


def test_news_has_nothing_to_answer_and_asks_nothing(django_assert_num_queries: object) -> None:
    SubscriberFactory()
    ask()
    prepare_all()
    lines = list(Delivery.objects.prefetch_related("dispatch"))
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's own fixture
        assert queries.earlier(lines) == {}


@pytest.mark.parametrize(
    ("kind", "prepared", "late"),
    [
        (MessageKind.CORRECTION, True, True),
        (MessageKind.CORRECTION, False, False),
        (MessageKind.WITHDRAWAL, False, True),
        (MessageKind.NEWS, True, False),
    ],
)
def test_what_something_newer_was_said_about_is_late(kind: MessageKind, prepared: bool, late: bool) -> None:
    SubscriberFactory()
    first = ask()
    prepare_all()
    newer = ask(message(kind), receivers_of=(first.pk,))
    Dispatch.objects.filter(pk=newer.pk).update(prepared_at=NOON if prepared else None)
    [line] = Delivery.objects.filter(dispatch=first).prefetch_related("dispatch")
    assert queries.superseded([line]) == ({line.pk} if late else set())


def test_the_allow_list_minds_no_case() -> None:
    with override_settings(PREGON_ALLOW_LIST=["Vecina@Muestra.example"]):
        assert [queries.permitted(one) for one in ("vecina@muestra.EXAMPLE", "otra@muestra.example")] == [
            True,
            False,
        ]
