"""The parts of a plan open in Wagtail's editor for who may change them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from factories.plan import moment
from pregon.plan import actions
from pregon.plan.fields import MilestonesField
from pregon.plan.models import Activity, Indicator, Input, Plan, Programme
from pregon.plan.viewsets import VIEWSETS, PartViewSet

pytestmark = pytest.mark.postgresql

PARTS: list[type[Model]] = [Plan, Programme, Indicator, Activity]


def editor(part: type[Model]) -> str:
    first = part._default_manager.order_by("pk").first()
    assert first is not None
    return f"/escritorio/snippets/plan/{part._meta.model_name}/edit/{first.pk}/"


def test_each_part_has_its_editor() -> None:
    assert [viewset.model for viewset in VIEWSETS] == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_the_head_opens_it_and_a_reader_is_turned_away(
    head: Client, reader: Client, part: type[Model]
) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    assert [client.get(editor(part)).status_code for client in (head, reader)] == [200, 302]


def test_a_target_that_was_empty_can_be_written_at_last(head: Client) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    indicator = Indicator.objects.get(code="opinion-comunicacion")
    url = f"/escritorio/snippets/plan/indicator/edit/{indicator.pk}/"
    form = head.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    changed = data | {
        "plan": indicator.plan_id, "programme": indicator.programme_id, "code": indicator.code,
        "order": indicator.order, "name": indicator.name, "target": "70", "parameters": "{}",
    }  # fmt: skip
    assert head.post(url, changed).status_code == 302
    indicator.refresh_from_db()
    assert indicator.target == 70


#: What no person types: what actions write, and what the measure's own lists stand for.
NOT_TYPED = {"id", "parameters", "loaded_at", "review_due", "reviewed_by", "reviewed_at"}


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_no_field_of_a_plan_is_without_a_place_on_its_form(head: Client, viewset: type[PartViewSet]) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    fields = {field.name for field in viewset.model._meta.concrete_fields}
    assert fields - NOT_TYPED <= head.get(editor(viewset.model)).context["form"].fields.keys()


def test_an_input_is_written_with_its_programme_whole(head: Client) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    form = head.get(editor(Programme)).context["form"]
    fields = {field.name for field in Input._meta.concrete_fields} - {"id", "programme"}
    assert fields <= form.formsets["inputs"].empty_form.fields.keys()


def sent(page: Any) -> dict[str, object]:
    """What a person who changes nothing sends."""
    form = page.context["form"]
    forms = [form, *(part for each in form.formsets.values() for part in (each.management_form, *each.forms))]
    found: dict[str, object] = {}
    for one in forms:
        for field in one:
            value = field.value()
            if isinstance(field.field, MilestonesField):
                found |= {f"{field.html_name}_{n}": "" for n in range(12)}
            else:
                found[field.html_name] = "" if value is None else value
    return found


@pytest.mark.parametrize("part", PARTS)
def test_a_saved_form_leads_back_to_its_plan(head: Client, part: type[Model]) -> None:
    plan = actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    answer = head.post(editor(part), sent(head.get(editor(part))))
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/escritorio/plan/{plan.pk}/")


def test_axis_alignment_and_responsible_of_a_programme_are_kept(head: Client) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    data = sent(head.get(editor(Programme))) | {
        "axis": "Gobierno abierto", "responsible": "Dirección de Comunicación",
        "alignment": "Plan municipal: Eje 4\nPlan estatal: Gobernanza",
    }  # fmt: skip
    assert head.post(editor(Programme), data).status_code == 302
    first = Programme.objects.order_by("pk")[0]
    assert (first.axis, first.responsible) == ("Gobierno abierto", "Dirección de Comunicación")
    assert [part["name"] for part in first.alignment] == ["Plan municipal", "Plan estatal"]


@pytest.mark.parametrize(
    ("part", "place"), [(Programme, "order"), (Indicator, "order"), (Activity, "number")]
)
def test_a_line_begun_from_a_plan_belongs_to_it_and_comes_last(
    head: Client, part: type[Model], place: str
) -> None:
    plan = actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    last = max([0, *part._default_manager.values_list(place, flat=True)])
    form = head.get(f"/escritorio/snippets/plan/{part._meta.model_name}/add/?plan={plan.pk}").context["form"]
    assert (form["plan"].value(), form[place].value()) == (plan.pk, last + 1)


def test_a_new_activity_is_added_from_the_plan(head: Client) -> None:
    plan = actions.load_plan("mazamitla", year=2026, at=moment("2026-11-20"))
    url = f"/escritorio/snippets/plan/activity/add/?plan={plan.pk}"
    answer = head.post(url, sent(head.get(url)) | {"description": "Cápsulas de radio", "months": ["3", "4"]})
    assert answer.headers.get("Location") == f"/escritorio/plan/{plan.pk}/"
    assert Activity.objects.get(description="Cápsulas de radio").months.count(True) == 2


def test_a_line_takes_no_programme_of_another_plan(head: Client) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    other = actions.load_plan("ocotlan", year=2027, at=moment("2026-11-20"))
    data = sent(head.get(editor(Indicator))) | {"plan": other.pk}
    answer = head.post(editor(Indicator), data)
    assert "es de otro plan" in answer.content.decode()


NAMED: dict[type[Model], str] = {
    Plan: "title",
    Programme: "name",
    Indicator: "name",
    Activity: "description",
}


@pytest.mark.parametrize("part", PARTS)
def test_who_saves_over_somebody_else_is_told_first_and_loses_nothing(
    head: Client, part: type[Model]
) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    url, field = editor(part), NAMED[part]
    first, second = (
        sent(head.get(url)) | {field: name} for name in ("De la primera pestaña", "De la segunda")
    )
    assert head.post(url, first).status_code == 302
    page = head.post(url, second)
    told = page.content.decode()
    label = str(page.context["form"][field].label)
    assert "Alguien guardó esta ficha después de que la abriste." in told
    assert f"Lo que escribiste sigue aquí, y es distinto en: {label}." in told
    assert page.context["form"][field].value() == "De la segunda"
    kept = part._default_manager.order_by("pk")
    assert getattr(kept[0], field) == "De la primera pestaña"
    again = sent(page)
    assert f'value="{again["opened"]}"' in told
    assert head.post(url, again).status_code == 302
    assert getattr(kept.all()[0], field) == "De la segunda"


def test_inputs_that_somebody_else_wrote_are_not_wiped_either(head: Client) -> None:
    actions.load_plan("ocotlan", year=2026, at=moment("2026-11-20"))
    url = editor(Programme)
    opened = sent(head.get(url))
    first = Programme.objects.order_by("pk")[0]
    Input.objects.create(programme=first, description="Papel")
    assert "Alguien guardó esta ficha" in head.post(url, opened).content.decode()
