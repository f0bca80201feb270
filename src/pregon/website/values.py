"""What a baker holds in hand, and what of a page is worth remembering."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

#: What a page says stands between these; around it is what every page shows.
_MAIN = re.compile(rb"<main\b.*?</main>", re.DOTALL)
_TITLE = re.compile(rb"<title>.*?</title>", re.DOTALL)
#: Said by an element itself and not by the words in it: where a link leads, which picture, which day.
_SAID = re.compile(rb'\s(?:href|src|alt|datetime)="[^"]*"')
_TAG = re.compile(rb"<[^>]*>")
_GAP = re.compile(rb"\s+")


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
        parts = [found[0] for pattern in (_TITLE, _MAIN) if (found := pattern.search(self.body))]
        said = b" ".join(_TAG.sub(_told_by, part) for part in parts or [self.body])
        return hashlib.sha256(b"%d " % self.status + _GAP.sub(b" ", said).strip()).hexdigest()


def _told_by(element: re.Match[bytes]) -> bytes:
    return b" ".join(_SAID.findall(element[0]))
