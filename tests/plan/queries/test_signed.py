"""What was signed answers the question that was asked then."""

from __future__ import annotations

from datetime import date

import pytest

from factories.accounts import UserFactory
from factories.plan import moment
from pregon.plan import actions
from pregon.plan.models import Plan
from pregon.plan.queries import chain_faults, last_seal, signed_rows, standing_seals
from pregon.plan.queries.signed import signed_readings

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


@pytest.fixture
def closed(plan: Plan, records: None) -> Plan:
    actions.close_month(plan, 11, by=UserFactory.create(), at=moment("2026-12-02"))
    return plan


def test_a_line_of_another_code_finds_the_answer_to_its_question(closed: Plan) -> None:
    indicator = closed.indicators.get(code="actos")
    indicator.code = "otra-clave"
    found = signed_readings(closed).about(indicator)
    assert {first: reading.text if reading else "" for first, reading in found.items()} == {
        date(2026, 11, 1): "1 de 2"
    }


def test_a_line_that_asks_something_else_has_no_answer(closed: Plan) -> None:
    indicator = closed.indicators.get(code="actos")
    indicator.parameters = {"topic": "agua"}
    assert signed_readings(closed).about(indicator) == {}


def test_a_closing_that_was_touched_is_believed_no_more(closed: Plan) -> None:
    seal = standing_seals(closed)[11]
    assert {row["slug"] for row in signed_rows(seal)} >= {"actos", "opinion"}
    seal.content = seal.content.replace("actos", "gatos", 1)
    assert signed_rows(seal) == []


def test_the_last_link_of_a_month_tells_whether_it_stands(closed: Plan) -> None:
    reason = "Faltaba un acto que se capturó tarde."
    actions.reopen_month(closed, 11, reason=reason, by=UserFactory.create(), at=moment("2026-12-03"))
    last = last_seal(closed, 11)
    assert last is not None
    assert (last.number, standing_seals(closed), last_seal(closed, 10)) == (2, {}, None)
    assert chain_faults(closed) == []
