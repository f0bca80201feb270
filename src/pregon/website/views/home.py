"""The front page: what happened, what happens today, how the plan is going."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.newsroom.models import Campaign, Episode, Piece, Video
from pregon.plan.queries import headline_figures
from pregon.website.queries import sections
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

BESIDE_THE_LEAD = 6
NEXT_ACTS = 3
ALBUMS = 4
CAMPAIGNS = 2


def beside_the_news(at: datetime) -> list[Piece]:
    """The campaigns under way, and what there is new to hear and to see."""
    today, there = timezone.localdate(at), sections(at)
    found: list[Piece] = []
    if Campaign.folder in there:
        campaigns = shelf.pieces(Campaign, at).order_by("-since", "-pk")
        runs = Q(until__isnull=True) | Q(until__gte=today)
        found += campaigns.filter(runs, since__lte=today)[:CAMPAIGNS]
    for kind in (Episode, Video):
        if kind.folder in there:
            found += shelf.pieces(kind, at)[:1]
    return found


@public_page
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    today = timezone.localdate(at)
    tomorrow, after = (shelf.start_of(today + timedelta(days=days)) for days in (1, 2))
    bulletins = shelf.newest(1 + BESIDE_THE_LEAD, at=at)
    near = list(shelf.acts(at).between(shelf.start_of(today), after))
    coming = [] if near else list(shelf.acts(at).filter(start__gte=after)[:NEXT_ACTS])
    return render(
        request,
        "website/home.html",
        {
            "lead": bulletins[0] if bulletins else None,
            "bulletins": bulletins[1:],
            "live": shelf.under_way(at),
            "today": today,
            "acts_today": [act for act in near if act.start < tomorrow],
            "acts_tomorrow": [act for act in near if act.start >= tomorrow],
            "acts_coming": coming,
            "beside": beside_the_news(at),
            "albums": shelf.with_first_photo(shelf.albums(at)[:ALBUMS]),
            "figures": headline_figures(at),
        },
    )
