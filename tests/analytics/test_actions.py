from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from pregon.accounts.models import Office
from pregon.analytics import actions
from pregon.analytics.actions import count_views, forget_hours, has_more, log_files
from pregon.analytics.models import HourlyViews, LogReading, PageViews
from pregon.core.home import Home
from servers.forking import close_every_connection

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

SIX = datetime(2026, 11, 27, 18, tzinfo=UTC)
NOW = SIX + timedelta(minutes=30)
LINE = "1 none /boletines/pozo/ 2026-11-27T18+00:00\n"
FILE = "2026112718-web-1.log"


def total() -> int:
    return sum(PageViews.objects.values_list("views", flat=True))


def append(home: Home, lines: str, *, name: str = FILE) -> Path:
    file = home.views / name
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as log:
        log.write(lines)
    return file


def test_views_become_a_row_for_each_page_day_and_source(home: Home) -> None:
    append(
        home,
        LINE * 2
        + "5 facebook /boletines/pozo/ 2026-11-27T18+00:00\n"
        + "1 email / 2026-11-28T05+00:00\n"  # still the 27th in the office
        + "1 email / 2026-11-28T06+00:00\n",
    )
    assert count_views(at=NOW) == 9
    assert set(PageViews.objects.values_list("path", "day", "source", "views")) == {
        ("/boletines/pozo/", date(2026, 11, 27), "none", 2),
        ("/boletines/pozo/", date(2026, 11, 27), "facebook", 5),
        ("/", date(2026, 11, 27), "email", 1),
        ("/", date(2026, 11, 28), "email", 1),
    }
    assert HourlyViews.objects.get(path="/boletines/pozo/").views == 7


def test_the_day_is_that_of_the_office(home: Home) -> None:
    office = Office.load()
    office.time_zone = "America/Tijuana"
    office.save()
    append(home, "1 none / 2026-11-28T07+00:00\n")
    count_views(at=NOW)
    assert PageViews.objects.get().day == date(2026, 11, 27)


def test_each_line_is_counted_once_however_often_it_is_looked(home: Home) -> None:
    append(home, LINE * 3)
    assert [count_views(at=NOW), count_views(at=NOW)] == [3, 0]
    append(home, LINE * 2)
    assert [count_views(at=NOW), count_views(at=NOW), total()] == [2, 0, 5]


def test_an_idle_reader_takes_no_lock(home: Home) -> None:
    append(home, LINE)
    count_views(at=NOW)
    with CaptureQueriesContext(connection) as asked:
        count_views(at=NOW)
    assert [query["sql"][:6] for query in asked if not query["sql"].startswith("SELECT")] == []


def test_half_a_line_waits_for_its_other_half(home: Home) -> None:
    append(home, LINE + LINE[:20])
    assert count_views(at=NOW) == 1
    append(home, LINE[20:])
    assert (count_views(at=NOW), total()) == (1, 2)


def test_a_file_that_is_renamed_is_read_on_and_the_new_one_from_its_beginning(home: Home) -> None:
    log = append(home, LINE * 3, name="nginx/views.log")
    count_views(at=NOW)
    log.rename(home.views / "nginx/views.log.1")
    append(home, LINE * 2, name="nginx/views.log.1")  # nginx had not been told yet
    append(home, LINE * 4, name="nginx/views.log")
    assert (count_views(at=NOW), total()) == (6, 9)


def test_a_file_that_is_cut_off_is_read_from_its_beginning(home: Home) -> None:
    log = append(home, LINE * 3, name="nginx/views.log")
    count_views(at=NOW)
    log.write_text(LINE, encoding="utf-8")
    assert (count_views(at=NOW), total()) == (1, 4)


def test_a_file_that_is_cut_off_and_longer_again_is_known_by_what_it_says(home: Home) -> None:
    log = append(home, LINE * 3, name="nginx/views.log")
    count_views(at=NOW)
    log.write_text(LINE.replace("T18", "T19") * 8, encoding="utf-8")
    assert (count_views(at=NOW), total()) == (8, 11)


def test_a_file_that_takes_over_the_number_of_another_is_read_whole(home: Home) -> None:
    log = append(home, LINE * 3)
    count_views(at=NOW)
    number = str(log.stat().st_ino)
    assert set(LogReading.objects.get().places) == {number}
    log.unlink()
    append(home, LINE.replace("pozo", "andador") * 9, name="2026112719-web-1.log")
    count_views(at=NOW)
    assert PageViews.objects.get(path="/boletines/andador/").views == 9


def test_only_pages_that_there_are_make_rows(home: Home) -> None:
    append(home, "".join(f"1 none /nada/{number}/ 2026-11-27T18+00:00\n" for number in range(20_000)) + LINE)
    assert (count_views(at=NOW), PageViews.objects.count(), HourlyViews.objects.count()) == (1, 1, 1)


def test_a_page_that_was_withdrawn_meanwhile_is_counted(home: Home) -> None:
    page = home.baked / "boletines" / "pozo"
    (page / "index.html").rename(page / "gone.html")
    append(home, LINE)
    assert count_views(at=NOW) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/",
        "/%2e%2e/%2e%2e/",
        "/boletines/<script>alert(1)</script>/",
        "/boletines/%3Cscript%3Ealert(1)%3C%2Fscript%3E/",
        "/boletines/pozo/../pozo/",
        "/" + "a" * 900 + "/",
    ],
)
def test_a_hostile_address_makes_no_row(home: Home, path: str) -> None:
    append(home, f"1 none {path} 2026-11-27T18+00:00\n")
    assert (count_views(at=NOW), PageViews.objects.count()) == (0, 0)


def test_what_is_no_log_at_all_is_passed_over(home: Home) -> None:
    (home.views / "a.log").write_bytes(os.urandom(600_000))
    (home.views / "b.log").write_bytes(b"x" * 600_000)
    append(home, LINE, name="c.log")
    assert (count_views(at=NOW), total()) == (1, 1)
    assert [has_more(file) for file in log_files()] == [False] * 3


def test_a_long_log_is_counted_in_portions(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PORTION", 100)
    append(home, LINE * 40)
    assert (count_views(at=NOW, limit=5), count_views(at=NOW, limit=100)) == (10, 30)


# --- What is removed ----------------------------------------------------------------------------------------


def test_a_file_is_removed_once_its_hour_is_over_and_it_was_read(home: Home) -> None:
    append(home, LINE + LINE[:10])
    count_views(at=SIX + timedelta(minutes=64))
    assert [file.name for file in log_files()] == [FILE]
    count_views(at=SIX + timedelta(minutes=66))
    assert (log_files(), total()) == ([], 1)


def test_nothing_is_removed_that_was_not_read(home: Home) -> None:
    append(home, LINE * 3)
    count_views(at=SIX + timedelta(days=1), limit=0)
    assert [file.name for file in log_files()] == [FILE]


def test_the_open_log_of_nginx_stays_and_the_rotated_one_goes_when_nginx_let_go(home: Home) -> None:
    rotated = append(home, LINE, name="nginx/views.log.1")
    later = datetime.now(UTC) + timedelta(minutes=10)
    count_views(at=later)
    assert log_files() == [rotated]
    log = append(home, LINE, name="nginx/views.log")
    count_views(at=later)
    assert (log_files(), total()) == ([log], 2)


def test_hours_are_forgotten_and_days_are_kept(home: Home) -> None:
    append(home, LINE)
    count_views(at=NOW)
    forget_hours(at=SIX + timedelta(days=2))
    assert HourlyViews.objects.count() == 1
    forget_hours(at=SIX + timedelta(days=4))
    assert (HourlyViews.objects.count(), PageViews.objects.count()) == (0, 1)


def test_many_pages_take_few_questions(home: Home) -> None:
    def questions(pages: int) -> int:
        for number in range(pages):
            (home.baked / f"p{number}").mkdir(exist_ok=True)
            (home.baked / f"p{number}" / "index.html").touch()
        append(home, "".join(f"1 none /p{number}/ 2026-11-27T18+00:00\n" for number in range(pages)))
        with CaptureQueriesContext(connection) as asked:
            assert count_views(at=NOW) == pages
        return len(asked)

    questions(1)
    assert questions(1) == questions(200)


# --- Killed, and two at once --------------------------------------------------------------------------------


def read_and_die(told: threading.Event) -> None:
    """Count, and be killed where everything is done but the commit."""
    connections.close_all()
    save = LogReading.save

    def save_and_wait(self: LogReading, **how: object) -> None:
        save(self)
        told.set()
        time.sleep(60)

    LogReading.save = save_and_wait  # type: ignore[method-assign]  # in a process that is about to die
    count_views(at=NOW)


@contextmanager
def forked(target: object, *arguments: object) -> Iterator[multiprocessing.process.BaseProcess]:
    close_every_connection()
    process = multiprocessing.get_context("fork").Process(target=target, args=arguments)  # type: ignore[arg-type]  # a function
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


@pytest.mark.django_db(transaction=True)
def test_a_reader_killed_before_its_commit_loses_nothing_and_counts_nothing_twice(home: Home) -> None:
    append(home, LINE * 3)
    count_views(at=NOW)
    append(home, LINE * 4)
    told = multiprocessing.get_context("fork").Event()
    with forked(read_and_die, told) as process:
        assert told.wait(20)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert total() == 3
    assert (count_views(at=NOW), total()) == (4, 7)


def read_until(over: threading.Event) -> None:
    connections.close_all()
    while not over.is_set():
        count_views(at=NOW)
    count_views(at=NOW, limit=10_000)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_count_each_line_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PORTION", 500)
    over = multiprocessing.get_context("fork").Event()
    with forked(read_until, over) as one, forked(read_until, over) as two:
        for turn in range(60):
            page = ("pozo", "andador")[turn % 2]
            append(home, LINE.replace("pozo", page) * 10, name=f"2026112718-web-{turn % 3}.log")
            time.sleep(0.01)
        over.set()
        one.join(60)
        two.join(60)
    assert (one.exitcode, two.exitcode, total()) == (0, 0, 600)
    assert sum(HourlyViews.objects.values_list("views", flat=True)) == 600
