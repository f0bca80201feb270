"""Months and days as the office's calendar has them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import timezone

from pregon.website.views import shelf


def test_a_month_spans_from_midnight_to_midnight_of_the_town() -> None:
    with timezone.override("America/Mexico_City"):
        span = shelf.month_span(2026, 12)
    assert span == (datetime(2026, 12, 1, 6, tzinfo=UTC), datetime(2027, 1, 1, 6, tzinfo=UTC))


def test_months_follow_each_other_over_the_year() -> None:
    assert shelf.next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert shelf.previous_month(date(2027, 1, 1)) == date(2026, 12, 1)
