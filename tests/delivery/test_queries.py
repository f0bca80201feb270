"""What the ledger answers, and with how many questions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    message,
    prepare_all,
    run,
)
from pregon.delivery import actions as delivery
from pregon.delivery import queries
from pregon.delivery.enums import MessageKind, Mode, Standing, State
from pregon.delivery.errors import Postponed, Rejected, Unanswered
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch
from pregon.delivery.values import Audience, Tally

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


def test_a_dispatch_stands_on_each_channel(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(5)
    SubscriberFactory(channel="keyed")
    SpokenChannel.script[people[0].address] = [Rejected()]
    SpokenChannel.script[people[1].address] = [Postponed()]
    SpokenChannel.script[people[2].address] = [Unanswered()]
    asked = ask()
    run(hands)
    assert queries.tallies(asked) == {
        "keyed": Tally(due=1, withheld=1),
        "spoken": Tally(due=5, sent=2, failed=1, waiting=1, uncertain=1),
    }


def test_the_standing_of_several_together_is_one_question(
    hands: Hands, django_assert_num_queries: object
) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    asked = [ask(), ask(origin="newsroom.bulletin/2")]
    run(hands)
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's own fixture
        tallies = queries.tallies(asked)
    assert (tallies, tallies["spoken"].first_at) == ({"spoken": Tally(due=4, sent=4)}, NOON)


def test_receivers_are_counted_once_however_much_they_got(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    first = ask()
    run(hands)
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    run(hands)
    about = queries.dispatches_about("newsroom.bulletin/1")
    assert (about.count(), queries.receivers_by_channel(about)) == (2, {"spoken": 2})


def test_the_last_reference_about_the_same_thing_is_the_one_to_answer(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    first = ask()
    ask(origin="newsroom.bulletin/2")
    run(hands)
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,))
    prepare_all()
    lines = list(Delivery.objects.order_by("pk").prefetch_related("dispatch"))
    assert queries.earlier_references(lines) == {lines[2].pk: f"said:{lines[0].key}"}


def test_news_has_nothing_to_answer_and_asks_nothing(django_assert_num_queries: object) -> None:
    SubscriberFactory()
    ask()
    prepare_all()
    lines = list(Delivery.objects.prefetch_related("dispatch"))
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's own fixture
        assert queries.earlier_references(lines) == {}


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


def test_a_bar_counts_what_is_settled_and_names_what_went_wrong() -> None:
    SubscriberFactory.create_batch(4)
    ask()
    prepare_all()
    lines = list(Delivery.objects.order_by("pk"))
    for line, state in zip(lines, [State.SENT, State.FAILED, State.UNCERTAIN, State.DUE], strict=True):
        line.state, line.settled_at = state, NOON + timedelta(seconds=0.6)
        line.save()
    [progress] = queries.going_out(NOON)
    [bar] = progress.bars
    assert (bar.label, bar.tally.settled, bar.tally.due, bar.tone) == ("De viva voz", 3, 4, "warn")
    assert (bar.words, bar.remarks) == ("1 de 4", ["1 en duda", "1 falló"])
    assert (progress.waiting, progress.first_after) == (True, 0.6)


def test_nothing_waits_once_all_is_sent(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    ask()
    run(hands)
    [progress] = queries.going_out(NOON)
    assert (progress.waiting, progress.bars[0].tone) == (False, "ok")


def test_letters_about_a_subscription_and_yesterdays_news_are_not_going_out() -> None:
    ask(message(MessageKind.SERVICE))
    ask(at=NOON - timedelta(days=1))
    assert queries.going_out(NOON) == []


@pytest.mark.parametrize("many", [1, 3])
def test_progress_costs_one_query_however_many(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SubscriberFactory.create()
    for _number in range(many):
        ask()
    prepare_all()
    dispatches = list(Dispatch.objects.all())
    with django_assert_num_queries(1):
        assert len(queries.progress_of(dispatches)) == many


def test_a_rehearsal_is_called_one_and_is_no_alarm(hands: Hands) -> None:
    SubscriberFactory.create_batch(2)
    ask()
    run(hands)
    [bar] = queries.going_out(NOON)[0].bars
    assert (bar.tone, bar.words, bar.remarks) == ("soft", "2 en ensayo", [])


def test_what_nobody_wanted_any_more_is_said_in_words(hands: Hands) -> None:
    live("spoken")
    first, second = SubscriberFactory.create_batch(2)
    ask()
    prepare_all()
    delivery.leave(first, at=NOON)
    run(hands)
    [bar] = queries.going_out(NOON)[0].bars
    assert (bar.tone, bar.words, bar.remarks) == ("ok", "1 de 2", ["1 ya no hizo falta"])
    assert Delivery.objects.get(subscriber=second).state == State.SENT
