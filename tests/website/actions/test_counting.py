from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from factories import newsroom as news
from factories.website import marks_taken_up
from pregon.accounts.models import Office
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from pregon.website import actions as website
from pregon.website.actions.counting import months_among
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, NewsMonth
from pregon.website.queries import months_with_bulletins

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

#: Still October where the office is.
MIDNIGHT = datetime(2026, 11, 1, 5, 59, tzinfo=UTC)


def published(moment: datetime) -> Bulletin:
    with time_machine.travel(moment, tick=False):
        return news.published("Reabre el andador")


def counted() -> list[tuple[date, int, datetime | None]]:
    marks_taken_up()
    return [(month.first, month.bulletins, month.changed) for month in months_with_bulletins()]


def test_a_month_is_counted_where_the_office_is() -> None:
    for minutes in (58, 59):
        published(MIDNIGHT.replace(minute=minutes))
    next_one = published(MIDNIGHT.replace(hour=6, minute=0))
    assert counted() == [
        (date(2026, 11, 1), 1, next_one.first_published_at),
        (date(2026, 10, 1), 2, MIDNIGHT),
    ]


def test_a_correction_is_a_change_of_the_month_in_which_the_bulletin_came_out() -> None:
    bulletin = published(MIDNIGHT)
    later = datetime(2026, 12, 24, 18, tzinfo=UTC)
    bulletin.lead = "El andador abre el lunes."
    with time_machine.travel(later, tick=False):
        newsroom.correct(bulletin, change="Dice otra cosa.", reason="Fue un error.", by=None, at=later)
        assert counted() == [(date(2026, 10, 1), 1, later)]


def test_a_month_whose_only_bulletin_is_withdrawn_is_on_no_list() -> None:
    bulletin = published(MIDNIGHT)
    before = counted()
    newsroom.withdraw(bulletin, reason="Fue un error.", by=None, at=timezone.now())
    assert (len(before), counted()) == (1, [])


def test_another_count_makes_the_lists_of_months_due_and_the_same_one_does_not() -> None:
    bulletin = published(MIDNIGHT)
    marks_taken_up()
    lists = BakedPage.objects.filter(path__in=["/boletines/", "/sitemap.xml"])

    def due_after_the_month() -> int:
        lists.update(state=Baking.BAKED, due_at=None)
        website.mark(["/boletines/2026/10/"], at=timezone.now())
        marks_taken_up()
        return lists.filter(state=Baking.DUE).count()

    same = due_after_the_month()
    Bulletin.objects.filter(pk=bulletin.pk).update(withdrawn_at=timezone.now())
    assert (same, due_after_the_month()) == (0, 2)


def test_a_list_asked_for_before_any_baker_comes_shows_no_month_that_was_emptied(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    bulletin = published(MIDNIGHT)
    marks_taken_up()
    before = "/boletines/2026/10/" in client.get("/boletines/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.withdraw(bulletin, reason="Fue un error.", by=None, at=timezone.now())
    assert (before, "/boletines/2026/10/" in client.get("/boletines/").content.decode()) == (True, False)


def test_in_another_zone_a_bulletin_is_of_another_month() -> None:
    published(MIDNIGHT)
    marks_taken_up()
    office = Office.load()
    office.time_zone = "UTC"
    office.save()
    assert [(first, many) for first, many, _ in counted()] == [(date(2026, 11, 1), 1)]


def test_the_months_of_an_office_that_has_pages_already_are_counted_after_the_upgrade() -> None:
    published(MIDNIGHT)
    marks_taken_up()
    NewsMonth.objects.all().delete()
    migration = import_module("pregon.website.migrations.0005_months_of_news")
    migration.mark_months(apps, connection.schema_editor())
    assert [many for _, many, _ in counted()] == [1]


def test_only_the_address_of_a_month_is_one() -> None:
    paths = [
        "/boletines/2026/11/",
        "/boletines/2026/13/",
        "/boletines/2026/00/",
        "/boletines/tema/2026/",
        "/",
    ]
    assert months_among(paths) == {date(2026, 11, 1)}
