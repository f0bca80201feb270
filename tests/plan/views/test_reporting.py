"""Reports that are taken along."""

from __future__ import annotations

import pytest
from django.test import Client

from pregon.plan.models import Plan


def test_a_report_is_chosen_and_handed_over_as_a_file(reader: Client, plan: Plan) -> None:
    page = reader.get(f"/escritorio/plan/{plan.pk}/informe/").content.decode()
    assert "Tercer trimestre de 2026" in page
    answer = reader.get(
        f"/escritorio/plan/{plan.pk}/informe/", {"span": "2026-t3", "layout": "mazamitla", "kind": "docx"}
    )
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="informe-comunicacion-social-2026-t3-mazamitla.docx"'
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
