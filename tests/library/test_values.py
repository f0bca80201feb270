"""What leaves the photo memory is as plain as it looks: nothing said is empty, and nothing changes under way."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, fields
from typing import Any

import pytest

from pregon.library.values import Copy, Facts, Metadata

FACTS = Facts(format="jpeg", width=600, height=400, bytes=9_000, digest="a" * 64)
COPY = Copy(width=960, height=640, file="960.webp", bytes=30_000)


def test_a_photo_that_says_nothing_says_it_with_empty_words() -> None:
    assert asdict(Metadata()) == {
        "headline": "",
        "caption": "",
        "alt_text": "",
        "credit": "",
        "place": "",
        "taken_at": None,
    }


@pytest.mark.parametrize(
    "value", [Metadata(caption="El puente."), FACTS, COPY], ids=lambda it: type(it).__name__
)
def test_what_was_read_is_compared_by_its_content_and_cannot_be_changed(value: Any) -> None:
    twin = type(value)(**asdict(value))
    assert (twin == value, hash(twin) == hash(value)) == (True, True)
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


def test_width_and_height_cannot_be_swapped_by_their_order() -> None:
    with pytest.raises(TypeError):
        Copy(640, 960, "960.webp", 30_000)  # type: ignore[misc]  # that it is refused is what is tested
