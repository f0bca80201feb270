"""The words of an alert: the same for the site, the banner, CAP and every channel.

A drill says that it is one at both ends of every text, so that no cut and no screenshot can hide it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.alerts.enums import MessageType
from pregon.alerts.errors import BadArea
from pregon.alerts.models import Alert, AlertOffice
from pregon.alerts.queries import FAR_KM, active, alone_from, chain, nearest_locality, shapes
from pregon.core.remembering import remembered
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Audience, Block, Message

DRILL = "SIMULACRO"
ACCENT = "#a8231b"
#: Another face altogether, in mail too.
DRILL_ACCENT = "#5b3a86"


def marked(text: str, alert: Alert) -> str:
    """``text``, between the two words of a drill if it is one."""
    return f"{DRILL} · {text} · {DRILL}" if alert.is_drill and text.strip() else text


def headline_of(alert: Alert) -> str:
    """The title as people read it anywhere."""
    return marked(titled(alert), alert)


def titled(alert: Alert) -> str:
    """The same without the word of a drill."""
    match alert.message_type:
        case MessageType.UPDATE:
            words = _("Actualización: %(headline)s")
        case MessageType.CANCEL if not alert.was_drill:
            words = _("Cancelada: %(headline)s")
        case MessageType.ALERT:
            words = _("Alerta: %(headline)s")
        case _other:
            words = "%(headline)s"
    return words % {"headline": alert.headline}


def area_of(alert: Alert) -> str:
    """Where it holds, in words."""
    named = [locality.name for locality in alert.localities.all()]
    if alert.area.strip():
        named.append(alert.area.strip())
    drawn = "" if named or alert.sent else drawn_area(alert)  # one that went out keeps the words it had
    return ", ".join(named) or drawn or whole_area()


def drawn_area(alert: Alert) -> str:
    """A zone that nobody put into words, by what lies near it: nobody shall read that it is the whole town."""
    try:
        drawn = shapes(alert)
    except BadArea:
        return ""
    if not drawn:
        return ""
    near = nearest_locality(drawn)
    if near is None or near.km > FAR_KM:
        return _("Zona marcada por coordenadas")
    return _("Zona cerca de %(place)s") % {"place": near.name}


def whole_area() -> str:
    office = Office.load()
    town = ", ".join(part for part in (office.municipality, office.state) if part)
    return _("Municipio de %(town)s") % {"town": town} if town else _("Todo el municipio")


def giver() -> str:
    """Who gives it: Protección Civil of which town."""
    office = Office.load()
    return " · ".join(part for part in (AlertOffice.load().name or office.name, office.municipality) if part)


def hour(moment: datetime) -> str:
    there = timezone.localtime(moment, Office.load().zone)
    return date_format(there, "j \\d\\e F, G:i").lower()


def notice_of(alert: Alert) -> str:
    """What stands before all else: that it is a drill, and what it takes the place of."""
    parts = [_("SIMULACRO: no hay emergencia.")] if alert.is_drill else []
    before = alert.replaces
    if before is not None and before.sent is not None:
        said = {"headline": before.headline, "when": hour(before.sent)}
        parts.append(
            (
                _("Cancela la alerta «%(headline)s» del %(when)s.")
                if alert.is_cancel
                else _("Sustituye a la alerta «%(headline)s» del %(when)s.")
            )
            % said
        )
    return " ".join(parts)


def blocks_of(alert: Alert) -> Iterator[Block]:
    """What to do comes first: a phone that is locked shows no more than that. Where and until when follow."""
    yield Block(kind="paragraph", text=marked(alert.instruction.strip(), alert))
    yield Block(kind="paragraph", text=marked(alert.description.strip(), alert))
    yield Block(kind="paragraph", text=_("Dónde: %(area)s.") % {"area": area_of(alert).rstrip(".")})
    if not alert.is_cancel:
        yield Block(kind="paragraph", text=_("Vale hasta el %(when)s.") % {"when": hour(alert.expires)})
    if alert.contact:
        yield Block(kind="paragraph", text=_("Emergencias: %(contact)s.") % {"contact": alert.contact})
    if alert.is_drill:
        yield Block(kind="paragraph", text=_("Esto fue un SIMULACRO: no hay ninguna emergencia. SIMULACRO"))


def message_about(alert: Alert) -> Message:
    """What every channel takes, each at its own length."""
    office = Office.load()
    return Message(
        kind=MessageKind.ALERT,
        kicker=marked(f"{alert.get_message_type_display()} · {alert.event}", alert),
        headline=headline_of(alert),
        notice=notice_of(alert),
        blocks=tuple(blocks_of(alert)),
        url=settings.BASE_URL + alert.get_absolute_url(),
        action=_("Ver la alerta en el sitio"),
        sender=marked(f"{giver()}", alert),
        sender_detail=" · ".join(part for part in (office.address, office.telephones) if part),
        brand=DRILL_ACCENT if alert.is_drill else ACCENT,
        accent=DRILL_ACCENT if alert.is_drill else ACCENT,
        contact=alert.contact or office.email,
    )


def asking_for(alert: Alert) -> Message:
    """What a second person is written: who asks and until when, the whole text, and the page where they say yes."""
    earliest = alone_from(alert)
    asked = _(
        "%(who)s propone esta alerta y pide que otra persona la confirme. Todavía no sale. Si nadie contesta, desde "
        "el %(when)s puede enviarla sin otra persona."
    ) % {"who": alert.proposer, "when": hour(earliest) if earliest else ""}
    return replace(
        message_about(alert),
        kind=MessageKind.SERVICE,
        headline=marked(_("Por confirmar · %(headline)s") % {"headline": titled(alert)}, alert),
        notice=" ".join(part for part in (notice_of(alert), asked) if part),
        url=settings.BASE_URL + reverse("alerts_desk:sheet", args=[alert.pk]),
        action=_("Abrirla y confirmarla"),
        contact="",
    )


def audience_of(alert: Alert) -> Audience:
    """Whoever follows one of its places, or all of them. What follows reaches also whom the first one reached:
    nobody is left with an alert that was cancelled."""
    everybody, places = False, set()
    for message in [*(chain(alert) if alert.replaces_id else ()), alert]:
        named = {locality.pk for locality in message.localities.all()}
        everybody = everybody or not named
        places |= named
    return Audience(localities=() if everybody else tuple(sorted(places)))


def banners(at: datetime) -> list[dict[str, Any]]:
    """All that holds; none where nothing does."""
    return remembered("banners", lambda: [banner_of(alert) for alert in active(at)])


def banner_of(alert: Alert) -> dict[str, Any]:
    """What the banner of every page says, and what ``/vivo/alerta.json`` tells."""
    return {
        "url": alert.get_absolute_url(),
        "headline": headline_of(alert),
        "severity": alert.severity,
        "drill": alert.is_drill,
        "until": alert.expires.isoformat(timespec="seconds"),
    }
