"""Where readers come in: one address for each stream, answered with server-sent events for as long as they stay.

A reader costs a task and the last number it heard; there is neither thread nor database connection for it. Whoever
reads slowly is held back by its own connection and catches up from the window, or begins again from the snapshot.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from pregon.website.hub.window import Mark, Told, Window

#: A word now and then, so that nobody on the way takes the silence for the end.
HEARTBEAT = timedelta(seconds=15)
#: Whoever takes in nothing for so long is let go.
PATIENCE = timedelta(seconds=30)
#: How long a reader waits for the first news of which streams there are.
BEGINNING = timedelta(seconds=5)
#: A browser that lost the stream comes back after this time.
RETRY = timedelta(seconds=2)
#: An event of its own and no comment, so that a page can tell a quiet line from a dead one.
BEAT = b"event: beat\ndata: .\n\n"
#: What a reader heard who says what we never said.
NOWHERE = Mark("", 0)


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many are let in: in all, and from one address, behind which a whole village may be."""

    readers: int = 20_000
    from_one_address: int = 200


@dataclass(eq=False, slots=True)
class Reader:
    """Somebody who listens, and how far."""

    window: Window
    heard: Mark
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False


class Doors:
    """The ASGI application. ``follow`` begins to feed it, once, when the first reader comes."""

    def __init__(
        self, follow: Callable[[Doors], None], *, safety: Mapping[str, str], room: Room | None = None
    ) -> None:
        self.safety, self.room = safety, room or Room()
        self.windows: dict[str, Window] = {}
        self.readers: defaultdict[str, set[Reader]] = defaultdict(set)
        self.addresses: Counter[str] = Counter()
        self.known = asyncio.Event()
        self._follow = follow
        self._opened = False

    # --- What is told -----------------------------------------------------------------------------------

    def tell(self, streams: Mapping[str, tuple[Mark, Sequence[Told]]]) -> None:
        """Which streams there are, how far each is, and what was told on it since last time."""
        for name, (mark, told) in streams.items():
            window = self.windows.setdefault(name, Window(mark.epoch, mark.number - len(told)))
            before = window.mark
            window.extend(told)
            if window.mark != mark:
                window.jump(mark)
            if window.mark != before:
                self._wake(name)
        for name in self.windows.keys() - streams.keys():
            self.windows.pop(name).ended = True
            self._wake(name)
        self.known.set()

    def close(self) -> None:
        """Let everybody go; browsers come back by themselves, to whoever serves then."""
        for reader in chain.from_iterable(self.readers.values()):
            reader.gone = True
            reader.wake.set()

    def _wake(self, name: str) -> None:
        for reader in self.readers.get(name, ()):
            reader.wake.set()

    # --- Who listens ------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._opened:
            self._opened = True
            self._follow(self)
        name = scope["path"].rpartition("/")[2]
        if refusal := await self._refusal(name, address_of(scope)):
            await refusal(scope, receive, send)
            return
        window = self.windows[name]
        reader = Reader(window, mark_in(scope) or window.mark)
        address = address_of(scope)
        self.readers[name].add(reader)
        self.addresses[address] += 1
        leaving = asyncio.ensure_future(notice_leaving(reader, receive))
        try:
            await self._serve(reader, send, scope["method"])
        finally:
            leaving.cancel()
            self.readers[name].discard(reader)
            if not self.readers[name]:
                del self.readers[name]
            self.addresses[address] -= 1
            if not self.addresses[address]:
                del self.addresses[address]

    async def _refusal(self, name: str, address: str) -> Response | None:
        try:
            async with asyncio.timeout(BEGINNING.total_seconds()):
                await self.known.wait()
        except TimeoutError:
            return self._no(
                503, "Las novedades no están disponibles ahora: vuelve a intentarlo en un momento."
            )
        if name not in self.windows:
            return Response(status_code=204, headers=dict(self.safety))  # a browser asks no more after it
        crowd = sum(self.addresses.values())
        if crowd >= self.room.readers or self.addresses[address] >= self.room.from_one_address:
            return self._no(503, "Hay demasiadas páginas abiertas: las novedades se leen al recargar.")
        return None

    def _no(self, status: int, words: str) -> Response:
        headers = {**self.safety, "Retry-After": "30", "Cache-Control": "no-store"}
        return PlainTextResponse(words, status, headers=headers)

    async def _serve(self, reader: Reader, send: Send, method: str) -> None:
        headers = {
            **self.safety,
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",  # nginx in between would keep it back until there is more
        }
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()],
            }
        )
        if method == "HEAD":  # what comes next on the connection, as from nginx, would wait for the end
            reader.gone = True
        piece = greeting()
        while not reader.gone:
            ended = reader.window.ended
            piece += news_for(reader)
            if piece:
                try:
                    async with asyncio.timeout(PATIENCE.total_seconds()):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                except TimeoutError:
                    return
            if ended:
                break
            piece = await pause(reader)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def greeting() -> bytes:
    """Says that nothing is missing from where the reader said it was; and when to come back, not all at once."""
    back = RETRY / timedelta(milliseconds=1) * random.uniform(0.5, 2)  # noqa: S311 - spreads a crowd, hides nothing
    return b"retry: %d\nevent: here\ndata: .\n\n" % back


def news_for(reader: Reader) -> bytes:
    """What the reader has not heard yet. Who cannot be told all of it is sent to the snapshot."""
    reader.wake.clear()
    mark = reader.window.mark
    if reader.heard == mark:
        return b""
    told, reader.heard = reader.window.since(reader.heard), mark
    if told is None:
        return Told(mark=mark, kind="again", data={}).wire
    return b"".join(one.wire for one in told)


async def pause(reader: Reader) -> bytes:
    """Until there is something to say, or a heartbeat is due."""
    try:
        async with asyncio.timeout(HEARTBEAT.total_seconds()):
            await reader.wake.wait()
    except TimeoutError:
        return BEAT
    return b""


async def notice_leaving(reader: Reader, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.gone = True
    reader.wake.set()


def address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def mark_in(scope: Scope) -> Mark | None:
    """How far the reader says it heard: a browser that comes back says so itself, a fresh page in its address."""
    for name, value in scope["headers"]:
        if name == b"last-event-id":
            return Mark.read(value.decode("latin-1")) or NOWHERE
    [wanted, *_more] = parse_qs(scope["query_string"].decode("latin-1")).get("desde", [""])
    return Mark.read(wanted)
