from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid5
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from pytest_django import Settings

from factories import newsroom as news
from factories.website import marks_taken_up
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
    assert [item.get("_lectura_facil") for item in items] == [
        None,
        {"content_text": "La calle ya abrió."},
    ]


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
    marks_taken_up()
    monkeypatch.setattr(feeds, "INDEX_FROM", 0)
    root = root_of(client, "/sitemap.xml")
    places = [entry.text or "" for entry in root.iter(f"{{{feeds.SITEMAP}}}loc")]
    month = places[1].removeprefix("http://testserver")
    inside = [entry.text for entry in root_of(client, month).iter(f"{{{feeds.SITEMAP}}}loc")]
    assert (len(places), inside) == (2, [f"http://testserver{bulletin.get_absolute_url()}"])


def test_news_older_than_two_days_leaves_the_news_sitemap(client: Client) -> None:
    bulletin = news.published("Reabre el andador")
    fresh = news_of(client)
    type(bulletin).objects.filter(pk=bulletin.pk).update(
        first_published_at=timezone.now() - feeds.NEWS_WINDOW
    )
    assert (fresh, news_of(client)) == (
        [(f"http://testserver{bulletin.get_absolute_url()}", "Reabre el andador")],
        [("http://testserver/boletines/", None)],
    )


def test_the_news_sitemap_says_when_a_bulletin_was_corrected(client: Client) -> None:
    bulletin = news.published()
    later = bulletin.first_published_at.replace(microsecond=0) + timedelta(hours=1)
    type(bulletin).objects.filter(pk=bulletin.pk).update(last_published_at=later)
    [changed] = root_of(client, "/sitemap-noticias.xml").iter(f"{{{feeds.SITEMAP}}}lastmod")
    assert changed.text == later.isoformat()


def news_of(client: Client) -> list[tuple[str | None, str | None]]:
    """Each address of the news sitemap and the title it has as news, where it is news."""
    return [
        (
            entry.findtext(f"{{{feeds.SITEMAP}}}loc"),
            entry.findtext(f"{{{feeds.NEWS}}}news/{{{feeds.NEWS}}}title"),
        )
        for entry in root_of(client, "/sitemap-noticias.xml")
    ]


def test_robots_are_sent_to_the_sitemaps_and_kept_from_the_desk(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert [line for line in lines if line.startswith(("Disallow: /esc", "Sitemap"))] == [
        "Disallow: /escritorio/",
        "Sitemap: http://testserver/sitemap.xml",
        "Sitemap: http://testserver/sitemap-noticias.xml",
    ]


# --- Podcast ------------------------------------------------------------------------------------------------

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def test_the_podcast_carries_what_directories_ask_for(client: Client) -> None:
    news.town()
    news.episode(number=3)
    channel = root_of(client, "/podcast/rss.xml").find("channel")
    assert channel is not None
    asked = (
        "title",
        "description",
        "language",
        "link",
        f"{ITUNES}author",
        f"{ITUNES}explicit",
        f"{PODCAST}guid",
    )
    assert [tag for tag in asked if not channel.findtext(tag)] == []
    image, category, owner = (channel.find(f"{ITUNES}{tag}") for tag in ("image", "category", "owner"))
    assert image is not None and image.get("href") == "http://testserver/podcast/portada.png"
    assert category is not None and category.get("text") == "Government"
    assert owner is not None and owner.findtext(f"{ITUNES}email") == "prensa@muestra.example"
    locked = channel.find(f"{PODCAST}locked")
    assert locked is not None and (locked.text, locked.get("owner")) == ("yes", "prensa@muestra.example")


def test_an_episode_says_where_its_sound_and_its_words_are(client: Client) -> None:
    episode = news.episode(
        number=3, chapters="00:00 Inicio", people="Comunicación Social: conduce\nDirección de Salud: invitada"
    )
    item = root_of(client, "/podcast/rss.xml").find("channel/item")
    assert item is not None
    page = f"http://testserver{episode.get_absolute_url()}"
    sound, words, parts = (
        item.find(tag) for tag in ("enclosure", f"{PODCAST}transcript", f"{PODCAST}chapters")
    )
    assert sound is not None and sound.attrib == {
        "url": f"http://testserver/documentos/{episode.recording.pk}/agua.wav",
        "length": "8044",
        "type": "audio/wav",
    }
    assert words is not None and (words.get("url"), words.get("type")) == (
        f"{page}subtitulos.vtt",
        "text/vtt",
    )
    assert parts is not None and parts.get("type") == "application/json+chapters"
    assert [item.findtext(f"{ITUNES}{tag}") for tag in ("duration", "episode")] == ["1", "3"]
    people = [(person.text, person.get("role")) for person in item.findall(f"{PODCAST}person")]
    assert people == [("Comunicación Social", "host"), ("Dirección de Salud", "guest")]


def test_the_name_of_the_podcast_is_made_as_its_standard_says(settings: Settings) -> None:
    """The example of https://podcasting2.org/docs/podcast-namespace/tags/guid"""
    settings.BASE_URL = "https://podnews.net/rss"
    assert str(uuid5(feeds.PODCASTS, "podnews.net/rss")) == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert feeds.podcast_guid() == str(uuid5(feeds.PODCASTS, "podnews.net/rss/podcast/rss.xml"))


def test_hostile_words_leave_the_podcast_well_formed(client: Client) -> None:
    words = HOSTILE.replace("\x00", "")
    news.episode(words, summary=words, chapters=f"00:00 {words}", people=f"{words}: invitada", slug="hostil")
    title = root_of(client, "/podcast/rss.xml").findtext("channel/item/title")
    assert title == feeds.clean(words)


def test_an_episode_that_is_not_public_is_in_no_feed(client: Client) -> None:
    news.episode("Secreto uno", public=False)
    news.episode("Secreto dos", go_live_at=timezone.now() + timedelta(hours=1))
    news.episode("Secreto tres").unpublish()
    answers = [client.get(path).content.decode().lower() for path in ("/podcast/rss.xml", *XML_FEEDS)]
    assert [answer for answer in answers if "secreto" in answer] == []


def test_the_sitemap_names_the_pages_and_lists_that_there_are(client: Client) -> None:
    news.campaign()
    text = client.get("/sitemap.xml").content.decode()
    assert ("/campanas/<" in text, "/campanas/vacuna-a-tu-mascota/" in text, "/videos/" in text) == (
        True,
        True,
        False,
    )
