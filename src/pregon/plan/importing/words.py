"""How people write lists, numbers and names in a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from pregon.plan.importing.labels import MONTHS

NUMBER = re.compile(
    r"(?<![\w.,])-?\$?\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)\s*(%|por ciento)?"
)
MONEY = re.compile(r"\$\s?(\d[\d,]*(?:\.\d+)?)")
BULLET = re.compile(r"^\s*(?:[-–—•·*▪●◦o]\s+|[-–—•·▪●◦](?=\S)|\d{1,2}[.)-]\s+|[a-z]\)\s+)")
UNFINISHED = re.compile(
    r"(?:[,;]|\b(?:y|e|o|u|de|del|la|el|los|las|en|con|para|por|a|al|que))\s*$", re.IGNORECASE
)
MEANS = re.compile(
    r"^(?:la|el|los|las)\s+(.{2,60}?)\s+(?:es|son|significa|consiste|implica)\b", re.IGNORECASE
)
NAMED = re.compile(r"^([^.:–—]{2,60})\s*[:.–—]\s*(\S.*)$")
#: How the points of a list begin in a document of Word.
POINT = "• "
SMALL = {"de", "del", "la", "el", "los", "las", "y", "e", "en", "a"}


def items(parts: list[tuple[int, str]]) -> list[tuple[list[int], str]]:
    """Things of a list, each with its lines: a line that breaks off goes on in the next."""
    bullets = any(BULLET.match(text) for _line, text in parts)
    found: list[tuple[list[int], str]] = []
    for line, text in parts:
        own = BULLET.sub("", text).strip()
        goes_on = (
            bool(found)
            and not BULLET.match(text)
            and (
                UNFINISHED.search(found[-1][1])
                or text[:1].islower()
                or (bullets and not found[-1][1].endswith("."))
            )
        )
        if goes_on:
            lines, before = found.pop()
            found.append(([*lines, line], f"{before} {own}"))
        elif own:
            found.append(([line], own))
    return found


def joined(parts: Iterable[tuple[int, str]]) -> str:
    """The lines of a text as they stood; whoever keeps it says whether it has paragraphs."""
    lines = [text for _line, text in parts]
    return lines[0].removeprefix(POINT) if len(lines) == 1 else "\n".join(lines)


def paragraphs(text: str) -> str:
    """``text`` as somebody meant it: an empty line between paragraphs, the points of a list one below the other, and
    the lines in one that were broken only where the page ended."""
    found: list[str] = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        point = bool(BULLET.match(line))
        if found and not point and (UNFINISHED.search(found[-1]) or line[:1].islower()):
            found[-1] += f" {line}"
        else:
            found += ["\n" if point else "\n\n", line] if found else [line]
    return "".join(found)


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def tidy(text: str) -> str:
    """Words that were shouted, said as a name."""
    text = (
        " ".join(text.split()).strip(" .:,;-–—")
        if text.isupper()
        else " ".join(text.split()).strip(" :,;-–—")
    )
    if not text.isupper() or len(text) < 4:
        return text
    words = [
        word if word in SMALL else re.sub(r"\w+", lambda one: one[0].capitalize(), word)
        for word in text.lower().split()
    ]
    return sentence(" ".join(words))


def months_in_words(months: Sequence[bool]) -> str:
    if all(months):
        return _("los doce meses")
    return ", ".join(name[:3] for name, month in zip(MONTHS, months, strict=True) if month) or _("ningún mes")
