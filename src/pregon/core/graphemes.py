"""Counts what a reader sees as one letter, and cuts between two of them.

Joined are only those that Unicode surely joins (UAX #29): what is left apart here counts as two, so that the count is
never below that of a network which limits a post by it.
"""

from __future__ import annotations

import re
import unicodedata

_mark = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)
_pictograph = "\u203c\u2049\u231a\u231b\u23e9-\u23f3\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614-\u2615"
_pictograph += "\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660"
_pictograph += "\u2663\u2665\u2666\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7"
_pictograph += (
    "\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u2728\u2744\u274c\u2753\u2764\u27a1\u2b1b\u2b50"
)
_pictograph += (
    "\U0001f300-\U0001f320\U0001f32d-\U0001f393\U0001f3a0-\U0001f3f0\U0001f3f3\U0001f3f4\U0001f400-\U0001f4fc"
)
_pictograph += (
    "\U0001f500-\U0001f53d\U0001f5e8\U0001f5fb-\U0001f64f\U0001f680-\U0001f6c5\U0001f90c-\U0001f93a"
)
_pictograph += "\U0001f93c-\U0001f945\U0001f947-\U0001f9ff"
_control = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)

_seen_as_one = re.compile(
    "\r\n"
    f"|[{_control}]"
    f"|[\U0001f1e6-\U0001f1ff]{{2}}[{_mark}]*"
    f"|[{_pictograph}][{_mark}]*(?:\u200d[{_pictograph}][{_mark}]*)*\u200d?"
    f"|[^{_control}][{_mark}]*",
    re.DOTALL,
)


def graphemes(text: str) -> int:
    return sum(1 for _one in _seen_as_one.finditer(text))


def first_graphemes(text: str, most: int) -> str:
    """The beginning of ``text`` in at most ``most`` characters, with every letter whole; marks of any script join."""
    kept = 0
    for one in _seen_as_one.finditer(text):
        if one.end() > most:
            break
        if not joins(text[one.end() - 1 : one.end() + 1]):
            kept = one.end()
    return text[:kept]


def joins(pair: str) -> bool:
    """Whether the second of two characters belongs to the letter of the first."""
    return len(pair) == 2 and (pair[0] == "\u200d" or unicodedata.category(pair[1])[0] == "M")
