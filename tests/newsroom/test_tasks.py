"""The clock's share."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from factories.newsroom import NOON, draft
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from pregon.newsroom.tasks import publish_scheduled

pytestmark = pytest.mark.django_db


def test_a_tick_publishes_what_is_due_and_nothing_else() -> None:
    hour = NOON + timedelta(minutes=1)
    with time_machine.travel(NOON, tick=False) as clock:
        soon = draft("Ya casi", go_live_at=hour)
        later = draft("Mañana", go_live_at=NOON + timedelta(days=1))
        for bulletin in (soon, later):
            newsroom.publish(bulletin, by=None)
        clock.move_to(hour)
        publish_scheduled(hour)
    assert [Bulletin.objects.get(pk=bulletin.pk).live for bulletin in (soon, later)] == [True, False]


def test_overdue_work_of_a_stopped_clock_goes_out_at_the_next_tick() -> None:
    bulletin = draft("Atrasado", go_live_at=timezone.now() + timedelta(hours=1))
    newsroom.publish(bulletin, by=None)
    past = timezone.now() - timedelta(hours=3)
    revision = Bulletin.objects.get(pk=bulletin.pk).latest_revision
    revision.content |= {"go_live_at": past.isoformat()}
    revision.approved_go_live_at = past
    revision.save(update_fields=["content", "approved_go_live_at"])
    publish_scheduled(timezone.now())
    assert Bulletin.objects.get(pk=bulletin.pk).live is True
