"""What holds a part of a plan, or would be lost with it, is told before it is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import Client

from factories.accounts import UserFactory
from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, ProgrammeFactory, bulletin, moment
from pregon.plan import actions
from pregon.plan.actions import Figures
from pregon.plan.models import Activity, Plan, Programme

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")
SIGNED = "lo que dice está firmado en octubre y se lee en el sitio."


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def activity() -> Activity:
    bulletin("2026-10-05")
    plan = PlanFactory.create(title="Plan operativo")
    made: Activity = ActivityFactory.create(plan=plan, programme=ProgrammeFactory.create(plan=plan))
    said = Figures(numerator=Decimal(3), note="Bitácora")
    actions.capture(made, 10, said, by=UserFactory.create(), at=AT)
    return made


def page_of(part: Model) -> str:
    return f"/escritorio/snippets/plan/{part._meta.model_name}/delete/{part.pk}/"


def words_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_a_plan_with_signed_months_is_not_deleted(head: Client, activity: Activity) -> None:
    plan = activity.plan
    actions.close_month(plan, 10, by=UserFactory.create(), at=AT)
    bulk = f"/escritorio/bulk/plan/plan/delete/?id={plan.pk}"
    for address in (page_of(plan), bulk):
        for answer in (head.get(address, follow=True), head.post(address, follow=True)):
            assert answer.status_code == 200
            assert "no se borra: tiene 1 mes firmado" in answer.content.decode()
    assert Plan.objects.filter(pk=plan.pk).exists()


def test_what_was_written_down_is_told_before_its_line_goes(head: Client, activity: Activity) -> None:
    told = "También se borra lo que se escribió a mano: 1 cifra capturada."
    for part in (activity, activity.programme, activity.plan):
        assert part is not None
        assert told in head.get(page_of(part)).content.decode()
    assert "Se usa 0 veces" not in words_of(head.get(page_of(activity)))
    head.post(page_of(activity))
    assert not Activity.objects.exists()


def test_what_was_written_down_and_signed_holds_its_line_until_the_month_is_opened(
    head: Client, activity: Activity
) -> None:
    plan, by = activity.plan, UserFactory.create()
    actions.close_month(plan, 10, by=by, at=AT)
    for part in (activity, activity.programme):
        assert part is not None
        assert SIGNED in head.post(page_of(part), follow=True).content.decode()
    actions.reopen_month(plan, 10, reason="Se capturó dos veces.", by=by, at=AT)
    head.post(page_of(activity))
    assert not Activity.objects.exists()


def test_a_line_whose_records_are_signed_stays_and_says_what_to_do_instead(head: Client) -> None:
    bulletin("2026-10-05")
    plan = PlanFactory.create()
    programme = ProgrammeFactory.create(plan=plan)
    line = IndicatorFactory.create(
        plan=plan, programme=programme, name="Boletines", measure="bulletins_on_working_days"
    )
    actions.close_month(plan, 10, by=UserFactory.create(), at=AT)
    bulk = f"/escritorio/bulk/plan/indicator/delete/?id={line.pk}"
    for address, instead in (
        (page_of(line), "«Boletines» no se borra"),
        (bulk, "si ya no se persigue, escríbelo en «Meta con palabras»."),
        (page_of(programme), "si ya no sigue, escríbelo en su descripción."),
    ):
        for answer in (head.get(address, follow=True), head.post(address, follow=True)):
            assert (SIGNED in answer.content.decode(), instead in answer.content.decode()) == (True, True)
    assert head.get(line.get_absolute_url()).status_code == 200


def test_a_line_of_which_nobody_wrote_anything_goes_though_months_are_signed(head: Client) -> None:
    bulletin("2026-10-05")
    line = ActivityFactory.create()
    actions.close_month(line.plan, 10, by=UserFactory.create(), at=AT)
    head.post(page_of(line))
    assert not Activity.objects.exists()


def test_a_plan_loaded_twice_goes_as_the_plan_is_told_to(head: Client) -> None:
    programme = ProgrammeFactory.create()
    head.post(page_of(programme.plan))
    assert not Programme.objects.exists()
