"""What was counted is not counted again, and the count is exact all the same."""

from __future__ import annotations

import random
from collections import Counter
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, prepare_all, run
from pregon.delivery.counting import count, move_milestones, tally_of
from pregon.delivery.enums import State
from pregon.delivery.ledger import insert_lines
from pregon.delivery.models import Delivery, Dispatch, Milestone, Subscriber
from pregon.delivery.values import Tally

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def standing_of(dispatch: Dispatch) -> Tally:
    return tally_of(count([dispatch.pk])[dispatch.pk, "spoken"].states)


def scattered() -> Dispatch:
    """A dispatch of twenty lines, prepared, all due."""
    SubscriberFactory.create_batch(20)
    asked = ask()
    prepare_all()
    asked.refresh_from_db()
    return asked


def whole(dispatch: Dispatch) -> Tally:
    """The same, counted line by line."""
    return tally_of(Counter(Delivery.objects.filter(dispatch=dispatch).values_list("state", flat=True)))


STEPS = [
    (State.DUE, State.LEASED),
    (State.LEASED, State.SENT),
    (State.LEASED, State.DUE),
    (State.LEASED, State.FAILED),
    (State.LEASED, State.UNCERTAIN),
    (State.SENT, State.DELIVERED),
    (State.FAILED, State.DUE),
    (State.DUE, State.SUPPRESSED),
]


def test_whatever_happens_between_two_looks_the_count_is_exact() -> None:
    asked = scattered()
    numbers = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    chance = random.Random(20)
    for _look in range(60):
        for _step in range(chance.randrange(6)):
            before, after = chance.choice(STEPS)
            Delivery.objects.filter(pk=chance.choice(numbers), state=before).update(state=after)
        if chance.random() < 0.3:
            move_milestones()
        told = standing_of(asked)
        assert told == whole(asked)


def test_lines_that_are_written_in_steps_are_all_counted_and_none_twice() -> None:
    numbers = [person.pk for person in SubscriberFactory.create_batch(5)]
    asked = ask()
    for step in (numbers[:2], numbers[:4], numbers):  # each step begins with what the one before had written
        people = Subscriber.objects.filter(pk__in=step).values_list("channel", "address", "pk")
        insert_lines(asked, people, at=NOON)
    assert (standing_of(asked).due, standing_of(asked)) == (5, whole(asked))


def test_a_second_look_counts_only_what_happened_since(hands: Hands) -> None:
    live("spoken")
    asked = scattered()
    run(hands)
    move_milestones()
    with CaptureQueriesContext(connection) as queries:
        standing_of(asked)
    counted = next(query["sql"] for query in queries if "COUNT(*)" in query["sql"])
    assert f"'{State.SENT}', 0" not in counted


def test_a_milestone_stays_where_it_has_got_to(hands: Hands) -> None:
    live("spoken")
    asked = scattered()
    run(hands)
    move_milestones()
    [there] = Milestone.objects.filter(dispatch=asked).values("total", "line", "behind", "crowd")
    last = Delivery.objects.filter(dispatch=asked).latest("pk").pk
    assert there == {"total": 20, "line": last, "behind": 20, "crowd": State.SENT}
    with CaptureQueriesContext(connection) as queries:
        move_milestones()
    assert len(queries) == 1  # what is under way: nothing is


def test_a_crowd_that_changed_is_counted_as_the_crowd(hands: Hands) -> None:
    live("spoken")
    asked = scattered()
    run(hands)
    move_milestones()
    Delivery.objects.update(state=State.DELIVERED)
    assert (standing_of(asked), Milestone.objects.get().crowd) == (Tally(due=20, sent=20), State.DELIVERED)


def test_a_dispatch_without_milestones_is_counted_as_a_whole(hands: Hands) -> None:
    live("spoken")
    asked = scattered()
    run(hands)
    Milestone.objects.all().delete()
    assert standing_of(asked) == Tally(due=20, sent=20)


def test_lines_that_were_there_before_are_counted_by_the_migration() -> None:
    asked = scattered()
    before = list(Milestone.objects.values_list("dispatch", "channel", "total"))
    Milestone.objects.all().delete()
    import_module("pregon.delivery.migrations.0008_how_far_was_counted").count_what_is_there(apps, None)
    assert before == [(asked.pk, "spoken", 20)]
    assert list(Milestone.objects.values_list("dispatch", "channel", "total")) == before
