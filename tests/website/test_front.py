from __future__ import annotations

import asyncio
import gzip
import http.client
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest
import uvicorn
from django.db import connection
from django.db.backends.signals import connection_created

from pregon.core.files import remove, write_published
from pregon.website.front import POLICY, Front, Gateway, Shelf, encodings

PAGE = b"<!doctype html><title>Pozo nuevo</title>" + b"<p>El pozo da agua a tres colonias.</p>" * 40


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Site:
    """A real uvicorn in a thread, over two folders."""

    port: int
    baked: Path
    static: Path

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(
                status=response.status,
                headers={name.lower(): value for name, value in response.getheaders()},
                body=response.read(),
            )
        finally:
            connection.close()

    def raw(self, target: bytes) -> bytes:
        """The first line of what is answered to a target that no client library would send."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as peer:
            peer.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            received = b""
            while chunk := peer.recv(65536):
                received += chunk
            return received


def django(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/roto/":
        raise RuntimeError("broken")
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-By", "django")])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["PATH_INFO"].encode("latin-1")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    baked, static = tmp_path / "baked", tmp_path / "static"
    baked.mkdir()
    static.mkdir()
    front = Front(Gateway(django), baked=baked, static=static)
    server = uvicorn.Server(
        uvicorn.Config(front, http="httptools", lifespan="off", log_level="critical", server_header=False)
    )
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Site(port=listening.getsockname()[1], baked=baked, static=static)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def test_a_baked_page_is_answered_with_its_safety_headers(site: Site) -> None:
    write_published(site.baked / "boletines" / "pozo" / "index.html", PAGE)
    answer = site.get("/boletines/pozo/")
    kept = {
        name: answer.headers.get(name)
        for name in (
            "content-type",
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cache-control",
            "vary",
            "server",
        )
    }
    assert (answer.status, answer.body) == (200, PAGE)
    assert kept == {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cache-control": "public, max-age=0, s-maxage=20",
        "vary": "Accept-Encoding",
        "server": None,
    }


def test_a_query_does_not_hide_the_baked_page(site: Site) -> None:
    write_published(site.baked / "index.html", PAGE)
    assert site.get("/?utm_source=red").body == PAGE


def test_the_compressed_copies_answer_whoever_takes_them(site: Site) -> None:
    write_published(site.baked / "index.html", PAGE)
    br = site.get("/", Accept_Encoding="gzip, br")
    gz = site.get("/", Accept_Encoding="br;q=0, gzip")
    plain = site.get("/", Accept_Encoding="identity")
    assert [a.headers.get("content-encoding") for a in (br, gz, plain)] == ["br", "gzip", None]
    assert [brotli.decompress(br.body), gzip.decompress(gz.body), plain.body] == [PAGE, PAGE, PAGE]


def test_a_copy_of_an_older_text_is_never_answered(site: Site) -> None:
    write_published(site.baked / "index.html", PAGE)
    (site.baked / "index.html").write_bytes(PAGE + b"<p>Corregido.</p>")
    answer = site.get("/", Accept_Encoding="br")
    assert (answer.headers.get("content-encoding"), answer.body) == (None, PAGE + b"<p>Corregido.</p>")


def test_a_reader_who_has_the_page_is_told_so(site: Site) -> None:
    write_published(site.baked / "index.html", PAGE)
    first = site.get("/")
    by_tag = site.get("/", If_None_Match=f'"other", W/{first.headers["etag"]}')
    by_date = site.get("/", If_Modified_Since=first.headers["last-modified"])
    other = site.get("/", If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"])
    assert [(a.status, a.body) for a in (by_tag, by_date, other)] == [(304, b""), (304, b""), (200, PAGE)]


def test_head_answers_the_length_and_no_body(site: Site) -> None:
    write_published(site.baked / "index.html", PAGE)
    answer = site.get("/", method="HEAD")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, str(len(PAGE)), b"")


def test_a_page_that_changed_is_answered_anew_and_one_that_went_is_asked_of_django(site: Site) -> None:
    page = site.baked / "agenda" / "index.html"
    write_published(page, PAGE)
    before = site.get("/agenda/").body
    write_published(page, PAGE.replace(b"tres", b"ocho"))
    after = site.get("/agenda/").body
    remove(page)
    assert [before, after, site.get("/agenda/").body] == [
        PAGE,
        PAGE.replace(b"tres", b"ocho"),
        b"GET /agenda/",
    ]


def test_a_withdrawn_page_answers_410_and_comes_back_with_its_file(site: Site) -> None:
    folder = site.baked / "boletines" / "pozo"
    write_published(folder / "index.html", PAGE)
    first = site.get("/boletines/pozo/").status
    remove(folder / "index.html")
    write_published(folder / "gone.html", b"Se retiro.")
    withdrawn = site.get("/boletines/pozo/")
    write_published(folder / "index.html", PAGE)
    remove(folder / "gone.html")
    assert (first, withdrawn.status, withdrawn.body, withdrawn.headers["content-type"]) == (
        200,
        410,
        b"Se retiro.",
        "text/html; charset=utf-8",
    )
    assert site.get("/boletines/pozo/").status == 200


def test_a_folder_without_its_slash_is_sent_to_it(site: Site) -> None:
    write_published(site.baked / "galerias" / "index.html", PAGE)
    answer = site.get("/galerias?de=aqui")
    assert (answer.status, answer.headers["location"]) == (301, "/galerias/?de=aqui")


@pytest.mark.parametrize(
    "target",
    [
        b"/../secret.key",
        b"/%2e%2e/secret.key",
        b"/boletines/..%2f..%2fsecret.key",
        b"/a%00b",
        b"/..%5csecret.key",
    ],
)
def test_an_address_that_climbs_is_refused(site: Site, target: bytes) -> None:
    (site.baked.parent / "secret.key").write_text("secret")
    assert site.raw(target).split(b"\r\n")[0] == b"HTTP/1.1 400 Bad Request"


@pytest.mark.parametrize(
    "path",
    [
        "//boletines/pozo/",
        "/boletines//pozo/",
        "/boletines/pozo/index.html",
        "/boletines/pozo/index.html.br",
        "/boletines/pozo/.half.tmp",
        "/%252e%252e/secret.key",
        "/enlace/",
        "/enlace.html",
        "/static/enlace.css",
        "/fotos/enlace/1.webp",
        "/fotos/.half/1.webp",
        "/escritorio/",
        "/nada/",
    ],
)
def test_what_is_no_page_is_asked_of_django(site: Site, path: str) -> None:
    write_published(site.baked / "boletines" / "pozo" / "index.html", PAGE)
    (site.baked / "boletines" / "pozo" / ".half.tmp").write_bytes(b"half")
    outside = site.baked.parent / "outside"
    outside.mkdir()
    for name in ("index.html", "1.webp"):
        (outside / name).write_bytes(b"private")
    (site.baked / "fotos" / ".half").mkdir(parents=True)
    (site.baked / "fotos" / ".half" / "1.webp").write_bytes(b"half")
    (site.baked / "enlace").symlink_to(outside)
    (site.baked / "fotos" / "enlace").symlink_to(outside)
    (site.baked / "enlace.html").symlink_to(outside / "index.html")
    (site.static / "enlace.css").symlink_to(outside / "index.html")
    assert site.get(path).headers.get("x-by") == "django"


def test_a_form_reaches_django_even_where_a_page_is_baked(site: Site) -> None:
    write_published(site.baked / "suscripcion" / "index.html", PAGE)
    assert site.get("/suscripcion/", method="POST").body == b"POST /suscripcion/"


def test_baked_pages_answer_while_django_is_broken(site: Site) -> None:
    write_published(site.baked / "index.html", PAGE)
    assert [site.get("/roto/").status, site.get("/").status] == [500, 200]


def test_feeds_leave_with_the_type_that_readers_expect(site: Site) -> None:
    names = ["rss.xml", "atom.xml", "feed.json", "agenda.ics", "robots.txt", "sitemap.xml"]
    for name in names:
        write_published(site.baked / name, b"x")
    assert [site.get(f"/{name}").headers["content-type"] for name in names] == [
        "application/rss+xml; charset=utf-8",
        "application/atom+xml; charset=utf-8",
        "application/feed+json; charset=utf-8",
        "text/calendar; charset=utf-8",
        "text/plain; charset=utf-8",
        "application/xml; charset=utf-8",
    ]


def test_a_photo_is_streamed_whole_or_in_part(site: Site) -> None:
    photo = site.baked / "fotos" / "7b1e" / "full.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(bytes(range(256)) * 8000)
    whole = site.get("/fotos/7b1e/full.jpg")
    part = site.get("/fotos/7b1e/full.jpg", Range="bytes=256-511")
    known = site.get("/fotos/7b1e/full.jpg", If_None_Match=whole.headers["etag"])
    assert (whole.status, len(whole.body), whole.headers["content-type"]) == (200, 2_048_000, "image/jpeg")
    assert (part.status, part.body) == (206, bytes(range(256)))
    assert (known.status, whole.headers["content-security-policy"]) == (304, POLICY)


def test_static_files_are_compressed_and_kept_for_ever_when_their_name_says_their_content(site: Site) -> None:
    (site.static / "website").mkdir()
    for name in ("site.css", "site.0123456789ab.css"):
        (site.static / "website" / name).write_bytes(b"body { margin: 0 }\n" * 100)
    plain = site.get("/static/website/site.css")
    hashed = site.get("/static/website/site.0123456789ab.css", Accept_Encoding="br")
    assert [plain.headers["cache-control"], hashed.headers["cache-control"]] == [
        "public, max-age=3600",
        "public, max-age=31536000, immutable",
    ]
    assert brotli.decompress(hashed.body) == plain.body


def test_a_file_too_large_to_keep_is_still_answered(site: Site) -> None:
    (site.static / "big.js").write_bytes(b"//" * 1_000_000)
    answer = site.get("/static/big.js")
    assert (answer.status, len(answer.body), answer.headers["content-type"]) == (
        200,
        2_000_000,
        "text/javascript; charset=utf-8",
    )


def test_a_video_is_played_from_any_place_in_it(site: Site) -> None:
    (site.baked / "documentos" / "7").mkdir(parents=True)
    (site.baked / "documentos" / "7" / "recorrido.mp4").write_bytes(b"0123456789")
    answer = site.get("/documentos/7/recorrido.mp4", Range="bytes=4-6")
    assert (answer.status, answer.headers["content-type"], answer.body) == (206, "video/mp4", b"456")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("agua.mp3", "audio/mpeg"),
        ("agua.m4a", "audio/x-m4a"),
        ("agua.opus", "audio/ogg"),
        ("agua.wav", "audio/wav"),
        ("paseo.webm", "video/webm"),
    ],
)
def test_a_recording_is_heard_from_its_middle_and_from_its_end(site: Site, name: str, kind: str) -> None:
    (site.baked / "documentos" / "8").mkdir(parents=True)
    (site.baked / "documentos" / "8" / name).write_bytes(b"0123456789")
    middle, end, beyond = (
        site.get(f"/documentos/8/{name}", Range=f"bytes={part}") for part in ("4-6", "-2", "99-")
    )
    assert (middle.status, middle.body, middle.headers["content-range"]) == (206, b"456", "bytes 4-6/10")
    assert (middle.headers["content-type"], middle.headers["accept-ranges"]) == (kind, "bytes")
    assert (end.status, end.body, beyond.status) == (206, b"89", 416)


def test_captions_and_the_podcast_have_types_of_their_own(site: Site) -> None:
    (site.baked / "podcast" / "agua").mkdir(parents=True)
    (site.baked / "podcast" / "agua" / "subtitulos.vtt").write_text("WEBVTT", encoding="utf-8")
    (site.baked / "podcast" / "rss.xml").write_bytes(b"<rss/>")
    paths = ("/podcast/agua/subtitulos.vtt", "/podcast/rss.xml")
    assert [site.get(path).headers["content-type"] for path in paths] == [
        "text/vtt; charset=utf-8",
        "application/rss+xml; charset=utf-8",
    ]


def test_an_uploaded_file_never_leaves_as_something_that_runs(site: Site) -> None:
    names = ["obra.pdf", "obra.html", "obra.SVG", "obra.php", "obra"]
    (site.baked / "documentos" / "7").mkdir(parents=True)
    for name in names:
        (site.baked / "documentos" / "7" / name).write_bytes(b"<script>alert(1)</script>")
    assert [site.get(f"/documentos/7/{name}").headers["content-type"] for name in names] == [
        "application/pdf",
        *["application/octet-stream"] * 4,
    ]


@pytest.mark.parametrize(
    ("header", "best"),
    [
        (b"", ()),
        (b"gzip, deflate, br", ("br", "gzip")),
        (b"GZIP;q=0.5", ("gzip",)),
        (b"br;q=0.0, gzip;q=1", ("gzip",)),
        (b"identity", ()),
    ],
)
def test_only_encodings_that_the_reader_takes_are_chosen(header: bytes, best: tuple[str, ...]) -> None:
    assert encodings(header) == best


def test_memory_is_bounded_and_the_least_read_leaves_first(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, memory=2500)
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"x" * 1000)
        kept = shelf.read(f"/{name}", str(tmp_path / name), 200, cache="no-store")
        assert kept is not None
        shelf.keep(f"/{name}", kept)
        shelf.recall("/a")
    assert [shelf.recall(f"/{name}") is not None for name in ("a", "b", "c")] == [True, False, True]


def test_a_file_of_the_same_size_written_within_the_same_second_is_noticed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    file = tmp_path / "x.txt"
    file.write_bytes(b"one")
    kept = shelf.read("/x.txt", str(file), 200, cache="no-store")
    assert kept is not None
    shelf.keep("/x.txt", kept)
    facts = file.stat()
    write_published(file, b"two")
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert shelf.recall("/x.txt") is None


def test_when_too_many_wait_one_more_is_told_to_come_back() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    gateway = Gateway(django, threads=1, waiting=-1)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(gateway(scope, receive, send))
    assert sent[0]["status"] == 503


SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "path": "/",
    "query_string": b"",
    "headers": [],
    "server": ("127.0.0.1", 80),
    "client": ("127.0.0.1", 1),
}


def crowd(gateway: Gateway, count: int) -> list[int]:
    """What ``count`` readers at the same moment are answered."""

    async def ask() -> int:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        await gateway(dict(SCOPE), receive, send)
        return int(sent[0]["status"])

    async def together() -> list[int]:
        return await asyncio.gather(*(ask() for _reader in range(count)))

    return asyncio.run(together())


def test_a_crowd_meets_a_ceiling_and_the_door_opens_again() -> None:
    at_work: list[int] = []
    busiest: list[int] = []

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        at_work.append(1)
        busiest.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        return django(environ, start_response)

    gateway = Gateway(slow, threads=2, waiting=3)
    assert [Counter(crowd(gateway, count)) for count in (20, 5)] == [{200: 5, 503: 15}, {200: 5}]
    assert (max(busiest), len(busiest)) == (2, 10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_no_crowd_opens_more_connections_to_the_database_than_there_are_threads() -> None:
    threads, ours, found = 3, 1, []
    opened: set[int] = set()

    def note(**_connection: object) -> None:
        opened.add(threading.get_ident())

    def asking(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND backend_type = 'client backend'"
                )
                found.append(cursor.fetchone()[0])
            else:
                cursor.execute("SELECT 1")
                found.append(len(opened))
        time.sleep(0.01)
        return django(environ, start_response)

    connection_created.connect(note)
    gateway = Gateway(asking, threads=threads, waiting=200)
    try:
        assert Counter(crowd(gateway, 60)) == {200: 60}
    finally:
        connection_created.disconnect(note)
        closing = threading.Barrier(threads)
        for _thread in range(threads):
            gateway.app.executor.submit(lambda: (closing.wait(), connection.close()))
        gateway.app.executor.shutdown()
    assert 1 <= len(opened) <= threads
    assert max(found) <= threads + ours
