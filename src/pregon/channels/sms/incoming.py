"""What comes in from phones and from the provider: receipts of what we sent, and what people write."""

from __future__ import annotations

import re
from contextlib import suppress

from django.utils.translation import gettext as _

from pregon.channels.sms.alphabet import decode
from pregon.channels.sms.number import e164
from pregon.channels.sms.smpp import Short, Tag
from pregon.delivery.contract import Arrival, Fate, Report, Wish
from pregon.delivery.errors import Rejected

#: In esm_class: this is a receipt; this begins with a header.
RECEIPT, HEADED = 0x04, 0x40
KIND = 0x3C
NUMBER = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
STATE = re.compile(r"\bstat:\s*([A-Z]+)", re.IGNORECASE)
ERROR = re.compile(r"\berr:\s*(\w+)", re.IGNORECASE)
#: What the specification's words for a final state mean; the others are on the way still.
FATES = {
    "DELIVRD": Fate.DELIVERED,
    "EXPIRED": Fate.FAILED,
    "DELETED": Fate.FAILED,
    "UNDELIV": Fate.FAILED,
    "REJECTD": Fate.FAILED,
}
STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
HELLO, GOODBYE = {"alta", "start"}, {"baja", "stop", "alto", "cancelar"}


def is_receipt(short: Short) -> bool:
    return short.esm_class & KIND == RECEIPT


def report_in(short: Short, *, cursor: str, country: str, hexadecimal: bool) -> Report | None:
    """A receipt's news; ``None`` for one that says only that the message is on its way."""
    said = decode(short.content, 0x03)
    told = short.tlv(Tag.MESSAGE_STATE)
    word = STATE.search(said)
    state = STATES.get(told[0], "") if told else word[1].upper()[:7] if word else ""
    if state not in FATES:
        return None
    error = ERROR.search(said)
    return Report(
        fate=FATES[state],
        reference=reference_in(short, said, hexadecimal=hexadecimal),
        destination=sender_of(short, country=country),
        reason=""
        if FATES[state] == Fate.DELIVERED
        else _("La red del teléfono contestó %(state)s (%(error)s).")
        % {"state": state, "error": error[1] if error else "-"},
        cursor=cursor,
    )


def reference_in(short: Short, said: str, *, hexadecimal: bool) -> str:
    """The number that the message was taken under; in the text some providers write it in tens."""
    if told := short.tlv(Tag.RECEIPTED_MESSAGE_ID):
        return known_as(told.rstrip(b"\0").decode("latin-1"), hexadecimal=hexadecimal)
    word = NUMBER.search(said)
    number = word[1] if word else ""
    return number.lstrip("0") if hexadecimal and number.isdecimal() else number


def known_as(number: str, *, hexadecimal: bool) -> str:
    """How a message's number is kept: as it was given, or in tens where receipts tell it so."""
    if hexadecimal:
        with suppress(ValueError):
            return str(int(number, 16))
    return number


def arrival_in(short: Short, *, cursor: str, country: str) -> Arrival:
    content = short.content
    if short.esm_class & HEADED and content:
        content = content[content[0] + 1 :]
    words = re.findall(r"\w+", decode(content, short.data_coding).casefold())
    first = words[0] if words else ""
    wish = Wish.SUBSCRIBE if first in HELLO else Wish.LEAVE if first in GOODBYE else Wish.NOTHING
    sender = sender_of(short, country=country)
    return Arrival(
        sender=sender, name="", wish=wish if sender.startswith("+") else Wish.NOTHING, cursor=cursor
    )


def sender_of(short: Short, *, country: str) -> str:
    """Who wrote, as a number if it is one: a shop's name or a short number stays as it came."""
    international = "+" if short.source_addr_ton == 1 and not short.source_addr.startswith("+") else ""
    try:
        return e164(international + short.source_addr, country=country)
    except Rejected:
        return short.source_addr
