"""What every public view shares: reading only, in the office's own hour; and who may post where that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pregon.accounts.models import Office

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def in_office_hours(view: View[P]) -> View[P]:
    """Days and hours inside ``view`` are those of the office's own zone."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with timezone.override(Office.load(request_or_site=request).zone):
            return view(request, *args, **kwargs)

    return answer


def public_page(view: View[P]) -> View[P]:
    """A page anyone may read and nobody may post to."""
    return require_safe(in_office_hours(view))


def from_this_site(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form. A browser always says so in one of two headers."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    here = {urlsplit(settings.BASE_URL).netloc, request.get_host()}
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc in here
    except ValueError:  # whoever sends what is no address is no browser either
        return False
