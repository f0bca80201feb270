"""The office's colours made readable: on white, under white, and in the dark, whatever colour was chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
BRAND, ACCENT = "#1f5a45", "#b3402a"
WHITE, INK, NIGHT = "#ffffff", "#1d2320", "#1a201d"
BLACK = "#000000"  # of black and white, one can be read on any colour; of ink and white, not always
READABLE = 4.5  # WCAG 2.2 AA


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """What the letter is drawn with. ``*_text`` is for words on white, ``*_night`` for words on the dark card."""

    brand: str
    on_brand: str
    brand_text: str
    brand_night: str
    accent_text: str
    accent_night: str

    @classmethod
    def of(cls, brand: str, accent: str) -> Self:
        brand = brand if HEX.fullmatch(brand) else BRAND
        accent = accent if HEX.fullmatch(accent) else ACCENT
        return cls(
            brand=brand,
            on_brand=max((WHITE, BLACK), key=lambda ink: contrast(ink, brand)),
            brand_text=legible(brand, on=WHITE),
            brand_night=legible(brand, on=NIGHT),
            accent_text=legible(accent, on=WHITE),
            accent_night=legible(accent, on=NIGHT),
        )


def legible(colour: str, *, on: str) -> str:
    """``colour``, or the nearest shade of it that can be read on that ground."""
    away = INK if luminance(on) > 0.5 else WHITE
    for step in range(11):
        shade = mixed(colour, away, share=step / 10)
        if contrast(shade, on) >= READABLE:
            return shade
    return away


def mixed(colour: str, other: str, *, share: float) -> str:
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
