"""What a browser shows: a title, a few lines and where they lead, in at most one encrypted record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from pregon.channels.fitting import fit, heading_of, one_line
from pregon.channels.webpush.encryption import LARGEST
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Rejected
from pregon.delivery.values import Message

#: More than any system shows of a title, and of an opened notice.
TITLE, BODY = 120, 480
#: A little less than a record, for a push service may count what we do not see.
ROOM = min(LARGEST, 3900)

_pack = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is read, the same for every receiver of a message."""

    title: str
    body: str


@dataclass(frozen=True, kw_only=True)  # no slots: it is packed once, and remembers
class Notification:
    """The fields that ``/avisos.js`` reads. A notice of the same ``tag`` takes the place of the one before."""

    title: str
    body: str
    url: str
    icon: str
    tag: str
    #: Where the reader chooses topics or leaves; "" for nobody's.
    preferences: str = ""
    #: Whether it wakes the reader also in the place of another one, and stays until it is read.
    urgent: bool = False

    @cached_property
    def packed(self) -> bytes:
        return _pack(vars(self)).encode()


def words_of(message: Message) -> Words:
    return Words(title=fit(heading_of(message), TITLE), body=fit(body_of(message), BODY))


def notification(parcel: Parcel, words: Words, *, tag: str) -> Notification:
    """The parcel's message at its real limit. Links always fit whole; the text gives way."""
    message = parcel.message
    own = parcel.confirm_url if message.kind == MessageKind.SERVICE else ""
    given = Notification(
        title=words.title,
        body=words.body,
        url=message.url or own or settings.BASE_URL + "/",
        icon=f"{settings.BASE_URL}/icono-192.png",
        tag=tag,
        preferences=parcel.preferences_url,
        urgent=parcel.urgent,
    )
    excess = len(given.packed) - ROOM
    if excess <= 0:
        return given
    if (room := weight(words.body) - excess) < 0:
        raise Rejected(_("Los enlaces del aviso son demasiado largos para un navegador: acórtalos."))
    return replace(given, body=fit(words.body, room, weight))


def body_of(message: Message) -> str:
    """What comes first of a bulletin: what changed, its second headline, or the way it begins."""
    lead = next((block.text for block in message.blocks if block.text.strip()), "")
    pieces = [message.notice, message.dek or lead]
    return "\n".join(one_line(piece) for piece in pieces if piece.strip())


def weight(text: str) -> int:
    """Its bytes as they leave."""
    return len(_pack(text).encode()) - 2
