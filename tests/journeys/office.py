"""An office that is switched on, and what people do at its desk."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from journeys.reader import Reader
from servers.command import started
from servers.database import CACHE, fingerprint, pour

HEAD, WRITER = "titular@muestra.example", "redaccion@muestra.example"
SUBSCRIBER = "vecina@muestra.example"
PASSWORD = "siete cerros y un lago"
EXAMPLES = Path(__file__).parents[2] / "examples"
ZONE = ZoneInfo("America/Mexico_City")


@dataclass(frozen=True, slots=True)
class Office:
    """Where it answers and where it is kept."""

    url: str
    home: Path


def order(*arguments: str | Path, home: Path, **environment: str) -> str:
    """Run one command to its end and return what it said. It must succeed."""
    with started(*map(str, arguments), home=home, **environment) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def found(home: Path, *arguments: str, **environment: str) -> str:
    """A new office in ``home``; returns what ``pregon init`` said."""
    home.mkdir()
    migrated = CACHE / f"migrated-{fingerprint()}.sqlite3"
    if migrated.exists():  # a first migrate takes many seconds; without the copy it is only slower
        pour(migrated, home / "pregon.sqlite3")
    return order("init", *arguments, home=home, **environment)


def copied(prepared: Path, home: Path) -> Path:
    """An office that a journey may change."""
    shutil.copytree(
        prepared, home, ignore=lambda folder, names: ["static"] if folder == str(prepared) else []
    )
    (home / "static").symlink_to(prepared / "static")
    return home


@contextmanager
def running(home: Path) -> Iterator[Office]:
    """``pregon up`` on a free port, until the block ends."""
    port = free_port()
    with started("up", "--port", str(port), home=home) as process:
        url = f"http://localhost:{port}"
        assert process.stdout is not None
        assert process.stdout.readline() == f"Pregón está en {url} · escritorio en {url}/escritorio/\n"
        yield Office(url, home)
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def hour_ago() -> datetime:
    """Of this day and this year also in their first hour."""
    now = datetime.now(ZONE)
    return max(now - timedelta(hours=1), now.replace(hour=0, minute=0))


def example(name: str, *, below: Path) -> Path:
    """A copy whose act took place an hour ago: the plan of an office is that of the running year."""
    folder = shutil.copytree(EXAMPLES / name, below / name)
    sheet = folder / "acto.md"
    dated = f"fecha: {hour_ago():%Y-%m-%d %H:%M}"
    told, changed = re.subn(r"(?m)^fecha: .+$", dated, sheet.read_text("utf-8"))
    sheet.write_text(re.sub(r"(?m)^fin: .+\n", "", told), "utf-8")
    assert changed == 1
    return folder


class Desk:
    """A person at the desk."""

    def __init__(self, reader: Reader, email: str) -> None:
        self.reader, self.page = reader, reader.page
        self.page.goto(f"{reader.url}/escritorio/")
        log_in(self.page, email)

    def open(self, address: str) -> Page:
        return self.reader.open(f"/escritorio/{address}")

    def switch_on(self, kind: str, **options: str | int | bool) -> str:
        """Put the channel live and return what its provider says to us."""
        page = self.open(f"canales/{kind}/")
        page.check("[name=mode][value=live]")
        for name, value in options.items():
            field = page.locator(f"[name=opcion-{name}]")
            if not field.is_visible():
                page.get_by_text("Lo que casi nunca se cambia").click()
            if isinstance(value, bool):
                field.set_checked(value)
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(str(value))
            else:
                field.fill(str(value))
        page.get_by_role("button", name="Guardar y probar").click()
        return page.locator(".desk-note[role=status]").inner_text()

    def add_office_channel(self, kind: str, address: str, name: str) -> None:
        page = self.open("suscriptores/nuevo-canal/")
        page.select_option("[name=channel]", kind)
        page.fill("[name=address]", address)
        page.fill("[name=name]", name)
        page.get_by_role("button", name="Agregar").click()
        expect(page.get_by_text(f"{name} recibe desde ahora todo lo que salga.")).to_be_visible()


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.fill("[name=username]", email)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"\d+ de \w+"))
