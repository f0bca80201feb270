"""A plan of two indicators and two activities, and two weeks of records."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, act, bulletin
from pregon.agenda.enums import Settlement
from pregon.plan.models import Plan


@pytest.fixture
def plan() -> Plan:
    made = PlanFactory.create(title="Plan operativo")
    IndicatorFactory.create(
        plan=made, code="actos", name="Actos", measure="acts_covered", target=Decimal(100), order=1
    )
    IndicatorFactory.create(plan=made, code="opinion", name="Opinión", baseline=Decimal(60), order=2)
    ActivityFactory.create(plan=made, number=1, short_name="Boletines", measure="bulletins_on_working_days")
    ActivityFactory.create(plan=made, number=2, short_name="Carteles")
    return made


@pytest.fixture
def records(plan: Plan) -> None:
    """Two working weeks that began on Monday the 9th: one act lacks, two days have no bulletin, the 16th is free."""
    act("2026-11-09 09:00", Settlement.COVERED)
    act("2026-11-10 09:00", Settlement.DUE, title="Sin cubrir")
    for day in (9, 11, 12, 13, 17, 18, 20):
        bulletin(f"2026-11-{day:02d} 11:00")
