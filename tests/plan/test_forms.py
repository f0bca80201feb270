"""A measure is chosen among those that exist and narrowed to what the office has; a year and a target are typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from factories.plan import ActivityFactory, DepartmentFactory, IndicatorFactory, PlanFactory
from pregon.accounts.models import Topic
from pregon.plan.forms import MeasureForm, TargetForm, YearForm
from pregon.plan.models import Activity, Indicator, Plan
from pregon.plan.viewsets import ActivityViewSet, IndicatorViewSet, PlanViewSet

pytestmark = pytest.mark.django_db


def form_of(activity: Activity, data: dict[str, Any] | None = None) -> Any:
    form_class = ActivityViewSet.edit_handler.bind_to_model(Activity).get_form_class()
    return form_class(data, instance=activity)


def filled(**changes: Any) -> Any:
    activity = ActivityFactory.create(measure="acts_covered", parameters={"topic": "agua"})
    data = {
        "plan": activity.plan_id,
        "number": 1,
        "description": "Boletines",
        "months": [str(month) for month in range(1, 13)],
        "measure": "",
    }
    return form_of(activity, data | changes)


def test_an_activity_nobody_measures_keeps_no_parameters() -> None:
    form = filled()
    assert form.errors == {}
    assert (form.save().measure, form.instance.parameters) == ("", {})


def test_a_measure_is_narrowed_to_what_was_chosen() -> None:
    DepartmentFactory.create()
    form = filled(
        measure="days_with_publication", about_channel="telegram", about_department="obras-publicas"
    )
    assert form.errors == {}
    assert (form.save().measure, form.instance.parameters) == (
        "days_with_publication",
        {"channel": "telegram", "department": "obras-publicas"},
    )


def test_a_measure_that_does_not_exist_is_refused() -> None:
    assert list(filled(measure="likes").errors) == ["measure"]


def test_a_department_that_does_not_exist_is_refused() -> None:
    assert list(filled(measure="acts_covered", about_department="no-existe").errors) == ["about_department"]


def test_a_narrowing_that_the_measure_does_not_understand_is_refused_where_it_stands() -> None:
    assert filled(measure="acts_covered", about_channel="telegram").errors == {
        "about_channel": ["«Actos cubiertos» no se puede separar así: elige «Todos los canales»."]
    }


def test_what_was_chosen_before_and_exists_no_longer_stays_to_be_seen() -> None:
    activity = ActivityFactory.create(measure="acts_covered", parameters={"topic": "agua"})
    field = form_of(activity).fields["about_topic"]
    assert field.initial == "agua"
    assert ("agua", "«agua», que ya no existe") in field.choices
    Topic.objects.create(name="Agua", slug="agua")
    assert ("agua", "Agua") in form_of(activity).fields["about_topic"].choices


def test_each_narrowing_says_which_measures_understand_it() -> None:
    narrows = form_of(ActivityFactory.create()).fields["about_channel"].widget.attrs["data-narrows"].split()
    assert "days_with_publication" in narrows
    assert "acts_covered" not in narrows


def test_measures_that_suit_the_words_come_first() -> None:
    activity = ActivityFactory.create(description="Memoria fotográfica")
    groups = form_of(activity).fields["measure"].choices
    assert groups[1][0] == "Medidas que le van"
    assert groups[1][1][0] == ("photos_in_memory", "Fotos en la memoria")
    assert groups[2][0] == "Las demás"


def test_where_no_record_can_tell_all_measures_stand_in_one_list() -> None:
    activity = ActivityFactory.create(description="Cuidar el equipo")
    assert ("acts_covered", "Actos cubiertos") in form_of(activity).fields["measure"].choices


def test_an_indicator_is_proposed_measures_by_its_name() -> None:
    form_class = IndicatorViewSet.edit_handler.bind_to_model(Indicator).get_form_class()
    form = form_class(instance=IndicatorFactory.create(name="Boletines publicados"))
    assert form.fields["measure"].choices[1][1][0][0] == "bulletins_on_working_days"


def test_the_preview_is_asked_with_the_same_fields() -> None:
    form = MeasureForm({"measure": "acts_covered", "about_kind": "obra"})
    assert form.is_valid()
    assert form.parameters() == {"kind": "obra"}


def test_the_months_of_an_activity_are_marked() -> None:
    form = filled(months=["8", "9"])
    assert form.errors == {}
    assert form.save().months == [month in (8, 9) for month in range(1, 13)]
    assert form_of(form.instance)["months"].value() == ["8", "9"]


def test_what_is_expected_by_the_end_of_a_month_is_typed_under_its_name() -> None:
    form_class = IndicatorViewSet.edit_handler.bind_to_model(Indicator).get_form_class()
    indicator = IndicatorFactory.create(milestones={"3": "25"})
    shown = form_class(instance=indicator)
    data = {name: shown[name].value() for name in shown.fields if name != "milestones"}
    sent = {name: "" if value is None else value for name, value in data.items()}
    form = form_class(sent | {"milestones_2": "30", "milestones_5": "60"}, instance=indicator)
    assert form.errors == {}
    assert form.save().milestones == {"3": "30", "6": "60"}


def test_values_and_goals_of_a_plan_are_written_a_line_each() -> None:
    form_class = PlanViewSet.edit_handler.bind_to_model(Plan).get_form_class()
    plan = PlanFactory.create(slug="plan-2026")
    shown = form_class(instance=plan)
    data = {name: "" if (value := shown[name].value()) is None else value for name in shown.fields}
    form = form_class(
        data | {"values": "Respeto: tratar bien", "goals": "Informar\r\nEscuchar"}, instance=plan
    )
    assert form.errors == {}
    saved = form.save()
    assert (saved.values, saved.goals) == (
        [{"name": "Respeto", "text": "tratar bien"}],
        ["Informar", "Escuchar"],
    )


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


def test_a_measure_that_is_gone_stays_until_somebody_chooses_another() -> None:
    activity = ActivityFactory.create(measure="visits_gone")
    data = {
        "plan": activity.plan_id,
        "number": 1,
        "description": "Boletines",
        "months": [str(month) for month in range(1, 13)],
        "measure": "visits_gone",
    }
    form = form_of(activity, data)
    assert form.errors == {}
    assert form.save().measure == "visits_gone"


def test_a_month_with_an_amount_is_planned() -> None:
    form = filled(months=["1"], amounts_7="12")
    assert form.errors == {}
    activity = form.save()
    assert (activity.months, activity.amounts) == ([month in (1, 8) for month in range(1, 13)], {"8": "12"})
    assert activity.planned_amounts == [("agosto", "12")]


def test_a_text_that_its_file_could_not_hold_is_refused() -> None:
    assert list(filled(supposition="a" * 5001).errors) == ["supposition"]
    assert filled(supposition="a" * 5000).errors == {}
