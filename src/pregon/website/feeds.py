"""What machines read of the site: RSS, Atom, JSON Feed, calendars, sitemaps. Each asks the gate as pages do,
and each address begins with the office's own, whatever host was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from pregon.accounts.models import Office
from pregon.agenda.enums import State
from pregon.agenda.models import Act
from pregon.core.visibility import visible
from pregon.library.models import Photo
from pregon.library.queries import copies_of
from pregon.library.values import Copy
from pregon.newsroom.models import PIECES, Bulletin, Episode, LiveBlog
from pregon.plan.comparing import compared_plans
from pregon.plan.models import Plan
from pregon.website.front import content_type
from pregon.website.queries import (
    NEWS_WINDOW,
    PODCAST_COVER,
    PODCAST_FEED,
    document_path,
    months_with_bulletins,
    photo_path,
    sections,
)
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LATEST = 30
EPISODES = 300
ACTS = 500
PAST_ACTS = timedelta(days=90)
#: From here on the sitemap is an index of months: a search engine fetches only the one that changed.
INDEX_FROM = 1000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
register_namespace("", SITEMAP)
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
#: What every podcast's own name is made from: https://podcasting2.org/docs/podcast-namespace/tags/guid
PODCASTS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
register_namespace("news", NEWS)
register_namespace("itunes", ITUNES)
register_namespace("podcast", PODCAST)
register_namespace("atom", ATOM)
# XML 1.0 cannot hold these, not even escaped, and no calendar wants them.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SEQUENCE_FROM = datetime(2025, 1, 1, tzinfo=UTC)
STATUS = {
    State.CONFIRMED: "CONFIRMED",
    State.TENTATIVE: "TENTATIVE",
    State.POSTPONED: "TENTATIVE",
    State.CANCELLED: "CANCELLED",
}


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def clean(text: object) -> str:
    """``text`` without what neither XML nor a calendar can hold."""
    return UNWRITABLE.sub("", str(text))


def latest() -> list[Bulletin]:
    return shelf.newest(LATEST, at=timezone.now())


def largest(photo: Photo | None) -> Copy | None:
    """The copy that a paper prints; nothing until it is ready."""
    return copies_of(photo)[-1] if photo and photo.copies else None


# --- RSS, Atom, JSON Feed -----------------------------------------------------------------------------------


class BulletinsRss(Feed[Bulletin, None]):
    """The latest bulletins, for readers of feeds and for newsrooms."""

    feed_type = Rss201rev2Feed
    path = "/rss.xml"
    language = "es-mx"

    def title(self) -> str:
        return clean(Office.load())

    def link(self) -> str:
        return absolute("/boletines/")

    def feed_url(self) -> str:
        return absolute(self.path)

    def feed_guid(self) -> str:
        return absolute(self.path)

    def description(self) -> str:
        return _("Boletines de prensa")

    def items(self) -> list[Bulletin]:
        return latest()

    def item_title(self, item: Any) -> str:
        return clean(item.title)

    def item_description(self, item: Any) -> str:
        return clean(item.lead)

    def item_link(self, item: Any) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: Any) -> str:
        return absolute(item.get_absolute_url())

    def item_pubdate(self, item: Any) -> datetime | None:
        moment: datetime | None = item.first_published_at
        return moment

    def item_updateddate(self, item: Any) -> datetime | None:
        moment: datetime | None = item.last_published_at or item.first_published_at
        return moment

    def item_author_name(self, item: Any) -> str:
        return clean(Office.load())

    def item_categories(self, item: Any) -> list[str]:
        return [clean(topic.name) for topic in item.listed_topics]

    def item_enclosures(self, item: Any) -> list[Enclosure]:
        copy = largest(item.cover)
        if copy is None:
            return []
        address = absolute(f"{photo_path(item.cover.public_id)}{copy.file}")
        return [Enclosure(address, str(copy.bytes), content_type(copy.file))]


class BulletinsAtom(BulletinsRss):
    feed_type = Atom1Feed  # type: ignore[assignment]  # Django's own way; its stubs want a subclass
    path = "/atom.xml"

    def subtitle(self) -> str:
        return self.description()


_rss, _atom = BulletinsRss(), BulletinsAtom()


@public_page
def rss(request: HttpRequest) -> HttpResponse:
    return _rss(request)


@public_page
def atom(request: HttpRequest) -> HttpResponse:
    return _atom(request)


@public_page
def json_feed(request: HttpRequest) -> HttpResponse:
    office = Office.load(request_or_site=request)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": str(office),
        "home_page_url": absolute("/"),
        "feed_url": absolute("/feed.json"),
        "language": "es-MX",
        "authors": [{"name": str(office), "url": absolute("/")}],
        "items": [json_item(bulletin) for bulletin in latest()],
    }
    return JsonResponse(feed, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})


def json_item(bulletin: Bulletin) -> dict[str, Any]:
    address = absolute(bulletin.get_absolute_url())
    first = bulletin.first_published_at
    item: dict[str, Any] = {
        "id": address,
        "url": address,
        "title": bulletin.title,
        "summary": bulletin.second_headline or bulletin.lead,
        "content_text": f"{bulletin.lead}\n\n{bulletin.plain_body}".strip(),
        "date_published": first.isoformat(),
        "date_modified": (bulletin.last_published_at or first).isoformat(),
        "tags": [topic.name for topic in bulletin.listed_topics],
    }
    if bulletin.easy_reading:
        item["_lectura_facil"] = {"content_text": bulletin.easy_reading}
    if bulletin.cover and (copy := largest(bulletin.cover)):
        item["image"] = absolute(f"{photo_path(bulletin.cover.public_id)}{copy.file}")
    return item


# --- Podcast ------------------------------------------------------------------------------------------------


@public_page
def podcast_rss(request: HttpRequest) -> HttpResponse:
    """The podcast as every application takes it: RSS 2.0 with the tags of iTunes and of Podcasting 2.0.

    https://podcasters.apple.com/support/823-podcast-requirements
    https://podcasting2.org/docs/podcast-namespace
    """
    office = Office.load(request_or_site=request)
    name = _("Podcast de %(town)s") % {"town": office.municipality or office.name}
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    for tag, text in (
        ("title", name),
        ("link", absolute("/podcast/")),
        ("language", "es-mx"),
        ("description", _("Lo que hace el gobierno municipal, para oír o leer.")),
        (f"{{{ITUNES}}}author", office),
        (f"{{{ITUNES}}}type", "episodic"),
        (f"{{{ITUNES}}}explicit", "false"),
        (f"{{{PODCAST}}}guid", podcast_guid()),
        (f"{{{PODCAST}}}medium", "podcast"),
    ):
        SubElement(channel, tag).text = clean(text)
    locked = SubElement(channel, f"{{{PODCAST}}}locked")
    locked.text = "yes"
    if office.email:
        locked.set("owner", clean(office.email))
        owner = SubElement(channel, f"{{{ITUNES}}}owner")
        SubElement(owner, f"{{{ITUNES}}}name").text = clean(office)
        SubElement(owner, f"{{{ITUNES}}}email").text = clean(office.email)
    SubElement(channel, f"{{{ITUNES}}}category", text="Government")
    SubElement(channel, f"{{{ITUNES}}}image", href=absolute(PODCAST_COVER))
    image = SubElement(channel, "image")
    for tag, text in (("url", absolute(PODCAST_COVER)), ("title", name), ("link", absolute("/podcast/"))):
        SubElement(image, tag).text = clean(text)
    SubElement(
        channel, f"{{{ATOM}}}link", href=absolute(PODCAST_FEED), rel="self", type="application/rss+xml"
    )
    for episode in shelf.pieces(Episode, timezone.now()).select_related("recording")[:EPISODES]:
        add_episode(channel, episode)
    text = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="application/rss+xml; charset=utf-8")


def podcast_guid() -> str:
    """The same for ever, from the feed's address without its scheme."""
    return str(uuid5(PODCASTS, absolute(PODCAST_FEED).partition("://")[2].rstrip("/")))


def add_episode(channel: Element, episode: Episode) -> None:
    address = absolute(episode.get_absolute_url())
    item = SubElement(channel, "item")
    for tag, text in (
        ("title", episode.title),
        ("link", address),
        ("description", f"{episode.summary}\n\n{episode.plain_body}".strip()),
        ("pubDate", format_datetime(episode.first_published_at)),
        (f"{{{ITUNES}}}duration", episode.seconds),
        (f"{{{ITUNES}}}episode", episode.number),
        (f"{{{ITUNES}}}episodeType", "full"),
        (f"{{{ITUNES}}}explicit", "false"),
    ):
        if text:
            SubElement(item, tag).text = clean(text)
    SubElement(item, "guid", isPermaLink="false").text = f"{podcast_guid()}/{episode.pk}"
    SubElement(
        item,
        "enclosure",
        url=absolute(document_path(episode.file)),
        length=str(episode.file.get_file_size() or 0),
        type=episode.media_type,
    )
    if episode.cues:
        captions = {
            "url": f"{address}subtitulos.vtt",
            "type": "text/vtt",
            "language": "es",
            "rel": "captions",
        }
        SubElement(item, f"{{{PODCAST}}}transcript", captions)
    if episode.chapter_list:
        chapters = {"url": f"{address}capitulos.json", "type": "application/json+chapters"}
        SubElement(item, f"{{{PODCAST}}}chapters", chapters)
    for name, role in episode.people_list:
        person = SubElement(item, f"{{{PODCAST}}}person", role=role_in_podcast(role))
        person.text = clean(name)


def role_in_podcast(role: str) -> str:
    """One of the roles that the tag knows: whoever is no guest hosts."""
    return "guest" if role.lower().startswith("invit") else "host"


# --- Calendars ----------------------------------------------------------------------------------------------


@public_page
def agenda_ics(request: HttpRequest) -> HttpResponse:
    """The public agenda as a calendar to subscribe to."""
    at = timezone.now()
    return calendar(
        shelf.acts(at).filter(start__gte=at - PAST_ACTS)[:ACTS], Office.load(request_or_site=request)
    )


@public_page
def act_ics(request: HttpRequest, slug: str) -> HttpResponse:
    acts = list(shelf.acts(timezone.now()).filter(slug=slug))
    if not acts:
        raise Http404
    return calendar(acts, Office.load(request_or_site=request))


def calendar(acts: Iterable[Act], office: Office) -> HttpResponse:
    book = Calendar()
    book.add("prodid", "-//Pregon//Agenda//ES")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", clean(office))
    for act in acts:
        book.add_component(event(act, office))
    book.add_missing_timezones()
    return HttpResponse(book.to_ical(), content_type="text/calendar; charset=utf-8")


def event(act: Act, office: Office) -> Event:
    """The act under a name that never changes; a phone takes a later version by its sequence."""
    host = urlsplit(settings.BASE_URL).hostname
    called = {
        State.CANCELLED: _("Cancelado: %(title)s"),
        State.POSTPONED: _("Pospuesto: %(title)s"),
        State.TENTATIVE: _("Por confirmar: %(title)s"),
    }.get(State(act.state), "%(title)s")
    entry = Event()
    entry.add("uid", f"acto-{act.pk}@{host}")
    entry.add("sequence", max(0, int((act.updated_at - SEQUENCE_FROM).total_seconds())))
    entry.add("dtstamp", act.updated_at.astimezone(UTC))
    entry.add("last-modified", act.updated_at.astimezone(UTC))
    entry.add("dtstart", act.start.astimezone(office.zone))
    if act.end and act.end > act.start:
        entry.add("dtend", act.end.astimezone(office.zone))
    entry.add("summary", clean(called % {"title": act.title}))
    entry.add("location", clean(act.place))
    entry.add("status", STATUS[State(act.state)])
    entry.add("url", absolute(act.get_absolute_url()))
    if act.description:
        entry.add("description", clean(act.description))
    if act.latitude is not None and act.longitude is not None:
        entry.add("geo", (float(act.latitude), float(act.longitude)))
    return entry


# --- Sitemaps and robots ------------------------------------------------------------------------------------


def xml(root: Element) -> HttpResponse:
    text = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def listed(entries: Iterable[tuple[str, datetime | None]], *, index: bool = False) -> HttpResponse:
    """A list of addresses, each with the moment it last changed."""
    root = Element(f"{{{SITEMAP}}}{'sitemapindex' if index else 'urlset'}")
    for path, changed in entries:
        add_entry(root, "sitemap" if index else "url", path, changed)
    return xml(root)


def add_entry(root: Element, tag: str, path: str, changed: datetime | None) -> Element:
    entry = SubElement(root, f"{{{SITEMAP}}}{tag}")
    SubElement(entry, f"{{{SITEMAP}}}loc").text = absolute(path)
    if changed:
        SubElement(entry, f"{{{SITEMAP}}}lastmod").text = changed.isoformat(timespec="seconds")
    return entry


def bulletin_entries(start: datetime | None = None, end: datetime | None = None) -> list[tuple[str, Any]]:
    found = visible(Bulletin.objects.all(), at=timezone.now()).order_by("-first_published_at", "-pk")
    if start and end:
        found = found.filter(first_published_at__gte=start, first_published_at__lt=end)
    return [
        (f"/boletines/{slug}/", changed) for slug, changed in found.values_list("slug", "last_published_at")
    ]


def page_entries() -> list[tuple[str, datetime | None]]:
    """Everything public but the bulletins."""
    at = timezone.now()
    acts = shelf.acts(at).values_list("slug", "updated_at")
    coverages = visible(LiveBlog.objects.all(), at=at)
    plans, there = list(Plan.objects.all()), sections(at)
    standing = (
        *("/", "/boletines/", "/agenda/", "/en-vivo/", "/galerias/", "/plan/", "/suscripcion/"),
        *sorted(there),
    )
    return [
        *((path, None) for path in (*standing, "/privacidad/", "/accesibilidad/")),
        *((f"/boletines/tema/{slug}/", None) for slug in shelf.topics(at).values_list("slug", flat=True)),
        *((f"/agenda/{slug}/", changed) for slug, changed in acts),
        *((blog.get_absolute_url(), blog.closed_at) for blog in coverages),
        *((f"/galerias/{slug}/", None) for slug in shelf.albums(at).values_list("slug", flat=True)),
        *(
            (f"{kind.folder}{slug}/", changed)
            for kind in PIECES
            if kind.folder in there
            for slug, changed in shelf.pieces(kind, at)
            .order_by("pk")
            .values_list("slug", "last_published_at")
        ),
        *((plan.get_absolute_url(), None) for plan in plans),
        *((plan.comparison_url, None) for plan in compared_plans(plans)),
    ]


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    months = months_with_bulletins()
    if sum(month.bulletins for month in months) <= INDEX_FROM:
        return listed([*page_entries(), *bulletin_entries()])
    return listed(
        [("/sitemap-paginas.xml", None), *((month.sitemap, month.changed) for month in months)], index=True
    )


@public_page
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    return listed(page_entries())


@public_page
def sitemap_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    entries = bulletin_entries(*shelf.month_span(year, month))
    if not entries:
        raise Http404
    return listed(entries)


@public_page
def sitemap_news(request: HttpRequest) -> HttpResponse:
    """The bulletins of the last two days, as news search engines ask for them.

    Without any it names where they would be, for no sitemap may be empty.
    """
    at = timezone.now()
    office = clean(Office.load(request_or_site=request))
    recent = visible(Bulletin.objects.newest_first().filter(first_published_at__gt=at - NEWS_WINDOW), at=at)
    bulletins = recent.values_list("slug", "title", "first_published_at", "last_published_at")
    if not bulletins:
        return listed([("/boletines/", None)])
    root = Element(f"{{{SITEMAP}}}urlset")
    for slug, title, published_at, changed in bulletins:
        entry = add_entry(root, "url", f"/boletines/{slug}/", changed)
        news = SubElement(entry, f"{{{NEWS}}}news")
        publication = SubElement(news, f"{{{NEWS}}}publication")
        SubElement(publication, f"{{{NEWS}}}name").text = office
        SubElement(publication, f"{{{NEWS}}}language").text = "es"
        published = published_at.isoformat(timespec="seconds")
        SubElement(news, f"{{{NEWS}}}publication_date").text = published
        SubElement(news, f"{{{NEWS}}}title").text = clean(title)
    return xml(root)


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /escritorio/",
        "Disallow: /boletines/buscar/",
        "Disallow: /buscar.json",
        "Disallow: /servicios/buscar/",
        "Disallow: /suscripcion/",
        "Allow: /suscripcion/$",
        "",
        f"Sitemap: {absolute('/sitemap.xml')}",
        f"Sitemap: {absolute('/sitemap-noticias.xml')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
