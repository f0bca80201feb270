"""What the pages of a plan share."""

from __future__ import annotations

import pytest
from django.test import Client

from pregon.plan.models import Plan


@pytest.mark.parametrize(
    "path", ["", "informe/", "otro-ano/", "metas/", "meses/", "meses/10/cerrar/", "actos-cubiertos/capturar/"]
)
def test_a_plan_that_is_not_there_is_not_found(head: Client, plan: Plan, path: str) -> None:
    assert head.get(f"/escritorio/plan/{plan.pk + 1}/{path}").status_code == 404


def test_a_line_that_is_not_in_the_plan_is_not_found(head: Client, plan: Plan) -> None:
    for path in ("otra/capturar/", "otra/10/desviacion/"):
        assert head.get(f"/escritorio/plan/{plan.pk}/{path}").status_code == 404


def test_what_cannot_be_done_is_told_on_the_form_that_keeps_what_was_typed(head: Client, plan: Plan) -> None:
    url = f"/escritorio/plan/{plan.pk}/meses/10/abrir/"
    page = head.post(url, {"reason": "Faltaba un acto de obra."}).content.decode()
    assert "Octubre de 2026 no está cerrado" in page
    assert "Faltaba un acto de obra." in page
