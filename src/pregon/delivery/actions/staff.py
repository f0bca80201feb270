"""A letter to people of the office at their own address: what their work asks of them, and nothing to subscribe to.

Like a trial it has lines of its own and no subscriber, so that it counts nowhere among those who received.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from pregon.core.sealing import SealBroken
from pregon.core.work import Lane, ring
from pregon.delivery.contract import Channel
from pregon.delivery.enums import Mode, State
from pregon.delivery.errors import DeliveryError, Rejected
from pregon.delivery.ledger import turn_of
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch
from pregon.delivery.registry import rehearse
from pregon.delivery.values import Audience, Message

logger = logging.getLogger(__name__)


@transaction.atomic
def tell_staff(
    message: Message,
    *,
    channel: str,
    addresses: Iterable[str],
    key: str,
    origin: str,
    lane: Lane,
    at: datetime,
) -> Dispatch | None:
    """Write to each of ``addresses`` over ``channel``, once for each ``key``. ``None`` where nothing would leave, for
    it is not live or cannot be read: whoever asks says so to a person."""
    account = ChannelAccount.objects.filter(kind=channel, mode=Mode.LIVE).first()
    if account is None:
        return None
    try:
        carrier = rehearse(channel, account.options)
    except (DeliveryError, SealBroken) as trouble:
        logger.warning("Staff cannot be written to", extra={"problem": type(trouble).__name__})
        return None
    letter, new = Dispatch.objects.get_or_create(
        key=key,
        defaults={
            "origin": origin,
            "kind": message.kind,
            "trial": True,
            "lane": lane,
            "headline": message.headline[:300],
            "message_json": message.to_json(),
            "audience_json": Audience(channels=(channel,)).to_json(),
            "created_at": at,
            "prepared_at": at,
        },
    )
    if new:
        lines = [line_to(address, letter, carrier, at=at) for address in addresses]
        Delivery.objects.bulk_create(lines, ignore_conflicts=True)  # two spellings of one address are one
        ring(lane)
    return letter


def line_to(address: str, letter: Dispatch, carrier: Channel[Any], *, at: datetime) -> Delivery:
    """One whose address is none must not keep the others from hearing of it: its line says so."""
    line = Delivery(
        dispatch=letter,
        channel=carrier.kind,
        destination=address,
        lane=letter.lane,
        due_at=turn_of(letter, at=at),
    )
    try:
        line.destination = carrier.normalise(address)
    except Rejected as refusal:
        line.state, line.reason, line.settled_at = State.FAILED, str(refusal)[:300], at
    return line
