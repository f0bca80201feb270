"""The clock's share."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from factories.delivery import SubscriberFactory
from factories.library import AlbumFactory, jpeg, photo
from factories.newsroom import NOON, campaign, draft
from pregon.core.work import Lane, drain
from pregon.delivery.enums import State
from pregon.delivery.models import Delivery
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, Campaign
from pregon.newsroom.tasks import publish_scheduled, take_off_expired

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


def test_a_tick_takes_off_what_has_had_its_hour() -> None:
    campaign(expire_at=timezone.now() + timedelta(hours=1))
    take_off_expired(timezone.now())
    before = Campaign.objects.live().count()
    take_off_expired(timezone.now() + timedelta(hours=2))
    assert (before, Campaign.objects.live().count()) == (1, 0)


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


def test_photos_that_wait_hold_up_neither_publication_nor_message(tmp_path: Path) -> None:
    """They are developed in a lane of their own; a page and its messages go out while all of them still wait."""
    SubscriberFactory.create_batch(3, channel="email")
    album = AlbumFactory()
    for number in range(20):
        photo(
            tmp_path, album=album, name=f"{number}.jpg", data=jpeg() + bytes([number]), caption="El andador."
        )
    with time_machine.travel(NOON, tick=False) as clock:
        newsroom.publish(draft(album=album, go_live_at=NOON + timedelta(minutes=1)), by=None)
        clock.move_to(NOON + timedelta(minutes=1))
        publish_scheduled(timezone.now())
        drain([Lane.NOW], clock=timezone.now)
    assert Bulletin.objects.get(album=album).live
    assert list(Delivery.objects.values_list("state", flat=True)) == [State.WITHHELD] * 3  # a rehearsal
    assert set(Photo.objects.values_list("development", flat=True)) == {Development.DUE}
