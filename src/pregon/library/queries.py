"""Where a photo's copies lie, for the floors that publish them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from pregon.core.home import Home
from pregon.library.models import Photo
from pregon.library.values import Copy


def folder_of(photo: Photo) -> Path:
    """The folder that holds the copies of ``photo`` once it is ready. Its name cannot be guessed."""
    home: Home = settings.HOME
    return home.derived / str(photo.public_id)


def copies_of(photo: Photo) -> list[Copy]:
    """The copies ready for publication, smallest first, the whole JPEG for the press last; [] until ready."""
    return [Copy(**copy) for copy in photo.copies]
