"""What a short message can hold: the alphabet of GSM 03.38, or UCS-2 at less than half the length.

ñ, é, ü, ¿ and ¡ are in the alphabet; á, í, ó and ú are not. A text is cut into segments that a phone joins again, and
neither a letter written as two septets nor one written as two units is ever split.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from urllib.parse import quote

from pregon.core.text import addresses

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPE = 0x1B
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}

SEPTETS = {letter: bytes([place]) for place, letter in enumerate(BASIC) if place != ESCAPE}
SEPTETS |= {letter: bytes([ESCAPE, place]) for letter, place in EXTENSION.items()}
LETTERS = {septets: letter for letter, septets in SEPTETS.items()}

#: Signs of good typography, in those of a telephone.
SIGNS = str.maketrans(
    {
        "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‹": "'", "›": "'", "–": "-", "—": "-",
        "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "×": "x", "º": "o", "ª": "a", "°": "o", "\t": " ", "\r": "",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "½": "1/2", "¼": "1/4", "¾": "3/4",
    }
)  # fmt: skip


class Alphabet(StrEnum):
    """How a text is written."""

    GSM = "gsm"
    UCS2 = "ucs2"


#: Units in a message that goes alone, and in each segment of one that does not: the header takes the rest.
ROOM = {Alphabet.GSM: (160, 153), Alphabet.UCS2: (70, 67)}
DATA_CODING = {Alphabet.GSM: 0x00, Alphabet.UCS2: 0x08}


def signs(text: str) -> str:
    """The text with signs that every telephone has; its letters stay as they are."""
    return unicodedata.normalize("NFC", text).translate(SIGNS)


def plain(text: str) -> str:
    """The text in the alphabet of GSM: í becomes i, and what has no likeness there is left out. Links still open."""
    written, at = "", 0
    for start, end in addresses(text):
        written, at = written + likened(text[at:start]) + openable(text[start:end]), end
    return written + likened(text[at:])


def likened(words: str) -> str:
    return "".join(letter if letter in SEPTETS else bare(letter) for letter in signs(words))


def openable(link: str) -> str:
    """The same link: what the alphabet lacks is written in octets, as browsers do."""
    return "".join(letter if letter in SEPTETS else quote(letter, errors="replace") for letter in link)


def bare(letter: str) -> str:
    apart = unicodedata.normalize("NFKD", letter).translate(SIGNS)
    return "".join(piece for piece in apart if piece in SEPTETS)


def fits_gsm(text: str) -> bool:
    return all(letter in SEPTETS for letter in text)


def width(letter: str, alphabet: Alphabet) -> int:
    return len(SEPTETS[letter]) if alphabet == Alphabet.GSM else 1 + (letter > "\uffff")


def segments(text: str, alphabet: Alphabet) -> list[str]:
    """The text as it travels: whole, or cut into parts that a phone joins again."""
    alone, joined = ROOM[alphabet]
    if sum(width(letter, alphabet) for letter in text) <= alone:
        return [text]
    parts, room = [""], joined
    for letter in text:
        if (wide := width(letter, alphabet)) > room:
            parts.append("")
            room = joined
        parts[-1] += letter
        room -= wide
    return parts


def length(text: str, alphabet: Alphabet) -> int:
    """Units that a text takes, with those that a cut before a wide letter leaves empty."""
    parts = segments(text, alphabet)
    return (len(parts) - 1) * ROOM[alphabet][1] + sum(width(letter, alphabet) for letter in parts[-1])


def room_in(parts: int, alphabet: Alphabet) -> int:
    alone, joined = ROOM[alphabet]
    return alone if parts == 1 else parts * joined


def encode(text: str, alphabet: Alphabet) -> bytes:
    """The text in octets: a septet in each, or two for each unit."""
    if alphabet == Alphabet.GSM:
        return b"".join(SEPTETS[letter] for letter in text)
    return text.encode("utf-16-be", "surrogatepass")


def decode(content: bytes, data_coding: int) -> str:
    """What somebody wrote to us; what cannot be read is marked."""
    match data_coding:
        case 0x00:
            return "".join(gsm_letters(content))
        case 0x08:
            return content.decode("utf-16-be", "replace")
        case 0x01:
            return content.decode("ascii", "replace")
        case _other:
            return content.decode("latin-1")


def gsm_letters(content: bytes) -> list[str]:
    letters, escaped = [], False
    for octet in content:
        if octet == ESCAPE and not escaped:
            escaped = True
            continue
        # A phone that does not know an escaped letter shows the one without its escape.
        known = LETTERS.get(bytes([ESCAPE, octet])) if escaped else None
        letters.append(known or LETTERS.get(bytes([octet]), "\ufffd"))
        escaped = False
    return letters
