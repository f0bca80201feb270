from __future__ import annotations

import json
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from factories import newsroom as news
from pregon.agenda.enums import State
from pregon.agenda.models import Act
from pregon.newsroom import actions as newsroom
from pregon.website import feeds

pytestmark = pytest.mark.django_db

HOSTILE = 'Obra ]]> </title><script>alert(1)</script> & "comillas" \x0b \x00 \ufffe ñ 🎺'
XML_FEEDS = ["/rss.xml", "/atom.xml", "/sitemap.xml", "/sitemap-paginas.xml", "/sitemap-noticias.xml"]
EVERY_FEED = [*XML_FEEDS, "/feed.json", "/agenda.ics"]


def root_of(client: Client, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200
    root: Element = fromstring(answer.content, forbid_dtd=True)
    return root


@pytest.mark.parametrize("path", XML_FEEDS)
def test_hostile_words_leave_the_xml_well_formed(client: Client, path: str) -> None:
    news.published(HOSTILE.replace("\x00", ""))
    assert root_of(client, path).tag


def test_a_title_arrives_as_it_was_written_but_for_what_xml_cannot_hold(client: Client) -> None:
    news.published(HOSTILE.replace("\x00", ""))
    title = root_of(client, "/rss.xml").findtext("channel/item/title")
    assert title == feeds.clean(HOSTILE)


@pytest.mark.parametrize("path", EVERY_FEED)
def test_what_is_not_public_is_in_no_feed(client: Client, path: str) -> None:
    at = timezone.now()
    news.draft("Secreto uno")
    news.draft("Secreto embargado", go_live_at=at + timedelta(hours=1))
    withdrawn = news.published("Secreto retirado")
    newsroom.withdraw(withdrawn, reason="Error.", by=None, at=at)
    news.act("Secreto interno", start=at + timedelta(hours=3), public=False)
    news.act("Secreto por anunciar", start=at + timedelta(hours=3), public_from=at + timedelta(hours=1))
    answer = client.get(path).content.decode().lower()
    assert [word for word in ("secreto", "retirado", "embargado") if word in answer] == []


@pytest.mark.parametrize("path", EVERY_FEED)
def test_addresses_begin_with_the_offices_own_whatever_host_was_asked_for(client: Client, path: str) -> None:
    news.published("Reabre el andador")
    news.act("Jornada de salud", start=timezone.now() + timedelta(hours=3))
    answer = client.get(path, headers={"host": "localhost"}).content.decode()
    assert ("http://testserver/" in answer, "http://localhost" in answer) == (True, False)


def test_easy_reading_goes_along_in_the_json_feed(client: Client) -> None:
    news.published(easy_reading="La calle ya abrió.")
    news.published()
    items = json.loads(client.get("/feed.json").content)["items"]
    assert [item.get("_lectura_facil") for item in items] == [None, "La calle ya abrió."]


def test_the_json_feed_speaks_version_1_1(client: Client) -> None:
    bulletin = news.published("Reabre el andador")
    feed = json.loads(client.get("/feed.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(item["id"], item["title"]) for item in feed["items"]] == [
        (f"http://testserver{bulletin.get_absolute_url()}", "Reabre el andador")
    ]


def test_a_moved_act_keeps_its_name_and_raises_its_sequence(client: Client) -> None:
    act = news.act("Jornada de salud", start=timezone.now() + timedelta(days=1))
    first = only_event(client, act)
    Act.objects.filter(pk=act.pk).update(
        state=State.CANCELLED, updated_at=act.updated_at + timedelta(minutes=3)
    )
    second = only_event(client, act)
    assert first["uid"] == second["uid"] == f"acto-{act.pk}@testserver"
    assert second["sequence"] - first["sequence"] == 180
    assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")
    assert first["dtstart"].params["TZID"] == "America/Mexico_City"


def only_event(client: Client, act: Act) -> dict[str, object]:
    book = Calendar.from_ical(client.get(f"{act.get_absolute_url()}acto.ics").content)
    [event] = book.events
    return event  # type: ignore[no-any-return]  # the library carries no types


def test_hostile_words_do_not_break_out_of_a_calendar(client: Client) -> None:
    start = timezone.now() + timedelta(days=1)
    news.act("Fin\r\nEND:VEVENT\r\nBEGIN:VALARM", start=start, place="a;b,c\\n\x07", slug="fin")
    book = Calendar.from_ical(client.get("/agenda.ics").content)
    assert [str(event["location"]) for event in book.events] == ["a;b,c\\n"]
    assert len(list(book.walk("VALARM"))) == 0


def test_a_large_sitemap_becomes_an_index_of_months(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bulletin = news.published("Reabre el andador")
    monkeypatch.setattr(feeds, "INDEX_FROM", 0)
    root = root_of(client, "/sitemap.xml")
    places = [entry.text or "" for entry in root.iter(f"{{{feeds.SITEMAP}}}loc")]
    month = places[1].removeprefix("http://testserver")
    inside = [entry.text for entry in root_of(client, month).iter(f"{{{feeds.SITEMAP}}}loc")]
    assert (len(places), inside) == (2, [f"http://testserver{bulletin.get_absolute_url()}"])


def test_news_older_than_two_days_leaves_the_news_sitemap(client: Client) -> None:
    bulletin = news.published("Reabre el andador")
    fresh = len(root_of(client, "/sitemap-noticias.xml"))
    type(bulletin).objects.filter(pk=bulletin.pk).update(
        first_published_at=timezone.now() - feeds.NEWS_WINDOW
    )
    assert (fresh, len(root_of(client, "/sitemap-noticias.xml"))) == (1, 0)


def test_robots_are_sent_to_the_sitemaps_and_kept_from_the_desk(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert [line for line in lines if line.startswith(("Disallow: /esc", "Sitemap"))] == [
        "Disallow: /escritorio/",
        "Sitemap: http://testserver/sitemap.xml",
        "Sitemap: http://testserver/sitemap-noticias.xml",
    ]
