"""Views as a small town's site would have them, so that a demo office shows what *Alcance* tells: more on the day of
a bulletin, fewer afterwards, and most of them from the phone's own networks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pregon.analytics.enums import Source
from pregon.analytics.models import HourlyViews, PageViews
from pregon.newsroom.models import Bulletin

DAYS = 30
HOUR = timedelta(hours=1)
#: How many of a hundred come from where.
SHARES = {
    Source.FACEBOOK: 34,
    Source.WHATSAPP: 18,
    Source.NONE: 17,
    Source.SITE: 12,
    Source.SEARCH: 9,
    Source.EMAIL: 5,
    Source.TELEGRAM: 3,
    Source.OTHER: 2,
}


def be_read(*, zone: ZoneInfo, at: datetime) -> None:
    """Give every page of the last days its views."""
    chance = random.Random(20261120)  # noqa: S311 - samples, the same every time
    today = at.astimezone(zone).date()
    rows: Counter[tuple[str, date, Source]] = Counter()
    for path, day, views in read_on(today, zone=zone, chance=chance):
        for source in chance.choices(list(SHARES), weights=list(SHARES.values()), k=views):
            rows[path, day, source] += 1
    PageViews.objects.bulk_create(
        [
            PageViews(path=path, day=day, source=source, views=views)
            for (path, day, source), views in rows.items()
        ]
    )
    hours: Counter[tuple[str, datetime]] = Counter()
    for bulletin in Bulletin.objects.issued().filter(first_published_at__gt=at - timedelta(days=2)):
        page = bulletin.get_absolute_url()
        born = bulletin.first_published_at.replace(minute=0, second=0, microsecond=0)
        since = int((at - born) / HOUR) + 1
        views = sum(figure for (path, _day, _source), figure in rows.items() if path == page)
        hours.update((page, born + HOUR * int(since * chance.random() ** 2)) for _view in range(views))
    HourlyViews.objects.bulk_create(
        [HourlyViews(path=path, hour=hour, views=views) for (path, hour), views in hours.items()]
    )


def read_on(today: date, *, zone: ZoneInfo, chance: random.Random) -> Iterator[tuple[str, date, int]]:
    for back in range(DAYS):
        day = today - timedelta(days=back)
        for path, usual in (
            ("/", 60),
            ("/boletines/", 14),
            ("/agenda/", 22),
            ("/plan/", 4),
            ("/suscripcion/", 3),
        ):
            yield path, day, int(usual * (0.6 + 0.8 * chance.random()))
    for bulletin in Bulletin.objects.issued():
        born = bulletin.first_published_at.astimezone(zone).date()
        liked = 40 + int(160 * chance.random() ** 2)
        for age in range(max(0, (today - born).days) + 1):
            if age < DAYS:
                yield bulletin.get_absolute_url(), born + timedelta(days=age), int(liked / (1 + age) ** 1.6)
