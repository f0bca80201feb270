"""The pages of live coverages, and the snapshots that open pages catch up from."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from factories.library import jpeg
from factories.newsroom import act, shelf
from factories.website import COPIES, HOSTILE
from pregon.accounts.models import Topic
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions import Shot, Words
from pregon.newsroom.models import LiveBlog
from pregon.website.live import RECENT
from pregon.website.models import Stream

pytestmark = pytest.mark.django_db

#: An address that is one, with a query that would leave its attribute.
LINK = "https://video.ejemplo.invalid/1?q=%22\"onmouseover=alert(3)<script>&'"


@pytest.fixture
def blog() -> LiveBlog:
    shelf()
    now = timezone.now()
    return newsroom.open_live(act("Desfile", start=now), by=None, at=now)


def say(blog: LiveBlog, text: str, **words: str) -> None:
    newsroom.post(blog, Words(text=text, **words), key=uuid4(), by=None, at=timezone.now())


def test_a_coverage_shows_its_posts_newest_first(client: Client, blog: LiveBlog) -> None:
    say(blog, "Arranca.")
    say(blog, "Termina.", person="Presidencia")
    page = client.get(blog.get_absolute_url()).content.decode()
    assert page.index("Termina.") < page.index("Arranca.")
    assert f'data-stream="cobertura-{blog.pk}"' in page
    [machine] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(machine)
    assert (told["@type"], [post["articleBody"] for post in told["liveBlogUpdate"]]) == (
        "LiveBlogPosting",
        ["Termina.", "Arranca."],
    )


def test_words_that_try_to_become_script_stay_words(client: Client, blog: LiveBlog, tmp_path: Path) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(jpeg())
    words = Words(headline=HOSTILE, text=HOSTILE, person=HOSTILE, video=LINK)
    shot = Shot(path=file, name=HOSTILE.replace("/", ""), seen=HOSTILE)
    posted = newsroom.post(blog, words, shot=shot, key=uuid4(), by=None, at=timezone.now())
    assert posted.photo
    Photo.objects.filter(pk=posted.photo.pk).update(development=Development.READY, copies=COPIES)
    newsroom.correct_post(
        posted, replace(words, text=f"{HOSTILE}!"), note=HOSTILE, version=1, by=None, at=timezone.now()
    )
    newsroom.pin(blog, HOSTILE, version=1, at=timezone.now())
    page = client.get(blog.get_absolute_url()).content.decode()
    snapshot = client.get(f"/vivo/cobertura-{blog.pk}.json").json()
    [told] = snapshot["posts"]
    for html in (page, told["html"]):
        # Heading, words, their person, what is seen in the photo and why it was corrected: all are there.
        assert html.count("&lt;img src=x onerror=alert(2)&gt;") >= 5
        assert 'alt="&lt;/script&gt;' in html
        assert "onmouseover=" not in html.replace(escape(LINK), "")
    for html in (page, told["html"], snapshot["summary"]):
        assert re.findall(r"<script>|<img src=x", html) == []


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>"])
def test_a_video_that_is_a_script_is_not_posted(blog: LiveBlog, link: str) -> None:
    with pytest.raises(ValidationError):
        say(blog, "Mira esto.", video=link)
    assert not blog.posts.exists()


def test_a_snapshot_says_how_far_it_goes_and_what_stands(client: Client, blog: LiveBlog) -> None:
    for number in range(RECENT + 2):
        say(blog, f"Novedad {number}.")
    removed = blog.posts.first()
    assert removed is not None
    newsroom.remove_post(removed, note="No era.", version=1, by=None, at=timezone.now())
    told = client.get(f"/vivo/cobertura-{blog.pk}.json").json()
    stream = Stream.objects.get(name=f"cobertura-{blog.pk}")
    assert (told["epoch"], told["number"]) == (
        stream.epoch,
        RECENT + 2 + 2,
    )  # it opened, and one was taken away
    assert (len(told["posts"]), len(told["versions"])) == (RECENT, RECENT + 1)
    assert str(removed.pk) not in told["versions"]


def test_a_coverage_of_an_internal_act_is_not_there(client: Client, blog: LiveBlog) -> None:
    blog.act.public = False
    blog.act.save()
    assert client.get(blog.get_absolute_url()).status_code == 404
    # Pages that are open hear that it is gone, and ask for it no more.
    assert client.get(f"/vivo/cobertura-{blog.pk}.json").status_code == 410
    assert client.get("/vivo/cobertura-999.json").status_code == 404
    assert "Desfile" not in client.get("/en-vivo/").content.decode()


def test_what_is_under_way_is_on_the_front_page_and_on_its_act(client: Client, blog: LiveBlog) -> None:
    for path in ("/", "/en-vivo/", blog.act.get_absolute_url()):
        assert blog.get_absolute_url() in client.get(path).content.decode()
    newsroom.close_live(blog, by=None, at=timezone.now())
    assert blog.get_absolute_url() not in client.get("/").content.decode()
    page = client.get(blog.get_absolute_url()).content.decode()
    assert ('data-stream="sitio"' in page, "Terminó" in page) == (True, True)


def test_the_agenda_says_which_act_can_be_followed_while_it_can(client: Client, blog: LiveBlog) -> None:
    paths = ("/", "/agenda/", f"/agenda/{timezone.localdate(blog.act.start):%Y/%m}/")
    mark = '<b class="live-dot">En vivo</b></span>'
    assert [client.get(path).content.decode().count(mark) for path in paths] == [1, 1, 1]
    newsroom.close_live(blog, by=None, at=timezone.now())
    assert [client.get(path).content.decode().count(mark) for path in paths] == [0, 0, 0]


def test_a_coverage_leads_to_its_act_and_offers_notices_of_its_topics(client: Client, blog: LiveBlog) -> None:
    topic = Topic.objects.create(name="Desfiles", slug="desfiles")
    blog.act.topics.set([topic])
    blog.act.save()
    page = client.get(blog.get_absolute_url()).content.decode()
    assert f'href="{blog.act.get_absolute_url()}">Ver el acto' in page
    assert f"/suscripcion/?temas={topic.pk}" in page


def test_an_office_without_coverages_says_what_will_be_here(client: Client) -> None:
    shelf()
    assert "Aquí podrás seguir los actos" in client.get("/en-vivo/").content.decode()
    assert client.get("/vivo/sitio.json").json() == {
        "epoch": Stream.objects.get().epoch,
        "number": 0,
        "alerts": "",
    }


def test_the_cost_of_a_page_does_not_grow_with_its_posts(client: Client, blog: LiveBlog) -> None:
    counts = []
    for number in (1, 3):
        for _post in range(number):
            say(blog, "Novedad.")
        with CaptureQueriesContext(connection) as asked:
            client.get(blog.get_absolute_url())
        counts.append(len(asked))
    assert counts[0] == counts[1]
