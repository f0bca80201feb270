"""What a mail service tells at our door about letters that it took, signed as Standard Webhooks asks.

A service with a form of its own is brought to this one by a few lines in between; the README shows the form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from pregon.channels.email.address import bare
from pregon.delivery.contract import Fate, Heard, Notice, Report
from pregon.delivery.errors import Rejected

PREFIX = "whsec_"
#: A call older than this is somebody's copy.
FRESH = timedelta(minutes=5)
MOST = 1000


def heard(notice: Notice, *, secret: str, at: datetime) -> Heard:
    """The fates that a call tells. Raises ``Rejected`` for one that does not bear our signature."""
    if not secret:
        return Heard(status=404)
    if notice.method != "POST" or not is_theirs(notice, secret=secret, at=at):
        raise Rejected(_("El aviso de rebotes no trae la firma de esta oficina."))
    try:
        told = json.loads(notice.body)
        events = told["events"][:MOST]
        return Heard(events=[report for event in events for report in report_of(event)])
    except (ValueError, KeyError, TypeError, AttributeError):
        return Heard(status=400)


def is_theirs(notice: Notice, *, secret: str, at: datetime) -> bool:
    name, moment, given = (
        notice.headers.get(f"webhook-{what}", "") for what in ("id", "timestamp", "signature")
    )
    if (
        not moment.isdecimal()
        or len(moment) > 12
        or abs(at.timestamp() - int(moment)) > FRESH.total_seconds()
    ):
        return False
    told = f"{name}.{moment}.".encode() + notice.body
    expected = b"v1," + base64.b64encode(hmac.new(key_in(secret), told, hashlib.sha256).digest())
    return any(hmac.compare_digest(one.encode(), expected) for one in given.split(" "))


def report_of(event: dict[str, Any]) -> Iterator[Report]:
    """Nothing for a fate that we do not know, or one of nobody."""
    reference, destination = str(event.get("reference", "")), str(event.get("destination", ""))
    with suppress(Rejected):
        destination = bare(destination)
    if event.get("fate") in set(Fate) and (reference or destination):
        yield Report(
            fate=Fate(event["fate"]),
            reference=reference,
            destination=destination,
            reason=str(event.get("reason", "")),
        )


def key_in(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return b""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return b""
