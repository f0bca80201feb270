"""The plan on the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from factories.plan import act, bulletin, moment
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


def test_the_menu_leads_to_the_plan_of_the_year(reader: Client, plan: Plan) -> None:
    answer = reader.get("/escritorio/plan/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/escritorio/plan/{plan.pk}/")


def test_without_a_plan_the_desk_says_how_to_load_one(reader: Client) -> None:
    answer = reader.get("/escritorio/plan/")
    assert answer.status_code == 200
    assert "Todavía no hay plan anual" in answer.content.decode()


def test_the_sheet_shows_figures_and_what_lacks_even_of_internal_acts(reader: Client, plan: Plan) -> None:
    act("2026-11-10 09:00", Settlement.DUE, title="Reunión de gabinete", public=False)
    bulletin("2026-11-10")
    page = reader.get(f"/escritorio/plan/{plan.pk}/").content.decode()
    assert [words in page for words in ("0 de 1", "Reunión de gabinete", "acto interno")] == [True] * 3


def test_only_who_may_change_the_plan_is_led_to_its_forms(head: Client, reader: Client, plan: Plan) -> None:
    link = f"/snippets/plan/plan/edit/{plan.pk}/"
    url = f"/escritorio/plan/{plan.pk}/"
    assert [link in client.get(url).content.decode() for client in (head, reader)] == [True, False]


def test_a_stranger_is_refused(stranger: Client, plan: Plan) -> None:
    answer = stranger.get(f"/escritorio/plan/{plan.pk}/")
    assert answer.status_code in (302, 403)
    assert "Actos oficiales" not in answer.content.decode()


def test_a_report_is_chosen_and_handed_over_as_a_file(reader: Client, plan: Plan) -> None:
    page = reader.get(f"/escritorio/plan/{plan.pk}/informe/").content.decode()
    assert "Tercer trimestre de 2026" in page
    answer = reader.get(
        f"/escritorio/plan/{plan.pk}/informe/", {"span": "2026-t3", "layout": "mazamitla", "kind": "docx"}
    )
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="informe-comunicacion-social-2026-2026-t3.docx"'
    )
    assert answer.content.startswith(b"PK")


@pytest.mark.parametrize(
    "wrong", [{"span": "2026-t9"}, {"span": "2025"}, {"layout": "otro"}, {"kind": "exe"}, {"span": ""}]
)
def test_a_report_that_does_not_exist_is_told_on_the_page(
    reader: Client, plan: Plan, wrong: dict[str, str]
) -> None:
    chosen = {"span": "2026-t3", "layout": "oficina", "kind": "pdf", **wrong}
    answer = reader.get(f"/escritorio/plan/{plan.pk}/informe/", chosen)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_stranger_gets_no_report(stranger: Client, plan: Plan) -> None:
    chosen = {"span": "2026-t3", "layout": "oficina", "kind": "pdf"}
    assert stranger.get(f"/escritorio/plan/{plan.pk}/informe/", chosen).status_code in (302, 403)
