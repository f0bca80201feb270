"""What receivers write to us: asking a channel for it, and doing what they ask."""

from __future__ import annotations

import logging
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.core.sealing import SealBroken
from pregon.core.work import Lane
from pregon.delivery.actions.dispatch import dispatch
from pregon.delivery.actions.subscribe import leave, service, subscribe_directly
from pregon.delivery.actions.suppress import suppress
from pregon.delivery.contract import Arrival, Channel, Fate, Heard, Notice, Report, Wish
from pregon.delivery.enums import Mode, Reason, State
from pregon.delivery.errors import DeliveryError
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber
from pregon.delivery.registry import build, channel_class, kinds
from pregon.delivery.values import Audience, Message

logger = logging.getLogger(__name__)

#: A channel that was in trouble is left alone for so long.
REST = timedelta(seconds=30)
#: Somebody who asks the same again is answered once in this time.
PATIENCE = timedelta(minutes=10)
#: What a line is after good news.
BECOMES = {Fate.TAKEN: State.SENT, Fate.DELIVERED: State.DELIVERED}
#: What a line is once its message may have left.
LEFT = [State.UNCERTAIN, State.SENT, State.DELIVERED, State.FAILED]
#: Which lines a fate may still be about, where not those alone that nobody heard of since. What arrived may be called
#: spam, and a server that took a letter may find later that there is no such mailbox.
STILL_HEARS = {
    Fate.TAKEN: [State.UNCERTAIN],
    Fate.GONE: [State.UNCERTAIN, State.SENT, State.DELIVERED],
    Fate.COMPLAINT: [State.UNCERTAIN, State.SENT, State.DELIVERED],
}


def collect_due(*, at: datetime) -> int:
    """Ask each live channel what came in, and do it; returns how many arrivals there were."""
    asked = [kind for kind in kinds() if channel_class(kind).collect is not Channel.collect]
    accounts = ChannelAccount.objects.filter(kind__in=asked, mode=Mode.LIVE).order_by("kind")
    return sum(collect_from(account, at=at) for account in accounts)


def collect_from(account: ChannelAccount, *, at: datetime) -> int:
    """What came in on one channel since the last time. The cursor moves only past what was done."""
    if account.last_failure_at and at - account.last_failure_at < REST:
        return 0
    try:
        events = build(account.kind, account.options).collect(account.cursor)
    except (DeliveryError, SealBroken) as problem:
        logger.warning(
            "Channel cannot be read", extra={"channel": account.kind, "problem": type(problem).__name__}
        )
        ChannelAccount.objects.filter(pk=account.pk).update(
            last_failure_at=at, last_failure=str(problem)[:300], deaf=True
        )
        return 0
    except Exception:  # a fault of ours in one channel: the others must be heard
        logger.exception("Channel cannot be read", extra={"channel": account.kind})
        return 0
    if account.deaf:
        ChannelAccount.objects.filter(pk=account.pk, deaf=True).update(
            last_failure_at=None, last_failure="", deaf=False
        )
    for event in events:
        with transaction.atomic():
            heed(event, channel=account.kind, at=at)
            if event.cursor:
                ChannelAccount.objects.filter(pk=account.pk).update(cursor=event.cursor)
    return len(events)


def hear(kind: str, notice: Notice, *, at: datetime) -> Heard:
    """What a provider's call to our door says, and doing it. Raises ``Rejected`` for one that is not theirs."""
    account = ChannelAccount.objects.filter(kind=kind, mode=Mode.LIVE).first()
    if account is None:
        return Heard(status=404)
    heard = build(account.kind, account.options).hear(notice)
    for event in heard.events:
        with transaction.atomic():
            heed(event, channel=kind, at=at)
    return heard


def heed(event: Arrival | Report, *, channel: str, at: datetime) -> None:
    """Do what was heard. Anybody can write to us: what nobody foresaw is logged and holds up nothing behind it."""
    try:
        with transaction.atomic():
            follow(storable(event), channel=channel, at=at)
    except (OperationalError, InterfaceError):
        raise  # the database is away: it will be heard again
    except Exception:  # a fault of ours in what one says: those behind it must be heard
        logger.exception("An arrival could not be followed", extra={"channel": channel})


def storable(event: Arrival | Report) -> Arrival | Report:
    """Without the one letter that PostgreSQL does not keep."""
    said: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    broken = {name: words for name, words in said.items() if isinstance(words, str) and "\0" in words}
    whole: dict[str, Any] = {name: words.replace("\0", "") for name, words in broken.items()}
    return replace(event, **whole)


def follow(event: Arrival | Report, *, channel: str, at: datetime) -> None:
    if isinstance(event, Report):
        record(event, channel=channel, at=at)
    else:
        grant(event, channel=channel, at=at)


def record(report: Report, *, channel: str, at: datetime) -> None:
    """Late news of a message. States only move forward: an older word than what is known changes nothing."""
    lines = told_of(report, channel=channel)
    line = lines.order_by("-pk").first()
    if line is not None and report.fate != Fate.COMPLAINT:
        lines.filter(pk=line.pk).exclude(state=State.DELIVERED).update(
            state=BECOMES.get(report.fate, State.FAILED),
            reference=(line.reference or report.reference)[:300],
            reason=report.reason[:300],
            settled_at=at,
            lease_until=None,
            attempted_at=None,
            claim=None,
        )
    if report.fate in {Fate.GONE, Fate.COMPLAINT}:
        known = Subscriber.objects.filter(channel=channel, broadcast=False)
        person = (
            known.filter(pk=line.subscriber_id).first()
            if line is not None and line.subscriber_id
            else known.filter(address=report.destination, address__gt="").first()
        )
        if person is not None:
            reason = Reason.GONE if report.fate == Fate.GONE else Reason.COMPLAINT
            suppress(channel, person.address, reason=reason, at=at)


def told_of(report: Report, *, channel: str) -> QuerySet[Delivery]:
    """The lines that a report may be about. News with our key finds even one that a worker still holds, for it may
    come before the answer does, or instead of it."""
    lines = Delivery.objects.filter(channel=channel)
    known = Q(state__in=STILL_HEARS.get(report.fate, [State.UNCERTAIN, State.SENT]))
    if report.key:
        dispatch_id, _dash, pk = report.key.partition("-")
        if not (dispatch_id.isdecimal() and pk.isdecimal()):
            return lines.none()
        if report.reference:
            known |= Q(state=State.LEASED, attempted_at__isnull=False)
        return lines.filter(known, dispatch_id=int(dispatch_id), pk=int(pk))
    if report.reference:
        return lines.filter(known, reference=report.reference)
    # By way of the subscriber, for no index leads from an address to its lines. The last that left is meant and no
    # other: what is told twice would go on to the one before it.
    person = Subscriber.objects.filter(channel=channel, address=report.destination, address__gt="")
    left = lines.filter(subscriber__in=person, destination=report.destination, state__in=LEFT)
    return lines.filter(known, pk__in=left.order_by("-pk").values("pk")[:1])


def grant(arrival: Arrival, *, channel: str, at: datetime) -> None:
    """Do what somebody asks. Doing it twice changes nothing and answers once."""
    wrote_at = min(arrival.at or at, at)
    known = Subscriber.objects.filter(channel=channel, address=arrival.sender)
    # A word that comes late, or once more, does not undo a newer yes.
    ending = known.filter(broadcast=False).exclude(confirmed_at__gt=wrote_at)
    if arrival.wish == Wish.SUBSCRIBE and not known.filter(left_at__gt=wrote_at).exists():
        consent = _("Escribió a nuestra cuenta para recibir los boletines.")
        subscriber = subscribe_directly(
            arrival.sender, channel=channel, name=arrival.name[:120], consent=consent, at=wrote_at
        )
        message = replace(welcome(), answers=arrival.reference)
        answer(subscriber, message, f"welcome/{subscriber.confirmed_at or at}", at=at)
    elif arrival.wish == Wish.GONE and (person := ending.first()):
        suppress(channel, person.address, reason=Reason.GONE, at=wrote_at)
    elif arrival.wish in {Wish.LEAVE, Wish.BLOCK} and (person := ending.first()):
        leave(person, at=wrote_at)
        if arrival.wish == Wish.LEAVE:
            answer(person, farewell(), f"farewell/{person.left_at or at}", at=at)
    older = Q(last_heard_at__isnull=True) | Q(last_heard_at__lt=wrote_at)
    known.filter(older).update(last_heard_at=wrote_at)


def answer(subscriber: Subscriber, message: Message, about: str, *, at: datetime) -> None:
    """Once for what it is ``about``, in the time that somebody may ask the same again."""
    window = int(at.timestamp() // PATIENCE.total_seconds())
    dispatch(
        message,
        key=f"delivery.subscriber/{subscriber.pk}/{about}/{window}",
        origin=f"delivery.subscriber/{subscriber.pk}",
        lane=Lane.NOW,
        audience=Audience(subscribers=(subscriber.pk,)),
        at=at,
    )


def welcome() -> Message:
    return service(
        headline=_("Te damos la bienvenida"),
        text=_(
            "Desde ahora recibirás aquí los boletines de %(office)s. Para elegir los temas usa el enlace; "
            "para dejar de recibirlos escribe /baja."
        )
        % {"office": Office.load()},
        action=_("Elegir mis temas"),
    )


def farewell() -> Message:
    return service(
        headline=_("Te diste de baja"),
        text=_("Ya no te enviaremos boletines. Si quieres volver a recibirlos, escribe /start."),
    )
