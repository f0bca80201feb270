"""Small pages that other sites of the town hall show in a frame: the latest news, the agenda, the alert in force.

Each stands alone in at most 10 kB, with all that it loads. They alone may be framed by others (``front.py`` says so),
and so they hold nothing that a click could be stolen for: only links, which open a window of their own.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from pregon.website.queries import ALERT_WIDGET, WIDGET_LENGTHS
from pregon.website.views import shelf
from pregon.website.views.frame import public_page


@xframe_options_exempt
@public_page
def news(request: HttpRequest, many: int = WIDGET_LENGTHS[0]) -> HttpResponse:
    listed = shelf.newest(known(many), at=timezone.now())
    return render(request, "website/widgets/news.html", {"bulletins": listed})


@xframe_options_exempt
@public_page
def agenda(request: HttpRequest, many: int = WIDGET_LENGTHS[0]) -> HttpResponse:
    """What is still to come, from the beginning of today on."""
    today = timezone.localdate()
    coming = shelf.acts(timezone.now()).filter(start__gte=shelf.start_of(today))[: known(many)]
    days = shelf.days(coming)
    near = {today, today + timedelta(days=1)}
    return render(request, "website/widgets/agenda.html", {"days": days, "near": near, "today": today})


@xframe_options_exempt
@public_page
def alert(request: HttpRequest) -> HttpResponse:
    """Empty as it is baked: its script asks for the alert in force, and shows nothing while there is none."""
    return render(request, "website/widgets/alert.html")


@public_page
def showcase(request: HttpRequest) -> HttpResponse:
    """Each of them, with the lines to copy."""
    context = {"section": "widgets", "lengths": WIDGET_LENGTHS, "alert": ALERT_WIDGET}
    return render(request, "website/widgets/showcase.html", context)


@public_page
def loader(request: HttpRequest) -> HttpResponse:
    """A script for the other site, that fits each frame to what it holds. It has an address that never changes."""
    return render(request, "website/widgets/incrustar.js", content_type="text/javascript; charset=utf-8")


def known(many: int) -> int:
    if many not in WIDGET_LENGTHS:
        raise Http404
    return many
