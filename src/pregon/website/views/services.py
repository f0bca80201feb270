"""Services and procedures: all of them by department, a search, and one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from pregon.core.visibility import visible
from pregon.newsroom.models import Service
from pregon.website.search import LONGEST_QUERY, Words, holding
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LISTED = 400
#: Nobody types more; what a machine sends beyond is not read.
LONGEST = 40 * LONGEST_QUERY


@public_page
def services(request: HttpRequest) -> HttpResponse:
    return listed(request, "")


@public_page
def search(request: HttpRequest) -> HttpResponse:
    return listed(request, request.GET.get("q", "").replace("\x00", "")[:LONGEST].strip())


def listed(request: HttpRequest, asked: str) -> HttpResponse:
    """The services that hold what was asked, or all, each under its department; what changes stands first."""
    at = timezone.now()
    today = timezone.localdate(at)
    public = shelf.pieces(Service, at).order_by("department__name", "title", "pk")
    if asked:
        public = public.filter(pk__in=holding(Words(asked), among=Service))
    found = list(public[:LISTED])
    groups: dict[str, list[Service]] = {}
    for service in found:
        groups.setdefault(str(service.department or ""), []).append(service)
    context = {
        "section": "services",
        "asked": asked,
        "total": len(found),
        "groups": groups.items(),
        "changes": [(service, change) for service in found if (change := service.change_on(today))],
    }
    return render(request, "website/services.html", context)


@public_page
def service(request: HttpRequest, slug: str) -> HttpResponse:
    public = visible(Service.objects.all(), at=timezone.now()).select_related("department")
    found = get_object_or_404(public, slug=slug)
    return render(request, found.template, found.get_context(request))
