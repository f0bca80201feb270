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
from pregon.delivery.contract import Arrival, Channel, Wish
from pregon.delivery.enums import Mode
from pregon.delivery.errors import DeliveryError
from pregon.delivery.models import ChannelAccount, Subscriber
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
        arrivals = build(account.kind, account.options).collect(account.cursor)
    except (DeliveryError, SealBroken) as problem:
        logger.warning(
            "Channel cannot be read", extra={"channel": account.kind, "problem": type(problem).__name__}
        )
        ChannelAccount.objects.filter(pk=account.pk).update(
            last_failure_at=at, last_failure=str(problem)[:300]
        )
        return 0
    for arrival in arrivals:
        with transaction.atomic():
            follow(arrival, channel=account.kind, at=at)
            ChannelAccount.objects.filter(pk=account.pk).update(cursor=arrival.cursor)
    return len(arrivals)


def follow(arrival: Arrival, *, channel: str, at: datetime) -> None:
    """Do what somebody asks. Doing it twice changes nothing and answers once."""
    if arrival.wish == Wish.SUBSCRIBE:
        consent = _("Escribió a nuestra cuenta para recibir los boletines.")
        subscriber = subscribe_directly(
            arrival.sender, channel=channel, name=arrival.name[:120], consent=consent, at=at
        )
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
