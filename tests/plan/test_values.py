"""What was read from a file stays as it was read."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest

from pregon.plan.values import (
    ActivityLine,
    DeviationLine,
    IndicatorLine,
    MeasureLine,
    OfficePart,
    PlanPart,
    ProgrammeLine,
    is_per_cent,
)


def test_what_was_read_cannot_be_changed() -> None:
    office = OfficePart(municipality="Ocotlán")
    with pytest.raises(FrozenInstanceError):
        office.municipality = "Mazamitla"  # type: ignore[misc]  # that it is refused is what is tested


def test_two_lines_never_share_their_parameters() -> None:
    first, second = MeasureLine(name="a"), MeasureLine(name="a")
    first.parameters["topic"] = "agua"
    assert second.parameters == {}


def test_a_plan_in_another_year_takes_its_dates_and_leaves_what_was_done() -> None:
    went = (DeviationLine(month=3, cause="Lluvia."),)
    part = PlanPart(
        key="plan",
        title="Plan 2026 (20261)",
        year=2026,
        calendar_year=2025,
        indicators=(
            IndicatorLine(code="a", name="A", previous=Decimal(9), target=Decimal(5), deviations=went),
        ),
        programmes=(
            ProgrammeLine(
                name="Uno",
                indicators=(IndicatorLine(code="b", name="B"),),
                activities=(ActivityLine(description="X", months=(True,) * 12, done=(True,) * 12),),
            ),
        ),
    )
    moved = part.in_year(2027, reached={"b": Decimal(7)})
    assert (moved.year, moved.calendar_year, moved.title, moved.key) == (
        2027,
        2025,  # what its document says of it
        "Plan 2027 (20261)",
        "plan",
    )
    assert [(line.previous, line.target, line.review_due) for line in moved.every_indicator] == [
        (None, Decimal(5), True),
        (Decimal(7), None, True),
    ]
    assert [line.deviations for line in moved.every_indicator] == [(), ()]
    assert [(line.months, line.done) for line in moved.every_activity] == [((True,) * 12, (False,) * 12)]
    assert replace(part, calendar_year=None).in_year(2027).calendar_year is None
    assert replace(part, calendar_year=2026).in_year(2027).calendar_year == 2027


@pytest.mark.parametrize(
    ("unit", "said"),
    [("Porcentaje de actos", True), ("POR CIENTO", True), ("%", True), ("Boletines", False), ("", False)],
)
def test_a_unit_says_whether_it_counts_in_per_cent(unit: str, said: bool) -> None:
    assert is_per_cent(unit) is said
