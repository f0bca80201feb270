"""Where everything is found: the desk, what only the desk may see, and the public site."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import include, path, re_path
from wagtail.admin import urls as desk
from wagtail.utils.urlpatterns import decorate_urlpatterns

from pregon.accounts.views import in_zone_of_the_office
from pregon.config import media
from pregon.delivery.webhooks import door, show, well_known


def no_page(request: HttpRequest, path: str) -> NoReturn:
    """Wagtail asks for this route to tell a page's address; the site's own views answer it."""
    raise Http404


decorate_urlpatterns(desk.urlpatterns, in_zone_of_the_office)

urlpatterns = [
    path("escritorio/archivos/<path:path>", media.original, name="original"),
    path(
        "escritorio/documentos/<int:document_id>/<path:document_filename>",
        media.document,
        name="wagtaildocs_serve",
    ),
    path("escritorio/", include(desk)),
    path("entrada/<slug:kind>/", door, name="door"),
    path("entrada/<slug:kind>/<path:document>", show, name="channel_document"),
    path(".well-known/<slug:name>", well_known, name="well_known"),
    path("", include("pregon.accounts.urls")),
    path("", include("pregon.website.urls")),
    re_path(r"^((?:[\w\-]+/)*)$", no_page, name="wagtail_serve"),
]
