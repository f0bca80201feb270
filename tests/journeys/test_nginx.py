"""The site file that an office puts before Pregón, under a real nginx over a real folder, with Python down."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
import uvicorn

from pregon.analytics.reading import counted
from pregon.library import media
from pregon.website import front
from pregon.website.viewlog import ViewLog

pytestmark = pytest.mark.journey

DEPLOY = Path(__file__).parents[2] / "deploy" / "nginx"
PAGE = ("<!doctype html><title>Boletines</title>" + "<p>Un boletín.</p>" * 60).encode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def home(tmp_path: Path) -> Path:
    baked = tmp_path / "home" / "baked"
    for path, data in {
        "index.html": PAGE,
        "boletines/2026-001-uno/index.html": PAGE,
        "incrustar/index.html": PAGE,
        "incrustar/noticias/index.html": PAGE,
        "boletines/2026-001-uno/index.html.gz": gzip.compress(PAGE),
        "boletines/2026-003-niñez/index.html": PAGE,
        "boletines/2026-002-dos/gone.html": b"<p>Se retir\xc3\xb3.</p>",
        "rss.xml": b"<rss/>",
        "podcast/rss.xml": b"<rss/>",
        "podcast/agua/subtitulos.vtt": b"WEBVTT",
        **{f"documentos/2/agua{suffix}": b"0123456789" for suffix in media.TYPES},
        "fotos/a/full.jpg": b"\xff\xd8\xff\xe0",
        "documentos/1/hoja.html": b"<script>alert(1)</script>",
        "../static/website/pregon.css": b"body { margin: 0 }",
        "../static/website/pregon.0123456789ab.css": b"body { margin: 0 }",
    }.items():
        file = baked / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (tmp_path / "home" / "secret.key").write_text("secreto")
    (tmp_path / "home" / "views" / "nginx").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def python() -> int:
    """Where Python should be, and nobody listens unless a test does."""
    return free_port()


@contextmanager
def answering(port: int, headers: dict[str, str]) -> Iterator[None]:
    """Somebody who answers every request with «Python» and ``headers``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"Python")

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


@pytest.fixture
def site(home: Path, python: int, tmp_path: Path) -> Iterator[int]:
    """nginx with the deployed site file."""
    with site_over(home, tmp_path, python=python) as (port, _server):
        yield port


@contextmanager
def site_over(home: Path, tmp_path: Path, *, python: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The deployed site file over ``home``: where it answers, and the nginx that does."""
    port = free_port()
    (tmp_path / "site.conf").write_text(site_file(home, port=port, python=python), encoding="utf-8")
    with nginx_over(f"include {tmp_path}/site.conf;", tmp_path, port=port) as server:
        yield port, server


def site_file(home: Path, *, port: int, python: int) -> str:
    """The deployed site file with an office's own lines in the place of those with an arrow."""
    (home / "views" / "nginx").mkdir(parents=True, exist_ok=True)
    text = (DEPLOY / "pregon.conf").read_text(encoding="utf-8")
    for ours, theirs in (
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{python}"),
        (r"(?m)^(\s*)listen 80;", rf"\1listen 127.0.0.1:{port};"),
        (r"(?m)^\s*listen \[::\]:80;.*$", ""),
        (r"/var/lib/pregon", str(home)),
        (r"/var/log/pregon", str(home / "views" / "nginx")),
    ):
        text = re.sub(ours, theirs, text)
    return text


@contextmanager
def nginx_over(
    site: str, tmp_path: Path, *, port: int, modules: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """nginx with ``site``, until the block ends."""
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"{modules} {user} daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}}"
        f"include {DEPLOY}/main.conf;"
        f"http {{ access_log off; {temporary} {site} }}",
        encoding="utf-8",
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with subprocess.Popen([nginx, "-e", str(tmp_path / "error.log"), "-c", str(conf)]) as server:
        try:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield server
        finally:
            server.terminate()


def ask(port: int, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/boletines/2026-001-uno/", "/boletines/2026-001-uno/?utm=x"])
def test_a_baked_page_is_answered_with_python_down(site: int, path: str) -> None:
    status, headers, body = ask(site, path)
    assert (status, body, headers["cache-control"]) == (200, PAGE, front.CACHE_PAGE)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert {name: headers.get(name.lower()) for name in front.SAFETY} == front.SAFETY


def test_other_sites_may_frame_the_widgets_and_no_other_page(site: int) -> None:
    policies = [
        ask(site, path)[1]["content-security-policy"] for path in ("/incrustar/noticias/", "/incrustar/", "/")
    ]
    assert policies == [front.ANYWHERE, front.POLICY, front.POLICY]


def test_the_compressed_copy_goes_to_who_can_read_it(site: int) -> None:
    status, headers, body = ask(site, "/boletines/2026-001-uno/", **{"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", PAGE)
    assert headers["vary"] == "Accept-Encoding"
    assert ask(site, "/boletines/2026-001-uno/")[1]["vary"] == "Accept-Encoding"


def test_a_withdrawn_page_is_gone_and_says_so(site: int) -> None:
    status, headers, body = ask(site, "/boletines/2026-002-dos/")
    assert (status, body.decode(), headers["content-type"]) == (
        410,
        "<p>Se retiró.</p>",
        "text/html; charset=utf-8",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/boletines/2026-001-uno/index.html",
        "/boletines/2026-002-dos/gone.html",
        "/boletines/2026-001-uno/index.html.gz",
        "/../secret.key",
        "/%2e%2e/secret.key",
        "/static/../secret.key",
        "/escritorio/archivos/original_images/a.jpg",
        "/boletines/nadie/",
    ],
)
def test_nothing_else_lies_open(site: int, path: str) -> None:
    status, _, body = ask(site, path)
    assert (status in {400, 503}, b"secreto" in body, PAGE in body) == (True, False, False)


def test_photos_and_feeds_have_their_own_terms(site: int) -> None:
    assert ask(site, "/fotos/a/full.jpg")[1]["cache-control"] == front.CACHE_PHOTO
    assert ask(site, "/rss.xml")[1]["content-type"] == "application/rss+xml; charset=utf-8"


def test_a_style_is_kept_for_ever_when_its_content_is_in_its_name(site: int) -> None:
    assert ask(site, "/static/website/pregon.css")[1]["cache-control"] == front.CACHE_STATIC
    assert ask(site, "/static/website/pregon.0123456789ab.css")[1]["cache-control"] == front.CACHE_HASHED


@pytest.mark.parametrize("path", ["/boletines/?q=agua", "/escritorio/"])
def test_what_python_answers_keeps_its_own_headers(site: int, python: int, path: str) -> None:
    own = {"Cache-Control": "private", "Vary": "Cookie", "Content-Security-Policy": "default-src 'none'"}
    with answering(python, own):
        status, headers, body = ask(site, path)
    assert (status, body) == (200, b"Python")
    assert {name: headers.get(name.lower()) for name in front.SAFETY} == dict.fromkeys(front.SAFETY) | {
        "Content-Security-Policy": "default-src 'none'"
    }
    assert (headers["cache-control"], headers["vary"]) == ("private", "Cookie")


@pytest.mark.parametrize(("suffix", "kind"), media.TYPES.items())
def test_a_recording_is_heard_from_its_middle(site: int, suffix: str, kind: str) -> None:
    status, headers, body = ask(site, f"/documentos/2/agua{suffix}", Range="bytes=4-6")
    assert (status, body, headers["content-range"]) == (206, b"456", "bytes 4-6/10")
    assert headers["content-type"] == kind


def test_captions_and_the_podcast_have_types_of_their_own(site: int) -> None:
    paths = ("/podcast/agua/subtitulos.vtt", "/podcast/rss.xml")
    assert [ask(site, path)[1]["content-type"] for path in paths] == [
        "text/vtt; charset=utf-8",
        "application/rss+xml; charset=utf-8",
    ]


def test_an_attachment_never_runs(site: int) -> None:
    assert ask(site, "/documentos/1/hoja.html")[1]["content-type"] == "application/octet-stream"


def test_a_form_is_told_to_come_back_while_python_is_down(site: int) -> None:
    status, headers, _ = ask(site, "/", method="POST")
    assert (status, headers["retry-after"]) == (503, "30")


# --- Views --------------------------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"
PAGE_OF_ONE = "/boletines/2026-001-uno/"
#: Requests, each with the headers it brings beside a browser's name.
ASKED: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "/", {}),
    ("GET", PAGE_OF_ONE, {"Referer": "https://l.facebook.com/l.php?u=x"}),
    ("GET", f"{PAGE_OF_ONE}?de=correo&x=1", {"Referer": "https://mail.google.com/"}),
    ("GET", f"{PAGE_OF_ONE}?fbclid=abc", {"Referer": "http://127.0.0.1/agenda/"}),
    ("GET", PAGE_OF_ONE, {"Referer": '<script>alert(1)</script> " \\ %0a'}),
    ("GET", PAGE_OF_ONE, {"Referer": "https://ejemplo.invalid/" + "a" * 3000}),
    ("GET", PAGE_OF_ONE, {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}),
    ("GET", PAGE_OF_ONE, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    ("GET", "/boletines/2026%2D001-uno/", {}),
    ("GET", "/boletines/2026-003-ni%C3%B1ez/", {}),
    # … and those that are no view
    ("HEAD", "/", {}),
    ("POST", "/", {}),
    ("GET", "/rss.xml", {}),
    ("GET", "/fotos/a/full.jpg", {}),
    ("GET", "/boletines/2026-002-dos/", {}),
    ("GET", "/boletines/nadie/", {}),
    ("GET", "/boletines/" + "a" * 3000 + "/", {}),
    ("GET", "/", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}),
    ("GET", "/", {"User-Agent": "WhatsApp/2.23.20.0"}),
    ("GET", "/", {"User-Agent": ""}),
    ("GET", "/", {"Sec-Purpose": "prefetch", "Sec-Fetch-Mode": "navigate"}),
    ("GET", "/", {"Purpose": "prefetch"}),
    ("GET", "/", {"X-Moz": "prefetch"}),
    ("GET", "/", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
    ("GET", "/", {"Sec-Fetch-Mode": "cors"}),
]


def lines_of(home: Path, *, enough: int) -> bytes:
    """What the log says, once it says ``enough`` lines."""
    deadline = time.monotonic() + 10
    while True:
        lines = b"".join(file.read_bytes() for file in sorted((home / "views").rglob("*.log*")))
        if lines.count(b"\n") >= enough or time.monotonic() > deadline:
            return lines
        time.sleep(0.1)


def ask_all(port: int) -> None:
    for method, path, headers in ASKED:
        ask(port, path, method=method, **({"User-Agent": FIREFOX, "Host": "127.0.0.1"} | headers))


def test_a_view_is_counted_without_whose_it_was(site: int, home: Path) -> None:
    ask_all(site)
    lines = lines_of(home, enough=10)
    seen = {(one.path, one.source.value): times for one, times in counted(lines).items()}
    assert seen == {
        ("/", "none"): 1,
        (PAGE_OF_ONE, "facebook"): 1,
        (PAGE_OF_ONE, "email"): 1,
        (PAGE_OF_ONE, "site"): 1,
        (PAGE_OF_ONE, "other"): 2,
        (PAGE_OF_ONE, "none"): 3,
        ("/boletines/2026-003-niñez/", "none"): 1,
    }
    assert len(lines.splitlines()) == 10
    assert [told for told in (b"127.0.0.1", b"Firefox", b"script", b"fbclid", b"aaa") if told in lines] == []


def test_nginx_and_our_own_front_count_the_same(site: int, home: Path) -> None:
    ask_all(site)
    ours = lines_of(home, enough=10)
    theirs = home.with_name("theirs")
    (theirs / "views").mkdir(parents=True)
    views = ViewLog(theirs / "views")
    door = front.Front(front.Gateway(nobody), baked=home / "baked", static=home / "static", views=views)
    server = uvicorn.Server(uvicorn.Config(door, http="httptools", lifespan="off", log_level="critical"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        ask_all(listening.getsockname()[1])
        server.should_exit = True
        thread.join()
    views.flush()
    assert counted(lines_of(theirs, enough=7)) == counted(ours)


def nobody(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"Nada."]


def test_no_view_is_lost_while_the_log_is_rotated(home: Path, python: int, tmp_path: Path) -> None:
    with site_over(home, tmp_path, python=python) as (port, server):
        over = Event()
        asked = 0

        def read_on() -> None:
            nonlocal asked
            while not over.is_set():
                ask(port, PAGE_OF_ONE, **{"User-Agent": FIREFOX})
                asked += 1

        reader = Thread(target=read_on)
        reader.start()
        for number in range(3):
            time.sleep(0.5)
            log = home / "views" / "nginx" / "views.log"
            log.rename(log.with_name(f"views.log.{number}"))
            time.sleep(0.2)  # nginx goes on writing into the old one
            server.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        over.set()
        reader.join()
        found = counted(lines_of(home, enough=asked))
    assert (len(list((home / "views" / "nginx").iterdir())), sum(found.values())) == (4, asked)
