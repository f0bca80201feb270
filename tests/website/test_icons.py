"""Pictures drawn with plain shapes, also where libvips opens no drawing that was handed in."""

from __future__ import annotations

import io
from typing import Any

import pytest
import pyvips
from PIL import Image

from pregon.website import icons

BRAND, GOLD = "#1f5a45", "#c58a1c"
GREEN, GOLDEN = (31, 90, 69, 255), (197, 138, 28, 255)


def opened(drawn: Any) -> Any:
    return Image.open(io.BytesIO(drawn.write_to_buffer(".png"))).convert("RGBA")


@pytest.mark.parametrize("side", [192, 512])
def test_the_seal_has_its_colours_where_they_belong(side: int) -> None:
    pyvips.block_untrusted_set(True)  # as where photos are developed
    drawn = opened(icons.seal("M", brand=BRAND, gold=GOLD, side=side))
    at = [
        drawn.getpixel((round(x * side / 48), round(y * side / 48)))
        for x, y in ((24, 40), (24, 12), (44.5, 24))
    ]
    assert drawn.size == (side, side)
    assert drawn.getpixel((1, 1))[3] == 0
    for got, want in zip(at, (GREEN, GOLDEN, GOLDEN), strict=True):
        assert all(abs(one - two) <= 2 for one, two in zip(got, want, strict=True))


def test_the_initial_is_written_in_white_in_the_middle() -> None:
    with_letter, without = (
        opened(icons.seal(text, brand=BRAND, gold=GOLD, side=192)) for text in ("Á", " .")
    )
    white = [with_letter.getpixel((x, y)) for x in range(60, 132) for y in range(84, 140)].count(
        (255, 255, 255, 255)
    )
    assert white > 300
    assert with_letter.tobytes() != without.tobytes()


def test_the_pin_ends_in_a_tip_in_the_middle_of_its_lower_edge() -> None:
    drawn = opened(icons.pin(height=64))
    lowest = [x for x in range(64) if drawn.getpixel((x, 61))[3] > 128]
    assert drawn.size == (64, 64)
    assert lowest
    assert all(29 <= x <= 34 for x in lowest)
    assert drawn.getpixel((32, 10))[:3] == (179, 38, 30)
