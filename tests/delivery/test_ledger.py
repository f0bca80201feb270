"""What is marked may leave, what is settled stays settled, and nobody writes on what another one holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, transaction

from factories.delivery import NOON, SubscriberFactory, ask, message, prepare_all
from pregon.core.work import Lane
from pregon.delivery import ledger
from pregon.delivery.actions.claim import Claim, claim
from pregon.delivery.enums import STEPS, MessageKind, Standing, State
from pregon.delivery.ledger import Outcome
from pregon.delivery.models import Delivery, Dispatch

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

MIGRATION = import_module("pregon.delivery.migrations.0007_states_move_forward")


@pytest.fixture
def held() -> Claim:
    SubscriberFactory.create_batch(3)
    ask()
    prepare_all()
    claimed = claim(Lane.NOW, "spoken", at=NOON, size=10)
    assert claimed is not None
    return claimed


@pytest.mark.parametrize(
    ("standing", "news", "service"),
    [
        (Standing.CONFIRMED, True, True),
        (Standing.PENDING, False, True),
        (Standing.LEFT, False, True),
        (Standing.GONE, False, False),
    ],
)
def test_who_may_receive_what(standing: Standing, news: bool, service: bool) -> None:
    person = SubscriberFactory(standing=standing)
    for kind in (MessageKind.NEWS, MessageKind.SERVICE):
        ask(message(kind), subscribers=(person.pk,), origin=f"test/{kind}")
    prepare_all()
    lines = list(Delivery.objects.order_by("pk").select_related("dispatch"))
    going = ledger.wanted(lines)
    assert [line.pk in going for line in lines] == [news, service]


def test_what_is_marked_says_so(held: Claim) -> None:
    assert ledger.write([], held.lines[:2], claim=held.token, at=NOON) == held.lines[:2]
    assert list(Delivery.objects.order_by("pk").values_list("attempts", "attempted_at")) == [
        (1, NOON),
        (1, NOON),
        (0, None),
    ]


def test_what_another_one_marked_at_the_same_moment_is_not_ours(held: Claim) -> None:
    Delivery.objects.filter(pk=held.lines[0].pk).update(claim=held.token + 1, attempted_at=NOON)
    assert ledger.write([], held.lines[:2], claim=held.token, at=NOON) == held.lines[1:2]


def test_what_another_one_holds_is_not_marked(held: Claim) -> None:
    Delivery.objects.filter(pk=held.lines[1].pk).update(claim=held.token ^ 1)
    assert ledger.write([], held.lines, claim=held.token, at=NOON) == [held.lines[0], held.lines[2]]


def test_what_a_person_holds_back_is_not_marked(held: Claim) -> None:
    Dispatch.objects.update(paused_at=NOON)
    assert ledger.write([], held.lines, claim=held.token, at=NOON) == []


def test_what_is_settled_is_nobodys_any_more(held: Claim) -> None:
    sent = Outcome(state=State.SENT, reference="r" * 400, url="https://muestra.example/1")
    later = Outcome(state=State.DUE, reason="Hoy no.", due_at=NOON + timedelta(hours=1))
    ledger.settle([(held.lines[0], sent), (held.lines[1], later)], claim=held.token, at=NOON)
    fields = ("state", "reference", "url", "reason", "settled_at", "due_at", "claim", "lease_until")
    first, second, third = Delivery.objects.order_by("pk").values_list(*fields)
    assert first == (State.SENT, "r" * 300, "https://muestra.example/1", "", NOON, NOON, None, None)
    assert second == (State.DUE, "", "", "Hoy no.", None, NOON + timedelta(hours=1), None, None)
    assert (third[0], third[6]) == (State.LEASED, held.token)


def test_what_another_one_holds_is_not_settled(held: Claim) -> None:
    gone = Outcome(state=State.FAILED)
    ledger.settle([(line, gone) for line in held.lines], claim=held.token ^ 1, at=NOON)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.LEASED}


@pytest.mark.parametrize(
    ("said", "settled_at"),
    [
        (Outcome(state=State.SENT, reference="sí"), NOON),
        (Outcome(state=State.FAILED, reason="no"), NOON),
        (Outcome(state=State.DUE, reason="luego", due_at=NOON + timedelta(minutes=5)), None),
    ],
)
def test_a_late_answer_settles_a_line_in_doubt_and_no_other(
    said: Outcome, settled_at: datetime | None, held: Claim
) -> None:
    Delivery.objects.filter(pk=held.lines[0].pk).update(state=State.UNCERTAIN, claim=None, settled_at=NOON)
    Delivery.objects.filter(pk=held.lines[1].pk).update(state=State.DUE, claim=None)
    ledger.settle([(line, said) for line in held.lines[:2]], claim=held.token, at=NOON)
    lines = Delivery.objects.order_by("pk").values_list("state", "reference", "reason", "settled_at")
    assert list(lines) == [
        (said.state, said.reference, said.reason, settled_at),
        (State.DUE, "", "", None),
        (State.LEASED, "", "", None),
    ]


# --- States move forward only: the database's own word ------------------------------------------------------


def test_the_database_knows_the_steps() -> None:
    assert {old: set(news) for old, news in MIGRATION.LEGAL.items()} == STEPS


@pytest.mark.parametrize("old", State)
def test_the_database_refuses_every_other_step(old: State) -> None:
    """Here too a later migration is noticed that makes the table anew, and forgets what watches over it."""
    SubscriberFactory()
    dispatch = ask()
    allowed = set()
    for new in State:
        line = Delivery.objects.create(
            dispatch=dispatch, channel="spoken", destination=new, state=old, due_at=NOON
        )
        try:
            with transaction.atomic():
                Delivery.objects.filter(pk=line.pk).update(state=new)
        except IntegrityError:
            line.refresh_from_db()
            assert line.state == old
        else:
            allowed.add(new)
    assert allowed == STEPS[old] | {old}
