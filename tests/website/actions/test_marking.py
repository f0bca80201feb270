from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories.website import marks_taken_up, nothing_due
from pregon.accounts.models import Office
from pregon.website import actions as website
from pregon.website.actions import baking
from pregon.website.actions.marking import is_address, take_up_marks
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, BakingMark

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

REPORT = "/plan/poa-2026/informe/2026-t4/"


def due_at(path: str) -> datetime | None:
    marks_taken_up()
    return BakedPage.objects.get(path=path).due_at


@pytest.mark.parametrize("each_by_itself", [True, False])
def test_a_later_moment_never_puts_off_a_nearer_one(each_by_itself: bool) -> None:
    at = timezone.now()
    for hours in (5, 2, 8):
        website.mark(["/agenda/"], at=at, due=at + timedelta(hours=hours))
        if each_by_itself:
            marks_taken_up()
    later = due_at("/agenda/")
    website.mark(["/agenda/"], at=at)
    website.mark(["/agenda/"], at=at, due=at + timedelta(hours=1))
    assert (later, due_at("/agenda/")) == (at + timedelta(hours=2), at)


def test_figures_and_reports_follow_the_records_of_a_busy_hour_once() -> None:
    at = timezone.now()
    nothing_due()
    plan = "/plan/poa-2026/"
    paths = ["/", plan, f"{plan}boletines/", f"{plan}informe/2026-t4/", f"{plan}datos/registros.csv"]
    for minutes in range(4):
        website.mark_in_turn(paths, at=at + timedelta(minutes=minutes))
    figures, reports = at + website.FIGURES_FOLLOW, at + website.REPORTS_FOLLOW
    assert [due_at(path) for path in paths] == [at, figures, figures, reports, reports]
    website.mark(paths, at=at)
    assert [due_at(path) for path in paths] == [at] * 5  # whoever writes in a plan looks at once


def test_a_report_that_is_in_the_oven_is_due_again_after_what_changed_meanwhile() -> None:
    at = timezone.now()
    Office.load()
    nothing_due()
    website.mark_in_turn([REPORT], at=at)
    marks_taken_up()
    [page] = baking.claim(at=at + website.REPORTS_FOLLOW)
    website.mark_in_turn([REPORT], at=at + website.REPORTS_FOLLOW)
    marks_taken_up()
    baking.settle(page, Baking.BAKED, "0", at=at + website.REPORTS_FOLLOW)
    assert due_at(REPORT) == at + 2 * website.REPORTS_FOLLOW


def test_what_cannot_be_a_file_is_never_marked() -> None:
    nothing_due()
    website.mark(["/../x", "//x/", "/.x/", "x/", "/a\x00/", "/ok/"], at=timezone.now())
    assert list(BakingMark.objects.values_list("path", flat=True)) == ["/ok/"]
    assert [is_address(path) for path in ("/../x", "//x/", "/.x/", "x/", "/a\x00/")] == [False] * 5


def test_a_whole_edition_leaves_news_its_turn() -> None:
    at = timezone.now()
    BakedPage.objects.create(path="/boletines/viejo/", state=Baking.BAKED, baked_at=at)
    website.mark(["/boletines/nuevo/"], at=at)
    website.mark_everything(at=at)
    marks_taken_up()
    rows = BakedPage.objects.filter(path__in=["/boletines/nuevo/", "/boletines/viejo/"])
    assert sorted(rows.values_list("path", "state", "bulk")) == [
        ("/boletines/nuevo/", Baking.DUE, False),
        ("/boletines/viejo/", Baking.DUE, True),
    ]


@pytest.mark.parametrize("news_first", [True, False])
def test_what_is_news_and_of_an_edition_is_news(news_first: bool) -> None:
    at = timezone.now()
    for bulk in (not news_first, news_first):
        website.mark(["/boletines/nuevo/"], at=at, bulk=bulk)
        marks_taken_up()
    assert BakedPage.objects.get(path="/boletines/nuevo/").bulk is False


@pytest.mark.parametrize("many", [1, 3])
def test_pages_are_marked_and_marks_taken_up_in_a_fixed_number_of_queries(many: int) -> None:
    nothing_due()
    with CaptureQueriesContext(connection) as marking:
        website.mark([f"/boletines/tema/{n}/" for n in range(many)], at=timezone.now())
    with CaptureQueriesContext(connection) as taking:
        taken = take_up_marks()
    asked = [query["sql"] for query in taking if "SAVEPOINT" not in query["sql"]]
    assert (taken, len(marking), len(asked)) == (many, 1, 6)


def test_marks_are_taken_up_some_at_a_time_news_first() -> None:
    at = timezone.now()
    nothing_due()
    website.mark([f"/boletines/tema/{n}/" for n in range(3)], at=at, bulk=True)
    website.mark(["/boletines/nuevo/"], at=at)
    taken = [take_up_marks(size=2), set(BakedPage.objects.values_list("path", flat=True))]
    assert taken == [2, {"/boletines/nuevo/", "/boletines/tema/0/"}]
    assert [take_up_marks(size=2), take_up_marks(size=2)] == [2, 0]


# --- Transactions side by side ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_undone_marks_nothing() -> None:
    nothing_due()
    with pytest.raises(RuntimeError), transaction.atomic():
        website.mark(["/agenda/"], at=timezone.now())
        raise RuntimeError
    assert take_up_marks() == 0


@pytest.mark.django_db(transaction=True)
def test_transactions_that_mark_twice_in_contrary_order_never_wait_for_each_other() -> None:
    at = timezone.now()
    # SQLite lets one write after the other; on PostgreSQL both are in the midst of it at the same time.
    together = threading.Barrier(2 if connection.vendor == "postgresql" else 1)
    problems: list[BaseException] = []
    nothing_due()
    website.mark(["/", "/agenda/"], at=at)
    marks_taken_up()

    def change(first: str, second: str) -> None:
        try:
            with transaction.atomic():
                website.mark([first], at=at)
                together.wait(timeout=60)
                website.mark([second], at=at)
                website.mark_everything(at=at)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=pair) for pair in (("/", "/agenda/"), ("/agenda/", "/"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, BakingMark.objects.count()) == ([], 6)


@pytest.mark.django_db(transaction=True)
def test_bakers_that_take_up_marks_at_once_lose_none() -> None:
    at = timezone.now()
    nothing_due()
    paths = [f"/boletines/tema/{n}/" for n in range(60)]
    for _ in range(3):
        website.mark(paths, at=at)
        website.mark(reversed(paths), at=at, bulk=True)
    start = threading.Barrier(3)
    taken: list[int] = []

    def take_up() -> None:
        try:
            start.wait()
            while BakingMark.objects.exists():
                taken.append(take_up_marks(size=7))
        finally:
            connection.close()

    bakers = [threading.Thread(target=take_up) for _ in range(3)]
    for baker in bakers:
        baker.start()
    for baker in bakers:
        baker.join()
    assert (sum(taken), BakedPage.objects.filter(state=Baking.DUE, bulk=False).count()) == (360, 60)


def test_other_colours_touch_no_photo_and_no_document() -> None:
    at = timezone.now()
    nothing_due()
    website.mark(["/privacidad/", "/fotos/a/", "/documentos/1/"], at=at)
    marks_taken_up()
    BakedPage.objects.update(state=Baking.BAKED, due_at=None)
    website.mark_everything(at=at)
    marks_taken_up()
    assert list(BakedPage.objects.filter(state=Baking.DUE).values_list("path", flat=True)) == ["/privacidad/"]
