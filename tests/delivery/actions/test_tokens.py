"""A token is renewed at half its life, missed in good time, and never lost to a bad answer or a bad network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest

from factories.delivery import NOON, Hands, SpokenChannel, live
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.contract import Renewal, Token
from pregon.delivery.errors import Misconfigured, Postponed
from pregon.delivery.models import ChannelAccount

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
LIFE = timedelta(days=60)


class MortalChannel(SpokenChannel):
    """One whose token ends."""

    kind = "mortal"
    label = "Con vencimiento"
    life: ClassVar[Callable[[], Token]]
    fresh: ClassVar[Callable[[], Renewal | None]]

    def token(self) -> Token:
        return type(self).life()

    def renew(self) -> Renewal | None:
        return type(self).fresh()


def raising(problem: Exception) -> Callable[[], Token]:
    def answer() -> Token:
        raise problem

    return answer


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> ChannelAccount:
    monkeypatch.setitem(registry._channels, "mortal", MortalChannel)
    MortalChannel.life = lambda: Token(issued_at=NOON, expires_at=NOON + LIFE)
    MortalChannel.fresh = lambda: None
    return live("mortal", token="viejo")


def now(account: ChannelAccount) -> ChannelAccount:
    account.refresh_from_db()
    return account


def renewed(values: dict[str, str], hands: Hands) -> Callable[[], Renewal]:
    return lambda: Renewal(values=values, token=Token(issued_at=hands(), expires_at=hands() + LIFE))


def test_it_is_asked_about_every_six_hours(account: ChannelAccount, hands: Hands) -> None:
    asked = []
    for _hour in range(13):
        asked.append(delivery.watch_tokens(at=hands()))
        hands.forward(hours=1)
    assert asked == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert now(account).token_expires_at == NOON + LIFE


def test_it_is_renewed_at_half_its_life_and_not_before(account: ChannelAccount, hands: Hands) -> None:
    MortalChannel.fresh = renewed({"token": "nuevo"}, hands)
    hands.forward(days=29)
    delivery.watch_tokens(at=hands())
    assert now(account).options == {"token": "viejo"}
    hands.forward(days=1)
    delivery.watch_tokens(at=hands())
    assert (now(account).options, account.token_expires_at) == ({"token": "nuevo"}, hands() + LIFE)


@pytest.mark.parametrize("values", [{}, {"token": ""}])
def test_an_empty_answer_overwrites_nothing(
    values: dict[str, str], account: ChannelAccount, hands: Hands
) -> None:
    MortalChannel.fresh = renewed(values, hands)
    hands.forward(days=40)
    delivery.watch_tokens(at=hands())
    assert (now(account).options, account.token_expires_at) == ({"token": "viejo"}, NOON + LIFE)


def test_what_a_person_has_just_written_is_not_overwritten(account: ChannelAccount, hands: Hands) -> None:
    def slowly() -> Renewal:
        written = ChannelAccount.objects.get()
        written.options = {"token": "de una persona"}
        written.save()
        return renewed({"token": "nuevo"}, hands)()

    MortalChannel.fresh = slowly
    hands.forward(days=40)
    delivery.watch_tokens(at=hands())
    assert now(account).options == {"token": "de una persona"}


def test_a_network_fault_is_no_dead_token(account: ChannelAccount, hands: Hands) -> None:
    delivery.watch_tokens(at=hands())
    MortalChannel.life = raising(Postponed("No contesta."))
    hands.forward(hours=7)
    delivery.watch_tokens(at=hands())
    assert (now(account).last_failure, account.token_expires_at) == ("", NOON + LIFE)
    assert delivery.watch_tokens(at=hands.forward(minutes=10)) == 1


def test_a_dead_token_is_said_and_kept(account: ChannelAccount, hands: Hands) -> None:
    MortalChannel.life = raising(Misconfigured("La clave venció: pide otra."))
    delivery.watch_tokens(at=hands())
    assert (now(account).last_failure, account.options) == (
        "La clave venció: pide otra.",
        {"token": "viejo"},
    )


def test_a_person_is_warned_at_14_7_and_2_days(account: ChannelAccount, hands: Hands) -> None:
    warned = {}
    for day in range(61):
        delivery.watch_tokens(at=NOON + timedelta(days=day))
        warned[60 - day] = now(account).token_warned
    assert [warned[left] for left in (15, 14, 8, 7, 3, 2, 0)] == [None, 14, 14, 7, 7, 2, 2]


def test_a_token_that_never_ends_worries_nobody(account: ChannelAccount, hands: Hands) -> None:
    MortalChannel.life = lambda: Token(issued_at=NOON)
    delivery.watch_tokens(at=hands())
    assert (now(account).token_expires_at, account.token_warned) == (None, None)
