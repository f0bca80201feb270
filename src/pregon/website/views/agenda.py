"""The agenda: what comes, a month at a glance, one act."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.accounts.models import Locality, Office
from pregon.agenda.models import Act
from pregon.core.places import point_of
from pregon.core.visibility import may_see, visible
from pregon.newsroom.models import LiveBlog
from pregon.website import actions as website
from pregon.website.links import calendars
from pregon.website.maps import Mark, described, schematic
from pregon.website.queries import months_beside, months_now
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
    days = shelf.days(shelf.acts(at).between(start, end))
    office = Office.load(request_or_site=request)
    if not days and first not in months_now(at, office):
        raise Http404
    on = dict(days)
    weeks = [
        [Day(day, day.month == month, on.get(day, []) if day.month == month else []) for day in week]
        for week in MONDAY_FIRST.monthdatescalendar(year, month)
    ]
    # Only months that have a page are linked, so that nothing follows the calendar for ever.
    previous, following = months_beside(first, office, at=at)
    context = {
        "section": "agenda",
        "month": first,
        "weeks": weeks,
        "days": days,
        "today": timezone.localdate(at),
        "previous": previous,
        "following": following,
    }
    return render(request, "website/agenda_month.html", context)


@public_page
def act(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    found = shelf.acts(at).filter(slug=slug).select_related("department", "album").first()
    if found is None:
        raise Http404
    office = Office.load(request_or_site=request)
    point = point_of(found)
    around = [Mark(place, town.name) for town in Locality.objects.all() if (place := point_of(town))]
    pin = Mark(point, found.place) if point else None
    album = found.album if found.album and may_see(found.album, at=at) else None
    context = {
        "section": "agenda",
        "act": found,
        "point": point,
        "map_words": described(pin, around) if pin else "",
        "map_picture": bool(point and website.picture_of(point, office)),
        "map_sheet": schematic(pin=pin, around=around) if pin else "",
        "elsewhere": calendars(found),
        "over": (found.end or found.start) <= at,
        "bulletins": shelf.bulletins(at).filter(act=found),
        "live": visible(LiveBlog.objects.filter(act=found), at=at).first(),
        "album": album,
        "photos": shelf.photos(at).filter(album=album).order_by("position", "pk")[:6] if album else [],
    }
    return render(request, "website/act.html", context)


@public_page
def act_map(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of tiles, once it is drawn."""
    found = shelf.acts(timezone.now()).filter(slug=slug).first()
    point = point_of(found) if found else None
    file = website.picture_of(point, Office.load(request_or_site=request)) if point else None
    if file is None:
        raise Http404
    return HttpResponse(file.read_bytes(), content_type="image/webp")
