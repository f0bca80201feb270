"""A message sent to oneself before it goes out: the whole true path, to one address that the person types.

It is a dispatch apart, about nothing, with a line of its own, so that it counts nowhere: not for the plan, not among
those who received, and no correction follows it. The photos of a draft are private still: it goes without them.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.core.work import Lane
from pregon.delivery.enums import Mode
from pregon.delivery.errors import DeliveryError
from pregon.delivery.ledger import turn_of
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber
from pregon.delivery.previews import as_it_stands
from pregon.delivery.registry import channel_class, rehearse
from pregon.delivery.values import Audience, Message

logger = logging.getLogger(__name__)


def may_be_tried(kind: str) -> bool:
    """Whether a message can be sent there to one person alone."""
    channel = channel_class(kind)
    return channel.personal and not channel.limits.by_hand


@transaction.atomic
def try_out(message: Message, *, channel: str, address: str, by: User, at: datetime) -> Dispatch:
    """Send ``message`` to ``address`` alone, marked as a trial. Raises ``Rejected`` for what is not an address there,
    and :class:`DeliveryError` on a channel that is not live and for an address that everybody reads."""
    account = ChannelAccount.objects.filter(kind=channel).first() or ChannelAccount(kind=channel)
    if account.mode != Mode.LIVE or not may_be_tried(channel):
        raise DeliveryError(
            _("%(channel)s no está en vivo: enciéndelo en Envíos, Canales, para enviarte una prueba.")
            % {"channel": channel_class(channel).label}
        )
    destination = rehearse(channel, account.options).normalise(address)
    if Subscriber.objects.filter(channel=channel, address=destination, broadcast=True).exists():
        raise DeliveryError(
            _("Lo que llega a %(address)s lo ve todo el mundo: escribe una dirección que solo leas tú.")
            % {"address": destination}
        )
    marked = replace(
        as_it_stands(message), headline=_("Prueba: %(headline)s") % {"headline": message.headline}
    )
    trial = Dispatch.objects.create(
        key=f"delivery.trial/{secrets.token_urlsafe(16)}",
        origin=f"delivery.trial/{by.pk}",
        kind=message.kind,
        trial=True,
        lane=Lane.NOW,
        headline=marked.headline[:300],
        message_json=marked.to_json(),
        audience_json=Audience(channels=(channel,)).to_json(),
        created_at=at,
        prepared_at=at,
    )
    Delivery.objects.create(
        dispatch=trial,
        channel=channel,
        destination=destination,
        lane=Lane.NOW,
        due_at=turn_of(trial, at=at),
    )
    logger.info("Trial asked for", extra={"channel": channel, "by": by.pk})
    return trial
