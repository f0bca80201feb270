from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pregon.analytics.reading import counted
from pregon.website import viewlog
from pregon.website.viewlog import ViewLog, view_of

NOON = datetime(2026, 11, 27, 18, 20, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"


def asked(target: str = "/boletines/pozo/", *, method: str = "GET", **headers: str) -> dict[str, Any]:
    """A request as uvicorn hands it over."""
    path, _, query = target.partition("?")
    told = {"host": "muestra.example", "user-agent": FIREFOX} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return {
        "method": method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in told.items()],
    }


def lines_in(folder: Path) -> list[str]:
    return sorted(line for file in folder.iterdir() for line in file.read_text("ascii").splitlines())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "views"
    made.mkdir()
    return made


def test_a_view_is_a_page_and_a_kind_of_place() -> None:
    scope = asked("/boletines/pozo/?fbclid=abc", referer="https://l.facebook.com/l.php?u=x")
    assert view_of(scope) == ("facebook", "/boletines/pozo/")


@pytest.mark.parametrize(
    "scope",
    [
        asked(method="HEAD"),
        asked("/rss.xml"),
        asked("/fotos/a/full.jpg"),
        asked("/" + "a" * 2000 + "/"),
        asked("/ñ/".encode().decode("latin-1")),
        asked(user_agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        asked(user_agent="WhatsApp/2.24.6.77 A"),
        asked(user_agent="facebookexternalhit/1.1"),
        asked(user_agent=""),
        asked(sec_purpose="prefetch;prerender", sec_fetch_mode="navigate"),
        asked(purpose="prefetch"),
        asked(sec_fetch_mode="cors", sec_fetch_dest="empty"),
        asked(sec_fetch_mode="navigate", sec_fetch_dest="iframe"),
    ],
    ids=lambda scope: str(scope)[:60],
)
def test_what_nobody_looks_at_is_no_view(scope: dict[str, Any]) -> None:
    assert view_of(scope) is None


def test_views_are_written_a_second_later_and_the_same_ones_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewlog, "EVERY", 0.05)
    log = ViewLog(folder, clock=lambda: NOON)

    async def an_evening() -> None:
        for _reader in range(3):
            log.note(asked())
        log.note(asked("/"))
        assert lines_in(folder) == []
        await asyncio.sleep(0.3)

    asyncio.run(an_evening())
    assert lines_in(folder) == [
        "1 none / 2026-11-27T18+00:00",
        "3 none /boletines/pozo/ 2026-11-27T18+00:00",
    ]
    [file] = folder.iterdir()
    assert (file.name.startswith("2026112718-"), file.stat().st_mode & 0o007) == (True, 0)


def noted(log: ViewLog, *scopes: dict[str, Any]) -> None:
    async def note() -> None:
        for scope in scopes:
            log.note(scope)

    asyncio.run(note())


def test_nothing_of_the_reader_is_written(folder: Path) -> None:
    log = ViewLog(folder, clock=lambda: NOON)
    noted(
        log,
        asked(
            "/boletines/pozo/?correo=vecina@muestra.example",
            referer="https://ejemplo.invalid/secreto?clave=1",
            cookie="a=b",
            x_forwarded_for="192.0.2.7",
        ),
    )
    log.flush()
    assert lines_in(folder) == ["1 other /boletines/pozo/ 2026-11-27T18+00:00"]


def test_without_its_folder_an_answer_goes_out_all_the_same_and_the_views_wait(folder: Path) -> None:
    folder.rmdir()
    log = ViewLog(folder, clock=lambda: NOON)
    noted(log, asked())
    log.flush()
    folder.mkdir()
    noted(log, asked())
    log.flush()
    assert lines_in(folder) == ["2 none /boletines/pozo/ 2026-11-27T18+00:00"]


@pytest.fixture
def disk_of() -> Iterator[Callable[[int], None]]:
    """A limit to the size of files, which ends a writing in its middle as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_in_the_middle_of_a_line_counts_no_view_twice(
    folder: Path, disk_of: Callable[[int], None]
) -> None:
    log = ViewLog(folder, clock=lambda: NOON)
    noted(log, *(asked(f"/boletines/{name}/") for name in ("uno", "dos", "tres")))
    disk_of(60)
    log.flush()
    disk_of(resource.RLIM_INFINITY)
    log.flush()
    whole = b"".join(file.read_bytes() for file in folder.iterdir())
    assert {seen.path: times for seen, times in counted(whole).items()} == {
        "/boletines/uno/": 1,
        "/boletines/dos/": 1,
        "/boletines/tres/": 1,
    }
    assert len(whole.splitlines()) == 4


def test_what_waits_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewlog, "MOST", 5)
    log = ViewLog(folder, clock=lambda: NOON)
    noted(log, *(asked(f"/a/{number}/") for number in range(50)), asked("/a/0/"))
    log.flush()
    assert len(lines_in(folder)) == 5
    assert lines_in(folder)[-1] == "2 none /a/0/ 2026-11-27T18+00:00"


def test_each_hour_has_a_file_of_its_own(folder: Path) -> None:
    moment = NOON
    log = ViewLog(folder, clock=lambda: moment)
    noted(log, asked())
    log.flush()
    moment += timedelta(hours=1)
    noted(log, asked())
    log.flush()
    assert sorted(file.name[:10] for file in folder.iterdir()) == ["2026112718", "2026112719"]
