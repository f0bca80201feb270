"""Lays a message out in a place with a limit: what several channels do in the same way.

The headline and the foot always stand; the text between them gives way, never inside a word or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message, Picture

#: A headline never pushes the link out of the message.
HEADLINE = 300
GAP = "\n\n"
FEWEST = 40
"""Less room than this holds no sentence worth beginning."""

Mark = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words, and how the channel marks them. The marks count too."""

    text: str
    mark: Mark = str


def laid_out(head: Piece, pieces: Iterable[Piece], foot: str, *, limit: int) -> str:
    """Head, as much of the pieces as fits, and foot, in at most ``limit`` units."""
    parts = [head.mark(fit(head.text, HEADLINE))]
    room = limit - units(parts[0]) - (units(GAP + foot) if foot else 0)
    for piece in pieces:
        left = room - units(GAP) - units(piece.mark(""))
        if left < min(FEWEST, units(piece.text)):
            break
        kept = fit(piece.text, left)
        parts.append(piece.mark(kept))
        room -= units(GAP) + units(parts[-1])
        if kept != piece.text:
            break
    return GAP.join([*parts, foot] if foot else parts)


def fit(text: str, limit: int) -> str:
    """:func:`shorten`, counting UTF-16 units, as the clients of chats do."""
    room = limit
    while units(kept := shorten(text, room)) > limit:
        room -= units(kept) - limit
    return kept


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def starred_text(message: Message, foot: str, *, limit: int) -> str:
    """A message with the marks of WhatsApp, which its people and its public channels read alike."""
    pieces = [
        Piece(text=message.notice.strip()),
        Piece(text=one_line(message.dek), mark=slanted),
        Piece(text=text_of(message)),
    ]
    head = Piece(text=heading_of(message), mark=starred)
    return laid_out(head, [piece for piece in pieces if piece.text], foot, limit=limit)


def starred(text: str) -> str:
    return f"*{text.replace('*', '')}*"


def slanted(text: str) -> str:
    return f"_{text.replace('_', ' ')}_"


def one_line(text: str) -> str:
    """The words of ``text`` with one space between them, and no line break."""
    return " ".join(text.split())


# --- What a message says --------------------------------------------------------------------------------------


def heading_of(message: Message) -> str:
    headline = one_line(message.headline)
    if message.kind == MessageKind.CORRECTION:
        return _("Corrección: %(headline)s") % {"headline": headline}
    return headline


def text_of(message: Message) -> str:
    """The body, a paragraph for each block, with its dateline."""
    text = GAP.join(line for block in message.blocks if (line := line_of(block)))
    return f"{message.dateline}. {text}" if text and message.dateline else text


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


def file_of(picture: Picture | None, *, formats: Collection[str], heaviest: int) -> Path | None:
    """The picture's file in the baked site, if it is there and the provider takes its kind and weight."""
    if picture is None:
        return None
    baked = settings.HOME.baked.resolve()
    path = (baked / picture.path).resolve()
    fits = path.is_relative_to(baked) and path.suffix.lower() in formats
    return path if fits and path.is_file() and path.stat().st_size <= heaviest else None
