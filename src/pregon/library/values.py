"""What the photo memory hands over its border: plain, frozen, and free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The words that travel with a photo, read from a file or about to be written into a copy."""

    headline: str = ""
    caption: str = ""
    alt_text: str = ""
    credit: str = ""
    place: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file turned out to be, whatever its name says; the size is that of its first page as stored."""

    format: str
    width: int
    height: int
    bytes: int
    digest: str


#: The copy for mail and social networks, which do not all read WebP. Its name is known before it is made, so a
#: message that leaves at once can already point to it.
SHARED = "social.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy made ready for publication; ``file`` is its name inside the photo's own folder."""

    width: int
    height: int
    file: str
    bytes: int
