"""Which addresses show what. The cost of an answer never grows with the number of bulletins, but where
everything is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Max, Min
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Page, ReferenceIndex, Revision

from pregon.accounts.models import Office, Topic
from pregon.agenda.models import Act
from pregon.core.files import safe_name
from pregon.core.visibility import visible
from pregon.library.models import Album, Photo
from pregon.newsroom.models import (
    PIECES,
    Bulletin,
    BulletinQuerySet,
    Campaign,
    Episode,
    LiveBlog,
    LivePost,
    NumberSeries,
    Piece,
    Recording,
)
from pregon.newsroom.models.public import PublicPage
from pregon.newsroom.queries import photos_of
from pregon.plan.models import Activity, Indicator, Plan
from pregon.website import live
from pregon.website.enums import Baking
from pregon.website.models import EVERY_PAGE, BakedPage, BakingMark

HOME, LATEST, AGENDA, GALLERIES, PLANS = "/", "/boletines/", "/agenda/", "/galerias/", "/plan/"
COVERAGES = "/en-vivo/"
CALENDAR, NEWS_SITEMAP = "/agenda.ics", "/sitemap-noticias.xml"
SITEMAPS = ("/sitemap.xml", "/sitemap-paginas.xml")
FEEDS = ("/rss.xml", "/atom.xml", "/feed.json", *SITEMAPS, NEWS_SITEMAP)
PAGES: tuple[type[PublicPage], ...] = (Bulletin, *PIECES)
#: The lists of the pages beside the bulletins, each at the address that its pages stand below.
LISTS = tuple(kind.folder for kind in PIECES)
PODCAST_FEED, PODCAST_COVER = "/podcast/rss.xml", "/podcast/portada.png"
#: What every office has, whatever it published.
STANDING = (
    *(HOME, LATEST, AGENDA, GALLERIES, PLANS, CALENDAR, COVERAGES, live.snapshot_path(live.SITE)),
    *FEEDS,
    *(*LISTS, PODCAST_FEED, PODCAST_COVER),
    *("/suscripcion/", "/suscripcion/gracias/", "/privacidad/", "/accesibilidad/"),
    *("/robots.txt", "/avisos.js", "/marca.css", "/escudo.svg", "/escudo.png"),
)
NEWS_WINDOW = timedelta(hours=48)
LONGEST_ACT = timedelta(days=31)
RECENT_REVISIONS = 5


# --- Addresses of one thing ---------------------------------------------------------------------------------


def photo_path(public_id: UUID | str) -> str:
    """The folder that the published copies of a photo share."""
    return f"/fotos/{public_id}/"


def document_path(document: Any) -> str:
    """Where an attached document is taken from."""
    return f"/documentos/{document.pk}/{safe_name(document.filename)}"


def document_folder(pk: int | str) -> str:
    return f"/documentos/{pk}/"


def archive_path(moment: datetime, office: Office) -> str:
    return f"/boletines/{moment.astimezone(office.zone):%Y/%m}/"


def month_sitemap(moment: datetime, office: Office) -> str:
    return f"/sitemap-{moment.astimezone(office.zone):%Y-%m}.xml"


def agenda_paths(moment: datetime, office: Office) -> list[str]:
    """The month of ``moment``, and those beside it whose pages link to it."""
    first = moment.astimezone(office.zone).date().replace(day=1)
    months = (first, (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1))
    return [f"/agenda/{month:%Y/%m}/" for month in months]


# --- What shows what ----------------------------------------------------------------------------------------


def paths_of_bulletin(bulletin: Bulletin) -> list[str]:
    """Every address that shows something of ``bulletin``, itself first."""
    office = Office.load()
    paths = [
        *(photo_path(public_id) for public_id in photos_of(bulletin).values_list("public_id", flat=True)),
        *(document_folder(document.pk) for document in documents_of(bulletin)),
        bulletin.get_absolute_url(),
        HOME,
        LATEST,
        *FEEDS,
        *(f"/boletines/tema/{slug}/" for slug in topics_of(bulletin)),
        *plan_paths(),
    ]
    for moment in {bulletin.first_published_at, bulletin.last_published_at} - {None}:
        paths += [archive_path(moment, office), month_sitemap(moment, office)]
    if bulletin.act:
        paths.append(bulletin.act.get_absolute_url())
    if bulletin.album:
        paths += album_paths(bulletin.album)
    paths += [blog.get_absolute_url() for blog in LiveBlog.objects.filter(bulletin=bulletin.pk)]
    chosen = [
        campaign.get_absolute_url() for campaign in Campaign.objects.filter(bulletins=bulletin.pk, live=True)
    ]
    return [*paths, *chosen, *pieces_about(topic.pk for topic in bulletin.topics.all())]


def topics_of(bulletin: Bulletin) -> list[str]:
    """Its topics now and in its latest revisions: a topic that was taken away shows it no longer."""
    recent = Revision.objects.for_instance(bulletin).order_by("-created_at", "-pk")[:RECENT_REVISIONS]
    before = {pk for revision in recent for pk in revision.content.get("topics", [])}
    now = {topic.pk for topic in bulletin.topics.all()}
    return list(Topic.objects.filter(pk__in=before | now).values_list("slug", flat=True))


def archive_paths() -> list[str]:
    """The month pages there are; each names all others, so one bulletin more shows on every one."""
    years = NumberSeries.objects.values_list("year", flat=True)
    months = [f"/boletines/{year}/{month:02d}/" for year in years for month in range(1, 13)]
    baked = BakedPage.objects.filter(path__in=months, state=Baking.BAKED)
    return list(baked.values_list("path", flat=True))


def paths_of_act(act: Act) -> list[str]:
    """Every address that shows something of ``act``, itself first."""
    public = act.get_absolute_url()
    about = Bulletin.objects.filter(act=act, live=True)
    paths = [
        public,
        f"{public}acto.ics",
        HOME,
        AGENDA,
        CALENDAR,
        *SITEMAPS,
        *agenda_paths(act.start, Office.load()),
    ]
    paths += [bulletin.get_absolute_url() for bulletin in about]
    if act.album:
        paths += album_paths(act.album)
    topics = [topic.pk for topic in act.topics.all()] if act.pk else []
    if blog := LiveBlog.objects.filter(act=act).first():
        paths += [*paths_of_coverage(blog), COVERAGES]
    return [*paths, *pieces_about(topics), *plan_paths()]


def pieces_about(topics: Iterable[int]) -> list[str]:
    """The pages beside the bulletins that name whatever has one of these topics."""
    wanted = list(topics)
    return [
        f"{kind.folder}{slug}/"
        for kind in PIECES
        for slug in kind.objects.filter(topics__in=wanted, live=True)
        .values_list("slug", flat=True)
        .distinct()
        if wanted
    ]


def paths_of_piece(piece: Piece) -> list[str]:
    """Every address that shows something of a campaign, a service or a recording, itself last of its own."""
    paths = [
        *(photo_path(public_id) for public_id in photos_of(piece).values_list("public_id", flat=True)),
        *(document_folder(document.pk) for document in documents_of(piece)),
        *own_paths(type(piece), piece.slug),
        piece.folder,
        HOME,
        *SITEMAPS,
    ]
    return [*paths, PODCAST_FEED, PODCAST_COVER] if isinstance(piece, Episode) else paths


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
    return [HOME, COVERAGES, blog.act.get_absolute_url(), *SITEMAPS]


def posts_with(photo: Photo) -> list[LivePost]:
    return list(LivePost.objects.standing().filter(photo=photo).select_related("blog__act"))


def album_paths(album: Album) -> list[str]:
    return [f"/galerias/{album.slug}/", GALLERIES, HOME, *SITEMAPS]


def paths_of_album(album: Album) -> list[str]:
    """Every address that shows something of ``album``."""
    shown = [bulletin.get_absolute_url() for bulletin in Bulletin.objects.filter(album=album, live=True)]
    acts = [act.get_absolute_url() for act in Act.objects.filter(album=album)]
    return [*album_paths(album), *shown, *acts]


def paths_of_photo(photo: Photo) -> list[str]:
    """The files of ``photo`` first, then every page that shows it."""
    paths = [photo_path(photo.public_id)]
    if photo.album:
        paths += paths_of_album(photo.album)
    for post in posts_with(photo):
        paths += paths_of_coverage(post.blog)
    for bulletin in bulletins_with(photo):
        paths.append(bulletin.get_absolute_url())
        if bulletin.cover_id == photo.pk:
            paths += paths_of_bulletin(bulletin)
    for piece in pieces_with(photo):
        paths += paths_of_piece(piece)
    return list(dict.fromkeys(paths))


def plan_paths() -> list[str]:
    """Every page of the plans: what happened today may move any of their figures."""
    known = BakedPage.objects.below(PLANS).values_list("path", flat=True)
    marked = BakingMark.objects.filter(path__startswith=PLANS).values_list("path", flat=True)
    return list(dict.fromkeys([PLANS, *known, *marked]))


def paths_of_plan(plan: Plan) -> list[str]:
    """The pages of ``plan``, those that nobody baked yet among them."""
    indicators = Indicator.objects.filter(plan=plan).select_related("plan")
    activities = Activity.objects.filter(plan=plan).select_related("plan")
    paths = [HOME, PLANS, plan.get_absolute_url()]
    paths += [indicator.get_absolute_url() for indicator in indicators]
    return [*paths, *(activity.get_absolute_url() for activity in activities)]


def everything(at: datetime) -> Iterator[str]:
    """Every public address at that moment. Costs as much as there is."""
    office = Office.load()
    yield from STANDING
    for public_id in visible(Photo.objects.all(), at=at).values_list("public_id", flat=True).iterator():
        yield photo_path(public_id)
    for pk in published_documents(at):
        yield document_folder(pk)
    bulletins = visible(Bulletin.objects.all(), at=at).order_by("-first_published_at")
    months: set[str] = set()
    for slug, moment in bulletins.values_list("slug", "first_published_at").iterator():
        yield f"/boletines/{slug}/"
        months |= {archive_path(moment, office), month_sitemap(moment, office)}
    for slug in Bulletin.objects.filter(withdrawn_at__isnull=False).values_list("slug", flat=True):
        yield f"/boletines/{slug}/"
    for slug in Topic.objects.values_list("slug", flat=True):
        yield f"/boletines/tema/{slug}/"
    months.update(agenda_paths(at, office))
    for slug, start in visible(Act.objects.all(), at=at).values_list("slug", "start").iterator():
        yield f"/agenda/{slug}/"
        yield f"/agenda/{slug}/acto.ics"
        months.add(agenda_paths(start, office)[0])
    yield from sorted(months)
    for blog in visible(LiveBlog.objects.all(), at=at):
        yield from paths_of_coverage(blog)
    for slug in visible(Album.objects.all(), at=at).values_list("slug", flat=True):
        yield f"/galerias/{slug}/"
    for kind in PIECES:
        for slug in visible(kind.objects.all(), at=at).values_list("slug", flat=True):
            yield from own_paths(kind, slug)
    for plan in Plan.objects.all():
        yield from paths_of_plan(plan)


# --- Documents and photos inside pages ----------------------------------------------------------------------


def documents_of(page: Any) -> list[Any]:
    """The documents attached in the body of ``page``, the videos shown there, and what is its own."""
    places = {"attachment": "document", "video": "file"}
    attached = [block.value[places[block.block_type]] for block in page.body if block.block_type in places]
    if isinstance(page, Campaign):
        attached += [block.value["document"] for block in page.documents]
    if isinstance(page, Recording):
        attached.append(page.file)
    return [document for document in attached if document]


def bulletins_with(item: Any) -> BulletinQuerySet:
    """Bulletins that name ``item`` in a field or in their body, told by Wagtail's own index of references."""
    found: BulletinQuerySet = Bulletin.objects.filter(pk__in=_pages_with(item))
    return found


def pieces_with(item: Any) -> list[Piece]:
    """The same of campaigns, services and recordings."""
    pages = _pages_with(item)
    return [piece for kind in PIECES for piece in kind.objects.filter(pk__in=pages) if pages]


def _pages_with(item: Any) -> list[int]:
    named = ReferenceIndex.get_references_to(item).filter(base_content_type=_type_of(Page))
    return [int(pk) for pk in named.values_list("object_id", flat=True)]


def is_published(document: Any, at: datetime) -> bool:
    """A document is public while a public page attaches or shows it."""
    pages = _pages_with(document)
    return any(visible(kind.objects.filter(pk__in=pages), at=at).exists() for kind in PAGES)


def published_documents(at: datetime) -> list[int]:
    named = ReferenceIndex.objects.filter(
        base_content_type=_type_of(Page), to_content_type=_type_of(get_document_model())
    )
    public = {
        str(pk) for kind in PAGES for pk in visible(kind.objects.all(), at=at).values_list("pk", flat=True)
    }
    return sorted({int(to) for pk, to in named.values_list("object_id", "to_object_id") if pk in public})


def sections(at: datetime) -> set[str]:
    """The lists that have something to show, in one question asked of the root of the tree."""
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
    office = Office.load()
    moments: list[datetime | None] = []
    if path.startswith((HOME + "plan/", AGENDA, *LISTS)) or path == HOME:
        moments.append(midnight_after(at, office))
    if path in (CALENDAR, *SITEMAPS):
        moments.append(next_announcement(at))
    elif path == NEWS_SITEMAP:
        moments.append(oldest_news_leaves(at))
    elif path in (HOME, AGENDA) or path in agenda_paths(at, office):
        moments += [next_announcement(at), *next_turns(at)]
    elif path.startswith(AGENDA):
        act = Act.objects.filter(slug=path.removeprefix(AGENDA).split("/")[0]).first()
        if act is None or (act.end or act.start) < at:
            return None if act else _month_changes(path, at, office)
        moments += [act.public_from, act.start, act.end]
    return min((moment for moment in moments if moment and moment > at), default=None)


def midnight_after(at: datetime, office: Office) -> datetime:
    tomorrow = at.astimezone(office.zone).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min), office.zone)


def next_announcement(at: datetime) -> datetime | None:
    """When the next act appears that is written down already."""
    found: datetime | None = Act.objects.filter(public=True, public_from__gt=at).aggregate(
        first=Min("public_from")
    )["first"]
    return found


def next_turns(at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the next public act begins, and when the next one ends."""
    near = visible(Act.objects.filter(start__gt=at - LONGEST_ACT), at=at)
    begins = near.filter(start__gt=at).aggregate(first=Min("start"))["first"]
    ends = near.filter(end__gt=at).aggregate(first=Min("end"))["first"]
    return begins, ends


def oldest_news_leaves(at: datetime) -> datetime | None:
    recent = visible(Bulletin.objects.filter(first_published_at__gt=at - NEWS_WINDOW), at=at)
    oldest = recent.aggregate(first=Min("first_published_at"))["first"]
    return oldest + NEWS_WINDOW if oldest else None


def _month_changes(path: str, at: datetime, office: Office) -> datetime | None:
    """A month that has not come yet marks its first day as today when it does."""
    parts = path.removeprefix(AGENDA).strip("/").split("/")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return None
    first = datetime(int(parts[0]), int(parts[1]), 1)  # noqa: DTZ001 - made aware in the next line
    begins = timezone.make_aware(first, office.zone)
    return begins if begins > at else None


# --- The oven -----------------------------------------------------------------------------------------------


def is_fresh(path: str) -> bool:
    """Whether the file of ``path`` says what the view would say now."""
    if BakingMark.objects.filter(path__in=[path, EVERY_PAGE], ahead=False).exists():
        return False
    return BakedPage.objects.filter(path=path, state=Baking.BAKED).exists()


def is_baked(path: str) -> bool:
    """Whether a file answers ``path``, fresh or not."""
    return BakedPage.objects.filter(path=path).exclude(digest="").exclude(state=Baking.GONE).exists()


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
