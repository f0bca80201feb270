"""What an office no longer needs is forgotten in time, and nothing else is."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import serializers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from factories.accounts import TopicFactory
from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    came_to,
    live,
    message,
    picture,
    prepare_all,
    run,
    said_to,
    video,
)
from pregon.delivery import actions as delivery
from pregon.delivery.actions import erase
from pregon.delivery.enums import MessageKind, Reason, Standing, State
from pregon.delivery.models import Delivery, Dispatch, Roster, Subscriber, Suppression
from pregon.delivery.progress import tallies
from pregon.delivery.queries import is_suppressed
from pregon.delivery.values import Tally

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DAY = timedelta(days=1)


def left(*, days: float, **fields: Any) -> Subscriber:
    """Somebody who left so many days before noon."""
    given_ = {"standing": Standing.LEFT, "left_at": NOON - days * DAY, "name": "Vecina"}
    return SubscriberFactory.create(**(given_ | fields))


def forget(at: datetime = NOON) -> None:
    while erase.erase_due(at=at):
        pass


def everything() -> str:
    """All that the database holds of people and messages, as text."""
    kept = [model.objects.all() for model in (Subscriber, Delivery, Dispatch, Suppression, Roster)]
    return "".join(serializers.serialize("json", rows) for rows in kept)


# --- Addresses ----------------------------------------------------------------------------------------------


def test_an_address_is_erased_everywhere_and_the_history_stays(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory.create(name="Vecina")
    asked = ask()
    run(hands)
    Delivery.objects.update(reason=f"550 {person.address.upper()} y {person.address} llenos", url="")
    delivery.leave(person, at=hands())
    forget(hands.forward(days=27, hours=23))
    assert person.address in everything()
    forget(hands.forward(hours=1))
    found, line = Subscriber.objects.get(), Delivery.objects.get()
    assert person.address not in everything().lower()
    assert "Vecina" not in everything()
    assert (found.standing, found.erased_at, line.state, line.destination, line.reference) == (
        Standing.LEFT,
        hands(),
        State.SENT,
        found.address,
        "",
    )
    assert tallies(asked) == {"spoken": Tally(due=1, sent=1)}


def test_an_erased_address_stays_suppressed_until_its_holder_asks_again(hands: Hands) -> None:
    live("spoken")
    person = left(days=29)
    forget()
    assert (is_suppressed("spoken", person.address), Suppression.objects.get().reason) == (True, Reason.LEFT)
    back = delivery.subscribe_directly(person.address, channel="spoken", name="", consent="Sí.", at=NOON)
    assert (back.pk != person.pk, is_suppressed("spoken", person.address)) == (True, False)
    ask()
    run(hands)
    assert said_to() == [person.address]


@pytest.mark.parametrize(
    "fields",
    [
        {"standing": Standing.CONFIRMED},
        {"standing": Standing.PENDING},
        {"broadcast": True},
        {"left_at": NOON - 27 * DAY},
    ],
)
def test_whoever_did_not_leave_long_ago_is_left_alone(fields: dict[str, Any]) -> None:
    person = left(days=40, **fields)
    forget()
    assert Subscriber.objects.get().address == person.address


def test_an_address_that_is_gone_is_erased_too_from_when_we_knew() -> None:
    SubscriberFactory.create(standing=Standing.GONE)
    forget()
    assert Subscriber.objects.get().erased_at is None
    forget(NOON + 28 * DAY)
    assert Subscriber.objects.get().erased_at == NOON + 28 * DAY


def test_somebody_with_a_message_on_its_way_waits_for_it() -> None:
    person = left(days=40)
    ask(message(MessageKind.SERVICE), subscribers=(person.pk,))
    prepare_all()
    forget()
    assert Subscriber.objects.get().erased_at is None


def test_what_somebody_followed_is_forgotten_with_them() -> None:
    person = left(days=40, every_topic=False)
    person.topics.add(TopicFactory.create())
    forget()
    assert Subscriber.topics.through.objects.count() == 0


def test_whoever_came_back_meanwhile_is_left_alone() -> None:
    person = left(days=40)
    Subscriber.objects.update(standing=Standing.PENDING)
    erase.erase_address(person, at=NOON)
    assert (Subscriber.objects.get().address, Suppression.objects.count()) == (person.address, 0)


# --- Texts --------------------------------------------------------------------------------------------------


def test_a_settled_text_is_erased_and_its_headline_stays(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create()
    ask()
    run(hands)
    forget(NOON + 7 * DAY - timedelta(seconds=1))
    assert Dispatch.objects.get().message == message()
    forget(NOON + 7 * DAY)
    kept = Dispatch.objects.get()
    assert (kept.headline, kept.message.headline, kept.message.blocks, kept.emptied_at) == (
        message().headline,
        message().headline,
        (),
        NOON + 7 * DAY,
    )
    assert "empedrado nuevo" in json.dumps(kept.message_json)
    assert "cuadrillas" not in json.dumps(kept.message_json)


def test_a_correction_still_knows_which_photo_to_take_away_and_not_what_it_shows(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create()
    first = ask(message(picture=picture(), video=video()))
    run(hands)
    forget(hands.forward(days=8))
    husk = Dispatch.objects.get().message
    assert [each.alt for each in (*husk.album, husk.video) if each] == ["", ""]
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,), at=hands())
    run(hands)
    assert SpokenChannel.sent[-1].dropped == {picture().url, video().url}
    assert SpokenChannel.sent[-1].drops_cover


@pytest.mark.parametrize("state", [State.DUE, State.LEASED, State.UNCERTAIN])
def test_a_text_that_may_still_leave_stays(state: State) -> None:
    SubscriberFactory.create()
    ask()
    prepare_all()
    came_to(state)
    forget(NOON + 30 * DAY)
    assert Dispatch.objects.get().emptied_at is None


def test_a_dispatch_that_nobody_prepared_yet_keeps_its_text() -> None:
    ask()
    forget(NOON + 30 * DAY)
    assert Dispatch.objects.get().emptied_at is None


def test_a_correction_reaches_those_whose_text_was_erased(hands: Hands) -> None:
    live("spoken")
    person = SubscriberFactory.create()
    first = ask()
    run(hands)
    forget(hands.forward(days=8))
    ask(message(MessageKind.CORRECTION), receivers_of=(first.pk,), at=hands())
    run(hands)
    assert said_to() == [person.address] * 2


def test_a_husk_is_never_sent(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create()
    ask()
    run(hands)
    forget(hands.forward(days=8))
    came_to(State.FAILED)
    Delivery.objects.update(state=State.DUE, due_at=hands())
    run(hands)
    assert (len(said_to()), Delivery.objects.get().state) == (1, State.SUPPRESSED)


def test_what_the_rehearsal_kept_is_forgotten_too(hands: Hands) -> None:
    SubscriberFactory.create()
    ask()
    run(hands)
    [kept] = (django_settings.HOME.outbox / "spoken").iterdir()
    os.utime(kept, (NOON.timestamp(), NOON.timestamp()))
    assert [erase.erase_outbox(at=NOON + days * DAY) for days in (6, 7)] == [0, 1]
    assert not kept.exists()


def test_a_list_that_nobody_took_in_is_forgotten() -> None:
    roster = delivery.hand_in(b"correo\n", name="lista.csv", by=None, at=NOON)
    Roster.objects.update(problems=[{"line": 2, "problem": "x@"}])
    assert [erase.erase_rosters(at=NOON + days * DAY) for days in (6, 7, 8)] == [0, 1, 0]
    roster.refresh_from_db()
    assert (roster.content, roster.problems, roster.name) == (None, [], "lista.csv")


# --- History ------------------------------------------------------------------------------------------------


def test_history_ends_after_a_year_in_bounded_steps(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase, "LINES", 2)
    live("spoken")
    SubscriberFactory.create_batch(3)
    ask()
    run(hands)
    old = NOON + 365 * DAY
    assert erase.erase_history(at=old - timedelta(seconds=1)) == 0
    assert [erase.erase_history(at=old) for _step in range(3)] == [2, 1, 0]
    assert (Dispatch.objects.count(), Delivery.objects.count(), Subscriber.objects.count()) == (0, 0, 3)


def test_a_row_of_which_nothing_is_left_goes_with_its_history() -> None:
    left(days=400)
    forget()
    assert Subscriber.objects.count() == 1
    forget(NOON + 366 * DAY)
    assert Subscriber.objects.count() == 0


def test_the_terms_are_settings(settings: Settings, hands: Hands) -> None:
    settings.PREGON_ERASE_ADDRESS_DAYS = settings.PREGON_ERASE_BODY_DAYS = (
        settings.PREGON_ERASE_HISTORY_DAYS
    ) = 2
    live("spoken")
    person = SubscriberFactory.create()
    ask()
    run(hands)
    delivery.leave(person, at=hands())
    forget(NOON + 2 * DAY)
    assert (Dispatch.objects.count(), Subscriber.objects.get().erased_at) == (0, NOON + 2 * DAY)


# --- Whatever the order -------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(Standing),
            st.integers(0, 60),  # days since they left
            st.sampled_from([State.SENT, State.FAILED, State.WITHHELD, State.UNCERTAIN, State.DUE]),
        ),
        max_size=6,
    ),
    ages=st.lists(st.integers(0, 60), max_size=3),
    days=st.lists(st.integers(0, 40), min_size=1, max_size=3),
)
def test_no_address_outlives_its_term_and_no_other_is_touched(
    people: list[tuple[Standing, int, State]], ages: list[int], days: list[int]
) -> None:
    for model in (Delivery, Dispatch, Subscriber, Suppression):
        model.objects.all().delete()
    asked = [ask(at=NOON - age * DAY) for age in ages]
    Dispatch.objects.update(prepared_at=NOON)
    rows = []
    for standing, ago, state in people:
        gone = standing in {Standing.LEFT, Standing.GONE}
        person = SubscriberFactory.create(standing=standing, left_at=NOON - ago * DAY if gone else None)
        for one in asked:
            line = {"channel": "spoken", "destination": person.address, "lane": "now", "due_at": NOON}
            Delivery.objects.create(
                dispatch=one, subscriber=person, state=state, reason=person.address, **line
            )
        rows.append((person, gone, ago, state))
    counted = [tallies(one) for one in asked]
    for later in sorted(days):
        at = NOON + later * DAY
        forget(at)
        text = everything()
        for person, gone, ago, state in rows:
            open_ = bool(asked) and state in {State.UNCERTAIN, State.DUE}
            assert (person.address in text) is not (gone and ago + later >= 28 and not open_)
            assert is_suppressed("spoken", person.address) is (person.address not in text)
        emptied = dict(Dispatch.objects.values_list("pk", "emptied_at"))
        waits = any(state in {State.UNCERTAIN, State.DUE} for _standing, _ago, state in people)
        assert [emptied[one.pk] is not None for one in asked] == [
            age + later >= 7 and not waits for age in ages
        ]
    assert [tallies(one) for one in asked] == counted
