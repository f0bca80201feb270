"""Questions about views. A day without any has no row and is told as none."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum

from pregon.analytics.enums import Source
from pregon.analytics.models import HourlyViews, PageViews

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def views_of(path: str) -> QuerySet[PageViews]:
    return PageViews.objects.filter(path=path)


def views_between(first: date, last: date) -> QuerySet[PageViews]:
    return PageViews.objects.filter(day__gte=first, day__lte=last)


def by_source(views: QuerySet[PageViews]) -> list[tuple[Source, int]]:
    """The most first."""
    rows = views.values_list("source").annotate(total=Sum("views")).order_by("-total", "source")
    return [(Source(source), total) for source, total in rows]


def by_day(views: QuerySet[PageViews], *, first: date, last: date) -> list[tuple[date, int]]:
    """Every day from ``first`` to ``last``."""
    counted = dict(views.values_list("day").annotate(total=Sum("views")).order_by())
    days = (first + DAY * number for number in range((last - first).days + 1))
    return [(day, counted.get(day, 0)) for day in days]


def by_hour(path: str, *, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """From the hour of ``first`` to that of ``last``, as long as they are kept."""
    begin, end = (moment.replace(minute=0, second=0, microsecond=0) for moment in (first, last))
    rows = HourlyViews.objects.filter(path=path, hour__range=(begin, end))
    counted = dict(rows.values_list("hour", "views"))
    hours = (begin + HOUR * number for number in range((end - begin) // HOUR + 1))
    return [(hour, counted.get(hour, 0)) for hour in hours]


def by_page(views: QuerySet[PageViews], *, most: int) -> list[tuple[str, int]]:
    """The pages that were read most."""
    rows = views.values_list("path").annotate(total=Sum("views")).order_by("-total", "path")
    return list(rows[:most])
