"""Questions about alerts: what holds, whether one may go out, and who may be its second person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from pregon.accounts.models import Locality, User
from pregon.alerts.enums import State
from pregon.alerts.errors import BadArea
from pregon.alerts.models import Alert, AlertOffice, AlertTemplate, ExtraordinaryMessage
from pregon.alerts.values import Circle, Point, Polygon, circle, polygon
from pregon.core.visibility import visible
from pregon.delivery import queries as ledger
from pregon.delivery.enums import OUT, WAITING
from pregon.delivery.models import Delivery, Dispatch

#: Words to fill in: {lugar}, {hora de regreso}.
SLOT = re.compile(r"\{([^{}\n]{1,40})\}")
TEXTS = ("event", "headline", "description", "instruction")
#: Farther than this from every locality of the office, an area is probably a slip of the pen.
FAR_KM = 60
LONG = timedelta(days=7)


#: How long after it ended by itself people are still told that it was a drill: it is in their hands as it came.
REGRET = timedelta(days=7)


# --- What holds ---------------------------------------------------------------------------------------------


def active(at: datetime) -> QuerySet[Alert]:
    """What holds now, real ones first and the newest of them on top."""
    holding = visible(Alert.objects.active(at), at=at).select_related("thread")
    return holding.order_by("status", "-sent")


def next_end(at: datetime) -> datetime | None:
    """When the next of them ends by itself."""
    first: datetime | None = Alert.objects.active(at).aggregate(first=Min("expires"))["first"]
    return first


def waiting() -> QuerySet[Alert]:
    """What waits for its second person, real ones first."""
    found = Alert.objects.filter(state=State.WAITING).select_related("proposer")
    return found.order_by("status", "-proposed_at")


def chain(alert: Alert) -> QuerySet[Alert]:
    """Every message of the chain that went out, the first one first."""
    first = alert.thread_id or alert.pk
    return Alert.objects.sent().filter(Q(pk=first) | Q(thread=first)).order_by("sent", "pk")


def may_be_taken_back(alert: Alert, *, at: datetime) -> bool:
    """Whether it can be said of a real one that it was a drill. CAP lets a message cancel any earlier one, whether or
    not it holds; later than this nobody would understand what is meant."""
    return (
        not alert.is_drill and alert.state in (State.ACTIVE, State.EXPIRED) and at - alert.expires <= REGRET
    )


def dispatch_key(alert: Alert) -> str:
    return f"{alert.origin}/{alert.pk}"


def dispatch_of(alert: Alert) -> Dispatch | None:
    return Dispatch.objects.filter(key=dispatch_key(alert)).first()


def reached(alert: Alert) -> dict[str, int]:
    """How many it reached on each channel, told by the ledger."""
    return ledger.receivers_by_channel(Dispatch.objects.filter(key=dispatch_key(alert)))


def reach_of(message: ExtraordinaryMessage) -> dict[str, int]:
    """The same of a record, also when the ledger has forgotten it."""
    found: dict[str, int] = reached(message.alert) or message.reach
    return found


def unjustified() -> QuerySet[ExtraordinaryMessage]:
    return ExtraordinaryMessage.objects.filter(justified_at__isnull=True).select_related("alert")


# --- Two persons --------------------------------------------------------------------------------------------


def seconds_for(proposer: User) -> QuerySet[User]:
    """Everybody else who may confirm."""
    confirm = Permission.objects.filter(content_type__app_label="alerts", codename="confirm_alert")
    able = Q(is_superuser=True) | Q(groups__permissions__in=confirm) | Q(user_permissions__in=confirm)
    return User.objects.filter(able, is_active=True).exclude(pk=proposer.pk).distinct()


def alone_from(alert: Alert) -> datetime | None:
    """From when on the one who proposed it may send it alone."""
    return alert.proposed_at + timedelta(minutes=AlertOffice.load().minutes) if alert.proposed_at else None


def asking(alert: Alert) -> str:
    """What the delivery engine calls the letters to its second persons."""
    return f"alerts.alert/{alert.pk}/segunda"


def asking_key(alert: Alert) -> str:
    """One for each time it is proposed."""
    return f"{asking(alert)}/{alert.proposed_at:%Y%m%dT%H%M%S.%f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """How the letters that ask for a yes fare. Without any, nobody could be written to."""

    all: int
    out: int
    #: The addresses that it did not reach, or perhaps not.
    missed: tuple[str, ...]


def letters_to_seconds(alert: Alert) -> Letters:
    lines = Delivery.objects.filter(dispatch__key=asking_key(alert)).order_by("destination")
    states = [(line.destination, line.state) for line in lines.only("destination", "state")]
    return Letters(
        all=len(states),
        out=sum(state in OUT for _address, state in states),
        missed=tuple(address for address, state in states if state not in (*OUT, *WAITING)),
    )


def waiting_for(user: User) -> QuerySet[Alert]:
    """What waits for this person's yes, were it to come from them."""
    return waiting().exclude(proposer=user)


# --- Whether it may go out ----------------------------------------------------------------------------------


def slots_of(kind: Alert | AlertTemplate) -> list[str]:
    """The words that are still to be filled in, in the order in which they are read."""
    found = [slot for name in TEXTS for slot in SLOT.findall(getattr(kind, name))]
    return list(dict.fromkeys(found))


def shapes(alert: Alert) -> list[Polygon | Circle]:
    """The free area. Raises ``BadArea``."""
    found: list[Polygon | Circle] = []
    if alert.polygon.strip():
        found.append(polygon(alert.polygon))
    if alert.circle.strip():
        found.append(circle(alert.circle))
    return found


@dataclass(frozen=True, slots=True)
class Near:
    """A locality, and how far it lies from something."""

    km: float
    name: str


def nearest_locality(drawn: Sequence[Polygon | Circle]) -> Near | None:
    """The one nearest to the middle of any of them; none where no coordinates are known."""
    places = (
        Near(min(shape.middle.km_to(Point(float(latitude), float(longitude))) for shape in drawn), name)
        for latitude, longitude, name in Locality.objects.values_list("latitude", "longitude", "name")
        if latitude is not None and longitude is not None
    )
    return min(places, key=lambda near: near.km, default=None)


def problems(alert: Alert, *, at: datetime) -> list[str]:
    """Why it cannot go out as it stands, each in a sentence; none when it may."""
    return list(_problems(alert, at=at))


def _problems(alert: Alert, *, at: datetime) -> Iterator[str]:
    for slot in slots_of(alert):
        yield _("Falta llenar «%(slot)s».") % {"slot": slot}
    for name, sentence in (
        ("headline", _("Escribe el título: es lo primero que se lee.")),
        ("description", _("Escribe qué pasa.")),
        ("instruction", _("Escribe qué debe hacer la gente.")),
    ):
        if not getattr(alert, name).strip():
            yield sentence
    if alert.expires <= at:
        yield _("Esta alerta ya terminó antes de salir: pon una hora de término que no haya pasado.")
    if alert.onset and alert.onset >= alert.expires:
        yield _("La alerta termina antes de empezar: revisa las horas.")
    for name, read in _readers:
        try:
            if text := getattr(alert, name).strip():
                read(text)
        except BadArea as refusal:
            yield str(refusal)
    if alert.replaces and alert.replaces.state != State.ACTIVE:
        yield _("La alerta a la que se refiere ya no está vigente.")


_readers: tuple[tuple[str, Callable[[str], object]], ...] = (("polygon", polygon), ("circle", circle))


def doubts(alert: Alert, *, at: datetime) -> list[str]:
    """What a person should look at twice. It keeps nothing from going out."""
    found = []
    try:
        drawn = shapes(alert)
    except BadArea:
        return []  # a problem already
    for shape in drawn:
        near = nearest_locality([shape])
        if near and near.km > FAR_KM:
            found.append(
                _("El área queda a %(km)d kilómetros de la localidad más cercana: ¿está bien?")
                % {"km": round(near.km)}
            )
    if not alert.localities.exists():
        if not drawn:
            found.append(_("No elegiste localidades: la alerta es para todo el municipio."))
        elif not alert.area.strip():
            found.append(
                _("La zona exacta no tiene nombre: escribe el área en palabras para quien no ve mapas.")
            )
    if alert.expires - at > LONG:
        found.append(_("La alerta dura más de una semana: ¿está bien la hora de término?"))
    return found
