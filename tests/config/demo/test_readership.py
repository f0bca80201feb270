from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from factories.newsroom import published
from pregon.accounts.models import Office
from pregon.analytics.models import HourlyViews, PageViews
from pregon.config.demo.readership import DAYS, be_read

pytestmark = pytest.mark.django_db


def test_every_page_of_a_sample_office_was_read_and_nothing_tomorrow() -> None:
    page = published().get_absolute_url()
    zone, at = Office.load().zone, timezone.now()
    be_read(zone=zone, at=at)
    today = at.astimezone(zone).date()
    days = set(PageViews.objects.filter(path="/").values_list("day", flat=True))
    assert days == {today - timedelta(days=back) for back in range(DAYS)}
    read = PageViews.objects.filter(path=page).aggregate(all=Sum("views"))["all"]
    assert read == HourlyViews.objects.filter(path=page).aggregate(all=Sum("views"))["all"] > 0
