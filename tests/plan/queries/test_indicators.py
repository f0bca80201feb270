"""The light, the plot and the bar of an indicator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from factories.plan import IndicatorFactory, bulletin, moment
from pregon.accounts.models import DaysOff
from pregon.plan import lights
from pregon.plan.contract import Kept, Missing, Reading
from pregon.plan.enums import Light, Overshoot
from pregon.plan.models import Indicator, Plan
from pregon.plan.queries import plan_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


def reading(kept: int, missing: int) -> Reading:
    day = date(2026, 11, 20)
    return Reading(
        unit="actos",
        kept=(Kept(when=day, records=()),) * kept,
        missing=(Missing(when=day, title="", detail=""),) * missing,
    )


def light_of(indicator: Indicator, reading: Reading | None) -> Light:
    """Of a whole year that was read."""
    target = indicator.target
    value = reading.value if reading else None
    return lights.light(indicator, value, now=target, whole=target, stretch=None)


@pytest.mark.parametrize(
    ("target", "kept", "missing", "light"),
    [
        (100, 100, 0, Light.GREEN),
        (100, 95, 5, Light.GREEN),  # the very threshold
        (100, 94, 6, Light.YELLOW),
        (100, 80, 20, Light.YELLOW),
        (100, 79, 21, Light.RED),
        (100, 0, 10, Light.RED),
        (80, 76, 24, Light.GREEN),  # 95 per cent of 80
        (80, 75, 25, Light.YELLOW),
        (60, 100, 0, Light.GREEN),  # past the target, which is to meet it
        (100, 0, 0, Light.GREY),  # nothing was owed yet
        (None, 10, 0, Light.GREY),  # nobody wrote a target
        (0, 0, 10, Light.GREEN),
    ],
)
def test_the_light_is_the_share_of_the_target(
    target: int | None, kept: int, missing: int, light: Light
) -> None:
    indicator = Indicator(target=None if target is None else Decimal(target))
    assert light_of(indicator, reading(kept, missing)) == light


def test_without_a_reading_the_light_is_grey_and_never_red() -> None:
    assert light_of(Indicator(target=Decimal(100)), None) == Light.GREY


@pytest.mark.parametrize(("overshoot", "light"), [(Overshoot.MET, Light.GREEN), (Overshoot.DOUBT, Light.RED)])
def test_passing_the_target_by_far_may_mean_that_the_target_was_badly_set(
    overshoot: str, light: Light
) -> None:
    indicator = Indicator(target=Decimal(50), overshoot=overshoot)
    assert light_of(indicator, reading(7, 3)) == light  # 140 per cent of the target
    assert light_of(indicator, reading(6, 4)) == Light.GREEN  # 120: within the rule


def test_what_a_plan_leaves_empty_is_shown_as_empty(plan: Plan) -> None:
    opinion = plan_sheet(plan, at=AT).indicators[1]
    assert [(level.label, level.text, level.length) for level in opinion.levels] == [
        ("Línea base", "60 %", Decimal("60.0")),
        ("Resultado 2025", "sin dato", Decimal(0)),
        ("Ahora", "sin dato", Decimal(0)),
        ("Meta 2026", "sin meta", Decimal(0)),
    ]
    assert (opinion.figure.light, opinion.figure.word) == (Light.GREY, "Sin dato")


def test_a_figure_without_target_says_so(plan: Plan, records: None) -> None:
    Indicator.objects.filter(code="actos").update(target=None)
    figure = plan_sheet(plan, at=AT).indicators[0].figure
    assert (figure.light, figure.word) == (Light.GREY, "Sin meta")


def test_a_number_of_things_has_a_bar_only_against_a_target(plan: Plan, records: None) -> None:
    IndicatorFactory.create(plan=plan, code="boletines", measure="bulletins_published", order=3)
    figures = [plan_sheet(plan, at=AT).indicators[2].figure]
    Indicator.objects.filter(code="boletines").update(target=Decimal(70), unit="Boletines")
    figures.append(plan_sheet(plan, at=AT).indicators[2].figure)
    # An office that begins on 9 November owes 10.2 of the 70 of a year.
    assert [(figure.text, figure.percent) for figure in figures] == [("7", None), ("7", Decimal("68.6"))]


def test_a_day_on_which_the_office_does_not_work_asks_nothing_of_it() -> None:
    indicator = IndicatorFactory.create(
        plan__year=2026, target=240, measure="bulletins_published", frequency="mensual", cumulative=True
    )
    bulletin("2026-11-02")
    before = plan_sheet(indicator.plan, at=AT).indicators[0]
    DaysOff.objects.create(first=date(2026, 11, 3), last=date(2026, 11, 19), reason="Cierre de muestra")
    after = plan_sheet(indicator.plan, at=AT).indicators[0]
    assert after.figure.wanted is not None and before.figure.wanted is not None
    assert after.figure.wanted < before.figure.wanted
