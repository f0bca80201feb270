"""The clock's share: what the hour ends is over for everybody, to the second; and how far it came is written down."""

from __future__ import annotations

from datetime import datetime, timedelta

from pregon.alerts import actions as alerts
from pregon.core.work import every


@every(timedelta(seconds=1))
def end_what_expired(at: datetime) -> None:
    alerts.expire_due(at=at)


@every(timedelta(minutes=10))
def count_whom_they_reached(at: datetime) -> None:
    alerts.note_reach(at=at)
