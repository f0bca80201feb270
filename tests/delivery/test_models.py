"""What the tables hold to, whatever the code does."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from factories.delivery import NOON, Hands, SubscriberFactory, ask, live, prepare_all, run
from pregon.core.work import Lane
from pregon.delivery import ledger
from pregon.delivery.actions.claim import claim
from pregon.delivery.enums import State
from pregon.delivery.ledger import Outcome
from pregon.delivery.models import (
    ChannelAccount,
    Delivery,
    Digest,
    Dispatch,
    Roster,
    Subscriber,
    Suppression,
    Telling,
    mark_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_nobody_is_subscribed_twice() -> None:
    person = SubscriberFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        SubscriberFactory(address=person.address)
    SubscriberFactory(address=person.address, channel="keyed")
    assert Subscriber.objects.count() == 2


def test_a_receiver_has_one_line_for_a_dispatch() -> None:
    SubscriberFactory()
    asked = ask()
    prepare_all()
    line = Delivery.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            dispatch=asked, channel=line.channel, destination=line.destination, lane="now", due_at=NOON
        )
    assert line.key == f"{asked.pk}-{line.pk}"


def test_no_line_is_in_a_state_that_does_not_exist() -> None:
    SubscriberFactory()
    ask()
    prepare_all()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(state="perdido")
    assert Delivery.objects.get().state == State.DUE


def test_options_are_sealed_in_the_table() -> None:
    live("spoken", token="un secreto")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_options FROM delivery_channelaccount")
        [stored] = cursor.fetchone()
    assert ("secreto" in stored, ChannelAccount.objects.get().options, ChannelAccount(kind="x").options) == (
        False,
        {"token": "un secreto"},
        {},
    )


EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
SORTING = {"sqlite": "TEMP B-TREE", "postgresql": "Sort"}


def plan(query: str, parameters: tuple[object, ...]) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # it would rather read a table without rows from end to end
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{EXPLAIN[connection.vendor]} {query}", parameters)
        return " ".join(str(row[-1]) for row in cursor.fetchall())


def test_what_is_due_and_what_has_lapsed_are_found_by_their_own_indexes() -> None:
    due = Delivery.objects.claimable(NOON).filter(lane=Lane.NOW, channel="spoken").order_by("due_at", "pk")
    lapsed = Delivery.objects.lapsed(NOON)
    plans = [plan(*query.values("pk").query.sql_with_params()) for query in (due, lapsed)]
    assert [
        "delivery_to_send" in plans[0],
        SORTING[connection.vendor] in plans[0],
        "delivery_leased" in plans[1],
    ] == [
        True,
        False,
        True,
    ]


WHOLE = {"sqlite": "SCAN delivery_delivery", "postgresql": "Seq Scan on delivery_delivery"}


def test_no_statement_of_a_send_reads_the_ledger_from_end_to_end() -> None:
    live("spoken")
    SubscriberFactory.create_batch(3)
    ask()
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "delivery_delivery" in sql and not sql.startswith("INSERT"):
            asked.append((sql, tuple(params[0] if many else params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        prepare_all()
        run(Hands(), turns=2)
    whole = [sql for sql, params in asked if WHOLE[connection.vendor] in plan(sql, params)]
    assert (len(asked) > 5, whole, Delivery.objects.filter(state=State.SENT).count()) == (True, [], 3)


def test_lines_in_our_hands_are_not_searched_among_all_that_are_or_were_leased() -> None:
    """On PostgreSQL the index of leased lines holds those of a moment ago too, until it is swept."""
    live("spoken")
    SubscriberFactory.create_batch(2)
    ask()
    prepare_all()
    held = claim(Lane.NOW, "spoken", at=NOON, size=2)
    assert held is not None
    sent = Outcome(state=State.SENT, reference="sí")
    statements = [
        ledger.marking([line.pk for line in held.lines], claim=held.token, at=NOON),
        ledger.settling(sent, [(line.pk, "sí") for line in held.lines], claim=held.token, at=NOON),
    ]
    plans = [plan(statement.sql, tuple(statement.values)) for statement in statements]
    assert ["delivery_leased" in one for one in plans] == [False, False]


def test_a_line_is_claimed_only_while_it_is_leased() -> None:
    SubscriberFactory()
    ask()
    prepare_all()
    live("spoken")
    held = claim(Lane.NOW, "spoken", at=NOON, size=1)
    assert held is not None
    [line] = held.lines
    with pytest.raises(IntegrityError, match="delivery_claimed_while_leased"), transaction.atomic():
        Delivery.objects.filter(pk=line.pk).update(state=State.SENT)
    Delivery.objects.filter(pk=line.pk).update(state=State.SENT, claim=None)
    with pytest.raises(IntegrityError, match="does not step back"), transaction.atomic():
        Delivery.objects.filter(pk=line.pk).update(state=State.DUE)


def test_the_mark_of_an_address_is_written_with_it_however_it_is_written() -> None:
    one = SubscriberFactory.create(address="A@muestra.example")
    many = [Subscriber(channel="spoken", address="b", asked_at=NOON)]
    Subscriber.objects.bulk_create(many)
    one.address = "c@muestra.example"
    one.save()
    expected = {mark_of("spoken", "C@muestra.example"), mark_of("spoken", "b")}
    assert set(Subscriber.objects.values_list("mark", flat=True)) == expected


def test_addresses_that_were_known_before_are_given_their_mark() -> None:
    people = SubscriberFactory.create_batch(3)
    Subscriber.objects.update(mark="")
    migration = import_module("pregon.delivery.migrations.0005_marks")
    migration.BATCH = 2
    migration.give_marks(apps, None)
    assert list(Subscriber.objects.order_by("pk").values_list("mark", flat=True)) == [
        mark_of("spoken", person.address) for person in people
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Subscriber.objects.update(frequency="a veces"),
        lambda: Roster.objects.create(name="x", handling="x", uploaded_at=NOON),
        lambda: Digest.objects.create(frequency="x", told_until=NOON),
        lambda: [
            Suppression.objects.create(channel="x", mark="x", reason="left", at=NOON) for _twice in "ab"
        ],
        lambda: [
            Telling.objects.create(dispatch=ask_once(), origin="x", published_at=NOON) for _twice in "ab"
        ],
    ],
)
def test_nothing_is_kept_that_makes_no_sense(wrong: Callable[[], object]) -> None:
    SubscriberFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong()


def ask_once() -> Dispatch:
    return Dispatch.objects.first() or ask()
