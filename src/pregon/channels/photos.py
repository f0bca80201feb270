"""The photo that goes along: its file where a provider takes it, and its description where no field holds it."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from pregon.channels.fitting import fit, one_line
from pregon.delivery.errors import Postponed
from pregon.delivery.values import Picture

#: A description in the text itself leaves room for the text.
ALT = 200
#: How long what a provider made of a file is known, in seconds: a photo, and one that it did not take. Providers keep
#: photos for weeks; who sends for a day with one that is gone after all must not do so for longer.
KNOWN, NOT_TAKEN = 24 * 3600, 600


def file_of(picture: Picture | None, *, formats: Collection[str], heaviest: int) -> Path | None:
    """The picture's file in the baked site, if it is there and the provider takes its kind and weight."""
    path = place_of(picture, formats)
    return path if path and path.is_file() and path.stat().st_size <= heaviest else None


def place_of(picture: Picture | None, formats: Collection[str]) -> Path | None:
    """Where the picture's file lies once it is public, if the provider takes its kind."""
    if picture is None:
        return None
    baked = settings.HOME.baked.resolve()
    path: Path = (baked / picture.path).resolve()
    return path if path.is_relative_to(baked) and path.suffix.lower() in formats else None


def seen_with(picture: Picture | None, *, formats: Collection[str], heaviest: int) -> bool:
    """Whether a preview shows the picture: that of a draft is not public yet, and comes before anything leaves."""
    path = place_of(picture, formats)
    return path is not None and (not path.is_file() or path.stat().st_size <= heaviest)


def described(picture: Picture) -> str:
    """What the photo shows, as a line of the message."""
    return _("En la foto: %(alt)s") % {"alt": fit(one_line(picture.alt), ALT)}


def shown(picture: Picture, *, most: int = sys.maxsize) -> str:
    """The photo, in a preview of plain words, where its field takes ``most`` units."""
    return _("[Foto: %(alt)s]") % {"alt": fit(picture.alt, most)}


class Uploads:
    """The names under which a provider keeps our photos: each goes up once, however many threads send with it."""

    def __init__(self, *account: str) -> None:
        self._account = account
        self._locks: dict[str, Lock] = {}
        self._delays: dict[str, tuple[float, Postponed]] = {}

    @contextmanager
    def turn(self, path: Path) -> Iterator[str | None]:
        """The provider's name for the file, "" for one that it does not take. ``None`` for whoever is to bring it up
        and ``keep`` what came of it: the others wait for that, and share the trouble that makes it wait."""
        shelf, came = self._shelf(path), time.monotonic()
        if (known := cache.get(shelf)) is None:
            with self._locks.setdefault(shelf, Lock()):
                if (known := cache.get(shelf)) is None:
                    with self._shared_trouble(shelf, came):
                        yield None
                    return
        yield known

    def keep(self, path: Path, name: str) -> None:
        cache.set(self._shelf(path), name, KNOWN if name else NOT_TAKEN)

    @contextmanager
    def _shared_trouble(self, shelf: str, came: float) -> Iterator[None]:
        """Whoever waited while somebody else was told to wait does not ask again."""
        told_at, theirs = self._delays.get(shelf, (came - 1, Postponed()))
        if told_at >= came:
            raise theirs
        try:
            yield
        except Postponed as delay:
            self._delays[shelf] = time.monotonic(), delay
            raise

    def _shelf(self, path: Path) -> str:
        """A file that changed is another one."""
        file = f"{path} {path.stat().st_mtime_ns}"
        return f"photos/{hashlib.sha256(' '.join([*self._account, file]).encode()).hexdigest()}"
