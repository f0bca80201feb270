"""The head keeps the annual plan on the desk, with a browser's own choosers and files."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.office import Desk

pytestmark = pytest.mark.journey


def test_a_figure_is_captured_by_hand_with_the_file_that_proves_it(head: Desk) -> None:
    page = head.open("plan/")
    page.get_by_role("link", name="Capturar a mano").first.click()
    assert head.reader.faults_of(page.url, inside="#main") == []
    page.get_by_label("Hecho").fill("20")
    page.get_by_label("De cuántos").fill("25")
    page.get_by_label("De dónde sale").fill("Acuse de la plataforma, lo lleva la unidad de transparencia.")
    page.get_by_role("button", name="Seleccionar un documento").click()
    chooser = page.get_by_role("dialog")
    chooser.get_by_role("tab", name="Subir").click()
    chooser.get_by_label("Título").fill("Acuse de noviembre")
    chooser.locator("input[type=file]").set_input_files(
        {"name": "acuse.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 muestra"}
    )
    chooser.get_by_role("button", name="Subir").click()
    expect(chooser).to_be_hidden()
    expect(page.get_by_text("Acuse de noviembre")).to_be_visible()
    page.get_by_role("button", name="Capturar").click()
    expect(page.get_by_text("La cifra quedó capturada.")).to_be_visible()
    page.get_by_role("link", name="Capturar a mano").first.click()
    expect(page.get_by_role("link", name="Acuse de noviembre")).to_be_visible()
