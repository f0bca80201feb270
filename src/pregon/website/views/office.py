"""Pages about the office itself: privacy, accessibility, and its colours and seal."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from pregon.accounts.models import Office
from pregon.website import palette
from pregon.website.templatetags import pregon as templatetags
from pregon.website.views.frame import public_page

SEAL_SIDE = 192


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "website/privacy.html")


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "website/accessibility.html")


@public_page
def brand(request: HttpRequest) -> HttpResponse:
    """The office's colours as custom properties, so that no page needs an inline style."""
    office = Office.load(request_or_site=request)
    colours = {"brand": office.brand, "accent": office.accent, "gold": office.gold}
    context = {"day": palette.by_day(**colours), "night": palette.by_night(**colours)}
    return render(request, "website/marca.css", context, content_type="text/css; charset=utf-8")


@public_page
def drawn_seal(request: HttpRequest) -> HttpResponse:
    """The seal drawn from colours and initial: the icon of every page, and an office's seal until it has one."""
    drawn = templatetags.drawn_seal(Office.load(request_or_site=request))
    return HttpResponse(drawn, content_type="image/svg+xml")


@public_page
def seal(request: HttpRequest) -> HttpResponse:
    """The office's own seal, small enough for every page; its original stays behind the desk's login."""
    office = Office.load(request_or_site=request)
    if not office.seal:
        raise Http404
    import pyvips  # heavy, and only this view needs it

    picture: Any = pyvips
    try:
        with office.seal.open("rb") as file:
            small = picture.Image.thumbnail_buffer(file.read(), SEAL_SIDE, height=SEAL_SIDE)
            answer = small.write_to_buffer(".png[strip]")
    except (OSError, picture.Error) as problem:
        raise Http404 from problem
    return HttpResponse(answer, content_type="image/png")
