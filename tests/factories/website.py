"""Records as the public pages find them: photos with their copies ready, and words that try to become script."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from factories.library import jpeg
from pregon.library.enums import Development
from pregon.library.models import Album, Photo
from pregon.website.actions.marking import take_up_marks
from pregon.website.models import BakedPage, BakingMark

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
COPIES = [
    {"width": 480, "height": 320, "file": "480.webp", "bytes": 9_000},
    {"width": 960, "height": 640, "file": "960.webp", "bytes": 30_000},
    {"width": 1200, "height": 800, "file": "full.jpg", "bytes": 200_000},
]


def nothing_due() -> None:
    """An oven that nobody has asked anything of."""
    BakingMark.objects.all().delete()
    BakedPage.objects.all().delete()


def marks_taken_up() -> None:
    """Every mark has become a due row, as a baker's next turn would see to."""
    while take_up_marks():
        pass


def ready_photo(*, released_at: datetime | None = None, album: Album | None = None, **fields: Any) -> Photo:
    """A photo whose copies are made, released an hour that the caller names; without one it is still inside."""
    number = Photo.objects.count()
    return Photo.objects.create(
        title=f"Foto {number}",
        file=ContentFile(jpeg((300, 200)), name=f"foto-{number}.jpg"),
        album=album,
        released_at=released_at,
        development=Development.READY,
        **{"copies": COPIES, "caption": f"Pie de foto {number}", **fields},
    )


def released_photo(**fields: Any) -> Photo:
    return ready_photo(released_at=timezone.now(), **fields)
