"""How many bulletins each month has: counted when its page becomes due, so that no list of months has to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.core.visibility import visible
from pregon.newsroom.models import Bulletin
from pregon.website.models import NewsMonth
from pregon.website.queries import LATEST, NEWS_MONTH, SITEMAP, span_of_month

#: What shows every month with what was counted of it.
LISTS_OF_MONTHS = (LATEST, SITEMAP)


def count_months(months: Collection[date]) -> bool:
    """Count ``months`` anew; whether one is not as it was. In one order everywhere, so that two who count never wait
    for each other."""
    if not months:
        return False
    office = Office.load()
    kept = NewsMonth.objects.select_for_update().filter(first__in=months).order_by("first")
    with transaction.atomic():
        rows = list(kept)
        if len(rows) < len(months):
            new = [NewsMonth(first=first) for first in sorted(months)]
            NewsMonth.objects.bulk_create(new, ignore_conflicts=True)
            rows = list(kept.all())
        changed = [row for row in rows if count(row, office)]
        NewsMonth.objects.bulk_update(changed, ["bulletins", "changed"])
    return bool(changed)


def months_among(paths: Iterable[str]) -> set[date]:
    """The months whose pages are among ``paths``, each by its first day."""
    found = [match for path in paths if (match := NEWS_MONTH.fullmatch(path))]
    return {date(int(match[1]), int(match[2]), 1) for match in found if 1 <= int(match[2]) <= 12}


def count(month: NewsMonth, office: Office) -> bool:
    """Note in ``month`` what it has now; whether that is something else."""
    opens, closes = span_of_month(month.first, office)
    public = visible(Bulletin.objects.order_by(), at=timezone.now())
    found = public.filter(first_published_at__gte=opens, first_published_at__lt=closes).aggregate(
        bulletins=Count("pk"), changed=Max(Coalesce("last_published_at", "first_published_at"))
    )
    was = (month.bulletins, month.changed)
    month.bulletins, month.changed = found["bulletins"], found["changed"]
    return was != (month.bulletins, month.changed)
