"""The door at which others call: a provider with a message's fate, somebody who writes to us, anybody who reads what a
channel shows.

Each channel knows its provider's signature; what does not bear it is turned away, and what fails on our side is
answered so that the provider calls again.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pregon.core.sealing import SealBroken
from pregon.delivery import actions as delivery
from pregon.delivery import registry, shelf
from pregon.delivery.contract import Notice
from pregon.delivery.errors import Misconfigured, Rejected, UnknownChannel

logger = logging.getLogger(__name__)

#: How long a document may be kept by whoever asked.
KEPT = "public, max-age=300"


@csrf_exempt
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, kind: str) -> HttpResponse:
    try:
        heard = delivery.hear(kind, notice_of(request), at=timezone.now())
    except UnknownChannel:
        return HttpResponse(status=404)
    except Rejected:
        logger.warning("A call that is not the provider's", extra={"channel": kind})
        return HttpResponse(status=403)
    except (Misconfigured, SealBroken):
        return HttpResponse(status=503)
    return HttpResponse(heard.answer, status=heard.status, content_type="text/plain; charset=utf-8")


@require_safe
def show(request: HttpRequest, kind: str, document: str) -> HttpResponse:
    """What a channel shows behind its door. Programs of other sites may read it too."""
    try:
        found = shelf.document(kind, notice_of(request))
    except (Misconfigured, SealBroken, UnknownChannel):
        found = None
    if found is None:
        return HttpResponse(status=404)
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": KEPT}
    return HttpResponse(found.body, status=found.status, content_type=found.content_type, headers=headers)


def well_known(request: HttpRequest, name: str) -> HttpResponse:
    """What others look for at an address that they know beforehand."""
    kind = registry.shown_by(name)
    return show(request, kind, name) if kind else HttpResponse(status=404)


def notice_of(request: HttpRequest) -> Notice:
    return Notice(
        method=request.method or "GET",
        target=request.get_full_path(),
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
