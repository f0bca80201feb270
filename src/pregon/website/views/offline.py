"""What a browser keeps to be read without a connection: the list that its worker follows, and the page that it shows
in the place of one that it has not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.newsroom.models import Bulletin
from pregon.website.queries import AGENDA, HOME, LATEST
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

BULLETINS, WITHDRAWN = 12, 100
#: Pages that any hour may change, so that no moment of theirs is told: they are asked for each time.
ALWAYS = (HOME, LATEST, AGENDA)


@public_page
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "website/offline.html")


@public_page
def kept(request: HttpRequest) -> HttpResponse:
    """Which pages to keep, each with the moment of its last change, and which to forget."""
    latest = shelf.newest(BULLETINS, at=timezone.now())
    withdrawn = Bulletin.objects.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk")
    told = {
        "paginas": dict.fromkeys(ALWAYS, "")
        | {
            found.get_absolute_url(): (found.last_published_at or found.first_published_at)
            for found in latest
        },
        "retirados": [f"/boletines/{slug}/" for slug in withdrawn.values_list("slug", flat=True)[:WITHDRAWN]],
    }
    return JsonResponse(told)
