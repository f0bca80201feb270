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


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_is_none_has_nothing_to_explain(head: Client, plan: Plan, month: int) -> None:
    url = f"/escritorio/plan/{plan.pk}/actos-cubiertos/{month}/desviacion/"
    assert [head.get(url).status_code, head.post(url, {"cause": "Sin vehículo."}).status_code] == [404, 404]
    assert not Deviation.objects.exists()


def test_who_only_reads_explains_nothing(reader: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/actos-cubiertos/10/desviacion/"
    assert reader.post(url, {"cause": "Sin vehículo."}).status_code in (302, 403)
    assert not Deviation.objects.exists()
