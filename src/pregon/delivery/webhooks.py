"""The door at which providers call: a message's fate, somebody who writes to us.

Each channel knows its provider's signature; what does not bear it is turned away, and what fails on our side is
answered so that the provider calls again.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pregon.core.sealing import SealBroken
from pregon.delivery import actions as delivery
from pregon.delivery.contract import Notice
from pregon.delivery.errors import Misconfigured, Rejected, UnknownChannel

logger = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, kind: str) -> HttpResponse:
    notice = Notice(
        method=request.method or "GET",
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
    try:
        heard = delivery.hear(kind, notice, at=timezone.now())
    except UnknownChannel:
        return HttpResponse(status=404)
    except Rejected:
        logger.warning("A call that is not the provider's", extra={"channel": kind})
        return HttpResponse(status=403)
    except (Misconfigured, SealBroken):
        return HttpResponse(status=503)
    return HttpResponse(heard.answer, status=heard.status, content_type="text/plain; charset=utf-8")
