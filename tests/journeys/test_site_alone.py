"""The site when all else falls: Python is killed, and nginx answers every page from the folder; or the machine is
gone, and any plain server answers from a copy. Every link inside is followed."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from journeys.office import example, order
from journeys.test_nginx import ask, nginx_over, site_over
from servers.command import eventually, free_port, started

pytestmark = pytest.mark.journey

#: Told in docs/how-to/respaldar.md: these need Python, and say so while it is down.
NEED_PYTHON = ("/boletines/buscar/",)


class Links(HTMLParser):
    """What a page or a style names of its own site."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.found.add(value)
            elif value and name == "srcset":
                self.found.update(part.split()[0] for part in value.split(","))


def crawled(port: int, start: str, *, leave: tuple[str, ...] = ()) -> dict[str, int]:
    """Every address of the site that is reached from ``start``, and how it answered."""
    answers: dict[str, int] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in answers or path.startswith(leave):
            continue
        status, headers, body = ask(port, path)
        if status in (301, 302):
            waiting.append(urlsplit(headers["location"]).path)
            status = 200
        answers[path] = status
        kind = headers.get("content-type", "")
        if status == 200 and "text/html" in kind:
            links = Links()
            links.feed(body.decode())
            for link in links.found:
                here = urlsplit(urljoin(f"http://site{path}", link))
                if here.netloc == "site" and here.scheme == "http":
                    waiting.append(here.path)
        elif status == 200 and "css" in kind:
            named = re.findall(r"url\(['\"]?([^'\")]+)", body.decode())
            within = (link for link in named if not link.startswith(("data:", "#")))
            waiting += [urlsplit(urljoin(f"http://site{path}", link)).path for link in within]
    return answers


@pytest.fixture
def published(home: Path, tmp_path: Path) -> Path:
    """An office with a bulletin, its act, its photos and a withdrawn one, all of it baked."""
    order("publish", example("mazamitla-andador", below=tmp_path), home=home)
    order("shell", "--no-imports", "-c", WITHDRAWN, home=home)
    order("site", "rebuild", home=home)
    return home


WITHDRAWN = """
from django.utils import timezone
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, BulletinIndex
gone = Bulletin(title="Dato equivocado", lead="Se cierra la calle.", live=False, slug="dato")
BulletinIndex.objects.get().add_child(instance=gone)
newsroom.withdraw(newsroom.publish(gone, by=None), reason="No era esa calle.", by=None, at=timezone.now())
"""


def broken(answers: dict[str, int]) -> dict[str, int]:
    return {path: status for path, status in answers.items() if status != 200}


def test_nginx_answers_every_page_when_python_is_killed(published: Path, tmp_path: Path) -> None:
    python = free_port()
    with started("up", "--port", str(python), home=published) as office:
        assert office.stdout
        assert office.stdout.readline().startswith("Pregón está en")
        family = [office.pid, *children_of(office.pid)]
        for pid in family:
            os.kill(pid, signal.SIGKILL)
    with pytest.raises(OSError, match="refused"):
        http.client.HTTPConnection("127.0.0.1", python, timeout=2).request("GET", "/")
    with site_over(published, tmp_path, python=python) as (port, _server):
        answers = crawled(port, "/", leave=NEED_PYTHON)
        assert len(answers) > 30
        assert broken(answers) == {}
        assert [ask(port, path)[0] for path in NEED_PYTHON] == [503] * len(NEED_PYTHON)
        [gone] = [file.parent.name for file in (published / "baked" / "boletines").rglob("gone.html")]
        assert ask(port, f"/boletines/{gone}/")[0] == 410


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, listed) for one in (child, *children_of(child))]


@contextmanager
def plain_nginx(folder: Path, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    three_lines = f"listen 127.0.0.1:{port};\nroot {folder};\nerror_page 404 /404.html;\n"
    with nginx_over(f"include /etc/nginx/mime.types; server {{ {three_lines} }}", tmp_path, port=port):
        yield port


@contextmanager
def plain_python(folder: Path, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            assert eventually(lambda: answers(port))
            yield port
        finally:
            server.terminate()


def test_a_copy_below_another_site_asks_that_site_for_nothing(
    published: Path, tmp_path: Path, browser: Browser
) -> None:
    order("site", "export", tmp_path / "servidor" / "respaldo", "--relative", home=published)
    asked: list[str] = []
    with plain_python(tmp_path / "servidor", tmp_path) as port, browser.new_context() as window:
        page = window.new_page()
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        for path in ("", "agenda/", "boletines/"):
            page.goto(f"http://127.0.0.1:{port}/respaldo/{path}", wait_until="networkidle")
        with page.expect_request("**/search*.js"):  # what a page brings later is found too
            page.get_by_role("searchbox").first.press("a")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert [path for path in asked if not path.startswith("/respaldo/")] == []


def answers(port: int) -> bool:
    try:
        return ask(port, "/")[0] > 0
    except OSError:
        return False


@pytest.mark.parametrize("serving", [plain_nginx, plain_python])
@pytest.mark.parametrize("below", ["", "respaldo"], ids=["at the root", "below a path"])
def test_a_copy_is_answered_by_any_server(
    published: Path, tmp_path: Path, serving: object, below: str
) -> None:
    root = tmp_path / "servidor"
    order("site", "export", root / below, *(["--relative"] if below else []), home=published)
    start = f"/{below}/" if below else "/"
    with serving(root, tmp_path) as port:  # type: ignore[operator]  # one of the two above
        found = crawled(port, start)
        assert len(found) > 30
        assert broken(found) == {}
        assert [path for path in found if not path.startswith(start)] == []
        search = ask(port, f"{start}boletines/buscar/?q=agua")[2].decode()
        assert "Este es el respaldo del sitio" in search
        [gone] = [file.parent.name for file in (published / "baked" / "boletines").rglob("gone.html")]
        assert "fue retirado" in ask(port, f"{start}boletines/{gone}/")[2].decode()
