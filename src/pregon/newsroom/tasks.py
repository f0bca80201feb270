"""The clock's share: what is scheduled goes out to the second, and leaves to the second."""

from __future__ import annotations

from datetime import datetime, timedelta

from pregon.core.work import every
from pregon.newsroom import actions as newsroom


@every(timedelta(milliseconds=250))
def publish_scheduled(at: datetime) -> None:
    newsroom.publish_due(at)


@every(timedelta(seconds=1))
def take_off_expired(at: datetime) -> None:
    newsroom.take_off_due(at)
