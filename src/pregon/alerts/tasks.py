"""The clock's share: what the hour ends is over for everybody, to the second."""

from __future__ import annotations

from datetime import datetime, timedelta

from pregon.alerts import actions as alerts
from pregon.core.work import every


@every(timedelta(seconds=1))
def end_what_expired(at: datetime) -> None:
    alerts.expire_due(at=at)
