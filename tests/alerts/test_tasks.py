from __future__ import annotations

import pytest

from factories.alerts import minor
from pregon.alerts.enums import State
from pregon.alerts.tasks import end_what_expired

pytestmark = pytest.mark.django_db


def test_the_clock_ends_what_the_hour_has_ended() -> None:
    alert = minor()
    end_what_expired(alert.expires)
    alert.refresh_from_db()
    assert (alert.state, alert.ended_at) == (State.EXPIRED, alert.expires)
