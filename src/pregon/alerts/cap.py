"""Writes an alert in the Common Alerting Protocol 1.2 of OASIS, for machines of others to take."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.conf import settings

from pregon.accounts.models import Office
from pregon.alerts.briefs import area_of, giver, headline_of, marked, notice_of, whole_area
from pregon.alerts.models import Alert, AlertOffice
from pregon.alerts.queries import chain, shapes
from pregon.alerts.values import Circle, Point

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
# XML 1.0 cannot hold these, not even escaped.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What CAP does not allow in an identifier or a sender.
UNSPEAKABLE = re.compile(r"[\s,<&]")


def moment(at: datetime) -> str:
    """In the office's hour; CAP writes UTC as -00:00 and knows no Z."""
    return re.sub(r"\+00:00$", "-00:00", at.astimezone(Office.load().zone).isoformat(timespec="seconds"))


def sender() -> str:
    """Who this office is among all who give alerts: its address on the net."""
    return UNSPEAKABLE.sub("-", Office.load().email or host())


def host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def identifier(alert: Alert, *, at: datetime) -> str:
    day = at.astimezone(Office.load().zone)
    return UNSPEAKABLE.sub("-", f"{host()}-{day:%Y%m%d}-{alert.pk}")


def reference(alert: Alert) -> str:
    if alert.sent is None:
        raise ValueError("Only what was sent can be referred to.")
    return f"{alert.sender},{alert.identifier},{moment(alert.sent)}"


def written(alert: Alert) -> str:
    """The whole message. Needs what is given to it when it is sent: identifier, sender and hour."""
    if alert.sent is None:
        raise ValueError("A message is written when it is sent.")
    root = Element("alert", xmlns=NAMESPACE)
    add(root, "identifier", alert.identifier)
    add(root, "sender", alert.sender)
    add(root, "sent", moment(alert.sent))
    add(root, "status", alert.status)
    add(root, "msgType", alert.message_type)
    add(root, "scope", "Public")
    add(root, "note", notice_of(alert))
    if alert.replaces_id:
        earlier = chain(alert).exclude(pk=alert.pk)
        add(root, "references", " ".join(reference(each) for each in earlier))
    write_info(SubElement(root, "info"), alert, sent=alert.sent)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def write_info(info: Element, alert: Alert, *, sent: datetime) -> None:
    add(info, "language", "es-MX")
    add(info, "category", alert.category)
    add(info, "event", marked(alert.event, alert))
    add(info, "responseType", alert.response)
    add(info, "urgency", alert.urgency)
    add(info, "severity", alert.severity)
    add(info, "certainty", alert.certainty)
    add(info, "effective", moment(sent))
    if alert.onset:
        add(info, "onset", moment(alert.onset))
    add(info, "expires", moment(alert.expires))
    add(info, "senderName", marked(giver(), alert))
    add(info, "headline", headline_of(alert))
    add(info, "description", marked(alert.description, alert))
    add(info, "instruction", marked(alert.instruction, alert))
    add(info, "web", settings.BASE_URL + alert.get_absolute_url())
    add(info, "contact", alert.contact)
    write_areas(info, alert)


def write_areas(info: Element, alert: Alert) -> None:
    """One for each locality, with a circle around it where its coordinates are known, and one for the free area."""
    km = float(AlertOffice.load().locality_km)
    localities = list(alert.localities.all())
    for locality in localities:
        area = SubElement(info, "area")
        add(area, "areaDesc", locality.name)
        if locality.latitude is not None and locality.longitude is not None:
            add(area, "circle", str(Circle(Point(float(locality.latitude), float(locality.longitude)), km)))
    drawn = shapes(alert)
    if drawn or alert.area.strip() or not localities:
        area = SubElement(info, "area")
        add(area, "areaDesc", alert.area.strip() or (area_of(alert) if drawn else whole_area()))
        for shape in sorted(drawn, key=lambda each: isinstance(each, Circle)):
            add(area, "circle" if isinstance(shape, Circle) else "polygon", str(shape))


def add(parent: Element, name: str, text: str) -> None:
    """An element, where there is something to say in it."""
    if said := UNWRITABLE.sub("", str(text)).strip():
        SubElement(parent, name).text = said
