"""No connection outlives its server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pregon.channels.email.channel import hang_up


@pytest.fixture(autouse=True)
def hung_up() -> Iterator[None]:
    yield
    hang_up()
