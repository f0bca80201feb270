"""Whatever colours an office chose, its letter can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.email.colours import NIGHT, READABLE, WHITE, Palette, contrast

COLOUR = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(COLOUR, COLOUR)
def test_words_in_any_colour_can_be_read_by_day_and_by_night(brand: str, accent: str) -> None:
    palette = Palette.of(brand, accent)
    pairs = [
        (palette.on_brand, palette.brand),
        (palette.brand_text, WHITE),
        (palette.accent_text, WHITE),
        (palette.brand_night, NIGHT),
        (palette.accent_night, NIGHT),
    ]
    assert [pair for pair in pairs if contrast(*pair) < READABLE] == []


def test_a_colour_that_can_be_read_is_left_alone() -> None:
    assert (Palette.of("#1f5a45", "#b3402a").brand_text, contrast("#000000", WHITE)) == ("#1f5a45", 21.0)


def test_what_is_no_colour_never_reaches_the_letter() -> None:
    assert Palette.of("red;} body{", "").brand == "#1f5a45"
