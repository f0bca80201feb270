"""Questions about bulletins and the pages beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import PageLogEntry, ReferenceIndex, Revision, WorkflowState

from pregon.accounts.models import Office
from pregon.agenda.models import Act
from pregon.core.visibility import Reader, may_see, visible
from pregon.library.models import Photo
from pregon.newsroom.models import PIECES, Bulletin, Campaign, Correction, Episode, Piece, Service, Video
from pregon.newsroom.models.public import PublicPage

#: How many photos of the album stand beside the text.
BESIDE = 6

#: The fields whose change is a correction.
WORDS = ("title", "second_headline", "dateline", "lead", "contact")


def photo_ids_in_body(page: PublicPage) -> set[int]:
    found: set[int] = set()
    for block in page.body:
        if block.block_type == "photo" and block.value["photo"]:
            found.add(block.value["photo"].pk)
        elif block.block_type == "gallery":
            found.update(photo.pk for photo in block.value["photos"] if photo)
    return found


def photos_of(page: PublicPage) -> Any:
    """Every photo that goes out with ``page``: its cover, those in the body, and its album's."""
    wanted = Q(pk__in=photo_ids_in_body(page))
    if page.cover_id:
        wanted |= Q(pk=page.cover_id)
    if album := getattr(page, "album_id", None):
        wanted |= Q(album_id=album)
    return Photo.objects.filter(wanted).order_by("position", "pk")


def photos_only_in(page: PublicPage) -> Any:
    """Photos that went out with ``page`` and with no other public one."""
    bulletins = Bulletin.objects.filter(live=True, withdrawn_at__isnull=True).exclude(pk=page.pk)
    albums = bulletins.exclude(album=None).values("album_id")
    mine = set(photos_of(page).exclude(album_id__in=albums).values_list("pk", flat=True))
    # Wagtail keeps an index of what each StreamField refers to, so no body has to be opened in vain.
    shown = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(Photo), to_object_id__in=[str(pk) for pk in mine]
    )
    places = [int(pk) for pk in shown.values_list("object_id", flat=True)]
    for others in (bulletins, *(kind.objects.filter(live=True).exclude(pk=page.pk) for kind in PIECES)):
        mine -= set(others.filter(cover__in=mine).values_list("cover_id", flat=True))
        for other in others.filter(pk__in=places):
            mine -= photo_ids_in_body(other)
    return Photo.objects.filter(pk__in=mine)


def wording(bulletin: Bulletin) -> dict[str, Any]:
    """What ``bulletin`` says, in a form that can be compared and kept."""
    said: dict[str, Any] = {name: getattr(bulletin, name) for name in WORDS}
    said["body"] = [
        {"type": block["type"], "value": block["value"]} for block in bulletin.body.get_prep_value()
    ]
    said["cover"] = bulletin.cover_id
    return said


def as_last_public(issued: Bulletin) -> Bulletin | None:
    """A bulletin that went out, as readers last saw it; none when that cannot be told any more.

    Of a page that is not live Wagtail overwrites the row with every draft, so there only its log still knows which
    version went out.
    """
    if issued.live:
        return Bulletin.objects.get(pk=issued.pk)  # type: ignore[no-any-return]  # Wagtail's manager is untyped
    publications = PageLogEntry.objects.filter(
        page_id=issued.pk, action__in=["wagtail.publish", "wagtail.publish.scheduled"]
    )
    entry = publications.select_related("revision").order_by("-timestamp", "-pk").first()
    return entry.revision.as_object() if entry and entry.revision else None


def public_wording(issued: Bulletin) -> dict[str, Any]:
    """What readers last saw of a bulletin that went out, in the form of :func:`wording`."""
    public = as_last_public(issued)
    return wording(public) if public else {}


def reworded(before: Bulletin, after: Bulletin) -> list[str]:
    """The parts that do not say the same, as the desk calls them."""
    then, now = wording(before), wording(after)
    return [str(Bulletin._meta.get_field(name).verbose_name) for name in now if then[name] != now[name]]


def page_of(bulletin: Bulletin, *, to: Reader, at: datetime) -> dict[str, Any]:
    """What the page of ``bulletin`` shows to that reader beside its own text. The gate is asked once for all
    its photos: the templates look them up in ``photos`` and show no other."""
    seen = visible(photos_of(bulletin), to=to, at=at)
    photos = {photo.pk: photo for photo in (seen if to is Reader.DESK else seen.exclude(copies=[]))}
    album = bulletin.album if bulletin.album and may_see(bulletin.album, to=to, at=at) else None
    act = bulletin.act if bulletin.act and may_see(bulletin.act, to=to, at=at) else None
    return {
        "photos": photos,
        "cover": photos.get(bulletin.cover_id),
        "album": album,
        "album_photos": [photo for photo in photos.values() if album and photo.album_id == album.pk][:BESIDE],
        "act": act,
        "corrections": Correction.objects.filter(bulletin_id=bulletin.pk).order_by("at", "pk"),
    }


# --- The pages beside the bulletins --------------------------------------------------------------------------

#: How many bulletins and acts a page names beside its own text.
RELATED = 6


def piece_of(piece: Piece, *, to: Reader, at: datetime) -> dict[str, Any]:
    """What the page of a campaign, a service or a recording shows beside its own text."""
    today = at.astimezone(Office.load().zone).date()
    seen = visible(photos_of(piece), to=to, at=at)
    photos = {photo.pk: photo for photo in (seen if to is Reader.DESK else seen.exclude(copies=[]))}
    return {
        "photos": photos,
        "cover": photos.get(piece.cover_id),
        "bulletins": bulletins_about(piece, to=to, at=at),
        "acts": acts_about(piece, to=to, at=at),
        "running": isinstance(piece, Campaign) and piece.runs_on(today),
        "coming": isinstance(piece, Campaign) and piece.since > today,
        "change": piece.change_on(today) if isinstance(piece, Service) else "",
    }


def bulletins_about(piece: Piece, *, to: Reader, at: datetime) -> list[Bulletin]:
    """Those that somebody chose for a campaign; else the latest of its topics."""
    public = visible(Bulletin.objects.issued(), to=to, at=at).newest_first()  # type: ignore[attr-defined]  # Wagtail carries no types
    chosen = [one.pk for one in piece.bulletins.all()] if isinstance(piece, Campaign) else []
    if chosen:
        return list(public.filter(pk__in=chosen).prefetch_related("topics"))
    topics = [topic.pk for topic in piece.topics.all()]
    if not topics:
        return []
    found = Bulletin.objects.filter(topics__in=topics).values("pk")
    return list(public.filter(pk__in=found).prefetch_related("topics")[:RELATED])


def acts_about(piece: Piece, *, to: Reader, at: datetime) -> list[Act]:
    """The acts of today and after that are about its topics: what the page says changes at midnight only."""
    topics = [topic.pk for topic in piece.topics.all()]
    if not topics:
        return []
    today = at.astimezone(Office.load().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    coming = Act.objects.filter(start__gte=today, pk__in=Act.objects.filter(topics__in=topics).values("pk"))
    return list(visible(coming, to=to, at=at).order_by("start", "pk")[:RELATED])


def kind_words(piece: Piece) -> str:
    """What the page is, before its title."""
    match piece:
        case Episode():
            return _("Podcast")
        case Video():
            return _("Video")
        case Campaign():
            return _("Campaña")
        case _service:
            return _("Trámites y servicios")


# --- Where a bulletin stands ---------------------------------------------------------------------------------


class Stage(models.TextChoices):
    """Where a bulletin stands, as an office says it. Derived from what Wagtail and the acts upon it hold."""

    DRAFT = "borrador", gettext_lazy("Borrador")
    REVIEW = "en-revision", gettext_lazy("En revisión")
    EMBARGOED = "embargado", gettext_lazy("Embargado")
    PUBLISHED = "publicado", gettext_lazy("Publicado")
    CORRECTED = "corregido", gettext_lazy("Corregido")
    WITHDRAWN = "retirado", gettext_lazy("Retirado")


TONES: dict[Stage, str] = {
    Stage.DRAFT: "soft",
    Stage.REVIEW: "warn",
    Stage.EMBARGOED: "live",
    Stage.PUBLISHED: "ok",
    Stage.CORRECTED: "ok",
    Stage.WITHDRAWN: "bad",
}


def revisions_of_outer() -> QuerySet[Any]:
    """Revisions of the bulletin of the outer query; Wagtail keeps the number of any object as text."""
    return Revision.page_revisions.filter(object_id=Cast(OuterRef("pk"), CharField()))  # type: ignore[no-any-return]


def staged(bulletins: QuerySet[Bulletin]) -> QuerySet[Bulletin]:
    """The bulletins with ``stage`` and, for an embargoed one, ``leaves_at``: one query however many there are."""
    scheduled = revisions_of_outer().filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at")
    under_review = WorkflowState.objects.active().filter(
        base_content_type__app_label="wagtailcore",
        base_content_type__model="page",
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    found: QuerySet[Bulletin] = bulletins.annotate(
        leaves_at=models.Subquery(scheduled.values("approved_go_live_at")[:1]),
        stage=Case(
            When(withdrawn_at__isnull=False, then=Value(Stage.WITHDRAWN.value)),
            When(
                Exists(Correction.objects.filter(bulletin=OuterRef("pk"))), then=Value(Stage.CORRECTED.value)
            ),
            When(live=True, then=Value(Stage.PUBLISHED.value)),
            When(leaves_at__isnull=False, then=Value(Stage.EMBARGOED.value)),
            When(Exists(under_review), then=Value(Stage.REVIEW.value)),
            default=Value(Stage.DRAFT.value),
            output_field=CharField(),
        ),
        moment=Coalesce("first_published_at", "latest_revision_created_at"),
    )
    return found


def stage_words(stage: str, leaves_at: datetime | None) -> str:
    """The stage, and for an embargo also until when."""
    if stage == Stage.EMBARGOED and leaves_at:
        return _("Embargado hasta el %(hour)s") % {
            "hour": date_format(timezone.localtime(leaves_at), "j \\d\\e F, G:i").lower()
        }
    return str(Stage(stage).label)
