"""Months that are closed and opened again."""

from __future__ import annotations

import re

from django.db import connection
from django.test import Client

from factories.plan import act
from pregon.agenda.enums import Settlement
from pregon.plan.models import Plan


def test_a_month_shows_what_will_be_signed_and_is_closed_by_one_press(
    head: Client, plan: Plan, october: str
) -> None:
    page = head.get(f"{october}/cerrar/").content.decode()
    assert [
        words in page for words in ("1 de 2", "Entrega de becas", "Falta explicar", "se firman sin ella")
    ] == [True] * 4
    assert not plan.seals.exists()
    after = head.post(f"{october}/cerrar/", follow=True).content.decode()
    assert "Octubre de 2026 quedó cerrado" in after
    assert plan.seals.get().digest[:12] in after


def test_who_presses_second_reads_a_sentence(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    after = head.post(f"{october}/cerrar/", follow=True).content.decode()
    assert "Octubre de 2026 ya está cerrado. Para corregirlo, ábrelo de nuevo y escribe por qué." in after
    assert plan.seals.count() == 1


def test_a_month_that_runs_has_no_page_to_close_it(head: Client, plan: Plan) -> None:
    answer = head.get(f"/escritorio/plan/{plan.pk}/meses/11/cerrar/", follow=True)
    said = "Noviembre de 2026 termina el 30: se puede cerrar desde el 1 de diciembre."
    assert said in answer.content.decode()
    head.post(f"/escritorio/plan/{plan.pk}/meses/11/cerrar/")
    assert not plan.seals.exists()
    assert head.get(f"/escritorio/plan/{plan.pk}/meses/13/cerrar/").status_code == 404


def test_who_comes_back_to_the_page_of_a_closed_month_reads_that_it_is_closed(
    head: Client, plan: Plan, october: str
) -> None:
    head.post(f"{october}/cerrar/")
    head.get(f"/escritorio/plan/{plan.pk}/meses/")  # reads what the press said
    page = head.get(f"{october}/cerrar/", follow=True).content.decode()
    assert "Octubre de 2026 ya está cerrado. Para corregirlo, ábrelo de nuevo y escribe por qué." in page


def test_opening_again_asks_why_and_shows_both(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    assert "por qué se abre de nuevo" in head.post(f"{october}/abrir/", {"reason": "ya"}).content.decode()
    page = head.post(
        f"{october}/abrir/", {"reason": "Faltaba un acto de obra."}, follow=True
    ).content.decode()
    assert [
        words in page for words in ("Abierto de nuevo", "Faltaba un acto de obra.", "Cerrar octubre")
    ] == [True] * 3
    assert [seal.act for seal in plan.seals.all()] == ["cierre", "reapertura"]


def test_what_changed_since_is_told_on_the_page_of_months(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    act("2026-10-08 09:00", Settlement.COVERED, title="Llegó tarde")
    page = head.get(f"/escritorio/plan/{plan.pk}/meses/").content.decode()
    assert [words in page for words in ("Lo que cambió después de cerrar", "Llegó tarde")] == [True] * 2


def test_the_chain_is_checked_on_the_page_of_months(head: Client, plan: Plan, october: str) -> None:
    head.post(f"{october}/cerrar/")
    url = f"/escritorio/plan/{plan.pk}/meses/?comprobar=1"
    assert "El único cierre está como se firmó" in head.get(url).content.decode()
    plan.seals.update(openings={"f" * 64: {"nonce": "", "said": {}}})
    assert "La cadena de cierres no está entera" in head.get(url).content.decode()


def test_a_month_that_is_not_as_signed_is_named_on_the_page_of_the_plan(
    head: Client, plan: Plan, october: str
) -> None:
    head.post(f"{october}/cerrar/")
    sheet = f"/escritorio/plan/{plan.pk}/"
    assert "Ya no están como se firmaron" not in head.get(sheet).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER plan_seals_stand")  # as whoever holds the database can
    plan.seals.update(digest="0" * 64)
    assert "cuentan otra vez con sus registros: octubre." in head.get(sheet).content.decode()


def test_only_the_head_closes_and_opens(reader: Client, plan: Plan, october: str) -> None:
    for what in ("cerrar", "abrir"):
        assert reader.post(f"{october}/{what}/", {"reason": "Porque quiero."}).status_code in (302, 403)
    assert not plan.seals.exists()
    page = reader.get(f"/escritorio/plan/{plan.pk}/meses/").content.decode()
    assert "Cerrar octubre" not in page


def test_a_month_before_the_first_record_says_what_it_may_hold(
    head: Client, plan: Plan, october: str
) -> None:
    page = head.get(f"/escritorio/plan/{plan.pk}/meses/").content.decode()
    said = "Es de antes del primer registro: solo cuenta lo que se capture a mano."
    assert page.count(f"{said} Sin capturas no hace falta cerrarlo.") == 9
    quiet = re.findall(r'class="button button-small button-secondary" href="[^"]*/cerrar/"', page)
    plain = re.findall(r'class="button button-small" href="[^"]*/10/cerrar/"', page)
    assert (len(quiet), len(plain)) == (9, 1)
