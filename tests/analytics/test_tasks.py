from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from pregon.analytics import tasks
from pregon.analytics.models import HourlyViews, PageViews
from pregon.core.home import Home

pytestmark = pytest.mark.django_db

SIX = datetime(2026, 11, 27, 18, tzinfo=UTC)


def written(home: Home) -> None:
    (home.views / "2026112718-web-1.log").write_text("4 none / 2026-11-27T18+00:00\n", encoding="ascii")


def test_the_clock_counts(home: Home) -> None:
    written(home)
    tasks.count_views(SIX)
    assert PageViews.objects.get().views == 4


def test_an_office_that_counts_nothing_reads_nothing(home: Home, settings: Settings) -> None:
    settings.PREGON_COUNT_VIEWS = False
    written(home)
    tasks.count_views(SIX)
    assert PageViews.objects.count() == 0


def test_the_clock_forgets_hours(home: Home) -> None:
    written(home)
    tasks.count_views(SIX)
    tasks.forget_hours(SIX + timedelta(days=4))
    assert HourlyViews.objects.count() == 0
