from __future__ import annotations

import pytest

from factories.alerts import minor
from pregon.alerts.enums import State
from pregon.alerts.models import ExtraordinaryMessage
from pregon.alerts.tasks import count_whom_they_reached, end_what_expired
from pregon.delivery.models import Delivery, Dispatch

pytestmark = pytest.mark.django_db


def test_the_clock_ends_what_the_hour_has_ended() -> None:
    alert = minor()
    end_what_expired(alert.expires)
    alert.refresh_from_db()
    assert (alert.state, alert.ended_at) == (State.EXPIRED, alert.expires)


def test_the_clock_writes_down_whom_it_reached() -> None:
    alert = minor()
    line = {"channel": "sms", "destination": "+523300000000", "state": "sent", "due_at": alert.sent}
    Delivery.objects.create(dispatch=Dispatch.objects.get(), **line)
    count_whom_they_reached(alert.sent)
    assert ExtraordinaryMessage.objects.get().reach == {"sms": 1}
