"""The office's three colours turned into ones that can be read: pure sums, so a plan or a poster may ask too.

WCAG 2.2 asks 4.5:1 of text and 3:1 of what is not text. A colour that fails is moved towards black or white by
the least that is enough: it stays the office's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TEXT, SHAPE = 4.5, 3.0
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
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def readable(colour: str, *, on: Iterable[str], ratio: float = TEXT) -> str:
    """The colour nearest to ``colour`` that stands out from every ground of ``on``."""
    grounds = list(on)
    pole = BLACK if luminance(grounds[0]) > 0.18 else WHITE
    for step in range(101):
        candidate = mix(colour, pole, step / 100)
        if all(contrast(candidate, ground) >= ratio for ground in grounds):
            return candidate
    return pole


def ink_for(ground: str) -> str:
    """What to write with on ``ground``: white or near-black, whichever is clearer."""
    return max((WHITE, NIGHT), key=lambda ink: contrast(ink, ground))


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
        brand=readable(mix(brand, WHITE, 0.4), on=DARK_GROUNDS),
        band=readable(mix(brand, BLACK, 0.3), on=[WHITE], ratio=7),
        on_band=WHITE,
        accent=readable(mix(accent, WHITE, 0.3), on=DARK_GROUNDS),
        gold=(bright := mix(gold, WHITE, 0.15)),
        on_gold=ink_for(bright),
        focus=readable(gold, on=DARK_GROUNDS, ratio=SHAPE),
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
