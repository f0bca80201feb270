from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone

from factories import newsroom as news
from factories.library import jpeg
from pregon.config.demo import coverages
from pregon.newsroom.enums import LiveState, PostKind
from pregon.newsroom.models import Bulletin, LiveBlog

pytestmark = pytest.mark.django_db

FILE = Path(coverages.__file__).with_name("coverages.yaml")
TOLD: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))
LAST_NIGHT, UNDER_WAY = TOLD


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def followed(told: dict[str, Any], *, opened: datetime) -> LiveBlog:
    news.town()
    news.shelf()
    act = news.act(start=opened)
    return coverages.follow(act, told, opened=opened, by=None, draw=lambda seed: jpeg((300, 200)))


def test_one_under_way_has_words_a_photo_and_a_quote_each_at_its_minute(at: datetime) -> None:
    told = UNDER_WAY
    blog = followed(told, opened=at - timedelta(hours=2))
    posts = list(blog.posts.order_by("at"))
    assert [post.at - blog.opened_at for post in posts] == [
        timedelta(minutes=said["minuto"]) for said in told["publicaciones"]
    ]
    assert {post.kind for post in posts} == {PostKind.TEXT, PostKind.PHOTO, PostKind.QUOTE}
    assert (blog.state, len(blog.points)) == (LiveState.OPEN, 3)


def test_a_mistake_is_corrected_in_its_place_and_says_so(at: datetime) -> None:
    blog = followed(UNDER_WAY, opened=at - timedelta(hours=2))
    [post] = blog.posts.filter(corrected_at__isnull=False)
    [change] = post.changes.all()
    assert (post.text.split()[0], change.before["text"].split()[0]) == ("Dos", "Tres")
    assert (post.correction, change.at - post.at) == ("Son dos pipas, no tres.", coverages.NOTICED)


def test_one_that_is_over_leads_to_the_bulletin_that_is_out_and_leaves_no_draft(at: datetime) -> None:
    opened = at - timedelta(days=1)
    blog = followed(LAST_NIGHT, opened=opened)
    bulletin = news.published(act=blog.act)
    blog = coverages.close(blog, bulletin, by=None, at=opened + timedelta(hours=2))
    assert (blog.state, blog.bulletin) == (LiveState.CLOSED, bulletin)
    assert Bulletin.objects.get() == bulletin


@pytest.mark.parametrize("told", TOLD, ids=["last night", "under way"])
def test_every_coverage_is_told_in_order_and_each_photo_in_words(told: dict[str, Any]) -> None:
    minutes = [said["minuto"] for said in told["publicaciones"]]
    assert minutes == sorted(set(minutes))
    assert [said for said in told["publicaciones"] if "foto" in said and not said["se_ve"]] == []
    assert told.get("dura", minutes[-1]) >= minutes[-1]
