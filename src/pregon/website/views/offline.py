"""What a browser keeps to be read without a connection: the list that its worker follows, and the page that it shows
in the place of one that it has not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.alerts.models import Alert
from pregon.alerts.queries import active
from pregon.core.visibility import visible
from pregon.newsroom.models import Bulletin
from pregon.website.live import alert_lines
from pregon.website.queries import AGENDA, ALERTS, HOME, LATEST
from pregon.website.views import shelf
from pregon.website.views.frame import public_page

BULLETINS, WITHDRAWN, ENDED = 12, 100, 30
#: Pages that any hour may change, so that no moment of theirs is told: they are asked for each time.
ALWAYS = (HOME, LATEST, AGENDA)


@public_page
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "website/offline.html")


@public_page
def kept(request: HttpRequest) -> HttpResponse:
    """Which pages to keep, each with the moment of its last change, alerts first; which to ask for again where they
    are kept, for their alert is over; which to forget; and the banner that all of them show."""
    at = timezone.now()
    latest = shelf.newest(BULLETINS, at=at)
    withdrawn = Bulletin.objects.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk")
    told = {
        "paginas": {ALERTS: last_alert()}
        | {alert.get_absolute_url(): alert.sent for alert in active(at)}
        | dict.fromkeys(ALWAYS, "")
        | {
            found.get_absolute_url(): (found.last_published_at or found.first_published_at)
            for found in latest
        },
        "terminadas": ended(at),
        "retirados": [f"/boletines/{slug}/" for slug in withdrawn.values_list("slug", flat=True)[:WITHDRAWN]],
        "avisos": alert_lines(at),
    }
    return JsonResponse(told)


def last_alert() -> datetime | str:
    """When the list of alerts changed last."""
    moments = Alert.objects.aggregate(sent=Max("sent"), ended=Max("ended_at")).values()
    return max(filter(None, moments), default="")


def ended(at: datetime) -> dict[str, datetime | None]:
    """The pages of the last alerts that hold no more, each with the moment of its end."""
    over = visible(Alert.objects.heads(), at=at).exclude(pk__in=active(at)).select_related("thread")
    return {
        alert.get_absolute_url(): alert.ended_at or alert.sent for alert in over.order_by("-sent")[:ENDED]
    }
