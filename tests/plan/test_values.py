"""What was read from a file stays as it was read."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from pregon.plan.values import MeasureLine, OfficePart


def test_what_was_read_cannot_be_changed() -> None:
    office = OfficePart(municipality="Ocotlán")
    with pytest.raises(FrozenInstanceError):
        office.municipality = "Mazamitla"  # type: ignore[misc]  # that it is refused is what is tested


def test_two_lines_never_share_their_parameters() -> None:
    first, second = MeasureLine(name="a"), MeasureLine(name="a")
    first.parameters["topic"] = "agua"
    assert second.parameters == {}
