"""The agenda: what comes, a month at a glance, one act."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.agenda.models import Act
from pregon.core.visibility import may_see, visible
from pregon.newsroom.models import LiveBlog
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LISTED = 60
MONDAY_FIRST = Calendar(firstweekday=0)


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the month."""

    day: date
    inside: bool
    acts: list[Act]


@public_page
def upcoming(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    today = timezone.localdate(at)
    coming = shelf.acts(at).filter(start__gte=shelf.start_of(today))[:LISTED]
    context = {
        "section": "agenda",
        "days": shelf.days(coming),
        "today": today,
        "this_month": today.replace(day=1),
        "next_month": shelf.next_month(today.replace(day=1)),
    }
    return render(request, "website/agenda.html", context)


@public_page
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    at = timezone.now()
    first = date(year, month, 1)
    start, end = shelf.month_span(year, month)
    public = shelf.acts(at)
    days = shelf.days(public.between(start, end))
    on = dict(days)
    weeks = [
        [Day(day, day.month == month, on.get(day, []) if day.month == month else []) for day in week]
        for week in MONDAY_FIRST.monthdatescalendar(year, month)
    ]
    current = timezone.localdate(at).replace(day=1)
    back = first > current or public.filter(start__lt=start).exists()
    onward = first < current or public.filter(start__gte=end).exists()
    context = {
        "section": "agenda",
        "month": first,
        "weeks": weeks,
        "days": days,
        "today": timezone.localdate(at),
        # Only months that hold something are linked, so that nothing follows the calendar for ever.
        "previous": shelf.previous_month(first) if back else None,
        "following": shelf.next_month(first) if onward else None,
    }
    return render(request, "website/agenda_month.html", context)


@public_page
def act(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    found = shelf.acts(at).filter(slug=slug).select_related("department", "album").first()
    if found is None:
        raise Http404
    album = found.album if found.album and may_see(found.album, at=at) else None
    context = {
        "section": "agenda",
        "act": found,
        "over": (found.end or found.start) <= at,
        "bulletins": shelf.bulletins(at).filter(act=found),
        "live": visible(LiveBlog.objects.filter(act=found), at=at).first(),
        "album": album,
        "photos": shelf.photos(at).filter(album=album).order_by("position", "pk")[:6] if album else [],
    }
    return render(request, "website/act.html", context)
