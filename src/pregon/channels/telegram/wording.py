"""A message in Telegram's HTML, fitted to what a chat may hold. Telegram counts what is seen, in UTF-16 units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from django.utils.translation import gettext as _

from pregon.channels.fitting import Marks, fitted, units
from pregon.channels.photos import described
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Picture

TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is sent with ``parse_mode=HTML``."""

    marked: str

    @property
    def seen(self) -> str:
        return seen(self.marked)


def worded(parcel: Parcel, *, limit: int, picture: Picture | None = None) -> Wording:
    """The parcel's message in at most ``limit`` units, and what ``picture`` shows where one goes along. The headline
    and the links always fit; the text gives way.
    """
    foot = foot_of(parcel, picture)
    return Wording(marked=fitted(parcel.message, foot, limit=limit, measure=length, marks=MARKS))


def foot_of(parcel: Parcel, picture: Picture | None) -> str:
    """The lines that always stand: what the photo shows, since a bot has no field for it, and the links."""
    links = " · ".join(f'<a href="{escape(url)}">{plain(label)}</a>' for label, url in links_of(parcel))
    return "\n".join(filter(None, (plain(described(picture)) if picture else "", links)))


def links_of(parcel: Parcel) -> list[tuple[str, str]]:
    message = parcel.message
    if message.kind == MessageKind.SERVICE:
        own = message.url or parcel.confirm_url or parcel.preferences_url
        return [(message.action, own)] if own and message.action else []
    links = [(message.action or _("Leer en el sitio"), message.url)] if message.url else []
    if parcel.preferences_url:
        links.append((_("Preferencias"), parcel.preferences_url))
    return links


def plain(text: str) -> str:
    return escape(text, quote=False)


def bold(text: str) -> str:
    return f"<b>{plain(text)}</b>"


def italic(text: str) -> str:
    return f"<i>{plain(text)}</i>"


def seen(marked: str) -> str:
    return unescape(TAG.sub("", marked))


def length(marked: str) -> int:
    return units(seen(marked))


MARKS = Marks(heading=bold, dek=italic, text=plain)
