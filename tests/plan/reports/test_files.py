from __future__ import annotations

import pytest

from plan.reports.conftest import AT
from pregon.plan.models import Plan
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import BUDGETED, OFFICE
from pregon.plan.reports.progress import Span


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-1.7"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_each_format_is_what_it_says(plan: Plan, kind: str, begins: bytes) -> None:
    span = Span(year=2026, quarter=4)
    assert report_file(plan, span, OFFICE, FORMATS[kind], at=AT).startswith(begins)
    assert file_name(plan, span, OFFICE, FORMATS[kind]) == f"informe-plan-2026-t4.{kind}"


def test_the_name_of_a_file_says_its_year_once_and_a_layout_that_is_not_the_office_s(plan: Plan) -> None:
    year, quarter = Span(year=2026), Span(year=2026, quarter=3)
    assert file_name(plan, year, OFFICE, FORMATS["pdf"]) == "informe-plan-2026.pdf"
    assert file_name(plan, quarter, BUDGETED, FORMATS["pdf"]) == "informe-plan-2026-t3-ocotlan.pdf"
