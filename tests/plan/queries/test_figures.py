"""A figure as people meet it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, bulletin, moment
from pregon.plan.enums import Light
from pregon.plan.queries import plan_sheet
from pregon.plan.queries.figures import Figure, rounded


def figure(percent: Decimal | None, light: Light = Light.GREEN) -> Figure:
    return Figure(
        name="Actos", text="", value=None, percent=percent, target=None, light=light, word="", url=""
    )


@pytest.mark.parametrize(
    ("percent", "length"),
    [(None, 0), (Decimal(-5), 0), (Decimal("33.3"), Decimal("33.3")), (Decimal(140), 100)],
)
def test_a_bar_is_never_longer_than_its_place(percent: Decimal | None, length: Decimal) -> None:
    assert figure(percent).bar == length


def test_what_nobody_can_tell_has_no_colour_on_the_desk() -> None:
    assert [figure(None, light).tone for light in (Light.GREY, Light.RED)] == ["", "bad"]


def test_halves_are_rounded_up() -> None:
    assert [rounded(Decimal("0.05")), rounded(None)] == [Decimal("0.1"), None]


@pytest.mark.django_db
def test_what_an_indicator_counts_is_not_told_again_by_an_activity() -> None:
    plan = PlanFactory.create(year=2026)
    IndicatorFactory.create(plan=plan, name="Boletines", measure="bulletins_published")
    for number, topic in ((1, {}), (2, {"topic": "agua"}), (3, {"topic": "agua"})):
        ActivityFactory.create(
            plan=plan, number=number, short_name=f"A{number}", measure="bulletins_published", parameters=topic
        )
    bulletin("2026-11-10")
    sheet = plan_sheet(plan, at=moment("2026-11-20"))
    assert [each.name for each in sheet.figures] == ["Boletines", "A2"]
