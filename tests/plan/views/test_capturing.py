"""Figures that no record tells."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from factories.plan import IndicatorFactory
from pregon.plan.models import Capture, Indicator, Plan


def opinion(plan: Plan) -> Indicator:
    made: Indicator = IndicatorFactory.create(plan=plan, code="opinion", unit="Porcentaje", name="Opinión")
    return made


def typed(**fields: str) -> dict[str, str]:
    return {"month": "10", "numerator": "60", "denominator": "", "note": "Encuesta de salida"} | fields


@pytest.mark.parametrize(
    ("numerator", "meant", "captured", "told"),
    [
        ("60", "de-cien", (60, 100), "puede decir más de una cosa"),
        ("60%", "de-cien", (60, 100), "puede decir más de una cosa"),
        ("0.6", "de-uno", (60, 100), "puede decir más de una cosa"),
        ("0.6", "de-cien", (Decimal("0.6"), 100), "puede decir más de una cosa"),
        ("1,250", "cosas", (1250, None), "Un porcentaje no pasa de 100"),
    ],
)
def test_a_percentage_is_asked_about_and_never_guessed(
    head: Client, plan: Plan, numerator: str, meant: str, captured: tuple[int, int | None], told: str
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    asked = head.post(url, typed(numerator=numerator)).content.decode()
    assert told in asked
    assert not Capture.objects.exists()
    head.post(url, typed(numerator=numerator, meant=meant))
    assert Capture.objects.values_list("numerator", "denominator").get() == captured


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"numerator": "0,6", "denominator": "1"}, "Escribe un número con punto decimal"),
        ({"numerator": "sesenta"}, "Escribe un número con punto decimal"),
        ({"numerator": "60%", "denominator": "100", "meant": "de-cien"}, "no los dos"),
        ({"numerator": "7", "denominator": "5"}, "no puede pasar de lo que se debía"),
        ({"month": "12", "denominator": "100"}, "Elige una de las opciones"),
        ({"note": "", "denominator": "100"}, "Este campo es necesario"),
    ],
)
def test_what_cannot_be_read_is_told_and_kept_in_the_form(
    head: Client, plan: Plan, fields: dict[str, str], sentence: str
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    assert sentence in head.post(url, typed(**fields)).content.decode()
    assert not Capture.objects.exists()


def test_what_was_captured_is_listed_with_what_it_replaced(head: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    for done in ("27", "28"):
        head.post(url, typed(numerator=done, denominator="30"))
    page = head.get(url).content.decode()
    assert [words in page for words in ("27 de 30", "28 de 30", "reemplazado")] == [True] * 3
    assert "capturado a mano" in head.get(f"/escritorio/plan/{plan.pk}/").content.decode()


def test_a_month_that_was_closed_meanwhile_is_told_and_nothing_typed_is_lost(
    head: Client, plan: Plan, october: str
) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    head.post(f"{october}/cerrar/")
    page = head.post(url, typed(denominator="100")).content.decode()
    assert (
        "ese mes ya está cerrado (ábrelo de nuevo, con su motivo)" in page,
        "Encuesta de salida" in page,
    ) == (
        True,
        True,
    )
    assert not Capture.objects.exists()


def test_who_only_reads_captures_nothing(reader: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    assert reader.post(url, typed(denominator="100")).status_code in (302, 403)
    assert not Capture.objects.exists()


def test_nothing_owed_is_told_apart_from_more_than_was_owed(head: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/"
    answers = [head.post(url, typed(numerator="5", denominator=owed)).content.decode() for owed in ("0", "4")]
    assert "De cuántos tiene que ser más que cero" in answers[0]
    assert "no puede pasar de lo que se debía" in answers[1]


def test_the_page_brings_the_script_that_chooses_a_file(head: Client, plan: Plan) -> None:
    page = head.get(f"/escritorio/plan/{plan.pk}/{opinion(plan).slug}/capturar/").content.decode()
    assert "wagtaildocs/js/document-chooser" in page
