"""A message as the plain words of a post, fitted to what a network lets one hold: one rule for all of them.

The headline and the link always stay whole; the text gives way, at the end of a word.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message, Picture

GAP = "\n\n"
#: A headline never pushes the link out of the post.
HEADLINE = 300
#: Less room than this holds no sentence worth beginning.
FEWEST = 40

Measure = Callable[[str], int]


def units(text: str) -> int:
    """The length as most networks count it: in UTF-16 units, so that most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(text: str, limit: int, *, measure: Measure = units) -> str:
    """:func:`shorten`, counting as the network does."""
    room = limit
    while room > 0 and measure(kept := shorten(text, room)) > limit:
        room -= measure(kept) - limit
    return kept if room > 0 else ""


def fitted(head: str, body: list[str], foot: str = "", *, limit: int, measure: Measure = units) -> str:
    """The pieces in at most ``limit``, the weightiest of ``body`` first."""
    foot_size = measure(GAP + foot) if foot else 0
    kept = [fit(head.strip(), min(HEADLINE, limit - foot_size), measure=measure)]
    room = limit - foot_size - measure(kept[0])
    for text in filter(None, map(str.strip, body)):
        left = room - measure(GAP)
        if left < min(FEWEST, measure(text)):
            break
        piece = fit(text, left, measure=measure)
        kept.append(piece)
        room = left - measure(piece)
        if piece != text:
            break
    return GAP.join([*kept, foot] if foot else kept)


def heading_of(message: Message) -> str:
    headline = message.headline.strip()
    if message.kind == MessageKind.CORRECTION:
        return _("Corrección: %(headline)s") % {"headline": headline}
    return headline


def body_of(message: Message) -> list[str]:
    """What follows the headline, the weightiest first."""
    text = GAP.join(line for block in message.blocks if (line := line_of(block)))
    if text and message.dateline:
        text = f"{message.dateline}. {text}"
    return [message.notice, message.dek, text]


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


# --- What a preview shows -----------------------------------------------------------------------------------


def shown(picture: Picture) -> str:
    return _("[Foto: %(alt)s]") % {"alt": picture.alt}


def as_html(text: str) -> str:
    return escape(text).replace("\n", "<br>")
