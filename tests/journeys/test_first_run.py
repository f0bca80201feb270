"""The first head of an office comes in through the browser, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from journeys.office import log_in, order, running
from journeys.reader import Reader

pytestmark = pytest.mark.journey

EMAIL, PASSWORD = "titular@nueva.example", "una laguna y tres cerros"


def sign_up(page: Page, password: str, again: str) -> None:
    page.get_by_label("Correo electrónico").fill(EMAIL)
    page.get_by_label("Contraseña", exact=True).fill(password)
    page.get_by_label("La misma contraseña otra vez").fill(again)
    page.get_by_role("main").get_by_role("button").click()


def test_the_first_head_signs_up_once_and_logs_in(
    unclaimed: Path, open_window: Callable[..., Reader]
) -> None:
    said = order("init", "--browser", home=unclaimed)
    [path] = re.findall(r"http://localhost:8000(/bienvenida/[\w-]+/)", said)
    with running(unclaimed) as office:
        window = open_window(office, phone=True)
        assert window.faults_of(path) == []
        page = window.page
        sign_up(page, "1234567890", "1234567890")
        expect(page.get_by_text("Esta contraseña es completamente numérica.")).to_be_visible()
        sign_up(page, PASSWORD, "otra cosa distinta")
        expect(page.get_by_text("Las dos contraseñas no son iguales")).to_be_visible()
        sign_up(page, PASSWORD, PASSWORD)
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"\d+ de \w+"))

        assert httpx2.get(f"{office.url}{path}").status_code == 404
        other = open_window(office).open("/escritorio/")
        log_in(other, EMAIL, PASSWORD)
