"""The share of the site in the lanes and in the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from pregon.core.http import Http, client
from pregon.core.work import Lane, errands, every, put_back, source
from pregon.website import actions as website
from pregon.website.hub import nchan


@source(Lane.PAGES)
def bake_pages(at: datetime) -> int:
    return website.bake_due(at)


@put_back
def mend_what_would_wait(was: datetime, at: datetime) -> None:
    website.clock_was_put_back(was=was, at=at)


@every(timedelta(hours=1))
def keep_the_folder_true(at: datetime) -> None:
    website.reconcile(at=at)


@every(timedelta(minutes=1))
def draw_maps(at: datetime) -> None:
    """In a thread of its own: another server answers when it likes."""
    errands.send("draw-maps", lambda stop: _draw(at, stop))


def _draw(at: datetime, stop: Callable[[], bool]) -> None:
    website.draw_maps(at=at, stop=stop)


@every(timedelta(hours=12))
def keep_the_archive_small(at: datetime) -> None:
    website.thin_out(at=at)


@source(Lane.NOW)
def tell_nginx(at: datetime) -> int:
    """Only where nginx holds the readers."""
    return nchan.post_due(settings.PREGON_HUB_URL, http(), at=at) if settings.PREGON_HUB_URL else 0


@lru_cache(maxsize=1)
def http() -> Http:
    return client(allow_private=True)  # nginx stands beside us, or in our own network


@every(timedelta(hours=1))
def forget_tellings(at: datetime) -> None:
    website.forget_tellings(at=at)
