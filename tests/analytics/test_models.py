from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from pregon.analytics.enums import Source
from pregon.analytics.models import HourlyViews, LogReading, PageViews

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DAY = date(2026, 11, 27)
HOUR = datetime(2026, 11, 27, 18, tzinfo=UTC)


def test_a_page_has_one_count_a_day_for_each_source() -> None:
    PageViews.objects.create(path="/", day=DAY, source=Source.NONE, views=1)
    PageViews.objects.create(path="/", day=DAY, source=Source.EMAIL, views=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PageViews.objects.create(path="/", day=DAY, source=Source.NONE, views=2)


def test_a_page_has_one_count_an_hour() -> None:
    HourlyViews.objects.create(path="/", hour=HOUR, views=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        HourlyViews.objects.create(path="/", hour=HOUR, views=2)


def test_no_row_has_room_for_a_person() -> None:
    """Neither an address nor a browser, an account, a cookie or a moment finer than an hour."""
    columns = {
        model.__name__: sorted(field.name for field in model._meta.get_fields() if field.name != "id")
        for model in (PageViews, HourlyViews, LogReading)
    }
    assert columns == {
        "PageViews": ["day", "path", "source", "views"],
        "HourlyViews": ["hour", "path", "views"],
        "LogReading": ["places", "read_at"],
    }
