"""What a listing shows of bulletins, pages, acts and albums: their public parts, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from pregon.accounts.models import Topic
from pregon.agenda.models import Act, ActQuerySet
from pregon.core.remembering import remembered
from pregon.core.visibility import visible
from pregon.library.models import Album, Photo
from pregon.newsroom.enums import LiveState
from pregon.newsroom.models import Bulletin, BulletinQuerySet, LiveBlog, Piece, PieceQuerySet

#: As many as the longest list of the newest holds.
NEWEST = 30

#: What the row of a bulletin shows of it, for lists of a hundred.
OF_A_ROW = (
    "title",
    "slug",
    "second_headline",
    "lead",
    "number",
    "year",
    "first_published_at",
    "cover",
    "department__name",
)

if TYPE_CHECKING:
    ShelfAlbum = Album


def photos(at: datetime) -> QuerySet[Photo]:
    """Public photos whose copies are ready: one without them shows as soon as its page is baked again."""
    return visible(Photo.objects.all(), at=at).exclude(copies=[])


def bulletins(at: datetime) -> BulletinQuerySet:
    """Public bulletins, newest first, with what their card shows."""
    # By the moment too, so that SQLite takes the index of the order however few are asked for.
    public = visible(Bulletin.objects.filter(first_published_at__lte=at), at=at)
    cards = public.newest_first()  # type: ignore[attr-defined]  # Wagtail carries no types
    return cards.select_related("department").prefetch_related(  # type: ignore[no-any-return]  # the same
        Prefetch("topics", to_attr="listed_topics"), Prefetch("cover", queryset=photos(at))
    )


def newest(many: int, *, at: datetime) -> list[Bulletin]:
    """The first of :func:`bulletins`. Nearly every list begins with them: pages that are baked together share them."""
    return remembered("newest", lambda: list(bulletins(at)[:NEWEST]))[:many]


def topics(at: datetime) -> QuerySet[Topic]:
    """Topics under which something can be read. Asked of each topic, so that no bulletin is counted."""
    about = visible(Bulletin.objects.filter(topics=OuterRef("pk")), at=at)
    return Topic.objects.filter(Exists(about))


def pieces(kind: type[Piece], at: datetime) -> PieceQuerySet:
    """Public campaigns, services or recordings, newest first, with what their card shows."""
    # By their type too, so that SQLite does not look for a few recordings among all bulletins.
    of_kind = kind.objects.filter(content_type=ContentType.objects.get_for_model(kind))
    cards = visible(of_kind, at=at).newest_first()  # type: ignore[attr-defined]  # the same
    return cards.select_related("department").prefetch_related(  # type: ignore[no-any-return]  # the same
        Prefetch("cover", queryset=photos(at))
    )


def acts(at: datetime) -> ActQuerySet:
    """Public acts in the order in which they happen, each with whether it can be followed live now."""
    live = LiveBlog.objects.filter(act=OuterRef("pk")).exclude(state=LiveState.CLOSED)
    found = visible(Act.objects.all(), at=at).order_by("start", "pk")
    return found.annotate(live_now=Exists(live))  # type: ignore[no-any-return]  # same queryset


def under_way(at: datetime) -> QuerySet[LiveBlog]:
    """Coverages that may be followed now, newest first."""
    return visible(LiveBlog.objects.exclude(state=LiveState.CLOSED), at=at).select_related("act")


def albums(at: datetime) -> QuerySet[Album]:
    """Public albums that have something to show, newest first, with how many photos and which comes first."""
    inside = photos(at).filter(album=OuterRef("pk")).order_by("position", "pk")
    many = inside.order_by().values("album").annotate(many=Count("pk")).values("many")
    return (
        visible(Album.objects.all(), at=at)
        .annotate(
            first_photo=Subquery(inside.values("pk")[:1]),
            many=Coalesce(Subquery(many, output_field=IntegerField()), 0),
        )
        .filter(many__gt=0)
        .order_by("-day", "-pk")
    )


def with_first_photo(shown: Iterable[Album]) -> list[Album]:
    """``shown`` albums, each with its first photo at hand as ``face``, in one query for all."""
    listed = list(shown)
    faces = Photo.objects.in_bulk([album.first_photo for album in listed])  # type: ignore[attr-defined]  # annotated
    for album in listed:
        album.face = faces.get(album.first_photo)  # type: ignore[attr-defined]  # for the template
    return listed


def days(found: Iterable[Act]) -> list[tuple[date, list[Act]]]:
    """Acts grouped by the local day on which they begin."""
    grouped: dict[date, list[Act]] = {}
    for act in found:
        grouped.setdefault(timezone.localdate(act.start), []).append(act)
    return sorted(grouped.items())


def start_of(day: date) -> datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def month_span(year: int, month: int) -> tuple[datetime, datetime]:
    """First moment of a local month and of the next one."""
    first = date(year, month, 1)
    return start_of(first), start_of(next_month(first))


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
