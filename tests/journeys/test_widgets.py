"""Other sites show the office's widgets: a page elsewhere, under a policy as strict as such pages have."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.office import Office, copied, example, order, running
from journeys.reader import PHONE
from servers.command import eventually

pytestmark = pytest.mark.journey

TITLE = "Ilumina el municipio el sendero a la cascada"
AROUND = """<!doctype html><html lang="es"><title>Otro sitio</title>
<iframe id="noticias" src="{office}/incrustar/noticias/" title="Noticias" width="100%" height="10"></iframe>
<iframe id="alerta" src="{office}/incrustar/alerta/" title="Alertas" width="100%" height="0"></iframe>
<iframe id="cerrada" src="{office}/suscripcion/" title="Cerrada" width="100%" height="100"></iframe>
<script src="{office}/incrustar.js" async></script>"""
ALERT = {
    "url": "/alertas/1/",
    "headline": "Lluvia fuerte <img src=x onerror=alert(1)>",
    "severity": "Severe",
    "drill": False,
    "until": "2099-01-01T12:08:00Z",
}


@pytest.fixture(scope="module")
def office(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = copied(prepared, tmp_path_factory.mktemp("incrustada") / "var")
    order("publish", example("mazamitla-andador", below=home.parent), home=home)
    with running(home) as office:
        assert eventually(lambda: TITLE in httpx2.get(f"{office.url}/incrustar/noticias/").text)
        yield office


@pytest.fixture
def elsewhere(office: Office) -> Iterator[str]:
    """A site of another host, which allows nothing but the office."""
    page = AROUND.format(office=office.url).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; frame-src {office.url}; script-src {office.url}",
            )
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="es-MX", **PHONE)  # type: ignore[arg-type]  # a screen as Playwright names it
    yield context.new_page()
    context.close()


def height(page: Page, frame: str) -> int:
    return int(page.locator(frame).evaluate("frame => frame.clientHeight"))


def test_news_are_shown_whole_and_open_beside_the_other_site(
    page: Page, elsewhere: str, office: Office
) -> None:
    page.goto(elsewhere)
    link = page.frame_locator("#noticias").get_by_role("link", name=TITLE)
    expect(link).to_be_visible()
    page.wait_for_function("document.querySelector('#noticias').height > 100")
    whole = page.frame_locator("#noticias").locator("body").evaluate("body => body.scrollHeight")
    assert height(page, "#noticias") == whole
    with page.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert opened.value.evaluate("window.opener") is None


def test_a_height_that_another_page_tells_is_not_believed(page: Page, elsewhere: str) -> None:
    page.goto(elsewhere)
    page.wait_for_function("document.querySelector('#noticias').height > 100")
    before = height(page, "#noticias")
    page.evaluate(
        "new Promise(heard => { addEventListener('message', heard); postMessage({pregonHeight: 3000}, '*') })"
    )
    assert height(page, "#noticias") == before


def test_other_pages_stay_out_of_frames(page: Page, elsewhere: str) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    page.goto(elsewhere)
    page.wait_for_load_state("networkidle")
    assert [said for said in refused if "frame-ancestors" in said or "Framing" in said] != []
    expect(page.frame_locator("#cerrada").get_by_role("heading", level=1)).to_have_count(0)


def test_an_alert_appears_while_it_is_in_force_and_goes_by_itself(
    page: Page, elsewhere: str, office: Office
) -> None:
    snapshot = office.home / "baked" / "vivo" / "alerta.json"
    snapshot.unlink(missing_ok=True)
    page.clock.install()
    page.goto(elsewhere)
    shown = page.frame_locator("#alerta").get_by_role("link")
    expect(shown).to_have_count(0)
    assert height(page, "#alerta") == 0
    for alerts, said in (
        ([ALERT], "Alerta" + ALERT["headline"]),  # type: ignore[operator]  # a sentence
        ([ALERT | {"drill": True}], "Simulacro: no es real" + ALERT["headline"]),  # type: ignore[operator]  # the same
    ):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(json.dumps({"alerts": alerts}), "utf-8")
        page.clock.run_for(61_000)
        expect(shown).to_contain_text(said.removesuffix("x"))
        expect(shown).to_contain_text("Vigente hasta el 1 de enero a las 6:08 h")  # the hour of the town hall
        expect(page.frame_locator("#alerta").locator("img")).to_have_count(0)
    page.wait_for_function("document.querySelector('#alerta').clientHeight > 30")
    for nothing in ({"alerts": [ALERT | {"until": "2020-01-01T00:00:00Z"}]}, {"alerts": []}):
        snapshot.write_text(json.dumps({"alerts": [ALERT]}), "utf-8")
        page.clock.run_for(61_000)
        expect(shown).to_have_count(1)
        snapshot.write_text(json.dumps(nothing), "utf-8")
        page.clock.run_for(61_000)
        expect(shown).to_have_count(0)


def test_each_is_accessible_in_light_and_dark(office: Office, open_window: Callable[..., object]) -> None:
    snapshot = office.home / "baked" / "vivo" / "alerta.json"
    snapshot.parent.mkdir(exist_ok=True)
    snapshot.write_text(json.dumps({"alerts": [ALERT, ALERT | {"drill": True}]}), "utf-8")
    window = open_window(office, phone=True)
    pages = ("/incrustar/", "/incrustar/noticias/", "/incrustar/agenda/", "/incrustar/alerta/")
    assert {path: faults for path in pages if (faults := window.faults_of(path))} == {}  # type: ignore[attr-defined]  # a Reader
