"""A date that does not exist is told to whoever typed it, and is never made another one in silence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from journeys.office import Desk

pytestmark = pytest.mark.journey

NO_DATE = "Escribe una fecha y una hora que existan, como 2026-11-27 18:30."


def leave(page: Page, name: str, typed: str) -> None:
    """Type into a date's field and go on to the next, as a person does."""
    page.locator(f"[name={name}]").click()
    page.locator(f"[name={name}]").fill("")
    page.keyboard.type(typed)
    page.keyboard.press("Tab")


def test_what_is_no_date_stays_as_typed_and_is_told(head: Desk) -> None:
    page = head.open("agenda/actos/new/")
    page.fill("[name=title]", "Reapertura del andador")
    leave(page, "start", "2026-02-31 25:61")
    expect(page.locator("[name=start]")).to_have_value("2026-02-31 25:61")
    page.get_by_role("button", name="Crear").click()
    expect(page.get_by_text(NO_DATE)).to_be_visible()
    expect(page.locator("[name=start]")).to_have_value("2026-02-31 25:61")


def test_an_embargo_until_no_day_is_not_one_until_another_day(head: Desk) -> None:
    page = head.open("boletines/nuevo/")
    page.fill("[name=title]", "Reapertura del andador")
    page.fill("[name=lead]", "Reabre el viernes.")
    page.get_by_role("tab", name="Embargo").click()
    leave(page, "go_live_at", "2026-02-31 10:00")
    expect(page.locator("[name=go_live_at]")).to_have_value("2026-02-31 10:00")
    page.get_by_role("button", name="Guardar borrador").click()
    page.get_by_role("tab", name="Embargo").click()
    expect(page.get_by_text(NO_DATE)).to_be_visible()
    expect(page.locator("[name=go_live_at]")).to_have_value("2026-02-31 10:00")
