"""A message in as few segments as the office pays for: the headline, what fits of the rest, and the whole link."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pregon.channels.fitting import FEWEST, fitted, without_videos
from pregon.channels.sms.alphabet import Alphabet, encode, fits_gsm, length, plain, room_in, segments, signs
from pregon.delivery.contract import Parcel
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Message

GAP = "\n"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What is read, and in which alphabet it travels."""

    text: str
    alphabet: Alphabet

    @cached_property
    def parts(self) -> list[bytes]:
        return [encode(part, self.alphabet) for part in segments(self.text, self.alphabet)]

    @property
    def units(self) -> int:
        return length(self.text, self.alphabet)


def worded(parcel: Parcel, *, most: int, accents: bool) -> Wording:
    """The parcel's message in at most ``most`` segments, or in as many as its link takes.

    With ``accents`` a text that needs them goes in UCS-2, at less than half the length; without, í becomes i.
    """
    return drawn(without_videos(parcel.message), link_of(parcel), most=most, accents=accents)


@lru_cache(maxsize=64)
def drawn(message: Message, foot: str, *, most: int, accents: bool) -> Wording:
    """Once for all who get the same link."""
    if accents and not fits_gsm(signs(fitted(message, foot, limit=sys.maxsize, gap=GAP))):
        text = laid_out(message, foot, most=most, alphabet=Alphabet.UCS2)
        if not fits_gsm(signs(text)):
            return Wording(text=text, alphabet=Alphabet.UCS2)
    return Wording(
        text=plain(laid_out(message, foot, most=most, alphabet=Alphabet.GSM)), alphabet=Alphabet.GSM
    )


def laid_out(message: Message, foot: str, *, most: int, alphabet: Alphabet) -> str:
    def measure(text: str) -> int:
        return length(plain(text) if alphabet == Alphabet.GSM else text, alphabet)

    needed = measure(foot) + FEWEST if foot else 0
    while room_in(most, alphabet) < needed:
        most += 1
    return fitted(message, foot, limit=room_in(most, alphabet), measure=measure, gap=GAP)


def link_of(parcel: Parcel) -> str:
    if parcel.message.kind == MessageKind.SERVICE:
        return parcel.message.url or parcel.confirm_url or parcel.preferences_url
    return parcel.message.url
