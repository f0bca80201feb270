"""The share of the site in the lanes and in the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pregon.core.work import Lane, errands, every, source
from pregon.website import actions as website


@source(Lane.PAGES)
def bake_pages(at: datetime) -> int:
    return website.bake_due(at)


@every(timedelta(hours=1))
def keep_the_folder_true(at: datetime) -> None:
    website.reconcile(at=at)


@every(timedelta(minutes=1))
def draw_maps(at: datetime) -> None:
    """In a thread of its own: another server answers when it likes."""
    errands.send("draw-maps", lambda stop: _draw(at, stop))


def _draw(at: datetime, stop: Callable[[], bool]) -> None:
    website.draw_maps(at=at, stop=stop)
