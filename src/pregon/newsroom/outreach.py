"""How far a bulletin came: what the ledger says was handed to each channel, and how often its page was read.

The engines know nothing of each other and neither of bulletins; here their figures stand side by side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pregon.accounts.models import Office, Topic
from pregon.analytics import queries as analytics
from pregon.analytics.enums import Source
from pregon.analytics.models import PageViews
from pregon.analytics.values import Columns
from pregon.delivery.counting import count, tally_of
from pregon.delivery.models import Dispatch
from pregon.delivery.queries import dispatches_telling, receivers_by_channel
from pregon.delivery.registry import label_of
from pregon.delivery.values import Tally
from pregon.newsroom.models import Bulletin

#: While a bulletin is so young its hours are told; afterwards its days.
YOUNG = timedelta(hours=48)
#: As many days stand beside each other on a phone.
SHOWN = 30
MOST_READ = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure beside others, and how long it is drawn: per cent of the longest."""

    label: str
    figure: int
    length: float
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the page of a bulletin, and the site as a whole, tell of a time."""

    views: int
    columns: Columns
    sources: list[Bar]
    channels: list[Bar]


def bars(figures: Iterable[tuple[str, int, str, str]]) -> list[Bar]:
    told = list(figures)
    longest = max((figure for _label, figure, _detail, _url in told), default=0) or 1
    return [
        Bar(label=label, figure=figure, length=100 * figure / longest, detail=detail, url=url)
        for label, figure, detail, url in told
    ]


# --- One bulletin -------------------------------------------------------------------------------------------


def page_of(bulletin: Bulletin) -> str:
    return str(bulletin.get_absolute_url())


def reach_of(bulletin: Bulletin, *, at: datetime) -> Reach:
    views = analytics.views_of(page_of(bulletin))
    sources = analytics.by_source(views)
    telling = dispatches_telling(bulletin.origin).filter(trial=False)
    return Reach(
        views=sum(figure for _source, figure in sources),
        columns=columns_of(bulletin, at=at),
        sources=bars((str(source.label), figure, "", "") for source, figure in sources),
        channels=channel_bars(telling, received=receivers_by_channel(telling)),
    )


def columns_of(bulletin: Bulletin, *, at: datetime) -> Columns:
    """Its first two days by the hour, later its days, the first of them where there are too many."""
    born = bulletin.first_published_at
    if born is None:
        return Columns.of([], step=analytics.DAY)
    zone = Office.load().zone
    if at - born <= YOUNG:
        series = analytics.by_hour(page_of(bulletin), first=born, last=max(born, at))
        return Columns.of([(hour.astimezone(zone), views) for hour, views in series], step=analytics.HOUR)
    first, today = born.astimezone(zone).date(), at.astimezone(zone).date()
    last = min(today, first + analytics.DAY * (SHOWN - 1))
    days = analytics.by_day(analytics.views_of(page_of(bulletin)), first=first, last=last)
    return Columns.of(days, step=analytics.DAY)


def channel_bars(dispatches: QuerySet[Dispatch], *, received: dict[str, int] | None = None) -> list[Bar]:
    """What went out on each channel, the most first: to how many different receivers, where that was asked, or how many
    messages."""
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (_dispatch, kind), one in count(dispatches.values_list("pk", flat=True)).items():
        states[kind] += one.states
    tallies = {kind: tally_of(counted) for kind, counted in states.items()}
    out = {kind: tally.sent if received is None else received.get(kind, 0) for kind, tally in tallies.items()}
    told = sorted(out.items(), key=lambda item: (-item[1], item[0]))
    return bars((label_of(kind), figure, remains(tallies[kind]), "") for kind, figure in told)


def remains(tally: Tally) -> str:
    """What did not go out, in words."""
    parts = [
        _("%(count)s en ensayo o para publicar a mano") % {"count": tally.rehearsed}
        if tally.rehearsed
        else "",
        _("%(count)s por salir") % {"count": tally.waiting} if tally.waiting else "",
        _("%(count)s en duda") % {"count": tally.uncertain} if tally.uncertain else "",
        _("%(count)s no se pudieron entregar") % {"count": tally.failed} if tally.failed else "",
    ]
    return " · ".join(part for part in parts if part)


# --- The site -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The last days of the whole site."""

    first: date
    last: date
    reach: Reach
    pages: list[Bar]
    topics: list[Bar]


def last_days(at: datetime) -> tuple[date, date]:
    """The first and the last of the days that are shown, as the office counts them."""
    last = timezone.localdate(at, Office.load().zone)
    return last - analytics.DAY * (SHOWN - 1), last


def overview(*, at: datetime) -> Overview:
    first, last = last_days(at)
    views = analytics.views_between(first, last)
    sources = analytics.by_source(views)
    pages = analytics.by_page(views, most=MOST_READ)
    titles = titles_of([path for path, _figure in pages])
    dispatches = Dispatch.objects.filter(
        origin__startswith=f"{Bulletin._meta.label_lower}/",
        trial=False,
        created_at__gt=at - analytics.DAY * SHOWN,
    )
    return Overview(
        first=first,
        last=last,
        reach=Reach(
            views=sum(figure for _source, figure in sources),
            columns=Columns.of(analytics.by_day(views, first=first, last=last), step=analytics.DAY),
            sources=bars((str(source.label), figure, "", "") for source, figure in sources),
            channels=channel_bars(dispatches),
        ),
        pages=bars((titles.get(path, path), figure, "", quote(path)) for path, figure in pages),
        topics=bars(topics_read(first=first, last=last)),
    )


def titles_of(paths: list[str]) -> dict[str, str]:
    """What people call those pages that have a name here."""
    fixed = {
        "/": _("Portada"),
        "/boletines/": _("Boletines"),
        "/agenda/": _("Agenda"),
        "/galerias/": _("Galerías"),
        "/plan/": _("Plan anual"),
        "/suscripcion/": _("Suscripción"),
        "/privacidad/": _("Aviso de privacidad"),
    }
    return fixed | {page_of(one): one.title for one in bulletins_at(paths)}


def bulletins_at(paths: Iterable[str]) -> list[Bulletin]:
    slugs = [path.removeprefix("/boletines/").strip("/") for path in paths if path.startswith("/boletines/")]
    return list(Bulletin.objects.filter(slug__in=slugs).defer_streamfields())


def topics_read(*, first: date, last: date) -> Iterator[tuple[str, int, str, str]]:
    """How often bulletins of each topic were read; one with two topics counts for both."""
    views = analytics.views_between(first, last).filter(path__startswith="/boletines/")
    read = Counter(dict(analytics.by_page(views, most=5000)))
    slugs = [path.removeprefix("/boletines/").strip("/") for path in read]
    named = Topic.objects.filter(bulletins__slug__in=slugs)
    found: Counter[str] = Counter()
    for topic, slug in named.values_list("name", "bulletins__slug"):
        found[topic] += read[f"/boletines/{slug}/"]
    for topic, figure in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        yield topic, figure, "", ""


# --- To take along ------------------------------------------------------------------------------------------


def table_of(views: QuerySet[PageViews]) -> Iterator[list[str]]:
    """Every count, a line each. Addresses begin with a slash and labels with a letter: no sheet computes them."""
    yield [_("día"), _("página"), _("procedencia"), _("vistas")]
    rows = views.order_by("day", "path", "source").values_list("day", "path", "source", "views")
    for day, path, source, figure in rows.iterator():
        yield [day.isoformat(), path, str(Source(source).label), str(figure)]
