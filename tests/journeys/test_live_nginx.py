"""Live pages behind nginx as an office deploys it: Python's own streams pass through at once; and with nchan switched
on, site, streams and door together carry a coverage to the browser though nginx is killed meanwhile."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import expect

from journeys.office import Office, order
from journeys.reader import Reader
from journeys.test_live import OPEN, POST, texts
from journeys.test_nginx import DEPLOY, FIREFOX, ask, nginx_over, site_file, site_over
from pregon.analytics.reading import counted
from pregon.website import front
from pregon.website.hub.doors import Doors
from pregon.website.hub.window import Mark, Told
from servers.command import eventually, free_port, started
from servers.streams import Listener

pytestmark = pytest.mark.journey

MODULE = "load_module /usr/lib/nginx/modules/ngx_nchan_module.so;"
EPOCH = "0a1b2c3d"


@contextmanager
def deployed(
    home: Path, tmp_path: Path, *, site: int, door: int, python: int
) -> Iterator[subprocess.Popen[bytes]]:
    """All files of ``deploy/nginx`` with nchan switched on."""
    (home / "views" / "nginx").mkdir(parents=True, exist_ok=True)
    text, switched = re.subn(
        r"# include snippets/pregon-live\.conf;",
        f"include {DEPLOY}/live.conf;",
        site_file(home, port=site, python=python),
    )
    assert switched == 1
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    ours = (DEPLOY / "live-door.conf").read_text(encoding="utf-8").replace(":8090", f":{door}")
    (tmp_path / "door.conf").write_text(ours, encoding="utf-8")
    both = f"include {tmp_path}/site.conf; include {tmp_path}/door.conf;"
    with nginx_over(both, tmp_path, port=site, modules=MODULE) as server:
        yield server


@contextmanager
def streaming(port: int) -> Iterator[Callable[[Told], None]]:
    """Our own hub at ``port``, and the telling of it."""
    loops: list[asyncio.AbstractEventLoop] = []

    def begin(doors: Doors) -> None:
        loops.append(asyncio.get_running_loop())
        doors.tell({"sitio": (Mark(EPOCH, 0), [])})

    def tell(told: Told) -> None:
        loops[0].call_soon_threadsafe(doors.tell, {"sitio": (told.mark, [told])})

    doors = Doors(begin, safety=front.SAFETY)
    server = uvicorn.Server(uvicorn.Config(doors, lifespan="off", log_level="critical", port=port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert eventually(lambda: server.started)
    try:
        yield tell
    finally:
        server.should_exit = server.force_exit = True
        thread.join(5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home with a page and a snapshot in it."""
    for path, text in {"baked/index.html": "Inicio", "baked/vivo/sitio.json": '{"number": 7}'}.items():
        (tmp_path / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / path).write_text(text)
    (tmp_path / "home" / "views" / "nginx").mkdir(parents=True)
    return tmp_path / "home"


def test_a_stream_of_python_is_not_kept_back(folder: Path, tmp_path: Path) -> None:
    python = free_port()
    with (
        streaming(python) as tell,
        site_over(folder, tmp_path, python=python) as (port, _server),
        Listener(port, "/vivo/sitio", {"Accept-Encoding": "gzip"}) as reader,
    ):
        assert "event: here" in reader.until(lambda heard: "event: here" in heard)
        tell(Told(mark=Mark(EPOCH, 1), kind="news", data={"title": "Agua"}))
        assert reader.ids(1) == [f"{EPOCH}.1"]
        assert ask(port, "/vivo/sitio.json")[2] == b'{"number": 7}'


def test_nchan_takes_the_streams_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    site, door = free_port(), free_port()
    with deployed(folder, tmp_path, site=site, door=door, python=free_port()):
        with Listener(site, "/vivo/sitio", {"Accept": "text/event-stream"}) as reader:
            heard = reader.until(lambda heard: ": hi" in heard)
            assert ask(door, "/sitio", method="POST")[0] in {201, 202}
            assert "nosniff" in heard
            assert "no-store" in heard
        status, headers, body = ask(site, "/vivo/sitio.json", **{"User-Agent": FIREFOX})
        assert (status, body, headers["cache-control"]) == (200, b'{"number": 7}', front.CACHE_PAGE)
        assert ask(site, "/vivo/otra")[0] == 503  # Python's, and Python is down
        assert ask(site, "/sitio", method="POST")[0] == 503  # nobody posts at the public address
        assert ask(site, "/vivo/sitio", method="POST")[0] in {403, 405}
        assert ask(site, "/", **{"User-Agent": FIREFOX})[2] == b"Inicio"
        logs = folder / "views" / "nginx"
        assert eventually(lambda: (logs / "views.log").read_text() != "")
        written = b"".join(file.read_bytes() for file in logs.iterdir())
    assert [(one.path, times) for one, times in counted(written).items()] == [("/", 1)]


def test_a_page_behind_nginx_hears_each_post_once_though_nginx_is_killed(
    home: Path, tmp_path: Path, open_window: Callable[..., Reader]
) -> None:
    site, door, python = free_port(), free_port(), free_port()
    url = f"http://localhost:{site}"
    where = {"PREGON_BASE_URL": url, "PREGON_HUB_URL": f"http://127.0.0.1:{door}/"}
    with started("up", "--port", str(python), home=home, **where) as up:
        assert up.stdout
        assert up.stdout.readline().startswith("Pregón está en")
        _pk, public = order("shell", "--no-imports", "-c", OPEN, home=home, **where).split()
        order("shell", "--no-imports", "-c", POST.format(first=1, last=3), home=home, **where)
        window = open_window(Office(url, home), phone=True)
        with deployed(home, tmp_path, site=site, door=door, python=python) as nginx:
            page = window.open(public)
            expect(page.get_by_text("Conectada: lo nuevo aparece sin recargar.")).to_be_visible()
            order("shell", "--no-imports", "-c", POST.format(first=3, last=4), home=home, **where)
            expect(page.get_by_text("Novedad 3.")).to_be_visible()
            kill(nginx)
        order("shell", "--no-imports", "-c", POST.format(first=4, last=7), home=home, **where)
        assert page.get_by_text("Novedad 4.").count() == 0
        with deployed(home, tmp_path, site=site, door=door, python=python):
            expect(page.get_by_text("Novedad 6.")).to_be_visible()
            order("shell", "--no-imports", "-c", POST.format(first=7, last=8), home=home, **where)
            expect(page.get_by_text("Novedad 7.")).to_be_visible()
            expect(page.get_by_text("Conectada: lo nuevo aparece sin recargar.")).to_be_visible()
            assert texts(page) == [f"Novedad {number}." for number in range(7, 0, -1)]
            window.complaints[:] = [said for said in window.complaints if "/vivo/" not in said]


def kill(nginx: subprocess.Popen[bytes]) -> None:
    """The master and its workers, which would go on without it."""
    workers = Path(f"/proc/{nginx.pid}/task/{nginx.pid}/children").read_text().split()
    for pid in (nginx.pid, *map(int, workers)):
        os.kill(pid, signal.SIGKILL)
    nginx.wait(10)
