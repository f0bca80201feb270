"""The door of the site: a baked file is answered at once, everything else is handed to Django.

It asks neither database nor Django, so what is baked is read even while both are down. A query never changes
a baked page: addresses shared by social networks carry one, and they must meet the file too.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
from a2wsgi import WSGIMiddleware
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pregon.core.files import COMPRESSIBLE, WORTH_COMPRESSING
from pregon.website.viewlog import ViewLog

PAGE, GONE = "index.html", "gone.html"
DESK = "/escritorio"
#: Below it stand the streams, each beside its snapshot: /vivo/sitio and /vivo/sitio.json.
LIVE = "/vivo/"
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; form-action 'self'"
)
SAFETY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: What other sites may show in a frame: the pages below this address, and no other.
EMBEDDED = "/incrustar/"
ANYWHERE = POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")
# A page may be corrected or withdrawn at any moment, and what a reader's phone keeps is out of reach: a browser asks
# each time (unchanged, a few bytes answer it); a cache before many readers may answer them for some seconds.
CACHE_PAGE = "public, max-age=0, s-maxage=20"
CACHE_PHOTO = "public, max-age=86400"
CACHE_STATIC = "public, max-age=3600"
CACHE_HASHED = "public, max-age=31536000, immutable"
HASHED = re.compile(r"\.[0-9a-f]{12}\.[^./]+$")
# What may be served; any other suffix leaves as bytes to be kept, never as something a browser would run.
TYPES = {
    "": "application/octet-stream",
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ics": "text/calendar; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".m4a": "audio/x-m4a",
    ".map": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml; charset=utf-8",
    ".zip": "application/zip",
}
# What the office wrote may run; what somebody uploaded never does, whatever its name.
RUNNABLE = frozenset({".css", ".html", ".js", ".map", ".mjs", ".svg", ".webmanifest", ".xml"})
# The feeds have names of their own kind that their suffix does not tell.
TYPES_BY_NAME = {
    "/rss.xml": "application/rss+xml; charset=utf-8",
    "/podcast/rss.xml": "application/rss+xml; charset=utf-8",
    "/atom.xml": "application/atom+xml; charset=utf-8",
    "/feed.json": "application/feed+json; charset=utf-8",
}

LARGEST_KEPT = 1024 * 1024
MEMORY = 32 * 1024 * 1024
THREADS = 8
MOST_WAITING = 200


def policy_of(path: str) -> str:
    """The policy of the page at ``path``."""
    return ANYWHERE if path.startswith(EMBEDDED) and path != EMBEDDED else POLICY


def suffix_of(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def content_type(path: str) -> str:
    """How a browser shall take the file at ``path``, whatever is inside."""
    return TYPES_BY_NAME.get(path) or TYPES.get(suffix_of(path), TYPES[""])


@lru_cache(maxsize=512)
def encodings(accepted: bytes) -> tuple[str, ...]:
    """Those of our encodings that the reader takes, best first."""
    taken = set()
    for part in accepted.decode("latin-1").lower().split(","):
        name, _, parameters = part.partition(";")
        if not re.search(r"q=0(\.0*)?\s*$", parameters.strip()):
            taken.add(name.strip())
    return tuple(name for name in ("br", "gzip") if name in taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One encoding of a file, with the very messages that answer with it."""

    etag: bytes
    start: Message
    unchanged: Message
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file as it is remembered; it holds while the file on the disk has the same stamp."""

    file: str
    stamp: tuple[int, int, int]
    modified: int
    copies: Mapping[str, Copy]
    size: int
    #: Whether answering with it is a view: it is a page, and there.
    page: bool = False

    def is_fresh(self) -> bool:
        try:
            return _stamp(os.stat(self.file)) == self.stamp  # noqa: PTH116 - half the time of Path.stat, on every request
        except OSError:
            return False


class Shelf:
    """The files of one folder, a bounded part of them in memory."""

    def __init__(self, root: Path, *, memory: int = MEMORY, compress: bool = False) -> None:
        self.root = root
        self.memory = memory
        #: Baked pages lie there with their compressed copies; static files are compressed when first asked.
        self.compress = compress
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._size = 0

    def recall(self, path: str) -> Kept | None:
        """What is remembered for ``path``, if it is still so."""
        kept = self._kept.get(path)
        if kept is None:
            return None
        if kept.is_fresh():
            self._kept.move_to_end(path)
            return kept
        self._forget(path)
        return None

    def keep(self, path: str, kept: Kept) -> None:
        self._forget(path)
        self._kept[path] = kept
        self._size += kept.size
        while self._size > self.memory:
            self._forget(next(iter(self._kept)))

    def find(self, path: str) -> tuple[str, int] | None:
        """The file that answers ``path`` and with which status; a redirect answers with the folder itself."""
        relative = path.lstrip("/")
        if not path.endswith("/"):
            if self._inside(relative):
                return str(self.root / relative), 200
            folder = any(self._inside(f"{relative}/{name}") for name in (PAGE, GONE))
            return (path, 301) if folder else None
        for name, status in ((PAGE, 200), (GONE, 410)):
            if self._inside(relative + name):
                return str(self.root / (relative + name)), status
        return None

    def read(self, path: str, file: str, status: int, *, cache: str) -> Kept | None:
        """Read ``file`` whole. Nothing when it is too large to keep, or went away meanwhile."""
        try:
            with open(file, "rb") as stream:  # noqa: PTH123 - the very file whose stamp is taken
                facts = os.fstat(stream.fileno())
                if facts.st_size > LARGEST_KEPT:
                    return None
                data = stream.read()
        except OSError:
            return None
        headers = {
            **SAFETY,
            "Content-Security-Policy": policy_of(path),
            "Content-Type": content_type(file if status == 410 or path.endswith("/") else path),
            "Cache-Control": cache,
            "Last-Modified": formatdate(facts.st_mtime, usegmt=True),
            "Vary": "Accept-Encoding",
        }
        copies = {
            name: _copy(body, status, headers | ({"Content-Encoding": name} if name else {}), name)
            for name, body in self._encoded(file, data).items()
        }
        return Kept(
            file=file,
            stamp=_stamp(facts),
            modified=int(facts.st_mtime),
            copies=copies,
            size=sum(len(copy.body) for copy in copies.values()),
            page=status == 200 and path.endswith("/"),
        )

    def _encoded(self, file: str, data: bytes) -> dict[str, bytes]:
        found = {"": data}
        if suffix_of(file) not in COMPRESSIBLE or len(data) < WORTH_COMPRESSING:
            return found
        if self.compress:
            return found | {"br": brotli.compress(data, quality=8), "gzip": gzip.compress(data, 6, mtime=0)}
        for name, suffix, opened in (("br", ".br", brotli.decompress), ("gzip", ".gz", gzip.decompress)):
            try:
                copy = Path(file + suffix).read_bytes()
                # The three are replaced one after another: one of an earlier text must not slip in between.
                if opened(copy) == data:
                    found[name] = copy
            except (OSError, brotli.error, EOFError):
                continue
        return found

    def _forget(self, path: str) -> None:
        kept = self._kept.pop(path, None)
        if kept:
            self._size -= kept.size

    def _inside(self, relative: str) -> bool:
        """Whether that is a plain file of this folder, links followed."""
        try:
            real = os.path.realpath(self.root / relative, strict=True)
            if not stat.S_ISREG(os.stat(real).st_mode):  # noqa: PTH116 - see is_fresh
                return False
        except (OSError, ValueError):
            return False
        return real.startswith(os.path.realpath(self.root) + os.sep)


class Front:
    """The ASGI application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        baked: Path,
        static: Path,
        live: ASGIApp | None = None,
        views: ViewLog | None = None,
        memory: int = MEMORY,
    ) -> None:
        self.app = app
        self.live = live or app
        self.views = views
        self.pages = Shelf(baked, memory=memory)
        self.static = Shelf(static, memory=memory, compress=True)
        self.streams = {
            f"/{name}/": StaticFiles(directory=baked / name, check_dir=False)
            for name in ("fotos", "documentos")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        path: str = scope["path"]
        if scope["method"] not in ("GET", "HEAD") or path.startswith(DESK):
            await self.app(scope, receive, send)
            return
        if "\x00" in path or "\\" in path or "/../" in f"{path}/":
            answer = PlainTextResponse("La dirección está mal escrita.", 400, headers=SAFETY)
            await answer(scope, receive, send)
            return
        if path.startswith(LIVE) and not suffix_of(path):
            await self.live(scope, receive, send)
            return
        for prefix, files in self.streams.items():
            if path.startswith(prefix):
                await self._stream(files, path.removeprefix(prefix), scope, receive, send)
                return
        if path.startswith("/static/"):
            cache = CACHE_HASHED if HASHED.search(path) else CACHE_STATIC
            await self._file(self.static, path.removeprefix("/static"), cache, scope, receive, send)
        else:
            await self._file(self.pages, path, CACHE_PAGE, scope, receive, send)

    async def _file(
        self, shelf: Shelf, path: str, cache: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if kept := shelf.recall(path):
            await self._give(kept, scope, send)
            return
        if not _may_name_a_file(path) or (found := await to_thread.run_sync(shelf.find, path)) is None:
            await self.app(scope, receive, send)
            return
        file, status = found
        if status == 301:
            await _redirect(scope, send)
            return
        kept = await to_thread.run_sync(lambda: shelf.read(path, file, status, cache=cache))
        if kept:
            shelf.keep(path, kept)
            await self._give(kept, scope, send)
        elif Path(file).exists():
            headers = {**SAFETY, "Cache-Control": cache, "Content-Type": content_type(path)}
            await FileResponse(file, status, headers=headers)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _give(self, kept: Kept, scope: Scope, send: Send) -> None:
        await _answer(kept, scope, send)
        if kept.page and self.views:
            self.views.note(scope)

    async def _stream(
        self, files: StaticFiles, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if not _may_name_a_file("/" + path):
            await self.app(scope, receive, send)
            return
        try:
            response = await files.get_response(path, scope)
        except HTTPException:
            await self.app(scope, receive, send)  # for its page that says so
            return
        response.headers.update(SAFETY | {"Cache-Control": CACHE_PHOTO})
        if response.status_code != 304:
            runs = suffix_of(path) in RUNNABLE
            response.headers["Content-Type"] = TYPES[""] if runs else content_type(path)
        await response(scope, receive, send)


class Gateway:
    """Django in a bounded number of threads. When too many wait already, one more is told so at once."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        threads: int = THREADS,
        waiting: int = MOST_WAITING,
    ) -> None:
        self.app: Any = WSGIMiddleware(application, workers=threads)
        self.room = threads + waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.room <= 0:
            busy = PlainTextResponse(
                "El sitio está muy ocupado: vuelve a intentarlo en un momento.",
                503,
                headers={**SAFETY, "Retry-After": "5", "Cache-Control": "no-store"},
            )
            await busy(scope, receive, send)
            return
        self.room -= 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.room += 1


def _may_name_a_file(path: str) -> bool:
    """Hidden files are being written; copies and pages are reached through their address only."""
    if "//" in path or "/." in path:
        return False
    return not path.endswith((".br", ".gz", f"/{PAGE}", f"/{GONE}"))


def _copy(body: bytes, status: int, headers: Mapping[str, str], name: str) -> Copy:
    etag = f'"{hashlib.blake2b(body, digest_size=9).hexdigest()}{name and "-" + name}"'.encode()
    common = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    common.append((b"etag", etag))
    return Copy(
        etag=etag,
        start={
            "type": "http.response.start",
            "status": status,
            "headers": [*common, (b"content-length", str(len(body)).encode())],
        },
        unchanged={"type": "http.response.start", "status": 304, "headers": common},
        body=body,
    )


async def _answer(kept: Kept, scope: Scope, send: Send) -> None:
    accepted = none_match = modified_since = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            none_match = value
        elif name == b"if-modified-since":
            modified_since = value
    copy = kept.copies[next((name for name in encodings(accepted) if name in kept.copies), "")]
    if (none_match or modified_since) and copy.start["status"] == 200:
        known = _matches(none_match, copy.etag) if none_match else _is_old(modified_since, kept.modified)
        if known:
            await send(copy.unchanged)
            await send({"type": "http.response.body", "body": b""})
            return
    await send(copy.start)
    body = b"" if scope["method"] == "HEAD" else copy.body
    await send({"type": "http.response.body", "body": body})


async def _redirect(scope: Scope, send: Send) -> None:
    target = quote(scope["path"]).encode() + b"/"
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    headers = [(b"location", target), (b"content-length", b"0"), (b"cache-control", CACHE_PAGE.encode())]
    await send({"type": "http.response.start", "status": 301, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _matches(header: bytes, etag: bytes) -> bool:
    known = {part.strip().removeprefix(b"W/") for part in header.split(b",")}
    return etag in known or b"*" in known


def _is_old(header: bytes, modified: int) -> bool:
    try:
        return parsedate_to_datetime(header.decode("latin-1")).timestamp() >= modified
    except (TypeError, ValueError, OverflowError):
        return False


def _stamp(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
