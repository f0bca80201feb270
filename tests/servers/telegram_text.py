"""How Telegram reads ``parse_mode=HTML``: a short list of tags, and nothing else left unescaped."""

from __future__ import annotations

import re

TAGS = frozenset(
    "a b blockquote code del em i ins pre s span strike strong tg-emoji tg-spoiler u".split()  # noqa: SIM905 - reads better
)
PIECE = re.compile(
    r"<(?P<closing>/?)(?P<tag>[a-z][a-z0-9-]*)(?P<attributes>(?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>"
    r"|&(?:(?P<name>lt|gt|amp|quot)|#(?P<number>\d+)|#x(?P<hexadecimal>[0-9a-f]+));"
    r"|(?P<stray>[<>&])",
    re.IGNORECASE,
)
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


class MarkupError(ValueError):
    """The reason follows "can't parse entities: "."""


def plain(marked: str) -> str:
    """What the reader sees of ``marked``. Stricter than Telegram, which forgives a lone ``>`` or ``&``."""
    seen: list[str] = []
    open_tags: list[str] = []
    end = 0
    for piece in PIECE.finditer(marked):
        seen.append(marked[end : piece.start()])
        end = piece.end()
        offset = len(marked[: piece.start()].encode())
        if piece["stray"]:
            msg = f'Unsupported start tag "{piece["stray"]}" at byte offset {offset}'
            raise MarkupError(msg)
        if piece["tag"]:
            _turn(open_tags, piece["tag"].lower(), closing=bool(piece["closing"]), offset=offset)
        elif piece["name"]:
            seen.append(NAMED[piece["name"].lower()])
        else:
            seen.append(chr(int(piece["number"] or piece["hexadecimal"], 10 if piece["number"] else 16)))
    if open_tags:
        msg = f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"'
        raise MarkupError(msg)
    return "".join([*seen, marked[end:]])


def _turn(open_tags: list[str], tag: str, *, closing: bool, offset: int) -> None:
    if not closing:
        if tag not in TAGS:
            msg = f'Unsupported start tag "{tag}" at byte offset {offset}'
            raise MarkupError(msg)
        open_tags.append(tag)
    elif not open_tags or open_tags.pop() != tag:
        msg = f'Unmatched end tag at byte offset {offset}, found "</{tag}>"'
        raise MarkupError(msg)


def length(text: str) -> int:
    """Telegram counts as JavaScript does: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2
