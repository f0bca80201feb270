"""The office's three colours turned into ones that can be read: pure sums.

WCAG 2.2 asks 4.5:1 of text and 3:1 of what is not text. A colour that fails is made darker or lighter by the
least that is enough, in its own hue: it stays the office's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

TEXT, SHAPE = 4.5, 3.0
#: At night a calm colour needs more than the least.
NIGHT_TEXT = 7.0
#: Grounds brighter than this ask for dark colours.
MIDDLE = 0.18
BLACK, WHITE, NIGHT = "#000000", "#ffffff", "#1c1407"
#: The grounds text stands on, as pregon.css has them.
LIGHT_GROUNDS = ("#fbfaf6", "#ffffff", "#f2f0e8")
DARK_GROUNDS = ("#111513", "#191f1c", "#1d2421")


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One set of colours for one mode."""

    brand: str
    band: str
    on_band: str
    accent: str
    gold: str
    on_gold: str
    focus: str


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with that share of ``other`` in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return _hex(*(one + (two - one) * share for one, two in pairs))


def readable(colour: str, *, on: Iterable[str], ratio: float = TEXT) -> str:
    """The colour nearest to ``colour`` that stands out from every ground of ``on``: lighter or darker, same hue."""
    grounds = list(on)
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in _parts(colour)))
    pole = 0.0 if luminance(grounds[0]) > MIDDLE else 1.0
    for step in range(101):
        level = lightness + (pole - lightness) * step / 100
        candidate = _hex(*(part * 255 for part in hls_to_rgb(hue, level, saturation)))
        if all(contrast(candidate, ground) >= ratio for ground in grounds):
            return candidate
    return BLACK if pole == 0 else WHITE


def ink_for(ground: str) -> str:
    """What to write with on ``ground``: a warm near-black, else white, else black, which always can be read."""
    return next((ink for ink in (NIGHT, WHITE) if contrast(ink, ground) >= TEXT), BLACK)


def by_day(*, brand: str, accent: str, gold: str) -> Palette:
    band = readable(brand, on=[WHITE])
    return Palette(
        brand=readable(brand, on=LIGHT_GROUNDS),
        band=band,
        on_band=WHITE,
        accent=readable(accent, on=LIGHT_GROUNDS),
        gold=gold,
        on_gold=ink_for(gold),
        focus=readable(gold, on=LIGHT_GROUNDS, ratio=SHAPE),
    )


def by_night(*, brand: str, accent: str, gold: str) -> Palette:
    return Palette(
        brand=readable(brand, on=DARK_GROUNDS, ratio=NIGHT_TEXT),
        band=readable(mix(brand, BLACK, 0.25), on=[WHITE], ratio=NIGHT_TEXT),
        on_band=WHITE,
        accent=readable(accent, on=DARK_GROUNDS, ratio=NIGHT_TEXT),
        gold=(bright := mix(gold, WHITE, 0.15)),
        on_gold=ink_for(bright),
        focus=readable(gold, on=DARK_GROUNDS, ratio=SHAPE),
    )


def _hex(red: float, green: float, blue: float) -> str:
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
