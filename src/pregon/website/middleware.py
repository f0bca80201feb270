"""Public pages that Django answers itself are as strict as baked ones; a middleware is the one place that sees
all of them, errors too."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from pregon.website.front import DESK, policy_of


def public_policy(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Set the strict policy everywhere but at the desk, whose date pickers need a looser one."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(DESK):
            response["Content-Security-Policy"] = policy_of(request.path)
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return answer
