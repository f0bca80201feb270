"""What networks share when a message must fit: its pieces in order of weight, and a cut that respects words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message, Picture

GAP = "\n\n"
#: Less room than this holds no sentence worth beginning.
FEWEST = 40

Measure = Callable[[str], int]


def fit(text: str, limit: int, measure: Measure = len) -> str:
    """:func:`shorten`, counting as a provider does: neither a word nor an address is ever cut."""
    fits, beyond = 0, len(text) + 1
    while beyond - fits > 1:
        room = (fits + beyond) // 2
        fits, beyond = (room, beyond) if measure(shorten(text, room)) <= limit else (fits, room)
    return shorten(text, fits)


def stacked(
    head: str, pieces: list[str], foot: str, *, limit: int, measure: Measure = len, gap: str = GAP
) -> str:
    """All of it in at most ``limit``. The foot goes whole, then the head; the pieces give way, the last first."""
    tail = gap + foot if foot else ""
    text = fit(head, limit - measure(tail), measure)
    for piece in pieces:
        room = limit - measure(f"{text}{gap}{tail}")
        if room < min(FEWEST, measure(piece)):
            break
        kept = fit(piece, room, measure)
        text = f"{text}{gap}{kept}"
        if kept != piece:
            break
    return (text + tail).strip()


def heading_of(message: Message) -> str:
    headline = message.headline.strip()
    if message.kind == MessageKind.CORRECTION:
        return _("Corrección: %(headline)s") % {"headline": headline}
    return headline


def pieces_of(message: Message, *, gap: str = GAP) -> list[str]:
    """What comes after the headline, the weightiest first."""
    text = gap.join(line for block in message.blocks if (line := line_of(block)))
    if text and message.dateline:
        text = f"{message.dateline}. {text}"
    return [piece.strip() for piece in (message.notice, message.dek, text) if piece.strip()]


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


def baked_file(picture: Picture, *, suffixes: Collection[str], heaviest: int) -> Path | None:
    """The photo's file in the baked site, if it is there and the provider takes its kind and weight."""
    baked = settings.HOME.baked.resolve()
    path: Path = (baked / picture.path).resolve()
    fits = path.is_relative_to(baked) and path.suffix.lower() in suffixes
    return path if fits and path.is_file() and path.stat().st_size <= heaviest else None
