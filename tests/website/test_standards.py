"""What machines read of the site, before the schemas of those who wrote each format and before readers of others.

Where each schema comes from stands beside them, in ``schema/README.md``. RSS has no schema of its own: two programs
that read feeds for people take its place, strict where they can be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import jsonschema_rs
import podcastparser
import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from factories import alerts
from factories import newsroom as news
from factories.website import released_photo
from pregon.accounts.models import Topic
from pregon.alerts.enums import Status
from pregon.website import feeds

pytestmark = [pytest.mark.django_db, pytest.mark.parts]

SCHEMAS = Path(__file__).parent / "schema"
HOSTILE = 'Obra ]]> </title><script>alert(1)</script> & "comillas" \x0b \ufffe ñ 🎺'
#: RFC 4287 says in Schematron what RELAX NG cannot.
SCHEMATRON = "{http://www.ascc.net/xml/schematron}"
ATOM = {"atom": feeds.ATOM}

atom_grammar = etree.parse(SCHEMAS / "atom.rng")
ATOM_SCHEMA = etree.RelaxNG(atom_grammar)
SITEMAP = etree.XMLSchema(file=SCHEMAS / "sitemap.xsd")
SITEMAP_INDEX = etree.XMLSchema(file=SCHEMAS / "siteindex.xsd")
JSON_FEED = jsonschema_rs.validator_for(
    json.loads((SCHEMAS / "jsonfeed-1.1.json").read_text(encoding="utf-8")), validate_formats=True
)


def against(schema: etree.RelaxNG | etree.XMLSchema, root: etree._Element) -> list[str]:
    schema.validate(root)
    return [str(fault) for fault in schema.error_log]


def atom_faults(body: bytes) -> list[str]:
    root = etree.fromstring(body)
    rules = [
        str(asserted.text)
        for rule in atom_grammar.iter(f"{SCHEMATRON}rule")
        for asserted in rule.iter(f"{SCHEMATRON}assert")
        for found in root.xpath(f"//{rule.get('context')}", namespaces=ATOM)
        if not found.xpath(f"boolean({asserted.get('test')})", namespaces=ATOM)
    ]
    return against(ATOM_SCHEMA, root) + rules


def sitemap_faults(body: bytes) -> list[str]:
    """Without what Google's tags say of news: their schema is not to be had, and a sitemap's own asks for it."""
    root = etree.fromstring(body)
    for extra in root.findall(f".//{{{feeds.NEWS}}}news"):
        extra.getparent().remove(extra)
    return against(SITEMAP_INDEX if root.tag.endswith("sitemapindex") else SITEMAP, root)


def json_feed_faults(body: bytes) -> list[str]:
    return [str(fault) for fault in JSON_FEED.iter_errors(json.loads(body))]


Faults = Callable[[bytes], list[str]]
FEEDS: dict[str, Faults] = {
    "/atom.xml": atom_faults,
    "/alertas/cap/alertas.atom": atom_faults,
    "/feed.json": json_feed_faults,
    "/sitemap.xml": sitemap_faults,
    "/sitemap-paginas.xml": sitemap_faults,
    "/sitemap-noticias.xml": sitemap_faults,
}


def everything() -> None:
    """Something of every kind, some of it with words that break out of careless feeds."""
    news.town()
    topics = list(Topic.objects.all())
    news.published(HOSTILE, lead=HOSTILE, topics=topics, cover=released_photo(), easy_reading="Ya abrió.")
    news.published("Sin nada más")
    news.act("Jornada de salud", start=timezone.now() + timedelta(days=1))
    news.campaign()
    news.service()
    news.episode(number=3, chapters="00:00 Inicio", people="Dirección de Salud: invitada")
    news.video()
    for status in Status:
        alerts.sent(status=status)


@pytest.mark.parametrize(("path", "faults"), FEEDS.items())
def test_what_an_office_tells_is_as_its_format_says(client: Client, path: str, faults: Faults) -> None:
    everything()
    assert faults(client.get(path).content) == []


@pytest.mark.parametrize(("path", "faults"), FEEDS.items())
def test_what_a_new_office_tells_is_too(client: Client, path: str, faults: Faults) -> None:
    assert faults(client.get(path).content) == []


def test_an_index_of_sitemaps_is_as_its_format_says(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bulletin = news.published()
    monkeypatch.setattr(feeds, "INDEX_FROM", 0)
    month = f"/sitemap-{bulletin.first_published_at.astimezone(news.town().zone):%Y-%m}.xml"
    assert [sitemap_faults(client.get(path).content) for path in ("/sitemap.xml", month)] == [[], []]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("/atom.xml", b"<id>", b"<id xmlns=''>"),
        ("/atom.xml", b"author>", b"contributor>"),
        ("/atom.xml", b'rel="alternate"', b'rel="related"'),
        ("/alertas/cap/alertas.atom", b"<updated>2", b"<updated>ayer 2"),
        ("/feed.json", b'"date_published": "2', b'"date_published": "ayer 2'),
        ("/feed.json", b'"content_text"', b'"contenido"'),
        ("/feed.json", b'"url": "http://', b'"url": "un lugar/'),
        ("/sitemap.xml", b"<lastmod>2", b"<lastmod>ayer 2"),
        ("/sitemap-noticias.xml", b"loc>", b"lugar>"),
    ],
)
def test_each_schema_would_notice(client: Client, path: str, old: bytes, new: bytes) -> None:
    news.published()
    alerts.minor()
    body = client.get(path).content
    spoilt = body.replace(old, new)
    assert (spoilt != body, FEEDS[path](spoilt) != []) == (True, True)


# --- RSS, which readers of others read ----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/alertas/cap/alertas.atom", "/podcast/rss.xml"])
def test_feedparser_has_nothing_against_it(client: Client, path: str) -> None:
    everything()
    told = feedparser.parse(client.get(path).content)
    assert (told.bozo, told.get("bozo_exception")) == (False, None)
    lacking = [
        (entry.get("title"), name)
        for entry in told.entries
        for name in ("id", "link", "title", "published_parsed")
        if not entry.get(name)
    ]
    assert (told.entries != [], lacking) == (True, [])


def test_feedparser_would_notice(client: Client) -> None:
    news.published()
    body = client.get("/rss.xml").content
    assert feedparser.parse(body.replace(b"</item>", b"", 1)).bozo
    assert not feedparser.parse(body.replace(b"guid", b"nombre")).entries[0].get("id")


def test_a_podcast_application_reads_what_was_said(client: Client) -> None:
    """gPodder's own reader, which knows the tags of Podcasting 2.0 by an older name of theirs and leaves them."""
    everything()
    body = BytesIO(client.get("/podcast/rss.xml").content)
    told = podcastparser.parse("http://testserver/podcast/rss.xml", body)
    [episode] = told["episodes"]
    [sound] = episode["enclosures"]
    assert (told["type"], told["explicit"], told["itunes_categories"], told["itunes_owner"]["email"]) == (
        "episodic",
        False,
        [["Government"]],
        "prensa@muestra.example",
    )
    assert (episode["number"], episode["total_time"], sound["mime_type"]) == (3, 1, "audio/wav")
