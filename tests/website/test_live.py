"""What open pages are told of a coverage: at once, in order, and only what is public."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from factories.library import jpeg
from factories.newsroom import act, published, shelf
from pregon.library.models import Photo
from pregon.library.tasks import develop_next
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions import Shot, Words
from pregon.newsroom.models import LiveBlog
from pregon.website import live
from pregon.website.models import BakingMark, Broadcast, Stream

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NOW = timezone.now()


@pytest.fixture
def blog() -> LiveBlog:
    shelf()
    return newsroom.open_live(act("Desfile", start=NOW), by=None, at=NOW)


def told(name: str) -> list[tuple[int, str]]:
    rows = Broadcast.objects.filter(stream__name=name).order_by("number")
    return list(rows.values_list("number", "kind"))


def last(name: str) -> dict[str, object]:
    data: dict[str, object] = Broadcast.objects.filter(stream__name=name).latest("number").data
    return data


def test_each_verb_is_told_on_the_stream_of_its_coverage(blog: LiveBlog) -> None:
    name = live.stream_of(blog)
    posted = newsroom.post(blog, Words(text="Arranca."), key=uuid4(), by=None, at=NOW)
    assert "Arranca." in str(last(name)["html"])
    newsroom.correct_post(posted, Words(text="Empieza."), note="Era empieza.", version=1, by=None, at=NOW)
    assert (last(name)["id"], last(name)["version"]) == (posted.pk, 4)
    newsroom.remove_post(posted, note="No era.", version=2, by=None, at=NOW)
    assert last(name)["html"] == ""
    newsroom.pin(blog, "Lo que importa", version=1, at=NOW)
    assert "Lo que importa" in str(last(name)["html"])
    newsroom.close_live(blog, by=None, at=NOW)
    assert last(name)["state"] == "cerrada"
    assert told(name) == list(enumerate(["state", "post", "post", "post", "summary", "state"], start=1))
    assert Stream.objects.get(name=name).closed_at == NOW


def test_what_is_told_makes_its_snapshot_and_its_page_due(blog: LiveBlog) -> None:
    BakingMark.objects.all().delete()
    newsroom.post(blog, Words(text="Arranca."), key=uuid4(), by=None, at=NOW)
    due = set(BakingMark.objects.values_list("path", flat=True))
    assert due == {blog.get_absolute_url(), live.snapshot_path(live.stream_of(blog))}


def test_the_words_of_a_photo_go_first_and_the_photo_follows(blog: LiveBlog, tmp_path: Path) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(jpeg())
    name = live.stream_of(blog)
    shot = Shot(path=file, name="foto.jpg", seen="La banda.")
    newsroom.post(blog, Words(text="Pasa la banda."), key=uuid4(), shot=shot, by=None, at=NOW)
    before = last(name)
    assert ("<img" in str(before["html"]), "aparecerá en un momento" in str(before["html"])) == (False, True)
    assert develop_next(timezone.now()) == 1
    after = last(name)
    assert ('alt="La banda."' in str(after["html"]), after["version"]) == (True, 3)
    assert Photo.objects.get().released_at == NOW


def test_a_bulletin_is_told_to_every_page_once(blog: LiveBlog) -> None:
    bulletin = published("Reabre el andador")
    assert last(live.SITE) == {"url": bulletin.get_absolute_url(), "title": "Reabre el andador"}
    newsroom.publish(bulletin, by=None)
    assert [kind for _number, kind in told(live.SITE)] == ["news"]
