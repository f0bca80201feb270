"""A measure is chosen among those that exist, a year and a target are typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from factories.plan import ActivityFactory, IndicatorFactory
from pregon.plan.forms import TargetForm, YearForm
from pregon.plan.models import Activity
from pregon.plan.viewsets import ActivityViewSet

pytestmark = pytest.mark.django_db


def filled(**changes: Any) -> Any:
    activity = ActivityFactory.create()
    form_class = ActivityViewSet.edit_handler.bind_to_model(Activity).get_form_class()
    data = {
        "plan": activity.plan_id,
        "number": 1,
        "description": "Boletines",
        "months": "[" + ", ".join(["true"] * 12) + "]",
        "measure": "",
        "parameters": "{}",
    }
    return form_class(data | changes, instance=activity)


def test_an_activity_nobody_measures_is_accepted() -> None:
    assert filled().errors == {}


def test_a_measure_with_parameters_it_understands_is_accepted() -> None:
    form = filled(measure="days_with_publication", parameters='{"channel": "telegram"}')
    assert form.errors == {}
    assert (form.save().measure, form.instance.parameters) == (
        "days_with_publication",
        {"channel": "telegram"},
    )


def test_a_measure_that_does_not_exist_is_refused() -> None:
    assert list(filled(measure="likes").errors) == ["measure"]


def test_a_parameter_the_measure_does_not_understand_is_refused() -> None:
    assert filled(measure="acts_covered", parameters='{"channel": "telegram"}').errors == {
        "parameters": [
            (
                "La medida «acts_covered» no entiende el parámetro «channel»; "
                "entiende: department, kind, locality, topic."
            )
        ]
    }


@pytest.mark.parametrize("months", ["[true]", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", '"todos"'])
def test_months_are_twelve_yes_or_no(months: str) -> None:
    assert filled(months=months).errors == {
        "months": ["Los meses son doce valores de sí o no, de enero a diciembre."]
    }


def test_a_target_is_offered_without_zeros_that_say_nothing() -> None:
    shown = [
        TargetForm(instance=IndicatorFactory.create(target=Decimal(target))) for target in ("100.00", "97.50")
    ]
    assert [form.initial["target"] for form in shown] == ["100", "97.5"]
    assert TargetForm(instance=IndicatorFactory.create(target=None)).initial["target"] is None


@pytest.mark.parametrize(
    ("typed", "good"), [("2027", True), ("", False), ("dos mil", False), ("2101", False)]
)
def test_a_year_is_four_digits_of_our_days(typed: str, good: bool) -> None:
    assert YearForm({"year": typed}).is_valid() is good
