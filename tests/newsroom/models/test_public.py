from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from factories import newsroom as news
from pregon.newsroom.errors import NotReady
from pregon.newsroom.models import Bulletin, Campaign, Video

pytestmark = pytest.mark.django_db


def test_each_page_is_named_after_its_kind_for_the_engines_below() -> None:
    bulletin, campaign = news.published(), news.campaign()
    assert (bulletin.origin, campaign.origin) == (
        f"newsroom.bulletin/{bulletin.pk}",
        f"newsroom.campaign/{campaign.pk}",
    )


def test_the_desk_opens_the_public_address_of_each() -> None:
    parts = [page.get_url_parts() for page in (news.published(), news.campaign())]
    assert [part[2] for part in parts if part] == [
        Bulletin.objects.get().get_absolute_url(),
        "/campanas/vacuna-a-tu-mascota/",
    ] or parts == [None, None]  # outside a site Wagtail knows no address


def test_its_page_says_in_which_part_of_the_site_it_stands() -> None:
    context = news.campaign().get_context(RequestFactory().get("/"))
    assert (context["section"], context["preview"]) == ("campaigns", False)


def test_a_publication_that_fails_half_way_changes_nothing() -> None:
    video = news.video(captions="", public=False)
    with pytest.raises(NotReady, match="Faltan los subtítulos"):
        video.save_revision().publish()
    assert (Video.objects.get().live, Campaign.objects.count()) == (False, 0)
    assert timezone.now() is not None
