"""How far a dispatch is, in numbers and in words, and that looking at it costs little."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    came_to,
    live,
    message,
    prepare_all,
    run,
)
from pregon.delivery import actions as delivery
from pregon.delivery import progress
from pregon.delivery.contract import Limits
from pregon.delivery.enums import MessageKind, State
from pregon.delivery.errors import Postponed, Rejected, Unanswered
from pregon.delivery.models import Delivery, Dispatch
from pregon.delivery.progress import Bar, progress_of, time_left
from pregon.delivery.values import Tally

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_a_dispatch_stands_on_each_channel(hands: Hands) -> None:
    live("spoken")
    people = SubscriberFactory.create_batch(5)
    SubscriberFactory(channel="keyed")
    SpokenChannel.script[people[0].address] = [Rejected()]
    SpokenChannel.script[people[1].address] = [Postponed()]
    SpokenChannel.script[people[2].address] = [Unanswered()]
    asked = ask()
    run(hands)
    assert progress.tallies(asked) == {
        "keyed": Tally(due=1, withheld=1),
        "spoken": Tally(due=5, sent=2, failed=1, waiting=1, uncertain=1),
    }


@pytest.mark.parametrize("many", [1, 3])
def test_the_standing_of_several_together_costs_the_same(many: int, hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    asked = [ask(origin=f"newsroom.bulletin/{number}") for number in range(many)]
    run(hands, turns=3)
    with CaptureQueriesContext(connection) as queries:
        tallies = progress.tallies(asked)
    assert (tallies, len(queries)) == ({"spoken": Tally(due=2 * many, sent=2 * many)}, 3)


def test_a_bar_counts_what_is_settled_and_names_what_went_wrong() -> None:
    SubscriberFactory.create_batch(4)
    ask()
    prepare_all()
    lines = list(Delivery.objects.order_by("pk"))
    for line, state in zip(lines, [State.SENT, State.FAILED, State.UNCERTAIN, State.DUE], strict=True):
        came_to(state, line, settled_at=NOON + timedelta(seconds=0.6))
    [one] = progress.going_out(NOON)
    [bar] = one.bars
    assert (bar.label, bar.tally.settled, bar.tally.due, bar.tone) == ("De viva voz", 3, 4, "warn")
    assert (bar.words, bar.remarks) == ("1 de 4", ["1 en duda", "1 falló"])
    assert (one.waiting, one.first_after, one.first_words) == (
        True,
        0.6,
        "el primero en menos de un segundo",
    )


def test_a_first_message_of_seconds_is_told_to_the_tenth() -> None:
    SubscriberFactory.create()
    asked = ask()
    prepare_all()
    came_to(State.SENT, settled_at=NOON + timedelta(seconds=1.3))
    [one] = progress_of([asked], at=NOON)
    assert one.first_words == "el primero a los 1.3 s"


def test_a_first_message_that_took_days_is_told_in_days() -> None:
    SubscriberFactory.create()
    asked = ask()
    prepare_all()
    came_to(State.SENT, settled_at=NOON + timedelta(days=2, hours=3))
    [one] = progress_of([asked], at=NOON)
    assert one.first_words.replace("\xa0", " ") == "el primero 2 días, 3 horas después"


def test_nothing_waits_once_all_is_sent(hands: Hands) -> None:
    live("spoken")
    SubscriberFactory.create_batch(2)
    ask()
    run(hands)
    [one] = progress.going_out(NOON)
    assert (one.waiting, one.bars[0].tone) == (False, "ok")


def test_letters_about_a_subscription_and_yesterdays_news_are_not_going_out() -> None:
    ask(message(MessageKind.SERVICE))
    ask(at=NOON - timedelta(days=1))
    assert progress.going_out(NOON) == []


@pytest.mark.parametrize("many", [1, 3])
def test_progress_costs_the_same_however_many(many: int) -> None:
    SubscriberFactory.create()
    for _number in range(many):
        ask()
    prepare_all()
    dispatches = list(Dispatch.objects.all())
    with CaptureQueriesContext(connection) as queries:
        assert len(progress_of(dispatches, at=NOON)) == many
    assert len(queries) == 4


def test_a_rehearsal_is_called_one_and_is_no_alarm(hands: Hands) -> None:
    SubscriberFactory.create_batch(2)
    ask()
    run(hands)
    [bar] = progress.going_out(NOON)[0].bars
    assert (bar.tone, bar.words, bar.remarks) == ("soft", "2 en ensayo", [])


def test_what_nobody_wanted_any_more_is_said_in_words(hands: Hands) -> None:
    live("spoken")
    first, second = SubscriberFactory.create_batch(2)
    ask()
    prepare_all()
    delivery.leave(first, at=NOON)
    run(hands)
    [bar] = progress.going_out(NOON)[0].bars
    assert (bar.tone, bar.words, bar.remarks) == ("ok", "1 de 2", ["1 ya no hizo falta"])
    assert Delivery.objects.get(subscriber=second).state == State.SENT


def test_what_was_called_off_is_not_told_as_done() -> None:
    asked = scattered()
    delivery.cancel(asked, at=NOON)
    asked.refresh_from_db()
    one = progress_of([asked], at=NOON)[0]
    assert (one.leaving, one.bars[0].motion) == (False, "cancelado: lo que falta ya no sale")
    delivery.sweep_due(at=NOON)
    bar = progress_of([asked], at=NOON)[0].bars[0]
    assert (bar.tone, bar.done, bar.words) == ("soft", 0, "0 de 20")
    assert bar.remarks == ["20 no salieron: se canceló"]


# --- How fast, and how long still ------------------------------------------------------------------------------


def scattered() -> Dispatch:
    """A dispatch of twenty lines, prepared, all due."""
    SubscriberFactory.create_batch(20)
    asked = ask()
    prepare_all()
    asked.refresh_from_db()
    return asked


def moving(seconds: float, settled: int) -> Bar:
    """The bar of twenty lines after ``settled`` of them left in the time between two looks."""
    asked = scattered()
    progress_of([asked], at=NOON)
    for line in Delivery.objects.order_by("pk")[:settled]:
        came_to(State.SENT, line, settled_at=NOON)
    [one] = progress_of([asked], at=NOON + timedelta(seconds=seconds))
    return one.bars[0]


def test_the_first_look_promises_nothing() -> None:
    [one] = progress_of([scattered()], at=NOON)
    assert (one.bars[0].pace, one.bars[0].motion) == (None, "midiendo el ritmo")


def test_two_looks_tell_the_pace_and_what_is_left() -> None:
    bar = moving(30, settled=5)
    assert (bar.pace, bar.motion) == (10.0, "10 por minuto, faltan unos 2 minutos")


def test_what_does_not_move_waits_its_turn() -> None:
    assert moving(30, settled=0).motion == "20 esperan su turno"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.4, "falta menos de un minuto"),
        (1, "falta cerca de un minuto"),
        (2.2, "faltan unos 3 minutos"),
        (100, "faltan unas 2 horas"),
        (3000, "faltan unos 3 días"),
    ],
)
def test_an_estimate_promises_no_more_than_it_knows(minutes: float, words: str) -> None:
    assert time_left(minutes) == words


def test_a_pause_is_named() -> None:
    asked = scattered()
    delivery.pause(asked, at=NOON)
    asked.refresh_from_db()
    assert progress_of([asked], at=NOON)[0].bars[0].motion == "en pausa"


@pytest.mark.parametrize(
    ("trouble", "until", "words"),
    [
        (
            "El servidor está lleno",
            timedelta(minutes=1),
            "detenido: El servidor está lleno. Se intenta otra vez a las 12:01.",
        ),
        ("", timedelta(hours=3), "llegó a su límite del día y sigue a las 15:00"),
        ("", timedelta(hours=20), "llegó a su límite del día y sigue el sábado 21 a las 8:00"),
        ("", timedelta(seconds=1), "midiendo el ritmo"),
        ("El servidor está lleno.", -timedelta(seconds=1), "midiendo el ritmo"),
    ],
)
def test_a_channel_that_is_held_says_why(trouble: str, until: timedelta, words: str) -> None:
    asked = scattered()
    account = live("spoken")
    account.busy_until = NOON + until
    account.last_failure, account.last_failure_at = trouble, NOON if trouble else None
    account.save()
    assert progress_of([asked], at=NOON)[0].bars[0].motion == words


def test_what_a_person_passes_on_is_ready_and_not_done(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpokenChannel, "limits", Limits(by_hand=True))
    live("spoken")
    SubscriberFactory.create(broadcast=True)
    asked = ask()
    run(hands)
    [bar] = progress_of([asked], at=NOON)[0].bars
    assert (bar.words, bar.to_pass_on, bar.done, bar.rehearsed) == ("listo para pegar", 1, 0, False)
