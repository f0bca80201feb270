"""What holds a part of a plan, and what would go with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.accounts import UserFactory
from factories.plan import moment
from pregon.plan import actions
from pregon.plan.actions import Figures
from pregon.plan.models import Plan
from pregon.plan.queries import goes_along, held

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


def test_nothing_holds_a_plan_of_which_nobody_wrote_or_signed_anything(plan: Plan) -> None:
    assert (held(plan), goes_along([plan])) == ("", "")


def test_figures_and_explanations_are_counted_once_for_all_that_goes(plan: Plan) -> None:
    by = UserFactory.create()
    indicator, activity = plan.indicators.get(code="opinion"), plan.activities.get(number=2)
    for month in (9, 10):
        actions.capture(indicator, month, Figures(numerator=Decimal(1), note="Encuesta"), by=by, at=AT)
    actions.explain(activity, 10, actions.Explanation(cause="No hubo papel."), by=by, at=AT)
    assert goes_along([plan]) == (
        "También se borra lo que se escribió a mano: 2 cifras capturadas y 1 explicación."
    )
    assert goes_along([activity]) == "También se borra lo que se escribió a mano: 1 explicación."


def test_what_is_signed_holds_its_line_and_no_other(plan: Plan) -> None:
    by = UserFactory.create()
    indicator = plan.indicators.get(code="opinion")
    actions.capture(indicator, 10, Figures(numerator=Decimal(1), note="Encuesta"), by=by, at=AT)
    actions.close_month(plan, 10, by=by, at=AT)
    assert "está firmado en octubre" in held(indicator)
    assert held(plan.activities.get(number=2)) == ""
    assert "tiene 1 mes firmado" in held(plan)
