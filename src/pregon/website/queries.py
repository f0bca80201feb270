"""Which addresses show what. The cost of an answer never grows with the number of bulletins, but where
everything is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Max, Min, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Page, PageLogEntry, ReferenceIndex

from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.agenda.models import Act
from pregon.alerts.models import Alert
from pregon.alerts.queries import chain, next_end
from pregon.core.calendar import local_day
from pregon.core.files import safe_name
from pregon.core.remembering import remembered
from pregon.core.visibility import visible
from pregon.delivery.enums import MessageKind
from pregon.delivery.models import Dispatch, Milestone
from pregon.library.models import Album, Photo
from pregon.newsroom.models import (
    PIECES,
    Bulletin,
    BulletinQuerySet,
    Campaign,
    Episode,
    LiveBlog,
    LivePost,
    Piece,
    Recording,
    Service,
)
from pregon.newsroom.models.public import PublicPage
from pregon.newsroom.queries import photos_of
from pregon.plan import registry
from pregon.plan.comparing import compared_plans, years_of
from pregon.plan.enums import SealAct
from pregon.plan.measures import records_begin
from pregon.plan.models import Activity, Capture, Indicator, Plan, Seal
from pregon.plan.queries import plan_sheet, public_evidence
from pregon.plan.reports.datasets import DATASETS, DICTIONARY
from pregon.plan.reports.progress import Span
from pregon.website import live
from pregon.website.enums import Baking
from pregon.website.models import EVERY_PAGE, BakedPage, BakingMark, NewsMonth

HOME, LATEST, AGENDA, GALLERIES, PLANS = "/", "/boletines/", "/agenda/", "/galerias/", "/plan/"
ALERTS, ALERTS_CAP, ALERT_FEED = "/alertas/", "/alertas/cap/", "/alertas/cap/alertas.atom"
#: What the banner of a page that is open asks for.
ALERT_SNAPSHOT = "/vivo/alerta.json"
COVERAGES = "/en-vivo/"
CALENDAR, NEWS_SITEMAP = "/agenda.ics", "/sitemap-noticias.xml"
SITEMAP, PAGES_SITEMAP = SITEMAPS = ("/sitemap.xml", "/sitemap-paginas.xml")
KEPT_LIST, PUSH_OFFER = "/sin-conexion.json", "/suscripcion/avisos.json"
NEWS_FEEDS = ("/rss.xml", "/atom.xml", "/feed.json")
#: What tells machines of every bulletin.
FEEDS = (*NEWS_FEEDS, SITEMAP, NEWS_SITEMAP)
WIDGETS, ALERT_WIDGET = "/incrustar/", "/incrustar/alerta/"
#: How many lines a widget has, first when nothing else is asked.
WIDGET_LENGTHS = (5, 3, 10)
NEWS_WIDGETS, AGENDA_WIDGETS = (
    (f"{WIDGETS}{kind}/", *(f"{WIDGETS}{kind}/{many}/" for many in WIDGET_LENGTHS[1:]))
    for kind in ("noticias", "agenda")
)
PAGES: tuple[type[PublicPage], ...] = (Bulletin, *PIECES)
#: The lists of the pages beside the bulletins, each at the address that its pages stand below.
LISTS = tuple(kind.folder for kind in PIECES)
PODCAST_FEED, PODCAST_COVER = "/podcast/rss.xml", "/podcast/portada.png"
#: What every office has, whatever it published.
STANDING = (
    *(HOME, LATEST, AGENDA, GALLERIES, PLANS, CALENDAR, COVERAGES, live.snapshot_path(live.SITE)),
    *(*FEEDS, PAGES_SITEMAP),
    *(*LISTS, PODCAST_FEED, PODCAST_COVER),
    *(ALERTS, ALERTS_CAP, ALERT_FEED, ALERT_SNAPSHOT),
    *("/suscripcion/", "/suscripcion/gracias/", "/privacidad/", "/accesibilidad/"),
    *("/robots.txt", "/avisos.js", "/marca.css", "/escudo.svg", "/escudo.png"),
    *("/app.webmanifest", "/icono-192.png", "/icono-512.png", "/icono-recortable.png"),
    *(PUSH_OFFER, "/sin-conexion/", KEPT_LIST),
    *(WIDGETS, ALERT_WIDGET, *NEWS_WIDGETS, *AGENDA_WIDGETS, "/incrustar.js"),
)
NEWS_WINDOW = timedelta(hours=48)
LONGEST_ACT = timedelta(days=31)
LOOK_AGAIN = timedelta(minutes=1)
#: Among so many pages of a list one is sure to be found that nobody is changing.
BESIDE = 12
AGENDA_MONTH = re.compile(r"/agenda/20\d\d/\d\d/")
NEWS_MONTH = re.compile(r"/boletines/(20\d\d)/(\d\d)/")
#: The records of a figure in one month.
EVIDENCE = re.compile(r"/plan/[^/]+/[^/]+/(\d\d)/")
#: What was signed stays as it was; which of its records may be read changes with them.
SIGNED = re.compile(r"/plan/[^/]+/cierres/\d+\.json")
SIGNED_RECORDS = re.compile(r"/plan/[^/]+/cierres/\d+-registros\.json")
#: What tells of a whole quarter or year of a plan.
REPORT = re.compile(r"/plan/[^/]+/(?:informe|datos)/")
#: What says how the tables of a plan are read.
DICTIONARIES = re.compile(rf"/plan/[^/]+/datos/({DICTIONARY}\.\w+)?")
#: The version that is public now, and the one before it; one more for a publication that changed nothing.
RECENT_VERSIONS = 3
PUBLICATIONS = ("wagtail.publish", "wagtail.publish.scheduled")
#: Where blocks keep the document that they attach or show, and the fields that are made of blocks.
DOCUMENTS = {"attachment": "document", "video": "file", "document": "document"}
STREAMS = ("body", "documents")


# --- Addresses of one thing ---------------------------------------------------------------------------------


def photo_path(public_id: UUID | str) -> str:
    """The folder that the published copies of a photo share."""
    return f"/fotos/{public_id}/"


def document_path(document: Any) -> str:
    """Where an attached document is taken from."""
    return f"/documentos/{document.pk}/{safe_name(document.filename)}"


def document_folder(pk: int | str) -> str:
    return f"/documentos/{pk}/"


def map_path(act: Act) -> str:
    """The picture of where an act takes place, drawn from tiles."""
    return f"{act.get_absolute_url()}mapa.webp"


def archive_path(moment: datetime, office: Office) -> str:
    return f"/boletines/{moment.astimezone(office.zone):%Y/%m}/"


def span_of_month(first: date, office: Office) -> tuple[datetime, datetime]:
    """The first moment of a local month, and that of the next one."""
    opens, closes = (
        timezone.make_aware(datetime.combine(day, time.min), office.zone)
        for day in (first, _shifted(first, 1))
    )
    return opens, closes


def month_sitemap(moment: datetime, office: Office) -> str:
    return f"/sitemap-{moment.astimezone(office.zone):%Y-%m}.xml"


def agenda_paths(moment: datetime, office: Office, *, at: datetime | None = None) -> list[str]:
    """The month of ``moment``, and the pages before and after it, whose links lead there."""
    first = moment.astimezone(office.zone).date().replace(day=1)
    beside = months_beside(first, office, at=at or timezone.now())
    return [f"/agenda/{month:%Y/%m}/" for month in (first, *beside) if month]


def months_now(at: datetime, office: Office) -> list[date]:
    """The months that have a page even while they hold nothing: this one and the next."""
    current = at.astimezone(office.zone).date().replace(day=1)
    return [current, _shifted(current, 1)]


def months_beside(first: date, office: Office, *, at: datetime) -> tuple[date | None, date | None]:
    """The nearest months before and after ``first`` that have a page of the agenda."""
    acts = visible(Act.objects.all(), at=at)
    opens, closes = span_of_month(first, office)
    last = acts.filter(start__lt=opens).aggregate(start=Max("start"))["start"]
    following = acts.filter(start__gte=closes).aggregate(start=Min("start"))["start"]
    near = months_now(at, office)
    near += [moment.astimezone(office.zone).date().replace(day=1) for moment in (last, following) if moment]
    return (
        max((month for month in near if month < first), default=None),
        min((month for month in near if month > first), default=None),
    )


# --- What shows what ----------------------------------------------------------------------------------------


def paths_of_bulletin(bulletin: Bulletin) -> list[str]:
    """Every address that shows something of ``bulletin``, itself first; what its last versions named shows it no
    longer, and is among them."""
    office = Office.load()
    named = named_by(bulletin)
    photos = photos_of(bulletin)
    moments = {bulletin.first_published_at, bulletin.last_published_at} - {None}
    paths = [
        *(photo_path(public_id) for public_id in photos.values_list("public_id", flat=True)),
        *(document_folder(pk) for pk in sorted(documents_named_by(bulletin))),
        bulletin.get_absolute_url(),
        *(HOME, LATEST, KEPT_LIST, *NEWS_WIDGETS, *FEEDS),
        *(f"/boletines/tema/{slug}/" for slug in topics_of(bulletin)),
        *(act.get_absolute_url() for act in Act.objects.filter(pk__in=named["act"])),
        # Its news leaves with it, and figures count whom that reached.
        *plan_paths([Bulletin, Dispatch], *moments),
    ]
    for moment in moments:
        paths += [archive_path(moment, office), month_sitemap(moment, office)]
    if bulletin.first_published_at:
        paths += months_that_link_to(bulletin, office)
    leaves = not bulletin.live or bulletin.withdrawn_at  # perhaps together with the only other one
    if named["album"] or (named["topics"] and (leaves or topics_of_one(named["topics"], bulletin).exists())):
        paths.append(PAGES_SITEMAP)
    for album in Album.objects.filter(Q(pk__in=named["album"]) | Q(photos__in=photos)).distinct():
        paths += [*paths_of_album(album), *plan_paths_of_album(album)]  # its photos come out with it
    paths += [blog.get_absolute_url() for blog in LiveBlog.objects.filter(bulletin=bulletin.pk)]
    paths += others_with(photos, bulletin)
    paths += pieces_about(named["topics"])
    paths += [
        campaign.get_absolute_url() for campaign in Campaign.objects.filter(bulletins=bulletin.pk, live=True)
    ]
    return list(dict.fromkeys(paths))


def named_by(bulletin: Bulletin) -> dict[str, set[int]]:
    """What ``bulletin`` and its last public versions name: topics, act and album, by their numbers."""
    found = {
        "topics": {topic.pk for topic in bulletin.topics.all()},
        "act": {bulletin.act_id} - {None},
        "album": {bulletin.album_id} - {None},
    }
    for content in last_versions(bulletin):
        found["topics"].update(content.get("topics") or ())
        found["act"] |= {content.get("act")} - {None}
        found["album"] |= {content.get("album")} - {None}
    return found


def last_versions(page: PublicPage) -> list[dict[str, Any]]:
    """What ``page`` said in the last versions that were public, as Wagtail keeps it."""
    published = PageLogEntry.objects.filter(
        page_id=page.pk, action__in=PUBLICATIONS, revision__isnull=False
    ).order_by("-timestamp", "-pk")
    return list(published.values_list("revision__content", flat=True)[:RECENT_VERSIONS])


def topics_of(bulletin: Bulletin) -> list[str]:
    """Its topics now and in its last public versions: a topic that was taken away shows it no longer."""
    return list(Topic.objects.filter(pk__in=named_by(bulletin)["topics"]).values_list("slug", flat=True))


def topics_of_one(topics: Iterable[int], bulletin: Bulletin) -> QuerySet[Topic]:
    """Those of ``topics`` about which nothing else can be read: their pages come and go with ``bulletin``."""
    others = visible(Bulletin.objects.exclude(pk=bulletin.pk), at=timezone.now())
    return Topic.objects.filter(~Exists(others.filter(topics=OuterRef("pk"))), pk__in=topics)


def months_that_link_to(bulletin: Bulletin, office: Office) -> list[str]:
    """The month pages before and after that of ``bulletin``, when it is the only one of its month: it makes that
    page, and takes it along."""
    first = bulletin.first_published_at.astimezone(office.zone).date().replace(day=1)
    opens, closes = span_of_month(first, office)
    others = visible(Bulletin.objects.exclude(pk=bulletin.pk), at=timezone.now())
    if others.filter(first_published_at__gte=opens, first_published_at__lt=closes).exists():
        return []
    return [archive_path(moment, office) for moment in bulletins_beside(others, opens, closes) if moment]


def months_with_bulletins() -> list[NewsMonth]:
    """Every month with public bulletins, newest first, as the bakers counted them."""
    return remembered("months", lambda: list(NewsMonth.objects.filter(bulletins__gt=0).order_by("-first")))


def months_of_news(at: datetime) -> set[str]:
    """The pages and the sitemaps of the months in which bulletins went out, found among all of them."""
    office = Office.load()
    moments = visible(Bulletin.objects.order_by(), at=at).values_list("first_published_at", flat=True)
    days = {moment.astimezone(office.zone).replace(day=1).date(): moment for moment in moments.iterator()}
    return {path(moment, office) for moment in days.values() for path in (archive_path, month_sitemap)}


def bulletins_beside(
    bulletins: QuerySet[Bulletin], opens: datetime, closes: datetime
) -> tuple[datetime | None, datetime | None]:
    """When the last of ``bulletins`` before that span went out, and the first one after it."""
    moments = bulletins.order_by("first_published_at").values_list("first_published_at", flat=True)
    return (
        moments.filter(first_published_at__lt=opens).last(),
        moments.filter(first_published_at__gte=closes).first(),
    )


def others_with(photos: Any, page: PublicPage) -> list[str]:
    """Pages of other bulletins with one of ``photos``, which went out or was taken back with this page."""
    numbers = [str(pk) for pk in photos.values_list("pk", flat=True)]
    named = ReferenceIndex.objects.filter(
        base_content_type=_type_of(Page), to_content_type=_type_of(Photo), to_object_id__in=numbers
    ).exclude(object_id=str(page.pk))
    others = Bulletin.objects.filter(pk__in=[int(pk) for pk in named.values_list("object_id", flat=True)])
    found = list(others.filter(live=True).values_list("pk", flat=True))
    return shown_with(Bulletin.objects.filter(pk__in=found)) if found else []


def shown_with(bulletins: QuerySet[Bulletin]) -> list[str]:
    """Every page on which public ones of ``bulletins`` are shown with their card or their row. Costs as much as they
    are."""
    office = Office.load()
    public = visible(bulletins, at=timezone.now())
    paths: list[str] = []
    for slug, moment in public.values_list("slug", "first_published_at"):
        paths += [f"/boletines/{slug}/", archive_path(moment, office)]
    if not paths:
        return []
    of_act = Act.objects.filter(bulletins__in=public).values_list("slug", flat=True)
    of_album = Album.objects.filter(bulletins__in=public).values_list("slug", flat=True)
    of_topic = Topic.objects.filter(bulletins__in=public).values_list("slug", flat=True)
    paths += [HOME, LATEST, *NEWS_WIDGETS, *NEWS_FEEDS]
    paths += [f"/agenda/{slug}/" for slug in of_act]
    paths += [f"/galerias/{slug}/" for slug in of_album]
    paths += [f"/boletines/tema/{slug}/" for slug in of_topic]
    return list(dict.fromkeys(paths))


def paths_of_topic(topic: Topic) -> list[str]:
    """Its own page, and all that shows its name."""
    about = shown_with(Bulletin.objects.filter(topics=topic))
    return [
        f"/boletines/tema/{topic.slug}/",
        *about,
        *([PAGES_SITEMAP, SITEMAP] if about else []),
        *pieces_about([topic.pk]),
        *acts_named(topics=topic),
    ]


def acts_named(**by: Any) -> list[str]:
    """The pages of the public acts that are found by that, and of what was told live of them."""
    acts = visible(Act.objects.filter(**by), at=timezone.now())
    told = LiveBlog.objects.filter(act__in=acts)
    return [
        *(f"/agenda/{slug}/" for slug in acts.values_list("slug", flat=True)),
        *(f"/en-vivo/{slug}/" for slug in told.values_list("slug", flat=True)),
    ]


def paths_of_department(department: Department) -> list[str]:
    acts = visible(Act.objects.filter(department=department), at=timezone.now())
    return [
        *shown_with(Bulletin.objects.filter(department=department)),
        *(f"/agenda/{slug}/" for slug in acts.values_list("slug", flat=True)),
        *pieces_named(department=department),
        Service.folder,
    ]


def paths_of_locality(locality: Locality) -> list[str]:
    public = visible(Bulletin.objects.filter(localities=locality), at=timezone.now())
    about = [f"/boletines/{slug}/" for slug in public.values_list("slug", flat=True)]
    return [*about, *pieces_named(localities=locality), *acts_named(localities=locality)]


def paths_of_document(document: Any) -> list[str]:
    """Its folder first, then the pages that attach or show it."""
    about = bulletins_with(document).filter(live=True)
    paths = [document_folder(document.pk), *(bulletin.get_absolute_url() for bulletin in about)]
    for piece in pieces_with(document):
        paths += [piece.get_absolute_url(), *([PODCAST_FEED] if isinstance(piece, Episode) else [])]
    proves = Q(indicators__captures__evidence=document) | Q(activities__captures__evidence=document)
    for plan in Plan.objects.filter(proves).distinct():
        paths += paths_of_plan(plan)
    return paths


def paths_of_act(act: Act) -> list[str]:
    """Every address that shows something of ``act``, itself first."""
    public = act.get_absolute_url()
    about = Bulletin.objects.filter(act=act, live=True)
    paths = [
        public,
        f"{public}acto.ics",
        *([map_path(act)] if act.latitude is not None else []),
        HOME,
        AGENDA,
        CALENDAR,
        *AGENDA_WIDGETS,
        *SITEMAPS,
        *agenda_paths(act.start, Office.load()),
    ]
    paths += [bulletin.get_absolute_url() for bulletin in about]
    if act.album:
        paths.append(album_path(act.album))
    if blog := LiveBlog.objects.filter(act=act).first():
        paths += [*paths_of_coverage(blog), COVERAGES]
    topics = [topic.pk for topic in act.topics.all()] if act.pk else []
    return [*paths, *pieces_about(topics), *plan_paths([Act], act.start)]


def pieces_about(topics: Iterable[int]) -> list[str]:
    """The pages beside the bulletins that name whatever has one of these topics."""
    return pieces_named(topics__in=list(topics))


def pieces_named(**by: Any) -> list[str]:
    """Addresses of the public pages beside the bulletins that are found by that."""
    return [
        f"{kind.folder}{slug}/"
        for kind in PIECES
        for slug in kind.objects.filter(live=True, **by).values_list("slug", flat=True).distinct()
    ]


def paths_of_piece(piece: Piece) -> list[str]:
    """Every address that shows something of a campaign, a service or a recording, or did in its last versions."""
    photos = photos_of(piece)
    paths = [
        *(photo_path(public_id) for public_id in photos.values_list("public_id", flat=True)),
        *(document_folder(pk) for pk in sorted(documents_named_by(piece))),
        *own_paths(type(piece), piece.slug),
        *shown_as_card(piece),
        *SITEMAPS,
    ]
    for album in Album.objects.filter(photos__in=photos).distinct():
        paths += paths_of_album(album)
    return list(dict.fromkeys([*paths, *others_with(photos, piece)]))


def shown_as_card(piece: Piece) -> list[str]:
    """The lists on which it stands; on the front page services do not."""
    if isinstance(piece, Episode):
        return [piece.folder, HOME, PODCAST_FEED]
    return [piece.folder] if isinstance(piece, Service) else [piece.folder, HOME]


def own_paths(kind: type[Piece], slug: str) -> list[str]:
    """The page itself, and what lies beside it."""
    page = f"{kind.folder}{slug}/"
    if not issubclass(kind, Recording):
        return [page]
    return [page, f"{page}subtitulos.vtt", *([f"{page}capitulos.json"] if issubclass(kind, Episode) else [])]


def paths_of_coverage(blog: LiveBlog) -> list[str]:
    """What a reader of ``blog`` asks for: its page and the snapshot that open pages catch up from."""
    return [blog.get_absolute_url(), live.snapshot_path(live.stream_of(blog))]


def paths_that_name(blog: LiveBlog) -> list[str]:
    """The pages that say whether ``blog`` is under way."""
    month = f"/agenda/{blog.act.start.astimezone(Office.load().zone):%Y/%m}/"
    return [HOME, COVERAGES, blog.act.get_absolute_url(), AGENDA, month, *SITEMAPS]


def posts_with(photo: Photo) -> list[LivePost]:
    return list(LivePost.objects.standing().filter(photo=photo).select_related("blog__act"))


def album_path(album: Album) -> str:
    return f"/galerias/{album.slug}/"


def paths_of_album(album: Album) -> list[str]:
    """Every address that shows something of ``album``."""
    shown = [bulletin.get_absolute_url() for bulletin in Bulletin.objects.filter(album=album, live=True)]
    acts = [act.get_absolute_url() for act in Act.objects.filter(album=album)]
    return [album_path(album), GALLERIES, HOME, *SITEMAPS, *shown, *acts]


def paths_of_photo(photo: Photo) -> list[str]:
    """The files of ``photo`` first, then every page that shows it."""
    paths = [photo_path(photo.public_id)]
    if photo.album:
        paths += paths_of_album(photo.album)
    for post in posts_with(photo):
        paths += paths_of_coverage(post.blog)
    about = bulletins_with(photo).filter(live=True)
    paths += [bulletin.get_absolute_url() for bulletin in about]
    paths += shown_with(about.filter(cover=photo))
    for piece in pieces_with(photo):
        paths += [piece.get_absolute_url(), *(shown_as_card(piece) if piece.cover_id == photo.pk else [])]
    return list(dict.fromkeys(paths))


def paths_of_alert(alert: Alert) -> list[str]:
    """Every address that shows something of ``alert`` but for the banner, which stands on all; the home page first."""
    own = [message.cap_path for message in chain(alert)]
    page = [alert.get_absolute_url()] if alert.first.slug else []
    snapshots = (ALERT_SNAPSHOT, live.snapshot_path(live.SITE))
    return [HOME, *snapshots, *page, ALERTS, KEPT_LIST, ALERTS_CAP, ALERT_FEED, *own]


def plan_paths(models: Iterable[type[Model]], *moments: datetime) -> list[str]:
    """The pages of the plans that a row of ``models`` moves by what happened at ``moments``: the figures whose measures
    read it, and what tells of them. What reads nothing of it stays as it is."""
    days = [local_day(moment, Office.load().zone) for moment in moments]
    if not days:
        return []
    measured = Q(measure__in=registry.reading(*models))
    if is_first(min(days)):
        # A first record moves the day from which on everything is told, in later plans too.
        measured = ~Q(measure="")
    items: list[Indicator | Activity] = [
        item
        for kind in (Indicator, Activity)
        for item in kind.objects.filter(measured, plan__year__gte=min(days).year).select_related("plan")
    ]
    plans = list({item.plan: None for item in items})
    if not plans:
        return []
    paths = [HOME, PLANS, *(plan.get_absolute_url() for plan in plans), *comparisons_of(plans)]
    for plan in plans:
        paths += [*report_paths(plan, since=min(days)), *dataset_paths(plan)]
    months = months_that_are_over(days)
    for item in items:
        address = item.get_absolute_url()
        paths += [address, *(f"{address}{month:%m}/" for month in months if month.year == item.plan.year)]
    if months:
        closings = Seal.objects.filter(plan__in=plans, act=SealAct.CLOSED).select_related("plan")
        paths += [records_path(seal) for seal in closings.defer("content", "openings")]
    return paths


def is_first(day: date) -> bool:
    """Whether the office has no record from before ``day``."""
    begins = records_begin(timezone.now(), Office.load().zone)
    return begins is None or day <= begins


def report_paths(plan: Plan, *, since: date = date.min) -> list[str]:
    """The reports of ``plan`` in which a day since then is told: those of its quarter and of every later one, for they
    tell the year so far, and the year's own."""
    return [
        f"{plan.get_absolute_url()}informe/{span.slug}/"
        for span in Span.all_of(plan.year)
        if span.period.last >= since
    ]


def dataset_paths(plan: Plan) -> list[str]:
    return [f"{plan.get_absolute_url()}datos/{name}.{form}" for name in DATASETS for form in ("csv", "json")]


def is_report(path: str) -> bool:
    """A report of a plan, or a table of its open data."""
    return REPORT.match(path) is not None


def dictionary_paths(plan: Plan) -> list[str]:
    """Where the columns of a plan's tables are told of, which no figure changes."""
    folder = f"{plan.get_absolute_url()}datos/"
    return [folder, *(f"{folder}{DICTIONARY}.{form}" for form in ("csv", "json"))]


def plan_paths_with(document: Any) -> list[str]:
    """The pages of the plans on which ``document`` counts since the pages came out that carry it."""
    carrying = [*bulletins_with(document).filter(live=True), *pieces_with(document)]
    moments = [page.first_published_at for page in carrying if page.first_published_at]
    return plan_paths([type(document)], *moments)


def plan_paths_of_album(album: Album) -> list[str]:
    """The pages of the plans on which the photos of ``album`` count: by its day, and by that of its act."""
    opens = timezone.make_aware(datetime.combine(album.day, time.min), Office.load().zone)
    acts = Act.objects.filter(album=album) if album.pk else ()
    return plan_paths([Album, Photo], opens, *(act.start for act in acts))


def plan_paths_of_departments() -> list[str]:
    """Every page of the plans that count departments: each month names those of which nothing was heard."""
    reading = registry.reading(Department)
    counts = Q(indicators__measure__in=reading) | Q(activities__measure__in=reading)
    return [path for plan in Plan.objects.filter(counts).distinct() for path in paths_of_plan(plan)]


def comparisons_of(plans: Iterable[Plan]) -> list[str]:
    """The pages on which ``plans`` stand beside other years of their own."""
    keys = {plan.key for plan in plans}
    return [plan.comparison_url for plan in compared_plans(Plan.objects.all()) if plan.key in keys]


def paths_beside_plan(plan: Plan) -> list[str]:
    """The pages that only know of ``plan`` that it is there: those of its other years lead to the comparison."""
    return [plan.comparison_url, *(other.get_absolute_url() for other in years_of(plan.key))]


def seal_path(seal: Seal) -> str:
    return f"{seal.plan.get_absolute_url()}cierres/{seal.number}.json"


def records_path(seal: Seal) -> str:
    return f"{seal.plan.get_absolute_url()}cierres/{seal.number}-registros.json"


def months_that_are_over(days: Iterable[date]) -> list[date]:
    """The months of ``days`` but for the one that runs and those to come, each by its first day."""
    now = timezone.localdate(timezone=Office.load().zone).replace(day=1)
    return sorted({day.replace(day=1) for day in days if day < now})


def paths_of_plan(plan: Plan) -> list[str]:
    """The pages of ``plan``, those among them that nobody baked yet and those that it has no longer."""
    address = plan.get_absolute_url()
    indicators = Indicator.objects.filter(plan=plan).select_related("plan")
    activities = Activity.objects.filter(plan=plan).select_related("plan")
    paths = [HOME, PLANS, address]
    paths += [indicator.get_absolute_url() for indicator in indicators]
    paths += [activity.get_absolute_url() for activity in activities]
    paths += paths_of_evidence(plan, at=timezone.now())
    paths += [*report_paths(plan), *dataset_paths(plan), *dictionary_paths(plan)]
    paths += comparisons_of([plan])
    for seal in plan.seals.select_related("plan").defer("content", "openings"):
        paths += [seal_path(seal), records_path(seal)]
    paths += BakedPage.objects.below(address).values_list("path", flat=True)
    paths += BakingMark.objects.filter(path__startswith=address).values_list("path", flat=True)
    return list(dict.fromkeys(paths))


def paths_of_evidence(plan: Plan, *, at: datetime) -> list[str]:
    """The pages of ``plan`` with the records of one month that is over."""
    now = at.astimezone(Office.load().zone).date().replace(day=1)
    return [
        f"{row.item.get_absolute_url()}{first:%m}/"
        for row in plan_sheet(plan, at=at).rows
        for first in (row.reading.months if row.reading else ())
        if first < now
    ]


def everything(at: datetime) -> Iterator[str]:
    """Every public address at that moment. Costs as much as there is."""
    office = Office.load()
    yield from STANDING
    for public_id in visible(Photo.objects.all(), at=at).values_list("public_id", flat=True).iterator():
        yield photo_path(public_id)
    for pk in published_documents(at):
        yield document_folder(pk)
    yield from everything_of_news(at, office)
    yield from everything_of_the_agenda(at, office)
    yield from everything_beside_the_news(at)
    for blog in visible(LiveBlog.objects.all(), at=at):
        yield from paths_of_coverage(blog)
    for slug in visible(Album.objects.all(), at=at).values_list("slug", flat=True):
        yield f"/galerias/{slug}/"
    for plan in Plan.objects.all():
        yield from paths_of_plan(plan)
    for alert in visible(Alert.objects.all(), at=at).select_related("thread").iterator():
        yield from [alert.get_absolute_url(), alert.cap_path] if alert.slug else [alert.cap_path]


def everything_of_news(at: datetime, office: Office) -> Iterator[str]:
    bulletins = visible(Bulletin.objects.all(), at=at).order_by("-first_published_at")
    for slug in bulletins.values_list("slug", flat=True).iterator():
        yield f"/boletines/{slug}/"
    for slug in Bulletin.objects.filter(withdrawn_at__isnull=False).values_list("slug", flat=True):
        yield f"/boletines/{slug}/"
    for slug in Topic.objects.values_list("slug", flat=True):
        yield f"/boletines/tema/{slug}/"
    yield from sorted(months_of_news(at))


def everything_of_the_agenda(at: datetime, office: Office) -> Iterator[str]:
    months = {f"/agenda/{month:%Y/%m}/" for month in months_now(at, office)}
    acts = visible(Act.objects.all(), at=at).values_list("slug", "start", "latitude")
    for slug, start, latitude in acts.iterator():
        yield f"/agenda/{slug}/"
        yield f"/agenda/{slug}/acto.ics"
        if latitude is not None and office.tiles:
            yield f"/agenda/{slug}/mapa.webp"
        months.add(f"/agenda/{start.astimezone(office.zone):%Y/%m}/")
    yield from sorted(months)


def everything_beside_the_news(at: datetime) -> Iterator[str]:
    for kind in PIECES:
        for slug in visible(kind.objects.all(), at=at).values_list("slug", flat=True):
            yield from own_paths(kind, slug)


# --- Documents and photos inside pages ----------------------------------------------------------------------


def paths_of_captured(capture: Capture) -> list[str]:
    """The evidence of ``capture`` and of all that was captured of its line for that month."""
    alike = Capture.objects.filter(
        indicator=capture.indicator_id, activity=capture.activity_id, month=capture.month
    )
    proven = {*alike.values_list("evidence", flat=True), capture.evidence_id}
    return [document_folder(pk) for pk in sorted(pk for pk in proven if pk)]


def documents_of(page: Any) -> list[Any]:
    """The documents attached in the body of ``page``, the videos shown there, and what is its own."""
    attached = [
        block.value[DOCUMENTS[block.block_type]] for block in page.body if block.block_type in DOCUMENTS
    ]
    if isinstance(page, Campaign):
        attached += [block.value["document"] for block in page.documents]
    if isinstance(page, Recording):
        attached.append(page.file)
    return [document for document in attached if document]


def documents_named_by(page: Any) -> set[int]:
    """The documents of ``page`` and of its last public versions: one that was taken out of it must leave too."""
    found = {document.pk for document in documents_of(page)}
    for content in last_versions(page):
        found |= {content.get("recording")} - {None}
        for block in [block for name in STREAMS for block in json.loads(content.get(name) or "[]")]:
            if pk := block["type"] in DOCUMENTS and block["value"].get(DOCUMENTS[block["type"]]):
                found.add(pk)
    return found


def bulletins_with(item: Any) -> BulletinQuerySet:
    """Bulletins that name ``item`` in a field or in their body, told by Wagtail's own index of references."""
    found: BulletinQuerySet = Bulletin.objects.filter(pk__in=_pages_with(item))
    return found


def pieces_with(item: Any) -> list[Piece]:
    """The campaigns, services and recordings on the site that do so."""
    pages = _pages_with(item)
    return [piece for kind in PIECES for piece in kind.objects.filter(pk__in=pages, live=True) if pages]


def _pages_with(item: Any) -> list[int]:
    named = ReferenceIndex.get_references_to(item).filter(base_content_type=_type_of(Page))
    return [int(pk) for pk in named.values_list("object_id", flat=True)]


def is_published(document: Any, at: datetime) -> bool:
    """A document is public while a public page attaches or shows it, or it proves in public what somebody captured."""
    if document.pk in public_evidence():
        return True
    pages = _pages_with(document)
    return any(visible(kind.objects.filter(pk__in=pages), at=at).exists() for kind in PAGES)


def published_documents(at: datetime) -> list[int]:
    named = ReferenceIndex.objects.filter(
        base_content_type=_type_of(Page), to_content_type=_type_of(get_document_model())
    )
    public = {
        str(pk) for kind in PAGES for pk in visible(kind.objects.all(), at=at).values_list("pk", flat=True)
    }
    attached = {int(to) for pk, to in named.values_list("object_id", "to_object_id") if pk in public}
    return sorted(attached | public_evidence())


def sections(at: datetime) -> set[str]:
    """The lists that have something to show, in one question asked of the root of the tree."""
    return remembered("sections", lambda: _sections(at))


def _sections(at: datetime) -> set[str]:
    there = {
        f"has_{kind._meta.model_name}": Exists(visible(kind.objects.all(), at=at).order_by())
        for kind in PIECES
    }
    found = Page.objects.filter(depth=1).order_by().values(**there).first() or {}
    return {kind.folder for kind in PIECES if found.get(f"has_{kind._meta.model_name}")}


def _type_of(model: Any) -> ContentType:
    return ContentType.objects.get_for_model(model)


# --- The clock ----------------------------------------------------------------------------------------------


def next_change(path: str, at: datetime) -> datetime | None:
    """When the hour alone will change what ``path`` says; ``None`` when it never will."""
    return min((moment for moment in turns_of(path, at) if moment and moment > at), default=None)


def turns_of(path: str, at: datetime) -> list[datetime | None]:
    office = Office.load()
    if path.startswith(AGENDA):
        return turns_of_the_agenda(path, at, office)
    if path.startswith(PLANS):
        return turns_of_a_plan(path, at, office)
    if path == ALERT_SNAPSHOT or path.startswith(ALERTS):
        return [next_end(at)]
    if path in (CALENDAR, *SITEMAPS):
        return [next_announcement(at)]
    if path == NEWS_SITEMAP:
        return [oldest_news_leaves(at)]
    if path in AGENDA_WIDGETS:
        return [midnight_after(at, office), next_announcement(at), *next_turns(at)]
    if path == HOME:
        return [next_end(at), next_announcement(at), *turns_of_a_plan(path, at, office)]
    if path.startswith(LISTS) and path.endswith("/"):
        # What runs today, what changes today, and which acts are still to come.
        return [midnight_after(at, office), next_announcement(at)]
    return []


def turns_of_the_agenda(path: str, at: datetime, office: Office) -> list[datetime | None]:
    if path == AGENDA:
        return [midnight_after(at, office), next_announcement(at)]
    if not AGENDA_MONTH.fullmatch(path):
        act = Act.objects.filter(slug=path.removeprefix(AGENDA).split("/")[0]).first()
        return [act.public_from, act.start, act.end] if act else []
    # Which months have a page, and which of their days is today.
    this_month = path == f"/agenda/{at.astimezone(office.zone):%Y/%m}/"
    return [
        month_after(at, office),
        next_announcement(at),
        midnight_after(at, office) if this_month else None,
    ]


def turns_of_a_plan(path: str, at: datetime, office: Office) -> list[datetime | None]:
    """Those of a month that is over are few: an act announced late, and news that the channels still take."""
    if SIGNED.fullmatch(path):
        return []
    if SIGNED_RECORDS.fullmatch(path):
        return [next_late_announcement(at), next_look_at_channels(at)]
    month = EVIDENCE.fullmatch(path)
    if DICTIONARIES.fullmatch(path):
        return []
    if month is None:
        named = next_late_announcement(at)
        return [midnight_after(at, office), *next_turns(at), named, next_look_at_channels(at)]
    just_over = (at - NEWS_WINDOW).astimezone(office.zone).month == int(month[1])
    return [next_late_announcement(at), next_look_at_channels(at) if just_over else None]


def midnight_after(at: datetime, office: Office) -> datetime:
    tomorrow = at.astimezone(office.zone).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min), office.zone)


def next_announcement(at: datetime) -> datetime | None:
    """When the next act appears that is written down already."""
    ahead = Act.objects.filter(public=True, public_from__gt=at)
    found: datetime | None = remembered("announcement", lambda: ahead.aggregate(first=Min("public_from")))[
        "first"
    ]
    return found


def next_late_announcement(at: datetime) -> datetime | None:
    """When the next act appears that has begun already."""
    late = Act.objects.filter(public=True, public_from__gt=at, start__lte=at)
    found: datetime | None = remembered(
        "late announcement", lambda: late.aggregate(first=Min("public_from"))["first"]
    )
    return found


def month_after(at: datetime, office: Office) -> datetime:
    following = _shifted(at.astimezone(office.zone).date().replace(day=1), 1)
    return timezone.make_aware(datetime.combine(following, time.min), office.zone)


def next_turns(at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the next act begins, and when the next one ends: the plan owes internal ones too."""
    return remembered("turns", lambda: _next_turns(at))


def _next_turns(at: datetime) -> tuple[datetime | None, datetime | None]:
    near = Act.objects.filter(start__gt=at - LONGEST_ACT)
    turns = near.aggregate(begins=Min("start", filter=Q(start__gt=at)), ends=Min("end", filter=Q(end__gt=at)))
    return turns["begins"], turns["ends"]


def next_look_at_channels(at: datetime) -> datetime | None:
    """In a moment, while a channel has taken nothing yet of news that is on its way: a plan counts it when it does."""
    under_way = Milestone.objects.filter(
        behind=0, total__gt=0, dispatch__kind=MessageKind.NEWS, dispatch__created_at__gt=at - NEWS_WINDOW
    )
    return at + LOOK_AGAIN if remembered("news under way", under_way.exists) else None


def oldest_news_leaves(at: datetime) -> datetime | None:
    recent = visible(Bulletin.objects.filter(first_published_at__gt=at - NEWS_WINDOW), at=at)
    oldest = recent.aggregate(first=Min("first_published_at"))["first"]
    return oldest + NEWS_WINDOW if oldest else None


def _shifted(first: date, months: int) -> date:
    """The first day of another month."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


# --- The oven -----------------------------------------------------------------------------------------------


def is_fresh(path: str) -> bool:
    """Whether the file of ``path`` says what the view would say, but for what it may wait for."""
    if BakingMark.objects.filter(path__in=[path, EVERY_PAGE], ahead=False).exists():
        return False
    return BakedPage.objects.filter(path=path, state=Baking.BAKED).exists()


def is_known(folder: str) -> bool:
    """Whether a page below ``folder`` is baked and has not changed since: every page names its list then."""
    below = BakedPage.objects.below(folder).filter(path__endswith="/", state=Baking.BAKED)
    return any(is_fresh(path) for path in below.exclude(path=folder).values_list("path", flat=True)[:BESIDE])


def overdue(at: datetime) -> int:
    """How many pages are due since before ``at`` and nobody bakes them."""
    marks = set(BakingMark.objects.filter(due_at__lte=at).values_list("path", flat=True))
    if EVERY_PAGE in marks:
        return BakedPage.objects.count()
    waiting = BakedPage.objects.waiting(at).values_list("path", flat=True)
    return len(marks.union(waiting))


def last_bake() -> datetime | None:
    baked: datetime | None = BakedPage.objects.aggregate(last=Max("baked_at"))["last"]
    return baked
