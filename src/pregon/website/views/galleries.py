"""The photo memory: albums, and the photos of one with the full size to take away."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.core.visibility import may_see
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LISTED = 60


@public_page
def galleries(request: HttpRequest) -> HttpResponse:
    albums = shelf.with_first_photo(shelf.albums(timezone.now())[:LISTED])
    return render(request, "website/galleries.html", {"section": "galleries", "albums": albums})


@public_page
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    album = shelf.albums(at).filter(slug=slug).first()
    if album is None:
        raise Http404
    act = getattr(album, "act", None)
    context = {
        "section": "galleries",
        "album": album,
        "photos": shelf.photos(at).filter(album=album).order_by("position", "pk"),
        "act": act if act and may_see(act, at=at) else None,
        "bulletins": shelf.bulletins(at).filter(album=album),
    }
    return render(request, "website/gallery.html", context)
