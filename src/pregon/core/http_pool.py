"""Many small posts at once over kept connections, for services that take one message with each request.

A request of httpx2 takes ten times as long as encrypting the message in it (measured on loopback). Here one thread
drives all connections itself and takes a tenth. The door is that of ``core/http``: every connection goes to a checked
address, and time, size and the number of connections are bounded. Nothing is redirected, and nothing is asked twice
once a byte has left.
"""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from queue import SimpleQueue
from typing import Any, Generic, NamedTuple, Self, TypeVar
from weakref import WeakKeyDictionary

from django.utils.translation import gettext as _
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from pregon.core.http import CONNECT_SECONDS, Door, Http, OutboundError, Refused, TooLarge, Unreachable

MOST = 32
"""Connections of one round. More would not be faster here, and services may mind."""
KEPT_SECONDS = 15.0
"""How long an idle connection is thought to be alive, as in ``core/http``."""
PATIENCE = timedelta(seconds=10)
LARGEST = 64 * 1024
GLANCE = 0.25
"""How often those who keep us waiting are looked for, in seconds."""
PIECE = 65_536

_url = re.compile(
    r"(?P<scheme>https?)://(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?P<target>/[!-~]*)",
    re.ASCII,
)
_not_now = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request; who sends it may subclass it to carry more."""

    url: str
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, whatever its status. Names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


P = TypeVar("P", bound=Post)
Outcome = Reply | OutboundError


def post_all(
    http: Http,
    more: Callable[[int], Iterable[P]],
    *,
    most: int = MOST,
    timeout: timedelta = PATIENCE,
    max_bytes: int = LARGEST,
) -> Iterator[tuple[P, Outcome]]:
    """Send what ``more`` gives, until it gives nothing, with each outcome in the order in which they come.

    ``more`` is called in the caller's thread, when the outcomes that came before have been given, for as many posts as
    there are connections free for them.
    """
    if http.door is None:  # a transport stands for the network: one after the other
        while given := list(more(1)):
            for post in given:
                yield post, _alone(http, post, timeout=timeout, max_bytes=max_bytes)
        return
    going = _Round[P](
        http.door, _shelf_of(http.door), most=most, seconds=timeout.total_seconds(), largest=max_bytes
    )
    with going:
        yield from going.run(more)


def _alone(http: Http, post: Post, *, timeout: timedelta, max_bytes: int) -> Outcome:
    try:
        answer = http.post(
            post.url, headers=post.headers, content=post.content, timeout=timeout, max_bytes=max_bytes
        )
    except OutboundError as problem:
        return problem
    return Reply(status=answer.status_code, headers=answer.headers, content=answer.content)


# --- Connections --------------------------------------------------------------------------------------------


class Origin(NamedTuple):
    scheme: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """As the Host header says it."""
        usual = self.port == (443 if self.scheme == "https" else 80)
        return self.host if usual else f"{self.host}:{self.port}"


class _Line(Generic[P]):
    """One connection, and the exchange that is going on over it. Its names are those that httptools calls."""

    def __init__(self, origin: Origin, sock: socket.socket) -> None:
        self.origin = origin
        self.sock = sock
        self.parser = HttpResponseParser(self)
        self.watched = selectors.EVENT_READ
        self.rested_at = 0.0
        self.used = False

    def begin(self, post: P, wire: bytes, *, deadline: float) -> None:
        self.post, self.left, self.deadline = post, memoryview(wire), deadline
        self.sent = self.complete = self.told = False
        self.received = 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.told, self.status = True, self.parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.status, self.keeps = self.parser.get_status_code(), self.parser.should_keep_alive()
        if self.status < 200:  # only announces the answer
            self.headers, self.told = {}, False
        else:
            self.complete = True

    def ends_with_the_connection(self) -> bool:
        return self.told and not {"content-length", "transfer-encoding"} & set(self.headers)

    def reply(self) -> Reply:
        return Reply(status=self.status, headers=self.headers, content=bytes(self.body))


class _Shelf:
    """Idle connections between the rounds of one client, for all its threads."""

    def __init__(self) -> None:
        self._lines: defaultdict[Origin, list[_Line[Any]]] = defaultdict(list)
        self._lock = threading.Lock()

    def take(self, origin: Origin) -> _Line[Any] | None:
        while True:
            with self._lock:
                lines = self._lines.get(origin)
                line = lines.pop() if lines else None
            if line is None or _is_alive(line):
                return line
            line.sock.close()

    def put(self, lines: Iterable[_Line[Any]], *, most: int) -> None:
        """Keep the newest of them, and none that is too old."""
        now = time.monotonic()
        with self._lock:
            known = [line for lines_ in self._lines.values() for line in lines_]
            kept = sorted([*known, *lines], key=lambda line: line.rested_at, reverse=True)
            self._lines.clear()
            for place, line in enumerate(kept):
                if place < most and now - line.rested_at < KEPT_SECONDS:
                    self._lines[line.origin].insert(0, line)  # the newest is taken first
                else:
                    line.sock.close()

    def close(self) -> None:
        self.put((), most=0)


_shelves: WeakKeyDictionary[Door, _Shelf] = WeakKeyDictionary()
_shelving = threading.Lock()


def _shelf_of(door: Door) -> _Shelf:
    with _shelving:
        if door not in _shelves:
            shelf = _shelves[door] = _Shelf()
            door.closing.append(shelf.close)
        return _shelves[door]


def _is_alive(line: _Line[Any]) -> bool:
    """A kept connection has nothing to say; one that does was closed by the other side."""
    if time.monotonic() - line.rested_at > KEPT_SECONDS:
        return False
    with selectors.DefaultSelector() as watching:
        watching.register(line.sock, selectors.EVENT_READ)
        return not watching.select(0)


# --- A round ------------------------------------------------------------------------------------------------


class _Round(Generic[P]):
    """All connections that one call drives."""

    def __init__(self, door: Door, shelf: _Shelf, *, most: int, seconds: float, largest: int) -> None:
        self.door, self.shelf = door, shelf
        self.most, self.seconds, self.largest = most, seconds, largest
        self.ended: deque[tuple[P, Outcome]] = deque()
        self.busy: set[_Line[P]] = set()
        self.free: defaultdict[Origin, list[_Line[P]]] = defaultdict(list)
        self.opening = 0
        self.opened: SimpleQueue[tuple[P, bytes, _Line[P] | OutboundError]] = SimpleQueue()
        self.watching = selectors.DefaultSelector()
        self.bell, self.ringer = socket.socketpair()
        self.bell.setblocking(False)
        self.watching.register(self.bell, selectors.EVENT_READ)
        self.glanced_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """What is still going on is cut off: nobody waits for its answer any more."""
        self.watching.close()
        for line in self.busy:
            line.sock.close()
        while self.opening:  # whoever is still connecting is soon told no
            _post, _wire, found = self.opened.get()
            self.opening -= 1
            if isinstance(found, _Line):
                found.sock.close()
        self.bell.close()
        self.ringer.close()
        self.shelf.put([line for lines in self.free.values() for line in lines], most=self.most)

    def run(self, more: Callable[[int], Iterable[P]]) -> Iterator[tuple[P, Outcome]]:
        any_left = True
        while True:
            while any_left and not self.ended and (room := self.most - len(self.busy) - self.opening) > 0:
                any_left = False
                for post in more(room):
                    any_left = True
                    self.start(post)
            if not self.ended:
                if not self.busy and not self.opening:
                    return
                self.turn()
            while self.ended:
                yield self.ended.popleft()

    # --- One post ---

    def start(self, post: P) -> None:
        try:
            origin, wire = _written(post)
        except Refused as refusal:
            self.ended.append((post, refusal))
            return
        free = self.free.get(origin)
        if free:
            self.send(free.pop(), post, wire)
        elif line := self.shelf.take(origin):
            self.watching.register(line.sock, selectors.EVENT_READ, line)
            self.send(line, post, wire)
        else:
            self.open(origin, post, wire)

    def open(self, origin: Origin, post: P, wire: bytes) -> None:
        if len(self.busy) + self.opening + sum(map(len, self.free.values())) >= self.most:
            self.drop(next(lines.pop() for lines in self.free.values() if lines))
        self.opening += 1
        connecting = threading.Thread(
            target=self.connect, args=(origin, post, wire), name="connect", daemon=True
        )
        connecting.start()

    def connect(self, origin: Origin, post: P, wire: bytes) -> None:
        """In a thread of its own: resolving and shaking hands block."""
        found: _Line[P] | OutboundError = _silent(origin.host, arrived=False)
        try:
            sock = self.door.connect(*origin, seconds=min(self.seconds, CONNECT_SECONDS))
            sock.setblocking(False)
            found = _Line(origin, sock)
        except OutboundError as problem:
            found = problem
        except ValueError:  # a name that no certificate can bear
            found = Refused()
        finally:  # whatever happens, somebody counts on an answer
            self.opened.put((post, wire, found))
            with suppress(OSError):  # the round may be over
                self.ringer.send(b"\0")

    def send(self, line: _Line[P], post: P, wire: bytes) -> None:
        line.begin(post, wire, deadline=time.monotonic() + self.seconds)
        self.busy.add(line)
        self.write(line)

    def write(self, line: _Line[P]) -> None:
        """As much as the connection takes; the rest when it takes more."""
        try:
            count = line.sock.send(line.left)
        except _not_now:
            count = 0
        except OSError:
            self.fail(line)
            return
        line.sent = line.sent or count > 0
        line.left = line.left[count:]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.left else 0)
        if wanted != line.watched:
            line.watched = wanted
            self.watching.modify(line.sock, wanted, line)

    def read(self, line: _Line[P]) -> None:
        while not line.complete:
            try:
                data = line.sock.recv(PIECE)
            except _not_now:
                return
            except OSError:
                self.fail(line)
                return
            if not data:
                if line.ends_with_the_connection():
                    self.finish(line, line.reply(), keep=False)
                else:
                    self.fail(line)
                return
            line.received += len(data)
            if line.received > self.largest:
                self.finish(line, TooLarge(), keep=False)
                return
            try:
                line.parser.feed_data(data)
            except (HttpParserError, HttpParserUpgrade):
                self.fail(line)
                return
        self.finish(line, line.reply(), keep=line.keeps and not line.left)

    def fail(self, line: _Line[P]) -> None:
        """No answer will come. Where not even a byte left over a connection that was kept, a new one is opened."""
        post, wire = line.post, line.left
        if line.used and not line.sent:
            self.busy.discard(line)
            self.drop(line)
            self.open(line.origin, post, bytes(wire))
        else:
            self.finish(line, _silent(line.origin.host, arrived=line.sent), keep=False)

    def finish(self, line: _Line[P], outcome: Outcome, *, keep: bool) -> None:
        self.busy.discard(line)
        self.ended.append((line.post, outcome))
        if keep:
            line.used, line.rested_at = True, time.monotonic()
            self.free[line.origin].append(line)
        else:
            self.drop(line)

    def drop(self, line: _Line[P]) -> None:
        self.watching.unregister(line.sock)
        line.sock.close()

    # --- All of them ---

    def turn(self) -> None:
        """Wait for whatever comes next, and take care of it."""
        for key, events in self.watching.select(GLANCE):
            line: _Line[P] | None = key.data
            if line is None:
                self.welcome()
            elif line in self.busy:
                if events & selectors.EVENT_WRITE:
                    self.write(line)
                if events & selectors.EVENT_READ and line in self.busy:
                    self.read(line)
            elif line in self.free[line.origin]:  # the other side hangs up, or speaks out of turn
                self.free[line.origin].remove(line)
                self.drop(line)
        now = time.monotonic()
        if now - self.glanced_at > GLANCE:
            self.glanced_at = now
            for line in [line for line in self.busy if line.deadline < now]:
                self.finish(line, _silent(line.origin.host, arrived=line.sent), keep=False)

    def welcome(self) -> None:
        """Connections that are ready, or never will be."""
        self.bell.recv(PIECE)
        while not self.opened.empty():
            post, wire, found = self.opened.get()
            self.opening -= 1
            if isinstance(found, _Line):
                self.watching.register(found.sock, selectors.EVENT_READ, found)
                self.send(found, post, wire)
            else:
                self.ended.append((post, found))


def _written(post: Post) -> tuple[Origin, bytes]:
    """Where a post goes and its bytes. Raises ``Refused`` for an address or a header that is none."""
    found = _url.fullmatch(post.url)
    if found is None:
        raise Refused
    scheme, host = found["scheme"], found["host"].lower()
    port = int(found["port"] or (443 if scheme == "https" else 80))
    if not 0 < port < 65_536:
        raise Refused
    origin = Origin(scheme, host.strip("[]"), port)
    lines = [
        f"POST {found['target'].partition('#')[0]} HTTP/1.1",
        f"Host: {origin.place if host[0] != '[' else post.url.split('/')[2]}",
        "User-Agent: Pregon",
        f"Content-Length: {len(post.content)}",
        *(f"{name}: {value}" for name, value in post.headers.items()),
    ]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or not head.isascii():
        raise Refused
    return origin, head.encode("ascii") + b"\r\n\r\n" + post.content


def _silent(host: str, *, arrived: bool) -> Unreachable:
    sentence = _("«%(host)s» no contestó: revisa la dirección o inténtalo más tarde.")
    return Unreachable(sentence % {"host": host}, arrived=arrived)
