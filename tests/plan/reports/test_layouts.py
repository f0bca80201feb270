from __future__ import annotations

from decimal import Decimal

import pytest

from plan.reports import test_docx, test_pdf, test_xlsx
from plan.reports.conftest import AT, document, told
from pregon.accounts.models import Office
from pregon.plan.models import Capture, Plan
from pregon.plan.reports.blocks import (
    Bars,
    Calendar,
    Curve,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
)
from pregon.plan.reports.docx import docx_of
from pregon.plan.reports.layouts import LAYOUTS, OFFICE, PAGE, Layout, composed
from pregon.plan.reports.letterhead import Letterhead
from pregon.plan.reports.pdf import pdf_of
from pregon.plan.reports.progress import Span
from pregon.plan.reports.xlsx import xlsx_of


def words_of(document: Document) -> set[str]:
    """Every text of a report that a format may not leave out."""
    words = {document.title, document.subtitle}
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                words.add(block.text)
            case Facts() | Signatures():
                words |= {said for row in block.rows for said in row}
            case Table():
                words |= {column.title for column in block.columns} if block.rows else {block.empty}
                words |= {cell.text for row in block.rows for cell in row if cell.value is None}
            case Calendar():
                words |= {row.name for row in block.rows}
            case Bars() | Curve():
                pass
    return {" ".join(text.split()) for text in words if text}


def figures_of(document: Document) -> list[Decimal]:
    return [
        cell.value
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        if isinstance(cell.value, Decimal)
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_format_says_the_same(layout: str, plan: Plan) -> None:
    report = document(plan, layout)
    words, figures = words_of(report), figures_of(report)
    paper, written = test_pdf.text_of(pdf_of(report)), test_docx.text_of(docx_of(report))
    sheets = test_xlsx.opened(xlsx_of(report))
    cells = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
    assert {word for word in words if word not in paper} == set()
    assert {word for word in words if word not in written} == set()
    in_cells = {" ".join(str(cell).split()) for cell in cells}
    assert {word for word in words if word not in in_cells and word != "—"} == set()
    assert figures
    assert [figure for figure in figures if float(figure) not in cells] == []
    for figure in figures:
        assert f"{figure.normalize():,f}" in paper
        assert f"{figure.normalize():,f}" in written


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_plan_without_anything_is_told_in_every_format(layout: str, plan: Plan) -> None:
    for kind in (plan.indicators, plan.activities, plan.programmes):
        kind.all().delete()
    report = document(plan, layout)
    assert "Informe de avance" in test_pdf.text_of(pdf_of(report))
    assert "Informe de avance" in test_docx.text_of(docx_of(report))
    assert "Informe de avance" in test_xlsx.text_of(xlsx_of(report))


def test_a_bar_shows_where_it_began_and_where_it_should_arrive(plan: Plan) -> None:
    bars = next(block for block in document(plan).blocks if isinstance(block, Bars))
    bar = bars.bars[0]
    assert (bar.text, bar.target_text) == ("2 de 3 (66.7 %)", "meta 100")
    assert (bar.length, bar.target, bar.baseline) == (66.67, 100.0, 40.0)


def test_a_line_of_months_breaks_where_there_is_no_figure(plan: Plan) -> None:
    curve = next(block for block in document(plan).blocks if isinstance(block, Curve))
    assert curve.strokes == (((9, 50.0), (10, 100.0)),)


def test_what_lacks_is_told_once_with_all_that_it_breaks(plan: Plan) -> None:
    plan.indicators.create(code="doble", name="El doble", measure="acts_covered", order=9)
    lacks = next(
        block for block in document(plan).blocks if isinstance(block, Table) and block.title == "Lo que falta"
    )
    feria = [row for row in lacks.rows if row[1].text == "Feria de la salud"]
    assert [row[3].text for row in feria] == ["Actos cubiertos; El doble"]


def test_the_office_wears_its_own_colours(plan: Plan) -> None:
    office = Office.load()
    office.brand, office.gold = "#14566b", "#d09a4a"
    head = composed(told(plan), OFFICE, Letterhead.of(office)).letterhead
    assert (head.brand, head.gold, head.initials) == ("#14566b", "#d09a4a", office.initials)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_report_has_a_place_where_it_is_signed(layout: str, plan: Plan) -> None:
    plan.responsible = "Dirección de Comunicación"
    plan.save()
    (signed,) = [block for block in document(plan, layout).blocks if isinstance(block, Signatures)]
    assert [did for did, _office in signed.rows] == ["Elaboró", "Revisó", "Autorizó"]
    assert signed.rows[1][1] == "Dirección de Comunicación"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_indicator_has_its_ficha_in_the_annex(layout: str, plan: Plan) -> None:
    plan.indicators.filter(code="actos-cubiertos").update(dimension="calidad", numerator="Actos cubiertos")
    facts = [block for block in document(plan, layout).blocks if isinstance(block, Facts)]
    rows = {row for block in facts for row in block.rows}
    assert ("Dimensión", "Calidad") in rows
    assert any(name == "Numerador" and said.startswith("Actos cubiertos: ") for name, said in rows)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_report_says_once_from_when_until_when_its_figures_go(layout: str, plan: Plan) -> None:
    def said(span: Span) -> list[str]:
        blocks = document(plan, layout, span).blocks
        told = [block.text for block in blocks if isinstance(block, Paragraph)]
        return [text for text in told if "no ha terminado" in text or "empiezan" in text]

    assert said(Span(year=2026)) == [
        "El periodo no ha terminado: las cifras son las que había el 27 de noviembre de 2026.",
        "Los registros de la oficina empiezan el 5 de octubre de 2026; antes de ese día no hay cifra.",
    ]
    assert said(Span(year=2026, quarter=3)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_format_says_that_a_target_waits_for_its_review(layout: str, plan: Plan) -> None:
    plan.indicators.update(review_due=True)
    report = document(plan, layout)
    for text in (
        test_pdf.text_of(pdf_of(report)),
        test_docx.text_of(docx_of(report)),
        test_xlsx.text_of(xlsx_of(report)),
    ):
        assert text.count("por revisar") >= 2
    (target,) = {
        said
        for block in report.blocks
        if isinstance(block, Facts)
        for name, said in block.rows
        if name == "Meta 2026"
    }
    assert target == "100 %, por revisar"


@pytest.mark.parametrize("layout", [OFFICE, PAGE])
def test_a_target_to_review_is_told_beside_its_bar_and_in_its_row(layout: Layout, plan: Plan) -> None:
    plan.indicators.update(review_due=True)
    blocks = composed(told(plan), layout, Letterhead.of(Office.load())).blocks
    assert [bar.target_text for block in blocks if isinstance(block, Bars) for bar in block.bars] == [
        "meta 100, por revisar"
    ]
    (table,) = [block for block in blocks if isinstance(block, Table) and block.title == "Indicadores"]
    assert table.rows[0][1].text == "Actos cubiertos (meta por revisar)"
    assert table.rows[0][2].value == Decimal(100)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_ficha_says_how_its_figure_is_measured(layout: str, plan: Plan) -> None:
    plan.indicators.create(code="a-mano", name="Encuesta", target=Decimal(10), order=9)
    Capture.objects.create(
        indicator=plan.indicators.get(code="a-mano"), month=11, numerator=Decimal(3), note="Encuesta.", at=AT
    )
    plan.indicators.create(code="nadie", name="Nadie la mide", order=10)
    sheets = {
        block.title: dict(block.rows)
        for block in document(plan, layout).blocks
        if isinstance(block, Facts) and "Clave" in dict(block.rows)
    }
    assert sheets["Actos cubiertos"]["Cómo se mide"].startswith("Actos cubiertos: Actos ya celebrados que")
    assert sheets["Encuesta"]["Cómo se mide"] == "Captura a mano"
    assert "Cómo se mide" not in sheets["Nadie la mide"]
