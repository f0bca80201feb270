"""The parts of a plan open in Wagtail's editor for who may change them."""

from __future__ import annotations

import pytest
from django.db.models import Model
from django.test import Client

from factories.plan import moment
from pregon.plan import actions
from pregon.plan.models import Activity, Indicator, Plan, Programme
from pregon.plan.viewsets import VIEWSETS

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
    page = head.get(editor(Indicator))
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    url = f"/escritorio/snippets/plan/indicator/edit/{indicator.pk}/"
    changed = data | {
        "plan": indicator.plan_id, "programme": indicator.programme_id, "code": indicator.code,
        "order": indicator.order, "name": indicator.name, "target": "70", "parameters": "{}",
    }  # fmt: skip
    assert head.post(url, changed).status_code == 302
    indicator.refresh_from_db()
    assert indicator.target == 70
