"""Alerts for people and for machines: what holds now, what is over, drills apart, and each message in CAP 1.2."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.alerts.briefs import area_of, banners, giver, headline_of, marked, notice_of
from pregon.alerts.cap import UNWRITABLE
from pregon.alerts.enums import State, Status
from pregon.alerts.models import Alert
from pregon.alerts.queries import chain
from pregon.core.visibility import visible
from pregon.website.queries import ALERT_FEED, ALERTS
from pregon.website.views.frame import public_page

LISTED, FED = 50, 30
ATOM = "http://www.w3.org/2005/Atom"


def shown(alert: Alert, *, at: datetime) -> dict[str, Any]:
    """An alert in the words of the page."""
    return {
        "alert": alert,
        "headline": headline_of(alert),
        "event": marked(alert.event, alert),
        "description": marked(alert.description, alert),
        "instruction": marked(alert.instruction, alert),
        "notice": notice_of(alert),
        "area": area_of(alert),
        "holds": alert.state == State.ACTIVE and alert.expires > at,
        "giver": giver(),
    }


@public_page
def alerts(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    public = visible(Alert.objects.heads(), at=at).select_related("thread").prefetch_related("localities")
    public = public.order_by("-sent")
    real = public.filter(status=Status.ACTUAL)
    holding = real.filter(state=State.ACTIVE, expires__gt=at)
    context = {
        "section": "alerts",
        "active": [shown(alert, at=at) for alert in holding],
        "past": [shown(alert, at=at) for alert in real.exclude(pk__in=holding)[:LISTED]],
        "drills": [shown(alert, at=at) for alert in public.filter(status=Status.EXERCISE)[:LISTED]],
        "feed": ALERT_FEED,
    }
    return render(request, "website/alerts.html", context)


@public_page
def alert(request: HttpRequest, slug: str) -> HttpResponse:
    """One chain under one address, the newest message of it in front."""
    at = timezone.now()
    first = visible(Alert.objects.filter(slug=slug), at=at).first()
    if first is None:
        raise Http404
    messages = list(chain(first).select_related("thread", "replaces").prefetch_related("localities"))
    told = [shown(message, at=at) for message in reversed(messages)]
    context = {"section": "alerts", "told": told[0], "earlier": told[1:], "path": first.get_absolute_url()}
    return render(request, "website/alert.html", context)


@public_page
def cap_index(request: HttpRequest) -> HttpResponse:
    """What lies in this folder, for whoever wants to take it."""
    context = {"section": "alerts", "messages": latest(timezone.now()), "feed": ALERT_FEED}
    return render(request, "website/alerts_cap.html", context)


@public_page
def cap(request: HttpRequest, identifier: str) -> HttpResponse:
    """One message, to the letter as it was sent."""
    found = visible(Alert.objects.filter(identifier=identifier), at=timezone.now()).first()
    if found is None:
        raise Http404
    return HttpResponse(found.xml, content_type="application/xml; charset=utf-8")


@public_page
def snapshot(request: HttpRequest) -> HttpResponse:
    """What the banner says now, for pages that were opened before."""
    return JsonResponse({"alerts": banners(timezone.now())}, json_dumps_params={"ensure_ascii": False})


def latest(at: datetime) -> list[Alert]:
    return list(visible(Alert.objects.all(), at=at).order_by("-sent", "-pk").select_related("thread")[:FED])


@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """The latest messages, the newest first, each with the address of its CAP."""
    office, messages = Office.load(request_or_site=request), latest(timezone.now())
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "es-MX"})
    said(root, "id", settings.BASE_URL + ALERT_FEED)
    said(root, "title", f"Alertas · {office}")
    newest = messages[0].sent if messages and messages[0].sent else datetime(2026, 1, 1, tzinfo=office.zone)
    said(root, "updated", newest.isoformat(timespec="seconds"))
    SubElement(root, "link", rel="self", type="application/atom+xml", href=settings.BASE_URL + ALERT_FEED)
    SubElement(root, "link", rel="alternate", type="text/html", href=settings.BASE_URL + ALERTS)
    said(SubElement(root, "author"), "name", giver())
    for message in messages:
        write_entry(SubElement(root, "entry"), message)
    indent(root)
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode"),
        content_type="application/atom+xml; charset=utf-8",
    )


def write_entry(entry: Element, message: Alert) -> None:
    cap_url = settings.BASE_URL + message.cap_path
    moment = message.sent.isoformat(timespec="seconds") if message.sent else ""
    said(entry, "id", cap_url)
    said(entry, "title", headline_of(message))
    said(entry, "updated", moment)
    said(entry, "published", moment)
    said(SubElement(entry, "author"), "name", marked(giver(), message))
    SubElement(entry, "category", term=message.status)
    SubElement(entry, "link", rel="alternate", type="application/cap+xml", href=cap_url)
    SubElement(
        entry, "link", rel="related", type="text/html", href=settings.BASE_URL + message.get_absolute_url()
    )
    said(entry, "summary", marked(message.instruction, message))


def said(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = UNWRITABLE.sub("", str(text))
