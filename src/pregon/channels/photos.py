"""The photo that goes along: its file where a provider takes it, and its description where no field holds it."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from pregon.channels.fitting import fit, one_line
from pregon.delivery.values import Picture

#: A description in the text itself leaves room for the text.
ALT = 200


def file_of(picture: Picture | None, *, formats: Collection[str], heaviest: int) -> Path | None:
    """The picture's file in the baked site, if it is there and the provider takes its kind and weight."""
    if picture is None:
        return None
    baked = settings.HOME.baked.resolve()
    path: Path = (baked / picture.path).resolve()
    fits = path.is_relative_to(baked) and path.suffix.lower() in formats
    return path if fits and path.is_file() and path.stat().st_size <= heaviest else None


def described(picture: Picture) -> str:
    """What the photo shows, as a line of the message."""
    return _("En la foto: %(alt)s") % {"alt": fit(one_line(picture.alt), ALT)}


def shown(picture: Picture, *, most: int = sys.maxsize) -> str:
    """The photo, in a preview of plain words, where its field takes ``most`` units."""
    return _("[Foto: %(alt)s]") % {"alt": fit(picture.alt, most)}
