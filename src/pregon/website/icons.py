"""The seal and the pin of a map as pictures, drawn with plain shapes: where photos are developed, libvips opens no
drawing (SVG), for nobody can tell what one that was handed in would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from pregon.core.remembering import remembered

#: Drawn large and made small, so that edges are smooth.
CANVAS = 1536
#: The units of parts/seal.svg, whose shapes these are.
UNITS = 48
STAR = (
    *((24, 8.5), (25.2, 11), (28, 11.4), (26, 13.4), (26.5, 16.1), (24, 14.8)),
    *((21.5, 16.1), (22, 13.4), (20, 11.4), (22.8, 11)),
)
DOTS, DOT, RING = 72, 0.75, 20.5
LETTERS, LETTERS_MIDDLE = 15.0, 27.5
FONT = "Noto Serif, Source Serif 4, Georgia, serif Bold"
RED, WHITE = "#b3261e", "#ffffff"
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Easel:
    """One library and one scale for all shapes of a drawing."""

    vips: Any
    scale: float

    def clear(self) -> Any:
        return self.vips.Image.black(CANVAS, CANVAS, bands=4).copy(interpretation="srgb")

    def discs(self, spots: Iterable[Spot], radius: float) -> Any:
        mask = self.vips.Image.black(CANVAS, CANVAS)
        for x, y in spots:
            mask = mask.draw_circle(255, *self._at(x, y), max(1, round(radius * self.scale)), fill=True)
        return mask

    def polygon(self, corners: Sequence[Spot], inside: Spot) -> Any:
        mask = self.vips.Image.black(CANVAS, CANVAS)
        for one, two in zip(corners, [*corners[1:], corners[0]], strict=True):
            mask = mask.draw_line(255, *self._at(*one), *self._at(*two))
        return mask.draw_flood(255, *self._at(*inside))

    def letters(self, text: str, middle: Spot, height: float) -> Any:
        drawn = self.vips.Image.text(text, font=FONT, height=round(height * self.scale), width=CANVAS)
        x, y = self._at(*middle)
        return drawn.embed(x - drawn.width // 2, y - drawn.height // 2, CANVAS, CANVAS)

    def paint(self, ground: Any, mask: Any, colour: str) -> Any:
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        paint = mask.new_from_image(parts).copy(interpretation="srgb")
        return ground.composite2(paint.bandjoin(mask), "over")

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self.scale), round(y * self.scale)


def seal(initials: str, *, brand: str, gold: str, side: int) -> Any:
    """The drawn seal of an office: its colours, a star and its initial."""
    # Asked for in six sizes, one after another.
    whole = remembered(("seal", initials, brand, gold), lambda: _whole_seal(initials, brand, gold))
    return whole.resize(side / CANVAS)


def _whole_seal(initials: str, brand: str, gold: str) -> Any:
    easel = Easel(_vips(), CANVAS / UNITS)
    middle = UNITS / 2
    ring = [
        (middle + RING * cos(2 * pi * turn / DOTS), middle + RING * sin(2 * pi * turn / DOTS))
        for turn in range(DOTS)
    ]
    drawn = easel.paint(easel.clear(), easel.discs([(middle, middle)], middle - 0.05), brand)
    drawn = easel.paint(drawn, easel.discs(ring, DOT), gold)
    drawn = easel.paint(drawn, easel.polygon(STAR, (24, 12)), gold)
    return easel.paint(drawn, easel.letters(initials, (middle, LETTERS_MIDDLE), LETTERS), WHITE).copy_memory()


def pin(*, height: int) -> Any:
    """The pin that stands on a map with its tip in the middle of its lower edge."""
    easel = Easel(_vips(), CANVAS / UNITS)

    def shape(grown: float, colour: str, ground: Any) -> Any:
        head, tip = (24.0, 16.0), (24.0, 47.0 + grown / 2)
        ground = easel.paint(ground, easel.discs([head], 14 + grown), colour)
        sides = [(24 - 11.6 - grown, 24.0), (24 + 11.6 + grown, 24.0), tip]
        return easel.paint(ground, easel.polygon(sides, (24, 30)), colour)

    drawn = shape(0, RED, shape(1.4, WHITE, easel.clear()))
    drawn = easel.paint(drawn, easel.discs([(24, 16)], 5.2), WHITE)
    return drawn.resize(height / CANVAS)


def _vips() -> Any:
    import pyvips  # heavy, and few views need it

    return pyvips
