from __future__ import annotations

import pytest

from plan.reports.conftest import AT
from pregon.plan.models import Plan
from pregon.plan.reports.files import FORMATS, file_name, report_file
from pregon.plan.reports.layouts import OFFICE
from pregon.plan.reports.progress import Span


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-1.7"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_each_format_is_what_it_says(plan: Plan, kind: str, begins: bytes) -> None:
    span = Span(year=2026, quarter=4)
    assert report_file(plan, span, OFFICE, FORMATS[kind], at=AT).startswith(begins)
    assert file_name(plan, span, FORMATS[kind]) == f"informe-plan-2026-2026-t4.{kind}"
