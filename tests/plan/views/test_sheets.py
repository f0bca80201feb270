"""How plans stand, and what they lack."""

from __future__ import annotations

import pytest
from django.test import Client

from factories.plan import (
    ActivityFactory,
    IndicatorFactory,
    PlanFactory,
    ProgrammeFactory,
    act,
    bulletin,
    moment,
)
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.enums import PlanKind
from pregon.plan.models import Plan

AT = moment("2026-11-20")


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


def test_a_line_that_nothing_measures_says_how_it_could_be(reader: Client) -> None:
    made = PlanFactory.create()
    ActivityFactory.create(plan=made, description="Diseñar carteles y volantes")
    ActivityFactory.create(plan=made, description="Cuidar el equipo")
    IndicatorFactory.create(plan=made, name="Boletines", measure="bulletins_published")
    page = reader.get(f"/escritorio/plan/{made.pk}/").content.decode()
    rows = page.split('class="desk-scroll"')[1]
    assert "Se puede contar: Documentos publicados" in rows
    assert "A mano. Captura cada mes lo que se revisó" in rows
    assert (rows.count("Se puede contar"), rows.count("A mano.")) == (1, 1)


def test_only_who_may_change_the_plan_is_led_to_its_forms(head: Client, reader: Client, plan: Plan) -> None:
    link = f"/snippets/plan/plan/edit/{plan.pk}/"
    url = f"/escritorio/plan/{plan.pk}/"
    assert [link in client.get(url).content.decode() for client in (head, reader)] == [True, False]


@pytest.mark.parametrize("part", ["indicator", "activity", "programme"])
def test_who_may_is_offered_to_add_a_line_to_the_plan(
    head: Client, reader: Client, plan: Plan, part: str
) -> None:
    link = f'href="/escritorio/snippets/plan/{part}/add/?plan={plan.pk}"'
    url = f"/escritorio/plan/{plan.pk}/"
    assert [link in client.get(url).content.decode() for client in (head, reader)] == [True, False]


def test_a_stranger_is_refused(stranger: Client, plan: Plan) -> None:
    answer = stranger.get(f"/escritorio/plan/{plan.pk}/")
    assert answer.status_code in (302, 403)
    assert "Actos oficiales" not in answer.content.decode()


def test_what_the_plan_lacks_leads_whoever_may_change_it_to_the_form(
    head: Client, reader: Client, plan: Plan
) -> None:
    pieces = plan.indicators.get(code="difusion-producida")
    link = f'href="/escritorio/snippets/plan/indicator/edit/{pieces.pk}/"'
    pages = [client.get(f"/escritorio/plan/{plan.pk}/").content.decode() for client in (head, reader)]
    parts = [page.split('id="plan-falta"')[1].split("</section>")[0] for page in pages]
    assert ["No dice cómo se calcula." in part for part in parts] == [True, True]
    assert ["Indicador 3 · Spots, perifoneo y carteles" in part for part in parts] == [True, True]
    assert [link in part for part in parts] == [True, False]


def test_one_kind_of_fault_stands_once_with_all_its_sentences(head: Client) -> None:
    made = PlanFactory.create()
    for words in ("Boletines informativos", "Memoria fotográfica"):
        ActivityFactory.create(plan=made, description=words)
    part = head.get(f"/escritorio/plan/{made.pk}/").content.decode().split('id="plan-falta"')[1]
    assert part.count("<strong>Se puede contar con los registros</strong> <small>2</small>") == 1
    assert "esta medida: Boletines" in part
    assert "esta medida: Fotos en la memoria." in part


def test_a_plan_that_nothing_measures_is_not_said_to_have_done_all(head: Client) -> None:
    made = PlanFactory.create()
    IndicatorFactory.create(plan=made)
    page = head.get(f"/escritorio/plan/{made.pk}/").content.decode()
    assert "Los registros no dicen que se deba nada." in page
    assert "todo lo que se debía está hecho" not in page


def test_each_finding_leads_to_its_own_row_whatever_the_order_of_programmes(head: Client) -> None:
    made = PlanFactory.create()
    second, first = (ProgrammeFactory.create(plan=made, order=order) for order in (2, 1))
    rows = [
        IndicatorFactory.create(plan=made, programme=programme, name=name, order=order)
        for order, (programme, name) in enumerate([(second, "Último"), (first, "Medio"), (None, "Primero")])
    ]
    page = head.get(f"/escritorio/plan/{made.pk}/").content.decode()
    for number, row in zip((3, 2, 1), rows, strict=True):
        assert f'edit/{row.pk}/">Indicador {number} · {row.name}</a>' in page


def test_the_sheet_marks_the_targets_that_wait_and_leads_to_them(head: Client, plan: Plan) -> None:
    begun = actions.begin_year(plan, 2027, by=None, at=AT)
    page = head.get(f"/escritorio/plan/{begun.pk}/").content.decode()
    assert f'href="/escritorio/plan/{begun.pk}/metas/">Revisar 4 metas</a>' in page
    assert page.count("por revisar</span>") == 4


def test_several_plans_of_a_year_are_shown_together_with_their_standing(reader: Client, plan: Plan) -> None:
    bulletin("2026-11-10")
    campaign = PlanFactory.create(year=2026, title="Campaña de vacunas", kind=PlanKind.CAMPAIGN)
    PlanFactory.create(year=2025, title="Plan viejo")
    page = reader.get("/escritorio/plan/").content.decode()
    assert "Los planes de 2026" in page
    assert page.index(plan.title) < page.index(campaign.title) < page.index("Plan viejo 2025")
    assert "1 de" in page


def test_a_measure_that_is_gone_is_told_beside_its_line_on_every_page(head: Client, plan: Plan) -> None:
    bulletin("2026-11-10")
    item = plan.indicators.filter(measure="acts_covered").first()
    assert item is not None
    plan.indicators.filter(pk=item.pk).update(measure="visits_gone")
    pages = [
        head.get(address)
        for address in (
            "/escritorio/",
            f"/escritorio/plan/{plan.pk}/",
            f"/escritorio/plan/{plan.pk}/meses/",
            f"/escritorio/plan/{plan.pk}/meses/10/cerrar/",
            f"/escritorio/snippets/plan/indicator/edit/{item.pk}/",
            "/",
            plan.get_absolute_url(),
            item.get_absolute_url(),
        )
    ]
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert "La medida «visits_gone» ya no está instalada" in pages[1].content.decode()
    assert "La medida «visits_gone» ya no está instalada" in pages[3].content.decode()
    assert "«visits_gone», que ya no está instalada" in pages[4].content.decode()
    assert "Hoy no se pudo medir." in pages[6].content.decode()
