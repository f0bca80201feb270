"""Who may do what with photos, and who may see them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant
from pregon.core import visibility
from pregon.core.visibility import Reader
from pregon.library.models import Album, Photo


def photo_rule(to: Reader, at: datetime) -> Q:
    """A photo is public once it went out with a piece."""
    return Q() if to is Reader.DESK else Q(released_at__lte=at)


def album_rule(to: Reader, at: datetime) -> Q:
    """An album is public as soon as one of its photos is."""
    return Q() if to is Reader.DESK else Q(pk__in=Photo.objects.filter(photo_rule(to, at)).values("album_id"))


def register() -> None:
    visibility.rule_for(Photo, photo_rule)
    visibility.rule_for(Album, album_rule)
    grant(
        Role.EDITOR,
        Role.PHOTOGRAPHER,
        Role.DESIGNER,
        permissions=[
            *(f"library.{verb}_photo" for verb in ("add", "change", "view")),
            *(f"library.{verb}_album" for verb in ("add", "change", "view")),
            "library.choose_image",
            "wagtailadmin.access_admin",
        ],
    )
    grant(Role.PHOTOGRAPHER, permissions=["library.delete_photo"])
    grant(Role.LIAISON, Role.TRANSPARENCY, Role.READER, permissions=["wagtailadmin.access_admin"])
