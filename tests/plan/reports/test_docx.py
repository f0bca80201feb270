from __future__ import annotations

import io

import docx
import pytest
from docx.oxml.ns import qn

from plan.reports.conftest import document
from pregon.plan.models import Plan
from pregon.plan.reports.docx import docx_of
from pregon.plan.reports.layouts import LAYOUTS

pytestmark = pytest.mark.parts


def opened(made: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(made))


def text_of(made: bytes) -> str:
    body = opened(made).element.body
    return " ".join(" ".join(node.text or "" for node in body.iter(qn("w:t"))).split())


def test_heads_of_tables_are_repeated_and_links_lead_to_the_records(plan: Plan) -> None:
    file = opened(docx_of(document(plan)))
    for table in file.tables:
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    links = {part.target_ref for part in file.part.rels.values() if part.is_external}
    assert "http://testserver/agenda/pozo/" in links


def test_it_says_its_title_and_its_language(plan: Plan) -> None:
    properties = opened(docx_of(document(plan))).core_properties
    assert properties.title == "Informe de avance: cuarto trimestre de 2026 · Plan de muestra 2026"
    assert properties.language == "es-MX"


def test_every_picture_has_its_alternative(plan: Plan) -> None:
    file = opened(docx_of(document(plan)))
    said = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert said
    assert all(said)
    assert any("meta 100" in words for words in said)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_texts_are_written_as_they_are(layout: str, hostile: Plan) -> None:
    text = text_of(docx_of(document(hostile, layout)))
    assert '#import "x" $ 1/0 $ *sin cerrar _tampoco `ni esto </td><script>alert(1)</script>' in text
    assert "\x00" not in text


def test_two_hundred_indicators_are_all_told(crowded: Plan) -> None:
    text = text_of(docx_of(document(crowded)))
    assert [number for number in range(200) if f"Indicador número {number}" not in text] == []


def test_each_page_says_its_number_of_how_many(plan: Plan) -> None:
    footer = opened(docx_of(document(plan))).sections[0].footer.paragraphs[0]
    words = "".join(node.text or "" for node in footer._p.iter(qn("w:t")))
    fields = [node.get(qn("w:instr")) for node in footer._p.iter(qn("w:fldSimple"))]
    assert words.endswith("Página 1 de 1")
    assert fields == ["PAGE", "NUMPAGES"]
