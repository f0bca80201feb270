"""What was told lately on one stream, kept so that whoever was away hears it once.

Tellings of a stream are numbered without a gap from 1, so a reader knows by the number alone whether one is missing.
The epoch names one such row of numbers: a stream whose past was lost, as when an older backup is brought back, begins
another one, and no number of the old one means anything any more.

What is told of a thing is its whole state, so whoever asks for what was told of it before is given the newest: words
that were corrected or taken back are here no longer.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

#: How many tellings are kept for those who were away; older ones are in the snapshot of the page.
KEPT = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reader has heard: ``epoch.number``, as it stands in ``Last-Event-ID``."""

    epoch: str
    number: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Nothing for what no stream of ours ever said."""
        found = re.fullmatch(r"([0-9a-f]{8})\.(0|[1-9][0-9]{0,15})", text)
        return cls(found[1], int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.epoch}.{self.number}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One telling: ``kind`` says what to do with ``data``."""

    mark: Mark
    kind: str
    data: dict[str, Any]

    @property
    def thing(self) -> tuple[str, int] | None:
        """What it is about, when that can be told of again."""
        return (self.kind, self.data["id"]) if "id" in self.data else None

    @cached_property
    def text(self) -> str:
        """What a page is given. It carries its own place: nginx numbers tellings in a way of its own."""
        return json.dumps(
            {"epoch": self.mark.epoch, "number": self.mark.number, **self.data}, ensure_ascii=False
        )

    @cached_property
    def wire(self) -> bytes:
        """As an event of the stream (WHATWG HTML, 9.2)."""
        return f"id: {self.mark}\nevent: {self.kind}\ndata: {self.text}\n\n".encode()


class Window:
    """The last tellings of one stream. One that is ``ended`` has said its last word."""

    def __init__(self, epoch: str, last: int = 0, *, kept: int = KEPT) -> None:
        self.epoch, self.last = epoch, last
        self.ended = False
        self._told: deque[Told] = deque(maxlen=kept)

    @property
    def mark(self) -> Mark:
        return Mark(self.epoch, self.last)

    def extend(self, told: Iterable[Told]) -> None:
        """Take in what follows. What is here already is passed over; after a gap only what follows it is kept."""
        states: dict[tuple[str, int], dict[str, Any]] = {}
        for one in told:
            if one.mark.epoch != self.epoch or one.mark.number > self.last + 1:
                self._told.clear()
            elif one.mark.number <= self.last:
                continue
            self._told.append(one)
            self.epoch, self.last = one.mark.epoch, one.mark.number
            if one.thing:
                states[one.thing] = one.data
        if states:
            renewed = [
                replace(one, data=states[one.thing]) if one.thing in states else one for one in self._told
            ]
            self._told.clear()
            self._told.extend(renewed)

    def jump(self, mark: Mark) -> None:
        """Stand at ``mark``, of which nobody here knows how it came to be."""
        self._told.clear()
        self.epoch, self.last = mark.epoch, mark.number

    def since(self, heard: Mark) -> list[Told] | None:
        """What was told after ``heard``; ``None`` when nobody here knows all of it, or ``heard`` was never said."""
        missed = self.last - heard.number
        if heard.epoch != self.epoch or not 0 <= missed <= len(self._told):
            return None
        return list(self._told)[len(self._told) - missed :]
