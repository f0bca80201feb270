"""The small pages for other sites: what they list, what they keep back, how little they weigh."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from factories.newsroom import act, draft, published
from factories.website import HOSTILE
from pregon.newsroom import actions as newsroom
from pregon.website import actions as website
from pregon.website.queries import AGENDA_WIDGETS, ALERT_WIDGET, NEWS_WIDGETS

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
LARGEST = 10_000


def links(page: str) -> list[str]:
    return re.findall(r'<li><a href="([^"]+)"', page)


def weight(client: Client, path: str) -> int:
    """The page and all that it loads, before compression."""
    page = client.get(path).content
    parts = re.findall(r'(?:rel="stylesheet" href|<script type="module" src)="([^"]+)"', page.decode())
    assert len(parts) >= 3
    return len(page) + sum(bytes_of(client, part) for part in parts)


def bytes_of(client: Client, path: str) -> int:
    if path.startswith(settings.STATIC_URL):
        plain = re.sub(r"\.[0-9a-f]{12}(?=\.)", "", path.removeprefix(settings.STATIC_URL))
        file = finders.find(plain)
        assert file
        return Path(file).stat().st_size
    return len(client.get(path).content)


def test_news_lists_the_latest_in_lines_that_open_beside_the_other_site(client: Client) -> None:
    bulletins = [published(f"Número {number}") for number in range(6)]
    page = client.get("/incrustar/noticias/").content.decode()
    assert links(page) == [bulletin.get_absolute_url() for bulletin in reversed(bulletins[1:])]
    assert '<base target="_blank">' in page
    assert page.count('rel="noopener"') == 6
    assert len(links(client.get("/incrustar/noticias/3/").content.decode())) == 3


def test_the_agenda_lists_what_is_to_come_by_day(client: Client) -> None:
    now = timezone.now()
    act("Ayer", start=now - timedelta(days=1, hours=1))
    coming = [act(f"En {days} días", start=now + timedelta(days=days)) for days in (2, 1)]
    page = client.get("/incrustar/agenda/").content.decode()
    assert links(page) == [one.get_absolute_url() for one in reversed(coming)]
    assert page.count("<h2>") == 2


def test_what_is_hidden_on_the_site_is_hidden_in_other_sites(client: Client) -> None:
    at = timezone.now()
    draft("Borrador")
    newsroom.withdraw(published("Retirado"), reason="Error.", by=None, at=at)
    newsroom.publish(draft("Embargado", go_live_at=at + timedelta(days=1)), by=None)
    act("Interno", start=at + timedelta(days=1), public=False)
    pages = client.get("/incrustar/noticias/").content + client.get("/incrustar/agenda/").content
    assert links(pages.decode()) == []
    assert "Aquí aparecerán los boletines" in pages.decode()
    assert "No hay actos públicos anunciados." in pages.decode()


@pytest.mark.parametrize("path", ["/incrustar/noticias/4/", "/incrustar/agenda/1000000/", "/incrustar/otro/"])
def test_lengths_that_are_not_baked_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_words_of_others_stay_words(client: Client) -> None:
    published(HOSTILE)
    act(HOSTILE, start=timezone.now() + timedelta(days=1))
    for path in ("/incrustar/noticias/", "/incrustar/agenda/"):
        assert "<script>alert" not in client.get(path).content.decode()


def test_each_weighs_little_with_all_it_loads(client: Client) -> None:
    for number in range(10):
        published(f"Llega la jornada de mastografías a seis localidades de la sierra, del lunes al {number}")
        act(f"Arranque de obra del colector {number}", start=timezone.now() + timedelta(days=number))
    weights = {path: weight(client, path) for path in (*NEWS_WIDGETS, *AGENDA_WIDGETS, ALERT_WIDGET)}
    assert {path: size for path, size in weights.items() if size > LARGEST} == {}
    assert len(client.get("/incrustar.js").content) <= 1_024


def test_the_showcase_shows_lines_to_copy(client: Client) -> None:
    page = client.get("/incrustar/").content.decode()
    assert "&lt;iframe src=&quot;" not in page
    assert f'&lt;iframe src="{settings.BASE_URL}/incrustar/noticias/"' in page
    assert f'&lt;script src="{settings.BASE_URL}/incrustar.js" async&gt;' in page
    assert '<iframe class="sample" src="/incrustar/agenda/"' in page


def test_a_publication_bakes_the_widgets_that_list_it(client: Client) -> None:
    bulletin = published("Puente nuevo")
    while website.bake_due(timezone.now()):
        pass
    baked = settings.HOME.baked / "incrustar" / "noticias" / "index.html"
    assert "Puente nuevo" in baked.read_text("utf-8")
    newsroom.withdraw(bulletin, reason="Error.", by=None, at=timezone.now())
    while website.bake_due(timezone.now()):
        pass
    assert "Puente nuevo" not in baked.read_text("utf-8")


def test_widgets_cost_the_same_for_one_and_for_three(client: Client, questions: Callable[[str], int]) -> None:
    published()
    act(start=timezone.now() + timedelta(days=1))
    one = [questions(path) for path in ("/incrustar/noticias/", "/incrustar/agenda/")]
    for _ in range(2):
        published()
        act(start=timezone.now() + timedelta(days=1))
    assert [questions(path) for path in ("/incrustar/noticias/", "/incrustar/agenda/")] == one
