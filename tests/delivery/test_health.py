"""A channel that has nothing to do is not ill, and one that gets nothing through says so in a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factories.delivery import (
    NOON,
    Hands,
    KeyedChannel,
    SpokenChannel,
    SubscriberFactory,
    ask,
    live,
    prepare_all,
    run,
)
from pregon.delivery import actions as delivery
from pregon.delivery.contract import Limits, Token
from pregon.delivery.enums import Mode
from pregon.delivery.errors import Misconfigured
from pregon.delivery.health import (
    TokenLife,
    alarms,
    dying,
    health_of,
    many,
    queue_length,
    to_pass_on,
)
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

MINUTES = timedelta(minutes=1)


def waiting(account: ChannelAccount, *, since: timedelta) -> Dispatch:
    """Something that has waited on the channel for so long."""
    SubscriberFactory.create(channel=account.kind)
    asked = ask(at=NOON - since)
    prepare_all(at=NOON - since)
    return asked


def update(account: ChannelAccount, **fields: object) -> ChannelAccount:
    ChannelAccount.objects.filter(pk=account.pk).update(**fields)
    account.refresh_from_db()
    return account


# --- Alarms -----------------------------------------------------------------------------------------------------


def test_ten_minutes_without_success_and_something_waiting_is_an_alarm() -> None:
    account = update(live("spoken"), last_success_at=NOON - 10 * MINUTES)
    waiting(account, since=10 * MINUTES)
    [alarm] = alarms(NOON)
    assert (alarm.kind, alarm.waiting, alarm.since) == ("spoken", 1, NOON - 10 * MINUTES)
    assert alarm.sentence == (
        "De viva voz no logra enviar y 1 mensaje espera: ningún trabajador los toma; enciende «pregon up»."
    )


@pytest.mark.parametrize(
    ("since", "success"),
    [
        (9 * MINUTES, None),  # it has not waited long enough
        (30 * MINUTES, 9 * MINUTES),  # something got through meanwhile
    ],
)
def test_what_is_slow_is_no_alarm(since: timedelta, success: timedelta | None) -> None:
    account = update(live("spoken"), last_success_at=NOON - success if success else None)
    waiting(account, since=since)
    assert alarms(NOON) == []


def test_nothing_to_do_is_no_alarm() -> None:
    update(live("spoken"), last_success_at=NOON - timedelta(days=30))
    assert alarms(NOON) == []


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SANDBOX])
def test_a_channel_that_sends_nothing_raises_none(mode: Mode) -> None:
    waiting(update(live("spoken"), mode=mode), since=30 * MINUTES)
    assert alarms(NOON) == []


def test_a_channel_in_trouble_puts_its_lines_off_and_is_still_heard(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    live("spoken")
    person = SubscriberFactory.create()
    refusal = Misconfigured("La clave ya no sirve.")
    SpokenChannel.script[person.address] = [refusal] * 30
    ask()
    for _minute in range(11):
        run(hands)
        hands.forward(minutes=1)
    [alarm] = alarms(hands.at - timedelta(seconds=30))
    assert alarm.sentence == "De viva voz no logra enviar y 1 mensaje espera: La clave ya no sirve."


def test_a_pause_is_no_alarm() -> None:
    asked = waiting(live("spoken"), since=30 * MINUTES)
    delivery.pause(asked, at=NOON)
    before = alarms(NOON)
    delivery.sweep_due(at=NOON)
    assert (before, alarms(NOON)) == ([], [])


def test_a_cancelled_dispatch_is_no_alarm() -> None:
    asked = waiting(live("spoken"), since=30 * MINUTES)
    delivery.cancel(asked, at=NOON)
    assert alarms(NOON) == []


def test_a_pace_that_is_used_up_is_no_alarm() -> None:
    account = update(live("spoken"), busy_until=NOON + timedelta(hours=5))
    waiting(account, since=30 * MINUTES)
    assert alarms(NOON) == []


def test_one_line_put_off_by_its_own_server_is_no_alarm() -> None:
    waiting(live("spoken"), since=30 * MINUTES)
    Delivery.objects.update(due_at=NOON + 5 * MINUTES, reason="Lista gris.")
    assert alarms(NOON) == []


def test_what_waits_for_a_hand_is_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpokenChannel, "limits", Limits(by_hand=True))
    waiting(live("spoken"), since=30 * MINUTES)
    assert alarms(NOON) == []


# --- Tokens -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (timedelta(days=40), "ok", "La clave vence en 40 días, el 30 de diciembre."),
        (
            timedelta(days=13, hours=1),
            "warn",
            "La clave vence en 13 días, el 3 de diciembre. Consigue otra antes y escríbela aquí.",
        ),
        (
            timedelta(days=1, hours=1),
            "bad",
            "La clave vence en 1 día, el 21 de noviembre. Consigue otra antes y escríbela aquí.",
        ),
        (timedelta(hours=3), "bad", "La clave vence hoy: consigue otra y escríbela aquí."),
        (-timedelta(days=1), "bad", "La clave venció el 19 de noviembre: consigue otra y escríbela aquí."),
    ],
)
def test_a_key_is_missed_in_good_time(left: timedelta, tone: str, words: str) -> None:
    life = TokenLife(issued_at=NOON - timedelta(days=20), expires_at=NOON + left, at=NOON)
    assert (life.tone, life.sentence) == (tone, words)


@pytest.mark.parametrize(
    ("issued", "left", "share"),
    [(timedelta(days=30), timedelta(days=30), 50), (None, timedelta(days=1), 100), (None, -timedelta(1), 0)],
)
def test_the_life_of_a_key_is_drawn(issued: timedelta | None, left: timedelta, share: int) -> None:
    life = TokenLife(issued_at=NOON - issued if issued else None, expires_at=NOON + left, at=NOON)
    assert life.share_left == share


def test_only_live_channels_with_a_dying_key_are_named() -> None:
    update(live("spoken"), token_expires_at=NOON + timedelta(days=6))
    update(live("keyed"), token_expires_at=NOON + timedelta(days=60))
    update(live("paced"), token_expires_at=NOON + timedelta(days=1), mode=Mode.SANDBOX)
    assert [account.kind for account, _life in dying(NOON)] == ["spoken"]


# --- In a sentence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "tag", "words"),
    [
        ({"mode": Mode.OFF}, "Apagado", "Está apagado: lo que se publique no pasa por aquí."),
        (
            {"mode": Mode.SANDBOX},
            "Ensayo",
            "En ensayo: recorre todo el camino y guarda lo que habría salido.",
        ),
        ({}, "En vivo", "Está en vivo y al corriente: no espera nada."),
        (
            {"last_failure": "La clave ya no sirve.", "last_failure_at": NOON},
            "En apuros",
            "La clave ya no sirve.",
        ),
        (
            {"busy_until": NOON + timedelta(hours=1)},
            "En espera",
            "Llegó a su límite del día y sigue a las 13:00.",
        ),
    ],
)
def test_how_a_channel_fares_is_said_in_a_sentence(fields: dict[str, object], tag: str, words: str) -> None:
    health = health_of(update(live("spoken"), **fields), at=NOON)
    assert (health.tag, health.sentence) == (tag, words)


def test_a_channel_at_work_says_how_much_is_left() -> None:
    account = live("spoken")
    waiting(account, since=MINUTES)
    health = health_of(account, at=NOON)
    assert (health.tag, health.sentence, health.queue) == ("Trabajando", "Trabajando: 1 por salir.", "1")


def test_a_channel_that_a_person_serves_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpokenChannel, "limits", Limits(by_hand=True))
    assert health_of(live("spoken"), at=NOON).tag == "Listo"


def test_a_channel_nobody_set_up_has_a_health_too() -> None:
    health = health_of(ChannelAccount(kind="spoken"), at=NOON)
    assert (health.tag, health.label, health.waiting, health.token) == ("Ensayo", "De viva voz", 0, None)


def test_the_queue_does_not_count_what_is_paused() -> None:
    account = live("spoken")
    asked = waiting(account, since=MINUTES)
    before = queue_length("spoken")
    delivery.pause(asked, at=NOON)
    delivery.sweep_due(at=NOON)
    assert (before, queue_length("spoken"), many(10_001)) == (1, 0, "más de 10,000")


def test_what_waits_for_a_hand_is_named_until_it_is_done(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SpokenChannel, "limits", Limits(by_hand=True))
    live("spoken")
    SubscriberFactory.create(broadcast=True)
    asked = ask()
    run(hands)
    before = to_pass_on(NOON)
    Delivery.objects.update(state="sent")
    assert (before, to_pass_on(NOON)) == ([asked], [])


def test_a_channel_that_is_known_but_may_not_send_is_not_called_well(
    monkeypatch: pytest.MonkeyPatch, hands: Hands
) -> None:
    """Half connected: the provider knows the key and tells its life, and takes nothing from it."""
    token = Token(issued_at=NOON, expires_at=NOON + timedelta(days=60))
    monkeypatch.setattr(KeyedChannel, "token", lambda channel: token)
    account = live("keyed")
    person = SubscriberFactory.create(channel="keyed")
    SpokenChannel.script[person.address] = [Misconfigured("La clave no deja publicar en la página.")]
    ask()
    run(hands)
    delivery.watch_tokens(at=hands.forward(seconds=1))
    account.refresh_from_db()
    said = health_of(account, at=hands())
    assert (said.tone, "no deja publicar" in said.sentence) == ("bad", True)
    assert (account.last_success_at, account.token_expires_at) == (None, token.expires_at)
