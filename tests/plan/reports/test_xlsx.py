from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from plan.reports.conftest import document
from pregon.plan.models import Plan
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.xlsx import xlsx_of

pytestmark = pytest.mark.parts


def opened(made: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made), data_only=values)


def text_of(made: bytes) -> str:
    book = opened(made)
    return " ".join(
        str(cell)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    )


def test_figures_are_numbers_and_days_are_dates(plan: Plan) -> None:
    book = opened(xlsx_of(document(plan)))
    assert [cell.value for cell in book["Indicadores"][2]][:6] == [
        "actos-cubiertos",
        "Actos cubiertos",
        100,
        2,
        3,
        66.67,
    ]
    assert book["Registros"]["B2"].value == datetime(2026, 10, 5)  # noqa: DTZ001 - Excel knows no zones


def test_a_share_computes_itself_again(plan: Plan) -> None:
    assert opened(xlsx_of(document(plan)), values=False)["Indicadores"]["F2"].value == (
        '=IF(E2=0,"",ROUND(100*D2/E2,2))'
    )


def test_the_head_of_each_table_stays_in_place(plan: Plan) -> None:
    book = opened(xlsx_of(document(plan)))
    assert {sheet.title: sheet.freeze_panes for sheet in book if sheet.title != "Informe"} == dict.fromkeys(
        ("Mes por mes", "Indicadores", "Actividades", "Calendario", "Lo que falta", "Desviaciones", "Capturas",
         "Cierres", "Registros"), "A2",
    )  # fmt: skip


def test_each_heading_leads_to_the_sheet_where_its_table_stands(plan: Plan) -> None:
    first = opened(xlsx_of(document(plan)))["Informe"]
    leads = {
        cell.value: cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink
    }
    assert leads["Avance de los indicadores"] == "'Indicadores'!A2"
    assert leads["Cierres"] == "'Cierres'!A2"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_hostile_text_becomes_a_formula(layout: str, hostile: Plan) -> None:
    hostile.indicators.update(name='=HYPERLINK("http://malo.example";"cobrar")', code="igual")
    book = opened(xlsx_of(document(hostile, layout)), values=False)
    formulas = [
        cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert [formula for formula in formulas if not formula.startswith("=IF(E")] == []
    assert '=HYPERLINK("http://malo.example";"cobrar")' in text_of(xlsx_of(document(hostile, layout)))


def test_two_hundred_indicators_are_all_told(crowded: Plan) -> None:
    sheet = opened(xlsx_of(document(crowded)))["Indicadores"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True)] == [
        f"indicador-{number}" for number in range(200)
    ]
