"""The clock's share: views are counted while they are fresh, and hours are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from pregon.analytics import actions as analytics
from pregon.core.work import every


@every(timedelta(seconds=20))
def count_views(at: datetime) -> None:
    if settings.PREGON_COUNT_VIEWS:
        analytics.count_views(at=at)


@every(timedelta(hours=1))
def forget_hours(at: datetime) -> None:
    analytics.forget_hours(at=at)
