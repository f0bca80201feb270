"""The office in every template, so that no page types the town's name."""

from __future__ import annotations

from django.http import HttpRequest

from pregon.accounts.models import Office


def office(request: HttpRequest) -> dict[str, object]:
    return {"office": Office.load(request_or_site=request)}
