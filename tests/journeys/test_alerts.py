"""A flood: one person proposes from a phone, another confirms, everybody reads it on top of every page, and it ends."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import Page, expect

from journeys.office import Desk, Office
from journeys.reader import Reader
from servers.command import eventually

pytestmark = pytest.mark.journey

HEADLINE = "Alerta: Inundación en Corral Falso"


def begin(desk: Desk, *, mode: str) -> Page:
    """A draft out of the template, filled in and saved."""
    page = desk.open("alertas/nueva/")
    page.get_by_role("link", name="Inundación").click()
    page.get_by_role("radio", name=f"{mode}: ").check()
    page.get_by_label("Lugar").fill("Corral Falso")
    page.get_by_label("Albergue").fill("la escuela primaria")
    page.get_by_role("checkbox", name="Corral Falso").check()
    page.get_by_role("button", name="Seguir").click()
    page.get_by_role("button", name="Guardar y ver cómo sale").click()
    expect(page.get_by_role("heading", name="Así la ve la gente")).to_be_visible()
    return page


def sheet_of(page: Page) -> str:
    [number] = re.findall(r"alertas/(\d+)/", page.url)
    return f"alertas/{number}/"


def test_two_persons_warn_everybody_and_call_it_off(
    office: Office, writer: Desk, head: Desk, open_window: Callable[..., Reader]
) -> None:
    open_page = open_window(office, phone=True).open("/galerias/")
    elsewhere = head.open("suscriptores/")
    page = begin(writer, mode="Real")
    page.get_by_label("Escribe ALERTA").fill("ALERTA")
    page.get_by_role("button", name="Proponerla").click()
    expect(page.get_by_text("A nadie se le avisó por correo")).to_be_visible()
    expect(elsewhere.get_by_role("alert").get_by_role("link", name=HEADLINE)).to_be_visible()
    expect(page.get_by_text("La alerta espera a la segunda persona. Todavía no sale.")).to_be_visible()
    expect(page.get_by_role("button", name="Confirmar y enviar")).to_have_count(0)
    assert "alert-line" not in httpx2.get(office.url).text

    sheet = sheet_of(page)
    confirming = head.open("")
    confirming.get_by_role("link", name=HEADLINE).click()
    confirming.get_by_label("Escribe ALERTA").fill("alerta")
    confirming.get_by_role("button", name="Confirmar y enviar").click()
    expect(confirming.get_by_text("La alerta salió por todos los canales.")).to_be_visible()

    expect(open_page.get_by_role("link", name=HEADLINE)).to_be_visible()
    assert eventually(lambda: HEADLINE in httpx2.get(office.url).text)
    assert eventually(lambda: HEADLINE in httpx2.get(f"{office.url}/agenda/").text)
    told = httpx2.get(f"{office.url}/vivo/alerta.json").json()["alerts"]
    assert [one["headline"] for one in told] == [HEADLINE]
    reader = open_window(office, phone=True)
    shown = reader.open("/")
    shown.get_by_role("link", name=HEADLINE).click()
    expect(shown.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    expect(shown.get_by_text("Sal de las zonas bajas ahora.")).to_be_visible()

    drill = begin(writer, mode="Simulacro")
    expect(drill.get_by_text("Nunca podrá volverse real")).to_be_visible()
    drill.get_by_role("button", name="Proponerla").click()
    drill_sheet = sheet_of(drill)
    head.open(drill_sheet).get_by_role("button", name="Confirmar y enviar").click()
    assert eventually(lambda: "SIMULACRO" in httpx2.get(f"{office.url}/alertas/").text)

    public = ["/", "/alertas/", "/alertas/cap/", *(one["url"] for one in told)]
    drills = re.findall(
        r'href="(/alertas/[^"/]*simulacro[^"/]*/)"', httpx2.get(f"{office.url}/alertas/").text
    )
    public += drills[:1]
    assert len(public) == 5
    assert {path: faults for path in public if (faults := reader.faults_of(path))} == {}
    desk = [
        "alertas/",
        "alertas/nueva/",
        "alertas/nueva/inundacion/",
        sheet,
        drill_sheet,
        "alertas/registro/",
        "",
    ]
    ours = [f"/escritorio/{path}" for path in desk]
    assert {path: faults for path in ours if (faults := head.reader.faults_of(path, inside="main"))} == {}

    page = writer.open(sheet)
    page.get_by_role("button", name="Cancelar la alerta").click()
    page.get_by_role("button", name="Guardar y ver cómo sale").click()
    page.get_by_label("Escribe ALERTA").fill("ALERTA")
    page.get_by_role("button", name="Proponerla").click()
    ending = head.open(sheet_of(page))
    ending.get_by_label("Escribe ALERTA").fill("ALERTA")
    ending.get_by_role("button", name="Confirmar y enviar").click()
    expect(ending.get_by_text("La alerta salió por todos los canales.")).to_be_visible()
    expect(open_page.get_by_role("link", name=re.compile(f"^{HEADLINE}"))).to_have_count(0)
    assert eventually(lambda: f"<b>{HEADLINE}</b>" not in httpx2.get(office.url).text)
    ended, address = "Cancelada: Inundación en Corral Falso", f"{office.url}{told[0]['url']}"
    assert eventually(lambda: ended in httpx2.get(address).text)
