"""What a baker holds in hand, what of a page is worth remembering, and what a list says of a bulletin."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

#: What a page says stands between these; around it is what every page shows.
_PARTS = ((b"<title>", b"</title>"), (b"<main ", b"</main>"))
#: The words between elements, and what an element says itself: where a link leads, which picture, which day.
_SAID = re.compile(rb'(?:^|>)[^<]+|\s(?:href|src|alt|datetime)="[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo as a page shows it: which of its copies, and the words for who cannot see it."""

    src: str
    width: int
    height: int
    alternative: str
    srcset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All that a list says of a bulletin, so that two which are equal look the same. Its hour is the office's."""

    url: str
    title: str
    teaser: str
    number: int | None
    folio: str
    topic: str
    department: str
    published: datetime
    zone: str
    cover: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a stranger is answered."""

    status: int
    body: bytes = b""

    @property
    def digest(self) -> str:
        return hashlib.sha256(b"%d " % self.status + self.body).hexdigest()

    @property
    def meaning(self) -> str:
        """The same for two answers that say the same, however they are dressed: another style, another footer or
        other elements around the same words change nothing of it."""
        parts = [part for opens, closes in _PARTS if (part := _between(self.body, opens, closes))]
        said = b"".join(piece for part in parts or [self.body] for piece in _SAID.findall(part))
        words = b" ".join(said.replace(b">", b"").split())
        return hashlib.sha256(b"%d " % self.status + words).hexdigest()


def _between(body: bytes, opens: bytes, closes: bytes) -> bytes:
    """What stands there from the first ``opens`` to the next ``closes``; nothing where they are missing."""
    start = body.find(opens)
    end = body.find(closes, start)
    return body[start:end] if 0 <= start < end else b""
