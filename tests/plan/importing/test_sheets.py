"""Documents of every make as lines of cells, and those that are no document."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from factories.documents import as_csv, as_docx, as_xlsx, saved
from pregon.plan.errors import BrokenPlan
from pregon.plan.importing import draft_of
from pregon.plan.importing.sheets import MOST_BYTES, lines_of

ROWS = [["MISIÓN"], ["Informar, siempre"], ["ID", "Indicador", "Meta"], ["1", "Cobertura", "100%"]]


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [line.cells for line in lines_of(content, name="plan") if not line.blank]


def refusal(content: bytes) -> str:
    with pytest.raises(BrokenPlan) as refused:
        draft_of(content, name="plan.docx", year=2026)
    return str(refused.value)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_csv_of_any_separator_and_encoding_has_the_same_cells(separator: str, encoding: str) -> None:
    rows = [["Misión"], ["Informar siempre"], *ROWS[2:]]
    assert cells(as_csv(rows, separator=separator, encoding=encoding)) == [tuple(row) for row in rows]


def test_quotes_and_commas_in_a_plain_text_are_its_own() -> None:
    text = 'VALORES\nRespeto, trato y "escucha"\nMETAS\n'
    assert cells(text.encode()) == [("VALORES",), ('Respeto, trato y "escucha"',), ("METAS",)]


def test_paragraphs_and_tables_of_word_come_in_their_order() -> None:
    assert cells(as_docx(ROWS)) == [tuple(row) for row in ROWS]


def test_cells_that_word_merged_are_said_once() -> None:
    document = Document()
    table = document.add_table(rows=3, cols=3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "Calendario"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Componente"
    table.cell(1, 1).text, table.cell(2, 1).text = "uno", "dos"
    assert cells(saved(document)) == [("Calendario", "", ""), ("Componente", "uno", ""), ("", "dos", "")]


def test_a_table_inside_a_cell_follows_the_row_that_holds_it() -> None:
    document = Document()
    outer = document.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "MISIÓN"
    inner = outer.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Informar", "siempre"
    assert cells(saved(document)) == [("MISIÓN", ""), ("Informar", "siempre")]


def test_a_form_of_word_is_read_inside_its_boxes() -> None:
    body = "<w:sdt><w:sdtContent><w:p><w:r><w:t>MISIÓN</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    struck = "<w:del><w:r><w:delText>antes</w:delText></w:r></w:del>"
    added = "<w:ins><w:r><w:t>ahora</w:t></w:r></w:ins>"
    assert cells(word(f"{body}<w:p>{struck}{added}</w:p>")) == [("MISIÓN",), ("ahora",)]


def word(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return zipped(
        {"word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'.encode()}
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_merged_cells_of_a_workbook_are_said_once() -> None:
    rows = [["POA", "", ""], ["Componente", "uno", "dos"], ["", "tres", "cuatro"]]
    assert cells(as_xlsx(rows, merged=["A1:C1", "A2:A3"])) == [
        ("POA",),
        ("Componente", "uno", "dos"),
        ("", "tres", "cuatro"),
    ]


def test_a_workbook_is_read_sheet_after_sheet_and_percentages_as_they_show() -> None:
    book = Workbook()
    book.active.append(["Meta", 0.6])
    book.active["B1"].number_format = "0%"
    book.create_sheet("Dos").append(["Otra", 2.50])
    assert cells(saved(book)) == [("Meta", "60%"), ("Otra", "2.5")]


def test_a_formula_is_what_it_came_to_and_without_that_an_empty_cell() -> None:
    content = as_xlsx([["Meta", "=50+10"]])
    assert cells(content) == [("Meta", "")]
    assert lines_of(content, name="plan")[0].text == "Meta | =50+10"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as other:
        for part in archive.namelist():
            body = archive.read(part)
            other.writestr(part, body.replace(b"<v></v>", b"<v>60</v>").replace(b"<v />", b"<v>60</v>"))
    assert cells(out.getvalue()) == [("Meta", "60")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "«plan.docx» está vacío: sube el documento del plan."),
        (b"\n \t\n", "«plan.docx» está vacío: sube el documento del plan."),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "lleva contraseña: quítasela"),
        (b"%PDF-1.7\n", "es un PDF"),
        (b"PK\x03\x04 roto", "está dañado"),
        (zipped({"content.xml": b"<a/>"}), "no es un documento que sepamos leer"),
        (zipped({"word/document.xml": b"<w:document"}), "está dañado"),
        (b"\x89PNG\r\n\0\0", "no es un documento que sepamos leer"),
        (b"x" * (MOST_BYTES + 1), "pesa más de 10 MB"),
        (b"a\n" * 6000, "tiene más de 5,000 líneas"),
    ],
)
def test_what_is_no_document_is_refused_with_what_to_do(content: bytes, sentence: str) -> None:
    assert sentence in refusal(content)


def test_an_archive_that_would_fill_the_memory_is_not_unpacked() -> None:
    assert "ocupa demasiado" in refusal(zipped({"word/document.xml": b" " * (70 * 1024 * 1024)}))
    assert "ocupa demasiado" in refusal(
        zipped({"xl/workbook.xml": b"", **{f"xl/{n}.xml": b"" for n in range(2001)}})
    )


def test_entities_that_multiply_are_refused() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d>&b;</d>'
    assert "está dañado" in refusal(zipped({"word/document.xml": bomb}))


def test_tables_within_tables_without_end_are_refused() -> None:
    body = "<w:p/>"
    for _level in range(40):
        body = f"<w:tbl><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"
    assert "está dañado" in refusal(word(body))


def said(words: str, *, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def test_the_points_of_a_list_of_word_stay_apart() -> None:
    document = Document()
    document.add_paragraph("METAS")
    for words in ("producir videos", "escribir notas"):
        document.add_paragraph(words, style="List Bullet")
    assert cells(saved(document)) == [("METAS",), ("• producir videos",), ("• escribir notas",)]
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    row = f"<w:tbl><w:tr><w:tc>{said('X', properties=numbered)}</w:tc></w:tr></w:tbl>"
    assert cells(word(said("videos", properties=numbered) + row)) == [("• videos",), ("X",)]


def test_what_a_correction_moved_is_said_where_it_stands_now() -> None:
    run = "<w:r><w:t>Informar</w:t></w:r>"
    moved = f"<w:p><w:moveFrom>{run}</w:moveFrom></w:p><w:p><w:moveTo>{run}</w:moveTo></w:p>"
    assert cells(word(moved)) == [("Informar",)]


def test_a_drawn_box_is_said_once_line_by_line() -> None:
    box = f"<w:txbxContent>{said('MISIÓN')}{said('Informar')}</w:txbxContent>"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    drawn = (
        f'<w:p><w:r><w:t>Título</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="{compatible}"><mc:Choice>{box}'
        f"</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert cells(word(drawn)) == [("Título",), ("MISIÓN",), ("Informar",)]


def test_a_strict_document_of_word_is_read_as_any_other() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = f'<w:document xmlns:w="{strict}"><w:body>{said("MISIÓN")}</w:body></w:document>'
    assert cells(zipped({"word/document.xml": body.encode()})) == [("MISIÓN",)]


def test_letters_come_whole_and_places_to_break_a_word_are_none() -> None:
    assert cells("MISIO\u0301N\nComu\u00adnica\u200bción\n".encode()) == [("MISIÓN",), ("Comunicación",)]


def test_a_formula_over_many_cells_that_nobody_worked_out_is_an_empty_cell() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = ArrayFormula("A1:A2", "=SUM(C1:C2)")
    sheet["B1"] = "===="
    assert cells(saved(book)) == [("", "====")]


def test_a_book_of_formulas_alone_is_empty() -> None:
    assert "está vacío" in refusal(as_xlsx([["=1+1"]]))


def test_a_document_with_a_password_of_its_archive_is_refused() -> None:
    locked = bytearray(zipped({"word/document.xml": b"<x/>"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + place] |= 1
    assert refusal(bytes(locked)) == "«plan.docx» está dañado: ábrelo, guárdalo de nuevo y súbelo otra vez."


@pytest.mark.parametrize(
    "parts",
    [
        {"word/document.xml": b"<w:p/>" * 1_000_001},
        {"xl/workbook.xml": b"<x/>", "xl/sharedStrings.xml": b"<si/>" * 1_000_001},
    ],
)
def test_millions_of_empty_parts_do_not_fill_the_memory(parts: dict[str, bytes]) -> None:
    assert "ocupa demasiado una vez abierto" in refusal(zipped(parts))


def test_runs_within_runs_without_end_are_refused() -> None:
    assert "está dañado" in refusal(word(f"<w:p>{'<w:r>' * 3000}{'</w:r>' * 3000}</w:p>"))


def test_a_sheet_with_far_too_many_cells_is_refused() -> None:
    assert "más de 40,000 celdas" in refusal(("Misión" + "\tx" * 59 + "\n").encode() * 700)
