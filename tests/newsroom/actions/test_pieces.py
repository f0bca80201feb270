from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from factories import newsroom as news
from factories.delivery import SubscriberFactory
from factories.website import ready_photo
from pregon.accounts.models import Topic
from pregon.core.visibility import may_see
from pregon.delivery.models import Dispatch
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Campaign, Service

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize("make", [news.campaign, news.episode, news.video])
def test_what_is_new_is_told_once_to_whoever_follows_it(make: Any) -> None:
    SubscriberFactory()
    piece = make()
    piece.save_revision().publish()
    [told] = Dispatch.objects.about(piece.origin)
    assert (told.headline, told.message.url) == (
        piece.title,
        f"http://testserver{piece.get_absolute_url()}",
    )


def test_of_a_service_only_each_change_is_told() -> None:
    service = news.service()
    assert not Dispatch.objects.about(service.origin).exists()
    for change in (
        "Desde el lunes por la tarde.",
        "Desde el lunes por la tarde. ",
        "Vuelve al horario de siempre.",
    ):
        service.change = change
        service.save_revision().publish()
        service = Service.objects.get()
    assert [
        told.message.blocks[0].text for told in Dispatch.objects.about(service.origin).order_by("pk")
    ] == [
        "Desde el lunes por la tarde.",
        "Vuelve al horario de siempre.",
    ]


def test_it_goes_to_those_who_follow_its_topics() -> None:
    news.town()
    topic = Topic.objects.get(name="Salud")
    campaign = news.campaign(topics=[topic])
    assert Dispatch.objects.about(campaign.origin).get().audience.topics == (topic.pk,)


def test_its_photos_go_out_with_it_and_leave_with_it() -> None:
    photo = ready_photo()
    campaign = news.campaign(cover=photo)
    out = Photo.objects.get().released_at
    campaign.unpublish()
    assert (out is not None, Photo.objects.get().released_at) == (True, None)


def test_a_photo_that_something_else_shows_stays_when_it_leaves() -> None:
    photo = ready_photo()
    campaign, bulletin = news.campaign(cover=photo), news.published(cover=photo)
    campaign.unpublish()
    stays = Photo.objects.get().released_at
    news.campaign("Otra", cover=photo)
    newsroom.withdraw(bulletin, reason="Error.", by=None, at=timezone.now())
    assert None not in (stays, Photo.objects.get().released_at)


def test_an_embargo_holds_page_photo_and_message_until_its_hour() -> None:
    at = timezone.now()
    campaign = news.campaign(cover=ready_photo(), go_live_at=at + timedelta(hours=1))
    before = (may_see(campaign, at=at), Photo.objects.get().released_at, Dispatch.objects.count())
    with time_machine.travel(at + timedelta(hours=2)):
        newsroom.publish_due(timezone.now())
    campaign = Campaign.objects.get()
    assert (before, campaign.live, Dispatch.objects.count()) == ((False, None, 0), True, 1)
    assert not may_see(campaign, at=at)


def test_its_last_hour_takes_it_off_with_its_photo_and_leaves_the_others() -> None:
    at = timezone.now()
    passing = news.campaign(cover=ready_photo(), expire_at=at + timedelta(hours=1))
    news.campaign("Otra", expire_at=at + timedelta(hours=3))
    news.video("Sin fin")
    early = newsroom.take_off_due(at)
    taken = newsroom.take_off_due(at + timedelta(hours=1))
    passing.refresh_from_db()
    assert (early, taken, passing.live, passing.expired) == (0, 1, False, True)
    assert (Photo.objects.get(pk=passing.cover_id).released_at, Campaign.objects.live().count()) == (None, 1)
    assert passing.pk in PageLogEntry.objects.filter(action="wagtail.unpublish.scheduled").values_list(
        "page_id", flat=True
    )


def test_one_that_cannot_be_taken_off_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now()
    campaign = news.campaign(expire_at=at + timedelta(hours=1))
    video = news.video(expire_at=at + timedelta(hours=2))

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(Campaign, "unpublish", fail)
    assert newsroom.take_off_due(at + timedelta(hours=3)) == 1
    campaign.refresh_from_db()
    video.refresh_from_db()
    assert (campaign.live, video.live) == (True, False)


def test_what_expired_before_a_stopped_clock_went_on_never_goes_out() -> None:
    at = timezone.now()
    news.campaign(go_live_at=at + timedelta(hours=1), expire_at=at + timedelta(hours=2))
    with time_machine.travel(at + timedelta(hours=3)):
        published = newsroom.publish_due(timezone.now()), newsroom.publish_due(timezone.now())
    assert (published, Campaign.objects.live().count(), Dispatch.objects.count()) == ((0, 0), 0, 0)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_what_has_not_left_yet_is_stopped_when_the_page_leaves() -> None:
    SubscriberFactory()
    campaign = news.campaign()
    campaign.unpublish()
    assert Dispatch.objects.about(campaign.origin).get().prepared_at is not None
