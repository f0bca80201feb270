"""Whatever colours an office chooses, its pages can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.core.palette import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    NIGHT_TEXT,
    SHAPE,
    TEXT,
    WHITE,
    by_day,
    by_night,
    contrast,
    mix,
    readable,
)

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_contrast_agrees_with_the_ends_of_the_scale() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


def test_mixing_meets_half_way() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_a_colour_that_can_be_read_is_left_alone() -> None:
    assert readable("#1f5a45", on=LIGHT_GROUNDS) == "#1f5a45"


@given(brand=COLOURS, accent=COLOURS, gold=COLOURS)
def test_every_text_reaches_its_contrast_by_day_and_by_night(brand: str, accent: str, gold: str) -> None:
    day = by_day(brand=brand, accent=accent, gold=gold)
    night = by_night(brand=brand, accent=accent, gold=gold)
    assert min(contrast(text, ground) for text in (day.brand, day.accent) for ground in LIGHT_GROUNDS) >= TEXT
    assert (
        min(contrast(text, ground) for text in (night.brand, night.accent) for ground in DARK_GROUNDS)
        >= NIGHT_TEXT
    )
    for palette, grounds in ((day, LIGHT_GROUNDS), (night, DARK_GROUNDS)):
        assert contrast(palette.band, WHITE) >= TEXT
        assert contrast(palette.on_gold, palette.gold) >= TEXT
        assert min(contrast(palette.focus, ground) for ground in grounds) >= SHAPE
