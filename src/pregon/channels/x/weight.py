"""How long a text is to X: most letters weigh 1, emoji and the scripts of Asia 2, and any link 23.

The ranges are those of the third configuration that X publishes with its own counter. Whatever is not sure to be
lighter counts as the heavier, so that no post is refused for its length.
"""

from __future__ import annotations

import re
import unicodedata

from pregon.core.text import address_in

LINK = 23
#: Letters of these ranges weigh 1, any other 2.
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

#: An address with its scheme, or a bare domain: X turns both into links, and charges for both.
_link = re.compile(
    r"(?P<full>https?://[^\s<>\"«»“”]+)"
    r"|(?<![\w@./:-])(?P<bare>(?:[^\W_](?:[\w-]*[^\W_])?\.)+[a-z]{2,24}(?![\w@])(?:/[^\s<>\"«»“”]*)?)",
    re.IGNORECASE,
)
_pictograph = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_one = f"{_pictograph}\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
#: One that is seen as one: a flag, a key, or pictures joined by a joiner.
_emoji = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_one}(?:\u200d{_one})*")


def weight(text: str) -> int:
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for start, end in spans(text):
        own = words(text[start:end])
        total += words(text[at:start]) + (LINK if "://" in text[start:end] else max(LINK, own))
        at = end
    return total + words(text[at:])


def words(text: str) -> int:
    """The weight of what is no link."""
    emoji = [match[0] for match in _emoji.finditer(text)]
    return 2 * len(emoji) + sum(map(letter, _emoji.sub("", text)))


def letter(character: str) -> int:
    return 1 if any(first <= ord(character) <= last for first, last in LIGHT) else 2


def has_link(text: str) -> bool:
    return bool(spans(text))


def spans(text: str) -> list[tuple[int, int]]:
    """Where the links stand; the point or bracket that follows one is not of it."""
    return [(match.start(), match.start() + len(address_in(match[0]))) for match in _link.finditer(text)]
