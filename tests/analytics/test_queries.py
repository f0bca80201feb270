from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pregon.analytics.enums import Source
from pregon.analytics.models import HourlyViews, PageViews
from pregon.analytics.queries import by_day, by_hour, by_page, by_source, views_between, views_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

FIRST, LAST = date(2026, 11, 25), date(2026, 11, 27)


@pytest.fixture(autouse=True)
def counted() -> None:
    for path, day, source, views in (
        ("/", FIRST, Source.NONE, 5),
        ("/", LAST, Source.NONE, 2),
        ("/", LAST, Source.EMAIL, 9),
        ("/agenda/", LAST, Source.SEARCH, 4),
        ("/agenda/", date(2026, 10, 1), Source.SEARCH, 100),
    ):
        PageViews.objects.create(path=path, day=day, source=source, views=views)


def test_a_day_without_views_is_told_as_none() -> None:
    assert by_day(views_of("/"), first=FIRST, last=LAST) == [
        (FIRST, 5),
        (date(2026, 11, 26), 0),
        (LAST, 11),
    ]


def test_sources_and_pages_are_told_the_most_first() -> None:
    views = views_between(FIRST, LAST)
    assert by_source(views) == [(Source.EMAIL, 9), (Source.NONE, 7), (Source.SEARCH, 4)]
    assert by_page(views, most=5) == [("/", 16), ("/agenda/", 4)]
    assert by_page(views, most=1) == [("/", 16)]


def test_hours_begin_with_the_one_asked_for() -> None:
    hour = datetime(2026, 11, 27, 18, tzinfo=UTC)
    HourlyViews.objects.create(path="/", hour=hour, views=3)
    HourlyViews.objects.create(path="/", hour=hour + timedelta(hours=2), views=1)
    told = by_hour("/", first=hour + timedelta(minutes=42), last=hour + timedelta(hours=2, minutes=5))
    assert [views for _hour, views in told] == [3, 0, 1]
    assert told[0][0] == hour
