"""The engine's own channels stand where the real ones do, and forget everything after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from factories.delivery import Hands, KeyedChannel, PacedChannel, SpokenChannel
from pregon.delivery import registry

PRETENDED = (SpokenChannel, KeyedChannel, PacedChannel)


@pytest.fixture(autouse=True)
def channels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_channels", {channel.kind: channel for channel in PRETENDED})
    SpokenChannel.forget()
    yield
    SpokenChannel.forget()


@pytest.fixture
def hands() -> Hands:
    return Hands()
