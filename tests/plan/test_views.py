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
    assert [words in page for words in ("0 de 1", "Reunión de gabinete", "· interno")] == [True] * 3


def test_only_who_may_change_the_plan_is_led_to_its_forms(head: Client, reader: Client, plan: Plan) -> None:
    link = f"/snippets/plan/plan/edit/{plan.pk}/"
    url = f"/escritorio/plan/{plan.pk}/"
    assert [link in client.get(url).content.decode() for client in (head, reader)] == [True, False]


def test_a_stranger_is_refused(stranger: Client, plan: Plan) -> None:
    answer = stranger.get(f"/escritorio/plan/{plan.pk}/")
    assert answer.status_code in (302, 403)
    assert "Actos oficiales" not in answer.content.decode()


# --- What a measure would have said ---

PREVIEW = "/escritorio/plan/medida/vista/"


def test_the_preview_shows_the_past_months_and_the_records_behind_them(reader: Client) -> None:
    bulletin("2026-11-10", title="Calle lista")
    page = reader.get(PREVIEW, {"measure": "bulletins_published"}).content.decode()
    assert "Noviembre 2026" in page
    assert "Calle lista" in page


def test_a_part_of_it_stands_in_the_form_that_chooses_a_measure(reader: Client) -> None:
    part = reader.get(PREVIEW, {"measure": "bulletins_published", "parte": "1"}).content.decode()
    assert "<html" not in part
    assert "En estos doce meses no hay ningún registro así." in part


def test_what_cannot_be_asked_is_told_and_never_breaks(reader: Client) -> None:
    answer = reader.get(PREVIEW, {"measure": "acts_covered", "about_channel": "telegram"})
    assert answer.status_code == 200
    assert "no se puede separar así" in answer.content.decode()
    assert reader.get(PREVIEW, {"measure": "likes", "parte": "1"}).status_code == 200


def test_a_stranger_sees_no_preview(stranger: Client) -> None:
    assert stranger.get(PREVIEW).status_code in {302, 403}
