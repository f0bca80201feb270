"""A message in Telegram's HTML, fitted to what a chat may hold. Telegram counts what is seen, in UTF-16 units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message

#: A headline never pushes the link out of the message.
HEADLINE = 300
GAP = "\n\n"
FEWEST = 40
"""Less room than this holds no sentence worth beginning."""

TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """``marked`` is what is sent with ``parse_mode=HTML``; ``seen`` what is read."""

    marked: str
    seen: str


def worded(parcel: Parcel, *, limit: int) -> Wording:
    """The parcel's message in at most ``limit`` units. The headline and the links always fit; the text gives way."""
    message = parcel.message
    head = fit(heading_of(message), HEADLINE)
    foot = links_of(parcel)
    seen_foot = " · ".join(label for label, _url in foot)
    room = limit - units(head) - (units(GAP + seen_foot) if foot else 0)
    parts: list[tuple[str, str]] = [("b", head)]
    for tag, text in body_of(message):
        left = room - units(GAP)
        if left < min(FEWEST, units(text)):
            break
        kept = fit(text, left)
        parts.append((tag, kept))
        room = left - units(kept)
        if kept != text:
            break
    marked = [
        f"<{tag}>{escape(text, quote=False)}</{tag}>" if tag else escape(text, quote=False)
        for tag, text in parts
    ]
    seen = [text for _tag, text in parts]
    if foot:
        marked.append(
            " · ".join(f'<a href="{escape(url)}">{escape(label, quote=False)}</a>' for label, url in foot)
        )
        seen.append(seen_foot)
    return Wording(marked=GAP.join(marked), seen=GAP.join(seen))


def heading_of(message: Message) -> str:
    headline = message.headline.strip()
    if message.kind == MessageKind.CORRECTION:
        return _("Corrección: %(headline)s") % {"headline": headline}
    return headline


def body_of(message: Message) -> list[tuple[str, str]]:
    """The pieces after the headline, each with its tag, the weightiest first."""
    pieces = [("", message.notice), ("i", message.dek)]
    text = GAP.join(line for block in message.blocks if (line := line_of(block)))
    if text and message.dateline:
        text = f"{message.dateline}. {text}"
    return [(tag, words.strip()) for tag, words in [*pieces, ("", text)] if words.strip()]


def line_of(block: Block) -> str:
    match block.kind:
        case "quote":
            return f"«{block.text}»" + (f" — {block.label}" if block.label else "")
        case "figure":
            return f"{block.text} {block.label}".strip()
        case "item":
            return f"• {block.text}"
        case _other:
            return block.text.strip()


def links_of(parcel: Parcel) -> list[tuple[str, str]]:
    message = parcel.message
    if message.kind == MessageKind.SERVICE:
        own = message.url or parcel.confirm_url or parcel.preferences_url
        return [(message.action, own)] if own and message.action else []
    links = [(message.action or _("Leer en el sitio"), message.url)] if message.url else []
    if parcel.preferences_url:
        links.append((_("Preferencias"), parcel.preferences_url))
    return links


def fit(text: str, limit: int) -> str:
    """:func:`shorten`, counting as Telegram does."""
    room = limit
    while units(kept := shorten(text, room)) > limit:
        room -= units(kept) - limit
    return kept


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
