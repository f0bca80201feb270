"""Which channels there are, and the channel of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import pytest

from factories.delivery import NOON, KeyedChannel, SpokenChannel
from pregon.delivery import registry
from pregon.delivery.contract import HttpOptions
from pregon.delivery.errors import Misconfigured, UnknownChannel
from pregon.delivery.values import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOptions(HttpOptions):
    secret: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    port: int = 25


class LineChannel(SpokenChannel):
    kind = "line"
    label = "Línea"
    options_class = LineOptions  # type: ignore[assignment]  # only its options differ


@pytest.fixture(autouse=True)
def line() -> None:
    registry.register(LineChannel)


def test_channels_are_listed_by_kind() -> None:
    assert registry.kinds() == ["keyed", "line", "paced", "spoken"]


def test_registering_twice_is_registering_once_and_two_of_a_kind_are_refused() -> None:
    registry.register(LineChannel)

    class Another(KeyedChannel):
        kind = "line"

    with pytest.raises(ValueError, match="Two channels call themselves 'line'"):
        registry.register(Another)


def test_an_unknown_channel_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownChannel) as problem:
        registry.channel_class("fax")
    assert str(problem.value) == (
        "El canal «fax» no está instalado; los que hay son: keyed, line, paced, spoken."
    )


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Misconfigured) as problem:
        registry.build("line", {"token": ""})
    assert str(problem.value) == "A Línea le falta: token. Escríbelo en Envíos, Canales."


def test_stored_values_become_options_and_strange_ones_are_left_out() -> None:
    options = registry.build("line", {"token": "a", "port": 26, "antiguo": True}).options
    assert options == LineOptions(token="a", port=26)


def test_a_rehearsal_needs_nothing() -> None:
    assert registry.rehearse("line", {}).options == LineOptions(token="")


def test_a_channel_reaches_the_offices_own_network_only_when_its_options_say_so() -> None:
    closed, opened = (registry.build("line", {"token": "a", "allow_private": told}) for told in (False, True))
    assert (closed.http is registry.door(allow_private=False), opened.http is closed.http) == (True, False)


def test_a_rehearsal_never_reaches_inside() -> None:
    rehearsed = registry.rehearse("line", {"allow_private": True})
    assert rehearsed.http is registry.door(allow_private=False)


def test_a_channel_that_is_gone_keeps_its_name() -> None:
    assert (registry.label_of("spoken"), registry.label_of("smoke")) == ("De viva voz", "smoke")


def test_what_others_look_for_is_shown_by_its_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LineChannel, "well_known", frozenset({"linea"}))
    assert (registry.shown_by("linea"), registry.shown_by("otra")) == ("line", None)


def test_what_went_out_is_told_by_every_feature_in_the_order_of_its_hours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "_chronicles", {})
    first, second, third = (
        Item(origin=f"x/{n}", published_at=NOON + timedelta(hours=n), headline=str(n)) for n in range(3)
    )
    asked = []

    @registry.chronicle
    def one(since: datetime, until: datetime, *, at: datetime) -> list[Item]:
        asked.append((since, until, at))
        return [third, first]

    @registry.chronicle
    def other(since: datetime, until: datetime, *, at: datetime) -> list[Item]:
        return [second]

    registry.chronicle(one)  # the same again is no other
    assert registry.items_between(NOON, NOON + timedelta(hours=3), at=NOON) == [first, second, third]
    assert asked == [(NOON, NOON + timedelta(hours=3), NOON)]
