"""The share of the site in the lanes and in the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from pregon.core.work import Lane, every, source
from pregon.website import actions as website


@source(Lane.PAGES)
def bake_pages(at: datetime) -> int:
    return website.bake_due(at)


@every(timedelta(hours=1))
def keep_the_folder_true(at: datetime) -> None:
    website.reconcile(at=at)


@every(timedelta(hours=12))
def keep_the_archive_small(at: datetime) -> None:
    website.thin_out(at=at)
