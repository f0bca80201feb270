"""The clock of the credentials: asked about, renewed at half their life, and missed in good time.

A provider that cannot be reached says nothing about its token, and no answer of it ever empties one that is stored.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pregon.core.sealing import SealBroken
from pregon.delivery.contract import Channel, Renewal, Token
from pregon.delivery.enums import Mode
from pregon.delivery.errors import DeliveryError, Misconfigured
from pregon.delivery.models import ChannelAccount
from pregon.delivery.registry import build, channel_class, kinds

logger = logging.getLogger(__name__)

#: How often a provider is asked about its token.
ASKED = timedelta(hours=6)
#: Days before the end at which a person is warned.
WARNINGS = (14, 7, 2)


def watch_tokens(*, at: datetime) -> int:
    """Ask about each live channel's token that was not asked about lately; returns how many were."""
    mortal = [kind for kind in kinds() if channel_class(kind).token is not Channel.token]
    accounts = ChannelAccount.objects.filter(kind__in=mortal, mode=Mode.LIVE).order_by("kind")
    due = [one for one in accounts if one.token_checked_at is None or at - one.token_checked_at >= ASKED]
    for account in due:
        watch(account, at=at)
    return len(due)


def watch(account: ChannelAccount, *, at: datetime) -> None:
    try:
        channel = build(account.kind, account.options)
        token = channel.token()
    except (Misconfigured, SealBroken) as dead:
        logger.warning("Token is dead", extra={"channel": account.kind})
        ChannelAccount.objects.filter(pk=account.pk).update(
            token_checked_at=at, last_failure_at=at, last_failure=str(dead)[:300], deaf=False
        )
        return
    except DeliveryError:  # it could not be asked: that says nothing about the token
        logger.info("Token could not be asked about", extra={"channel": account.kind})
        return
    if token is None:
        return
    keep(account, token, at=at)
    if past_half_life(account, at=at):
        renew(account, channel, at=at)
    warn(account, at=at)


def keep(account: ChannelAccount, token: Token, *, at: datetime) -> None:
    """Note its life. One whose beginning the provider does not tell began when it was first seen."""
    if token.expires_at != account.token_expires_at:
        account.token_warned = None
    seen = account.token_issued_at if token.expires_at == account.token_expires_at else None
    account.token_issued_at = token.issued_at or seen or at
    account.token_expires_at = token.expires_at
    account.token_checked_at = at
    account.save(update_fields=["token_issued_at", "token_expires_at", "token_checked_at", "token_warned"])


def past_half_life(account: ChannelAccount, *, at: datetime) -> bool:
    issued, expires = account.token_issued_at, account.token_expires_at
    return issued is not None and expires is not None and at >= issued + (expires - issued) / 2


def renew(account: ChannelAccount, channel: Channel[Any], *, at: datetime) -> None:
    """A fresh token in place of the old one, unless a person has just written another one."""
    try:
        renewal = channel.renew()
    except DeliveryError as problem:
        logger.warning(
            "Token could not be renewed", extra={"channel": account.kind, "problem": type(problem).__name__}
        )
        return
    if renewal is not None:
        store(account, renewal, at=at)


def store(account: ChannelAccount, renewal: Renewal, *, at: datetime) -> None:
    fresh = {name: value for name, value in renewal.values.items() if value}
    with transaction.atomic():
        stored = ChannelAccount.objects.select_for_update().get(pk=account.pk)
        if not fresh or stored.options != account.options:
            logger.warning("Renewed token was not stored", extra={"channel": account.kind})
            return
        stored.options = stored.options | fresh
        stored.save(update_fields=["sealed_options"])
    account.refresh_from_db()
    keep(account, renewal.token, at=at)
    logger.info("Token renewed", extra={"channel": account.kind})


def warn(account: ChannelAccount, *, at: datetime) -> None:
    """Note the nearest warning that has come; the desk shows it from then on."""
    if account.token_expires_at is None:
        return
    left = account.token_expires_at - at
    reached = min((days for days in WARNINGS if left <= timedelta(days=days)), default=None)
    if reached is not None and (account.token_warned is None or reached < account.token_warned):
        account.token_warned = reached
        account.save(update_fields=["token_warned"])
        logger.warning("Token ends soon", extra={"channel": account.kind, "days": reached})
