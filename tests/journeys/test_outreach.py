"""Somebody reads, and the desk tells how often and from where; nothing anywhere tells who."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from journeys.office import Desk, Office, example, order
from journeys.reader import Reader
from servers.command import eventually

pytestmark = pytest.mark.journey

PHONE = "Mozilla/5.0 (Linux; Android 14; moto g54) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def test_what_is_read_is_counted_and_nobody_is_known(
    office: Office, head: Desk, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    folder = example("mazamitla-andador", below=tmp_path)
    url = json.loads(order("publish", folder, "--json", home=office.home))["bulletin"]["url"]
    page = url.removeprefix(office.url)
    assert eventually(lambda: (office.home / "baked" / page.strip("/") / "index.html").exists())

    neighbour = open_window(office, user_agent=PHONE)
    neighbour.open(f"{page}?de=correo")
    neighbour.open("/")
    neighbour.page.get_by_role("link", name="Ilumina el municipio el sendero a la cascada").first.click()
    neighbour.page.wait_for_url(f"**{page}")
    httpx2.get(url, headers={"User-Agent": CRAWLER})
    httpx2.head(url, headers={"User-Agent": PHONE})
    assert neighbour.context.cookies() == []

    def told() -> str:
        head.open("boletines/").get_by_role("link", name="Ilumina el municipio").first.click()
        head.page.get_by_role("link", name="Alcance").last.click()
        return head.page.locator(".outreach-views h3").inner_text()

    assert eventually(lambda: told() == "2 vistas")
    sources = head.page.locator("section[aria-labelledby=procedencia] dt").all_inner_texts()
    assert sorted(sources) == ["Correo", "Otra página de este sitio"]
    head.page.get_by_text("Las vistas de cada hora, en una tabla").click()
    expect(head.page.locator(".outreach-table td").first).to_have_text(re.compile(r"^[0-2]$"))
    with head.page.expect_download() as taken:
        head.page.get_by_role("link", name="Descargar en CSV").click()
    assert f"{page},Correo,1" in Path(taken.value.path()).read_text("utf-8-sig")
    overview = head.open("boletines/alcance/")
    expect(overview.get_by_role("link", name="Portada")).to_be_visible()

    written = b"".join(file.read_bytes() for file in (office.home / "views").rglob("*") if file.is_file())
    assert [word for word in (b"127.0.0.1", b"Mozilla", b"moto") if word in written] == []
    with sqlite3.connect(office.home / "pregon.sqlite3") as database:
        rows = database.execute("SELECT path, source, views FROM analytics_pageviews ORDER BY path, source")
        assert rows.fetchall() == [("/", "none", 1), (page, "email", 1), (page, "site", 1)]
