from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
import pytest

from plan.reports.conftest import document
from pregon.plan.models import Plan
from pregon.plan.reports.layouts import LAYOUTS
from pregon.plan.reports.pdf import pdf_of, printable

pytestmark = pytest.mark.parts


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    file = pypdfium2.PdfDocument(pdf)
    try:
        yield file
    finally:
        file.close()


def text_of(pdf: bytes) -> str:
    """As a screen reader takes it: words broken at the end of a line are whole again."""
    with opened(pdf) as file:
        text = " ".join(page.get_textpage().get_text_range() for page in file)
    whole = re.sub(r"[-\ufffe\u00ad\x02]\s*\r?\n", "", text).replace("\u200b\r\n", "").replace("\u200b", "")
    return " ".join(whole.split())


def test_a_report_is_tagged_titled_and_says_its_language(plan: Plan) -> None:
    made = pdf_of(document(plan))
    assert b"pdfuaid:part>1<" in made or b"<pdfuaid:part>1" in made
    assert b"<pdfaid:part>2" in made
    with opened(made) as file:
        assert (
            file.get_metadata_dict()["Title"]
            == "Informe de avance: cuarto trimestre de 2026 · Plan de muestra 2026"
        )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_report_is_the_same_file(layout: str, plan: Plan) -> None:
    assert pdf_of(document(plan, layout)) == pdf_of(document(plan, layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_texts_are_printed_as_they_are_and_stay_on_the_page(layout: str, hostile: Plan) -> None:
    made = pdf_of(document(hostile, layout))
    assert "$ 1/0 $ *sin cerrar _tampoco" in text_of(made)
    assert "alert(1)" in text_of(made)
    with opened(made) as file:
        for page in file:
            wide, high = page.get_size()
            words = page.get_textpage()
            for number in range(words.count_rects()):
                left, bottom, right, top = words.get_rect(number)
                assert left >= 0
                assert right <= wide - 50  # the margin is 56 points
                assert bottom >= 0
                assert top <= high


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_hundred_indicators_without_a_figure_are_all_told(layout: str, crowded: Plan) -> None:
    text = text_of(pdf_of(document(crowded, layout)))
    assert [number for number in range(200) if f"Indicador número {number}" not in text] == []


def test_what_no_font_draws_leaves_no_box() -> None:
    assert printable("Fiesta 🎉 en la plaza") == "Fiesta  en la plaza"
    assert printable("¿漢?") == "¿??"
    assert printable("Ñandú «sí» — 50 % ✔") == "Ñandú «sí» — 50 % ✔"


def test_a_digest_is_copied_whole(plan: Plan) -> None:
    with opened(pdf_of(document(plan))) as file:
        text = " ".join(page.get_textpage().get_text_range() for page in file)
    assert plan.seals.get().digest in text


def test_a_word_that_is_too_long_may_break() -> None:
    assert printable("a" * 50).count("\u200b") == 9
    assert printable("Comunicación") == "Comunicación"
