"""What receivers write to us: asking a channel for it, and doing what they ask."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
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
            last_failure_at=at, last_failure=str(problem)[:300]
        )
        return 0
    for event in events:
        with transaction.atomic():
            follow(event, channel=account.kind, at=at)
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
            follow(event, channel=kind, at=at)
    return heard


def follow(event: Arrival | Report, *, channel: str, at: datetime) -> None:
    if isinstance(event, Report):
        record(event, channel=channel, at=at)
    else:
        grant(event, channel=channel, at=at)


def record(report: Report, *, channel: str, at: datetime) -> None:
    """Late news of a message. States only move forward: an older word than what is known changes nothing."""
    lines = Delivery.objects.filter(channel=channel, state__in=[State.SENT, State.UNCERTAIN])
    if report.reference:
        lines = lines.filter(reference=report.reference)
    else:
        lines = lines.filter(destination=report.destination, destination__gt="")
    line = lines.order_by("-pk").first()
    if line is not None and report.fate != Fate.COMPLAINT:
        state = State.DELIVERED if report.fate == Fate.DELIVERED else State.FAILED
        lines.filter(pk=line.pk).update(state=state, reason=report.reason[:300], settled_at=at)
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


def grant(arrival: Arrival, *, channel: str, at: datetime) -> None:
    """Do what somebody asks. Doing it twice changes nothing and answers once."""
    Subscriber.objects.filter(channel=channel, address=arrival.sender).update(last_heard_at=at)
    if arrival.wish == Wish.SUBSCRIBE:
        consent = _("Escribió a nuestra cuenta para recibir los boletines.")
        subscriber = subscribe_directly(
            arrival.sender, channel=channel, name=arrival.name[:120], consent=consent, at=at
        )
        Subscriber.objects.filter(pk=subscriber.pk).update(last_heard_at=at)
        answer(subscriber, welcome(), since=subscriber.confirmed_at or at, at=at)
    elif arrival.wish in {Wish.LEAVE, Wish.BLOCK}:
        known = Subscriber.objects.filter(channel=channel, address=arrival.sender, broadcast=False).first()
        if known is None:
            return
        leave(known, at=at)
        if arrival.wish == Wish.LEAVE:
            answer(known, farewell(), since=known.left_at or at, at=at)


def answer(subscriber: Subscriber, message: Message, *, since: datetime, at: datetime) -> None:
    window = int(at.timestamp() // PATIENCE.total_seconds())
    dispatch(
        message,
        key=f"delivery.subscriber/{subscriber.pk}/{since.timestamp():.0f}/{window}",
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
