"""Questions about bulletins."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from pregon.library.models import Photo
from pregon.newsroom.models import Bulletin

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
    return photos_of(bulletin).exclude(kept)


def wording(bulletin: Bulletin) -> dict[str, Any]:
    """What ``bulletin`` says, in a form that can be compared and kept."""
    said: dict[str, Any] = {name: getattr(bulletin, name) for name in WORDS}
    said["body"] = [
        {"type": block["type"], "value": block["value"]} for block in bulletin.body.get_prep_value()
    ]
    said["cover"] = bulletin.cover_id
    return said
