"""Questions about bulletins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import ReferenceIndex

from pregon.core.visibility import Reader, may_see, visible
from pregon.library.models import Photo
from pregon.newsroom.models import Bulletin, Correction

#: How many photos of the album stand beside the text.
BESIDE = 6

#: The fields whose change is a correction.
WORDS = ("title", "second_headline", "dateline", "lead", "contact")


def photo_ids_in_body(bulletin: Bulletin) -> set[int]:
    found: set[int] = set()
    for block in bulletin.body:
        if block.block_type == "photo" and block.value["photo"]:
            found.add(block.value["photo"].pk)
        elif block.block_type == "gallery":
            found.update(photo.pk for photo in block.value["photos"] if photo)
    return found


def photos_of(bulletin: Bulletin) -> Any:
    """Every photo that goes out with ``bulletin``: its cover, those in the body, and its album's."""
    wanted = Q(pk__in=photo_ids_in_body(bulletin))
    if bulletin.cover_id:
        wanted |= Q(pk=bulletin.cover_id)
    if bulletin.album_id:
        wanted |= Q(album_id=bulletin.album_id)
    return Photo.objects.filter(wanted).order_by("position", "pk")


def photos_only_in(bulletin: Bulletin) -> Any:
    """Photos that went out with ``bulletin`` and with no other public one."""
    others = Bulletin.objects.filter(live=True, withdrawn_at__isnull=True).exclude(pk=bulletin.pk)
    kept = Q(album_id__in=others.exclude(album=None).values("album_id")) | Q(
        pk__in=others.exclude(cover=None).values("cover_id")
    )
    mine = set(photos_of(bulletin).exclude(kept).values_list("pk", flat=True))
    # Wagtail keeps an index of what each StreamField refers to, so no body has to be opened.
    shown = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(Photo), to_object_id__in=[str(pk) for pk in mine]
    )
    elsewhere = others.filter(pk__in=[int(pk) for pk in shown.values_list("object_id", flat=True)])
    for other in elsewhere:
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
