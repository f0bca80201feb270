"""The front's share of the views log: how often each page was answered, written down once a second.

An answer never waits for it. What is not written yet is counted in memory, as many different pages as there is room
for, and a disk that is full or gone costs views and no answers. Who asked is looked at and forgotten on the spot.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from starlette.types import Scope

from pregon.analytics.reading import hour_of, is_navigation, is_robot, mark_of, page_of, source_of, written

logger = logging.getLogger(__name__)

EVERY = 1.0
#: Pages, by source and hour, that wait for the next second; what comes beyond them is lost.
MOST = 10_000
#: A header is as long as its writer likes, and what is asked of it stands at its beginning.
ENOUGH = 300
LONGEST_TARGET = 1000

#: What a browser calls a page that is fetched ahead of being wanted: the standard's word, and those before it.
PURPOSES = frozenset({b"sec-purpose", b"purpose", b"x-moz"})

#: Source and page; and with the hour, as it is written down.
View = tuple[str, str]
Dated = tuple[str, str, str]


def now() -> datetime:
    return datetime.now(UTC)


class ViewLog:
    """Counts views of pages and appends them to a file of the hour in ``folder``."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = now) -> None:
        self.folder = folder
        self.clock = clock
        #: Counted since the last writing; touched by the loop alone.
        self._views: Counter[View] = Counter()
        #: What could not be written; touched by who writes.
        self._left: Counter[Dated] = Counter()
        self._writing = Lock()
        self._awaited = False
        #: Whether the file ends with a whole line; a full disk may have cut one off.
        self._whole = True
        self._troubled = False

    def note(self, scope: Scope) -> None:
        """Count the page that answered ``scope``, if that was a view. Never waits."""
        view = view_of(scope)
        if view is None or (view not in self._views and len(self._views) >= MOST):
            return
        self._views[view] += 1
        if not self._awaited:
            self._awaited = True
            asyncio.get_running_loop().call_later(EVERY, self._send)

    def _send(self) -> None:
        self._awaited = False
        asyncio.get_running_loop().run_in_executor(None, self._write, self._taken())

    def flush(self) -> None:
        """Write down what is left, once nobody is answered any more."""
        self._write(self._taken())

    def _taken(self) -> Counter[Dated]:
        """What was counted, with its hour: to tell that of each view would cost more than the view."""
        taken, self._views = self._views, Counter()
        hour = hour_of(self.clock())
        return Counter({(source, page, hour): times for (source, page), times in taken.items()})

    def _write(self, views: Counter[Dated]) -> None:
        with self._writing:
            waiting = list((self._left + views).items())[:MOST]
            out = self._append(written(waiting))
            self._left = Counter(dict(waiting[out:]))

    def _append(self, lines: list[bytes]) -> int:
        """How many of ``lines`` are on the disk, whole."""
        if not lines:
            return 0
        at = self.clock()
        name = f"{at.astimezone(UTC):%Y%m%d%H}-{socket.gethostname()}-{os.getpid()}.log"
        data = (b"" if self._whole else b"\n") + b"".join(lines)
        try:
            file = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                size = os.write(file, data)
            finally:
                os.close(file)
        except OSError as problem:
            if not self._troubled:
                logger.warning("Views cannot be written", extra={"problem": problem.strerror})
            self._troubled = True
            return 0
        self._troubled = size < len(data)
        self._whole = not self._troubled or data[:size].endswith(b"\n")
        return data[:size].count(b"\n") - (data[:1] == b"\n")


def view_of(scope: Scope) -> View | None:
    """The view that ``scope`` asks for; nothing when a program asks, or nobody looks at the answer now."""
    if scope["method"] != "GET":
        return None
    agent = host = referrer = mode = dest = purpose = b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name == b"host":
            host = value
        elif name == b"referer":
            referrer = value
        elif name == b"sec-fetch-mode":
            mode = value
        elif name == b"sec-fetch-dest":
            dest = value
        elif name in PURPOSES:
            purpose = value
    if not is_navigation(mode=mode, dest=dest, purpose=purpose) or is_robot(agent[:ENOUGH]):
        return None
    target, query = scope["raw_path"], scope["query_string"][:ENOUGH]
    page = page_of(target) if len(target) <= LONGEST_TARGET else ""
    if not page:
        return None
    source = source_of(mark_of(query) if query else b"", host[:ENOUGH], referrer[:ENOUGH])
    return source, page
