"""A message in a place with a limit: one rule for all channels, whatever they count and however they mark words.

Headline and foot stand whole; what is between them gives way, the least weighty last, and never inside a word or link.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from django.utils.translation import gettext as _

from pregon.core.text import addresses, has_address, shorten
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block, Message, Video

GAP = "\n\n"
#: A headline never pushes the text out of the message.
HEADLINE = 300
#: Less room than this holds no sentence worth beginning.
FEWEST = 40

Measure = Callable[[str], int]
BOLD = re.compile(r"(?<!\w)\*([^*\n]+)\*(?!\w)")
ITALIC = re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)")
#: What stands in the place of a link while marks are looked for.
HIDDEN = "\0"

Mark = Callable[[str], str]


def units(text: str) -> int:
    """The length as most clients count it: in UTF-16 units, so that most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(
    text: str, limit: int, measure: Measure = units, *, before: str = "", mark: Mark = str, after: str = ""
) -> str:
    """As much of ``text`` as :func:`shorten` keeps within ``limit``, its marks and what stands around it included."""

    def fits(words: str) -> bool:
        return measure(before + mark(words) + after) <= limit

    text = text.strip()
    if fits(text):
        return text
    most, beyond = 0, len(text)
    while beyond - most > 1:
        room = (most + beyond) // 2
        if fits(shorten(text, room)):
            most = room
        else:
            beyond = room
    return shorten(text, most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How a network writes the parts of a message. The marks count too."""

    heading: Mark = str
    dek: Mark = str
    text: Mark = str


def as_read(text: str) -> str:
    """HTML that shows the marks as a phone does; a link has none."""
    words, links, at = "", [], 0
    text = text.replace(HIDDEN, "")
    for start, end in addresses(text):
        words, at = words + text[at:start] + HIDDEN, end
        links.append(escape(text[start:end], quote=False))
    marked = BOLD.sub(r"<b>\1</b>", ITALIC.sub(r"<i>\1</i>", escape(words + text[at:], quote=False)))
    shown = iter(links)
    return re.sub(HIDDEN, lambda _place: next(shown), marked).replace("\n", "<br>")


def starred(text: str) -> str:
    return between("*", text)


def slanted(text: str) -> str:
    return between("_", text)


def between(sign: str, text: str) -> str:
    """The words between signs. A link, or a word that holds the sign itself, stands outside them as it is written."""

    def as_written(word: str) -> bool:
        return sign in word or has_address(word)

    return " ".join(
        words if kept else f"{sign}{words}{sign}"
        for kept, run in groupby(text.split(" "), key=as_written)
        for words in [" ".join(run)]
    )


PLAIN = Marks()
#: WhatsApp's, which its people and its public channels read alike.
STARRED = Marks(heading=starred, dek=slanted)


def fitted(
    message: Message,
    foot: str = "",
    *,
    limit: int,
    measure: Measure = units,
    gap: str = GAP,
    marks: Marks = PLAIN,
) -> str:
    """The message in at most ``limit``: headline, what changed, second headline, text and foot."""
    parts = [
        (fit(heading_of(message), HEADLINE, measure), marks.heading),
        (message.notice.strip(), marks.text),
        (one_line(message.dek), marks.dek),
        (text_of(message, gap=gap), marks.text),
    ]
    said, tail = "", gap + foot if foot else ""
    for words, mark in parts:
        if not words:
            continue
        before = said + gap if said else ""
        if said and limit - measure(before + mark("") + tail) < min(FEWEST, measure(words)):
            break
        kept = fit(words, limit, measure, before=before, mark=mark, after=tail)
        if said and kept in {"", "…"}:
            break
        said = before + mark(kept)
        if kept != words:
            break
    return (said + tail).strip()


# --- What a message says ------------------------------------------------------------------------------------


def heading_of(message: Message) -> str:
    headline = one_line(message.headline)
    if message.kind == MessageKind.CORRECTION:
        return _("Corrección: %(headline)s") % {"headline": headline}
    return headline


def text_of(message: Message, *, gap: str = GAP) -> str:
    """The body, a paragraph for each block, with its dateline and with what the video shows."""
    lines = [*map(line_of, message.blocks), seen_in(message.video) if message.video else ""]
    text = gap.join(filter(None, lines))
    return f"{message.dateline}. {text}" if text and message.dateline else text


def line_of(block: Block) -> str:
    match block.kind:
        case "quote":
            return f"«{block.text}»" + (f" — {block.label}" if block.label else "")
        case "figure":
            return f"{block.text} {block.label}".strip()
        case "item":
            return f"• {block.text}"
        case "video":
            return _("Video: %(title)s %(address)s") % {"title": block.text, "address": block.label}
        case _other:
            return block.text.strip()


def without_videos(message: Message) -> Message:
    """For where there is little room, or where each link costs: the page has the videos."""
    return replace(message, blocks=tuple(block for block in message.blocks if block.kind != "video"))


def seen_in(video: Video) -> str:
    """What the video shows, for those who do not see it."""
    return _("En el video: %(alt)s") % {"alt": one_line(video.alt)}


def one_line(text: str) -> str:
    """The words of ``text`` with one space between them, and no line break."""
    return " ".join(text.split())


def as_html(text: str) -> str:
    """Plain words as a preview shows them."""
    return escape(text).replace("\n", "<br>")
