"""Campaigns: those under way, those to come, those that are over, and one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from pregon.core.visibility import visible
from pregon.newsroom.models import Campaign
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

LISTED = 120


@public_page
def campaigns(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    today = timezone.localdate(at)
    found = list(shelf.pieces(Campaign, at).order_by("-since", "-pk")[:LISTED])
    context = {
        "section": "campaigns",
        "current": [campaign for campaign in found if campaign.runs_on(today)],
        "coming": [campaign for campaign in found if campaign.since > today],
        "past": [campaign for campaign in found if campaign.until and campaign.until < today],
    }
    return render(request, "website/campaigns.html", context)


@public_page
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    public = visible(Campaign.objects.all(), at=timezone.now()).select_related("department")
    found = get_object_or_404(public, slug=slug)
    return render(request, found.template, found.get_context(request))
