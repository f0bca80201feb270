"""Where the files of photos lie: their copies, for the floors that publish them, and originals that lost their row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
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


def strays(*, before: datetime) -> Iterator[Path]:
    """Originals that no photo holds: a cut between storing the file and writing its row leaves one behind.

    Those as young as ``before`` may still be on their way in. Only for a local folder of originals.
    """
    folder = settings.HOME.media / "original_images"
    old = (path for path in folder.glob("*") if path.stat().st_mtime < before.timestamp())
    while some := list(islice(old, 500)):
        names = {f"{folder.name}/{path.name}": path for path in some}
        known = set(Photo.objects.filter(file__in=names).values_list("file", flat=True))
        yield from (path for name, path in names.items() if name not in known)
