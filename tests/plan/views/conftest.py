"""The office on one Friday, with its plan."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from factories.plan import act, moment
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.models import Plan

AT = moment("2026-11-20")


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def plan(db: None) -> Plan:
    return actions.load_plan("mazamitla", year=2026, at=AT)


@pytest.fixture
def october(plan: Plan) -> str:
    act("2026-10-06 09:00", Settlement.DUE, title="Entrega de becas")
    act("2026-10-07 09:00", Settlement.COVERED, title="Arranque de obra")
    return f"/escritorio/plan/{plan.pk}/meses/10"
