"""Why a month went otherwise than planned."""

from __future__ import annotations

import pytest
from django.test import Client

from pregon.plan.models import Deviation, Plan


def test_a_deviation_is_asked_for_until_it_is_written(head: Client, plan: Plan, october: str) -> None:
    months = f"/escritorio/plan/{plan.pk}/meses/"
    acts = plan.indicators.filter(measure="acts_covered")[0].slug
    link = f"/escritorio/plan/{plan.pk}/{acts}/10/desviacion/"
    assert link in head.get(months).content.decode()
    head.post(link, {"cause": "Sin vehículo.", "effect": "", "remedy": "Se pidió uno."})
    assert link not in head.get(months).content.decode()
    assert "Sin vehículo." in head.get(link).content.decode()


def test_what_was_said_of_a_closed_month_stays_as_it_was_signed(
    head: Client, plan: Plan, october: str
) -> None:
    acts = plan.indicators.filter(measure="acts_covered")[0].slug
    url = f"/escritorio/plan/{plan.pk}/{acts}/10/desviacion/"
    head.post(url, {"cause": "Sin vehículo."})
    head.post(f"{october}/cerrar/")
    refused = "Octubre de 2026 está cerrado: ábrelo de nuevo, con su motivo, para cambiar su explicación."
    page = head.get(url).content.decode()
    assert (refused in page, 'name="cause"' in page) == (True, False)
    answer = head.post(url, {"cause": "Otra cosa, escrita mientras se cerraba."}).content.decode()
    assert (refused in answer, "Otra cosa, escrita mientras" in answer) == (True, True)
    assert Deviation.objects.get().cause == "Sin vehículo."


def test_nothing_of_a_closed_month_asks_to_be_explained(head: Client, plan: Plan, october: str) -> None:
    months = f"/escritorio/plan/{plan.pk}/meses/"
    assert "/10/desviacion/" in head.get(months).content.decode()
    head.post(f"{october}/cerrar/")
    assert "/10/desviacion/" not in head.get(months).content.decode()


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_is_none_has_nothing_to_explain(head: Client, plan: Plan, month: int) -> None:
    url = f"/escritorio/plan/{plan.pk}/actos-cubiertos/{month}/desviacion/"
    assert [head.get(url).status_code, head.post(url, {"cause": "Sin vehículo."}).status_code] == [404, 404]
    assert not Deviation.objects.exists()


def test_who_only_reads_explains_nothing(reader: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/actos-cubiertos/10/desviacion/"
    assert reader.post(url, {"cause": "Sin vehículo."}).status_code in (302, 403)
    assert not Deviation.objects.exists()
