"""Setting up a channel: its mode and its options, which are sealed and never shown again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from pregon.accounts.models import User
from pregon.delivery.enums import Mode
from pregon.delivery.models import ChannelAccount
from pregon.delivery.registry import channel_class, options_from

logger = logging.getLogger(__name__)


@transaction.atomic
def set_up(
    kind: str,
    *,
    mode: Mode,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    per_minute: int | None = None,
    per_day: int | None = None,
) -> ChannelAccount:
    """Store ``values``, ``mode`` and the pace. A secret left empty keeps the stored one. Raises ``Misconfigured`` when
    the channel shall go live and something is still missing."""
    options_class = channel_class(kind).options_class
    secret = options_class.secret
    account = ChannelAccount.objects.select_for_update().filter(kind=kind).first() or ChannelAccount(
        kind=kind
    )
    stored = account.options
    merged = options_class.prepared(
        {
            name: stored.get(name, "") if name in secret and not value else value
            for name, value in values.items()
        }
    )
    if mode == Mode.LIVE:
        options_from(kind, merged)
    if merged != stored:  # another key has another life, which is asked for soon
        account.token_issued_at = account.token_expires_at = account.token_checked_at = None
        account.token_warned = None
    account.mode, account.options = mode, merged
    account.per_minute, account.per_day = per_minute, per_day
    # What went wrong with the former settings holds nothing up and worries nobody any more.
    account.busy_until = account.last_failure_at = None
    account.last_failure, account.deaf = "", False
    account.save()
    logger.info(
        "Channel set up", extra={"channel": kind, "mode": mode.value, "by": by.pk, "at": at.isoformat()}
    )
    return account
