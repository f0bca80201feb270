"""A message in WhatsApp's own marks, for the hours in which we may write freely."""

from __future__ import annotations

import re
from html import escape

from django.utils.translation import gettext as _

from pregon.channels.fitting import STARRED, fitted
from pregon.channels.photos import described
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind

BOLD = re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)")
ITALIC = re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)")


def worded(parcel: Parcel, *, limit: int, pictured: bool) -> str:
    """The parcel's message in at most ``limit`` units."""
    return fitted(parcel.message, foot_of(parcel, pictured=pictured), limit=limit, marks=STARRED)


def foot_of(parcel: Parcel, *, pictured: bool) -> str:
    """The lines that always stand: what the photo shows, since no field holds it, where to read on, how to leave."""
    message, lines = parcel.message, []
    if pictured and message.picture:
        lines.append(described(message.picture))
    if message.kind == MessageKind.SERVICE:
        link = message.url or parcel.confirm_url or parcel.preferences_url
        lines += [f"{message.action}: {link}"] if link and message.action else []
    else:
        lines += [f"{message.action or _('Leer en el sitio')}: {message.url}"] if message.url else []
        lines += [_("Para dejar de recibir estos avisos, responde BAJA.")] if parcel.unsubscribe_url else []
    return "\n".join(lines)


def as_read(text: str) -> str:
    """HTML that shows the marks as a phone does."""
    marked = BOLD.sub(r"<b>\1</b>", ITALIC.sub(r"<i>\1</i>", escape(text, quote=False)))
    return marked.replace("\n", "<br>")
