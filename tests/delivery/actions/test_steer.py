"""A person holds a dispatch back, lets it go on, calls it off, tries again: without loss and without double."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.accounts import UserFactory
from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    prepare_all,
    run,
    said_to,
)
from pregon.delivery import actions as delivery
from pregon.delivery.actions import steer
from pregon.delivery.enums import State
from pregon.delivery.errors import BodyErased, DeliveryError, Postponed, Rejected
from pregon.delivery.ledger import FAR
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def sweep(hands: Hands) -> None:
    while delivery.sweep_due(at=hands()):
        pass


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def test_what_is_held_back_does_not_leave_and_goes_on_where_it_stood(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(3)
    asked = ask()
    prepare_all()
    delivery.deliver_due(asked.lane, now=hands, size=1)
    delivery.pause(asked, at=hands())
    run(hands, turns=3)
    assert said_to() == [people[0].address]
    delivery.resume(asked)
    sweep(hands)
    run(hands)
    assert (said_to(), states()) == ([person.address for person in people], {State.SENT})


def test_lines_held_back_leave_the_queue_in_steps(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steer, "STEP", 2)
    SubscriberFactory.create_batch(5)
    asked = ask()
    prepare_all()
    delivery.pause(asked, at=hands())
    assert [delivery.sweep_due(at=hands()) for _step in range(4)] == [2, 2, 1, 0]
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {FAR}


def test_what_is_called_off_before_it_is_prepared_reaches_nobody(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory()
    delivery.cancel(ask(), at=hands())
    run(hands)
    assert (said_to(), Delivery.objects.count()) == ([], 0)


def test_what_is_called_off_stays_so(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    asked = ask()
    prepare_all()
    delivery.cancel(asked, at=hands())
    delivery.resume(asked)
    sweep(hands)
    run(hands)
    assert (said_to(), states()) == ([], {State.SUPPRESSED})


def test_what_failed_is_tried_again_at_a_persons_word(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [Rejected()]
    asked = ask()
    run(hands)
    line = Delivery.objects.get()
    redaccion = UserFactory.create(first_name="Redacción")
    assert (line.state, delivery.retry(asked, by=redaccion, at=hands(), line=line)) == (State.FAILED, 1)
    run(hands)
    assert (states(), len(said_to())) == ({State.SENT}, 2)
    with pytest.raises(DeliveryError, match="ya no está como fallido"):
        delivery.retry(asked, by=redaccion, at=hands(), line=line)


def test_what_was_given_up_is_not_given_up_again_at_the_first_delay(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory()
    SpokenChannel.script[person.address] = [Postponed("Hoy no.") for _time in range(100)]
    asked = ask()
    while run(hands):
        hands.at = max(hands(), Delivery.objects.get().due_at)
    assert states() == {State.FAILED}
    delivery.retry(asked, by=UserFactory.create(), at=hands())
    run(hands)
    assert states() == {State.DUE}


def test_whose_address_is_erased_is_not_tried_again(hands: Hands) -> None:
    live("spoken")
    erased, kept = SubscriberFactory.create_batch(2)
    for person in (erased, kept):
        SpokenChannel.script[person.address] = [Rejected()]
    asked = ask()
    run(hands)
    Subscriber.objects.filter(pk=erased.pk).update(erased_at=NOON, address="borrado-1")
    assert delivery.retry(asked, by=UserFactory.create(), at=hands()) == 1
    assert Delivery.objects.get(subscriber=erased).state == State.FAILED


def test_a_person_says_that_they_passed_it_on(hands: Hands) -> None:
    SubscriberFactory()
    ask()
    run(hands)
    line = delivery.passed_on(
        Delivery.objects.get(),
        by=UserFactory.create(first_name="Redacción"),
        at=NOON,
        url="https://x.example/1",
    )
    assert (line.state, line.reason, line.url) == (
        State.SENT,
        "Redacción lo publicó a mano.",
        "https://x.example/1",
    )
    with pytest.raises(DeliveryError, match="ya no espera"):
        delivery.passed_on(line, by=UserFactory.create(), at=NOON)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=st.lists(st.sampled_from(["turn", "pause", "resume", "sweep", "cancel"]), max_size=12))
def test_however_it_is_steered_nobody_gets_it_twice_and_nobody_is_forgotten(moves: list[str]) -> None:
    for table in (Delivery, Dispatch, ChannelAccount, Subscriber):
        table.objects.all().delete()
    SpokenChannel.forget()
    live("spoken")
    people = {person.address for person in SubscriberFactory.create_batch(4)}
    hands, asked = Hands(), ask()
    for move in moves:
        match move:
            case "turn":
                prepare_all()
                delivery.deliver_due(asked.lane, now=hands, size=1)
            case "pause":
                delivery.pause(asked, at=hands())
            case "resume":
                delivery.resume(asked)
            case "sweep":
                delivery.sweep_due(at=hands())
            case "cancel":
                delivery.cancel(asked, at=hands())
    delivery.resume(asked)
    prepare_all()
    sweep(hands)
    run(hands)
    assert len(said_to()) == len(set(said_to()))
    if "cancel" not in moves:
        assert set(said_to()) == people
    assert states() <= {State.SENT, State.SUPPRESSED}


def test_what_failed_is_not_tried_again_once_its_text_is_erased(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory.create()
    SpokenChannel.script[person.address] = [Rejected()]
    asked = ask()
    run(hands)
    Dispatch.objects.update(emptied_at=hands())
    asked.refresh_from_db()
    with pytest.raises(BodyErased):
        delivery.retry(asked, by=UserFactory.create(), at=hands())
    assert states() == {State.FAILED}
