"""What Meta's notices say: what became of our messages, and what people write to us.

They come late, twice and out of order; each says one thing that holds by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from pregon.channels.graph import moment
from pregon.channels.whatsapp.cloud import problem_in
from pregon.channels.whatsapp.numbers import reported
from pregon.core.text import fold
from pregon.delivery.contract import Arrival, Fate, Heard, Notice, Report, Wish
from pregon.delivery.errors import DestinationGone, Rejected

HELLO, GOODBYE = {"alta", "start"}, {"baja", "stop", "alto"}
#: A greeting asks to subscribe only where nothing else is said.
GREETING = ["hola"]
FATES = {"sent": Fate.TAKEN, **dict.fromkeys(("delivered", "read", "played"), Fate.DELIVERED)}
PREFERENCES = {"stop": Wish.BLOCK, "resume": Wish.SUBSCRIBE}


def introduced(notice: Notice, *, verify_token: str) -> Heard:
    """The answer to Meta's first call, which asks whether this door is ours."""
    given = notice.query.get("hub.verify_token", "")
    if notice.query.get("hub.mode") != "subscribe" or not same(given, verify_token):
        raise Rejected(
            _("La clave de verificación no es la del canal: escribe la misma en Meta y en Envíos, Canales.")
        )
    return Heard(answer=notice.query.get("hub.challenge", ""))


def heard(notice: Notice, *, app_secret: str, phone_number_id: str) -> Heard:
    """What happened at our number. Raises ``Rejected`` for a call that Meta did not sign."""
    signed = notice.headers.get("x-hub-signature-256", "")
    key = app_secret.encode()
    if not key or not same(signed, "sha256=" + hmac.new(key, notice.body, hashlib.sha256).hexdigest()):
        raise Rejected(_("La firma del aviso no es de Meta."))
    try:
        told = json.loads(notice.body)
    except ValueError as garbled:
        raise Rejected(_("El aviso no se puede leer.")) from garbled
    changes = [change for entry in told.get("entry", []) for change in entry.get("changes", [])]
    ours = [
        change["value"]
        for change in changes
        if change.get("value", {}).get("metadata", {}).get("phone_number_id") == phone_number_id
    ]
    return Heard(events=[event for value in ours for event in events_in(value)])


def same(given: str, expected: str) -> bool:
    """Compared in constant time; what was never set up is the same as nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def events_in(value: Mapping[str, Any]) -> Iterator[Arrival | Report]:
    names = {
        who: str(contact.get("profile", {}).get("name", ""))
        for contact in value.get("contacts", [])
        for who in (contact.get("wa_id"), contact.get("user_id"))
        if who
    }
    for status in value.get("statuses", []):
        if report := report_of(status):
            yield report
    for message in value.get("messages", []):
        if message.get("type") != "system" and "group_id" not in message:
            who = message.get("from"), message.get("from_user_id")
            yield from arrival_from(who, names, wish_in(message), at=moment_in(message))
    for preference in value.get("user_preferences", []):
        wish = PREFERENCES.get(str(preference.get("value", "")), Wish.NOTHING)
        who = preference.get("wa_id"), preference.get("user_id")
        yield from arrival_from(who, names, wish, at=moment_in(preference))


def arrival_from(
    called: Iterable[str | None], names: Mapping[str, str], wish: Wish, *, at: datetime | None
) -> Iterator[Arrival]:
    """By the number where it is told, for that is how people are known here; else by the user's identifier."""
    for who in filter(None, called):
        if sender := reported(who):
            yield Arrival(sender=sender, name=names.get(who, ""), wish=wish, at=at)
            return


def moment_in(told: Mapping[str, Any]) -> datetime | None:
    seconds = str(told.get("timestamp", ""))
    return moment(int(seconds)) if seconds.isdecimal() else None


def report_of(status: Mapping[str, Any]) -> Report | None:
    """``None`` for what tells nothing."""
    became = str(status.get("status", ""))
    problem = None
    if became == "failed":
        problem = problem_in(next(iter(status.get("errors", [])), {"message": _("no dijo por qué")}))
    elif became not in FATES:
        return None
    gone = isinstance(problem, DestinationGone)
    return Report(
        fate=FATES.get(became, Fate.GONE if gone else Fate.FAILED),
        key=str(status.get("biz_opaque_callback_data", "")),
        reference=str(status.get("id", "")),
        destination=reported(str(status.get("recipient_id") or status.get("recipient_user_id") or "")),
        reason=str(problem or ""),
    )


def wish_in(message: Mapping[str, Any]) -> Wish:
    """What the words ask for, typed or pressed on a button."""
    interactive = message.get("interactive", {})
    said = (
        message.get("text", {}).get("body")
        or message.get("button", {}).get("text")
        or interactive.get("button_reply", {}).get("title")
        or interactive.get("list_reply", {}).get("title")
        or ""
    )
    words = re.findall(r"[^\W_]+", fold(str(said)))
    if not words:
        return Wish.NOTHING
    if words[0] in GOODBYE:
        return Wish.LEAVE
    return Wish.SUBSCRIBE if words[0] in HELLO or words == GREETING else Wish.NOTHING
