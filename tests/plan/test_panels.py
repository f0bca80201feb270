"""The plan on Hoy."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from factories.accounts import UserFactory
from factories.plan import PlanFactory, act, bulletin, moment
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.panels import PlanPanel

pytestmark = pytest.mark.django_db

AT = moment("2026-11-20")


def drawn() -> str:
    html: str = PlanPanel(AT).render_html({"request": RequestFactory().get("/")})
    return html


def test_the_month_is_told_with_its_working_day_and_a_bar_for_each_figure() -> None:
    actions.load_plan("mazamitla", year=2026, at=AT)
    act("2026-11-10 09:00", Settlement.COVERED)
    bulletin("2026-11-10")
    html = drawn()
    assert "noviembre, día hábil 14 de 20" in html
    assert html.count("<progress") == 6
    assert "1 de 1" in html


def test_a_plan_of_last_year_asks_for_this_years() -> None:
    PlanFactory.create(year=2025)
    assert "El último plan es de 2025: falta cargar el de este año." in drawn()


def test_without_a_plan_the_panel_says_how_to_load_one() -> None:
    assert "Todavía no hay plan anual" in drawn()


def test_it_is_the_last_of_the_panels() -> None:
    assert PlanPanel.order == 90


def test_a_month_that_is_over_waits_to_be_closed_until_it_is() -> None:
    plan = actions.load_plan("mazamitla", year=2026, at=AT)
    bulletin("2026-10-12")
    assert f"Octubre espera su cierre en «{plan}»." in drawn()
    actions.close_month(plan, 10, by=UserFactory.create(), at=AT)
    assert "su cierre" not in drawn()


def test_several_months_that_wait_are_named_together() -> None:
    plan = actions.load_plan("mazamitla", year=2026, at=AT)
    bulletin("2026-09-10")
    assert f"Esperan su cierre en «{plan}»: Septiembre, octubre." in drawn()
