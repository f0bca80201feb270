"""Pictures of the demo: the same seed draws the same, and all can be drawn."""

from __future__ import annotations

import random
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from pregon.config.demo import pictures
from pregon.config.demo.pictures import PALETTES, Palette, draw

SCENES = [pictures.village, pictures.lake, pictures.papers, pictures.forest, pictures.plaza]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("office", sorted(PALETTES))
def test_every_scene_can_be_drawn_in_every_palette(
    office: str, scene: Callable[[Palette, random.Random], str]
) -> None:
    drawn = ET.fromstring(f"<svg>{scene(PALETTES[office], random.Random(7))}</svg>")
    assert {element.tag for element in drawn.iter()} - {"svg", "script", "image", "foreignObject"} != set()
    assert [element for element in drawn.iter() if element.tag in {"script", "image", "foreignObject"}] == []


def test_the_same_seed_draws_the_same_picture_and_another_one_another() -> None:
    assert draw("mazamitla", seed=7) == draw("mazamitla", seed=7)
    assert len({draw("mazamitla", seed=seed) for seed in range(10)}) == 10


def test_each_office_has_a_hand_of_its_own() -> None:
    assert draw("mazamitla", seed=7) != draw("ocotlan", seed=7)


def test_a_picture_has_the_size_of_a_photo() -> None:
    drawn = ET.fromstring(draw("ocotlan", seed=3))
    assert (drawn.get("width"), drawn.get("height"), drawn.get("viewBox")) == (
        "1800",
        "1200",
        "0 0 1800 1200",
    )
