"""A citizen subscribes, confirms, chooses, receives what was chosen and nothing else, and leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from journeys.office import SUBSCRIBER, Desk, Office, order
from journeys.reader import Reader
from servers.command import eventually
from servers.smtp import SmtpServer

pytestmark = pytest.mark.journey

CITIZEN, NEIGHBOUR = "ciudadana@muestra.example", "vecino@muestra.example"


def letters_to(address: str, smtp: SmtpServer) -> list[str]:
    return [str(mail.message["Subject"]) for mail in smtp.messages if mail.recipients == [address]]


def link_in(address: str, smtp: SmtpServer, pattern: str) -> str:
    """The last link of that form that ``address`` was sent."""
    [*_, mail] = [mail for mail in smtp.messages if mail.recipients == [address]]
    text = mail.message.get_body(("plain",))
    assert text is not None
    return re.findall(rf"https?://\S+?/suscripcion/{pattern}", text.get_content())[-1]


def write(folder: Path, title: str, topic: str) -> Path:
    folder.mkdir()
    (folder / "acto.md").write_text(
        f"---\ntitulo: {title}\nfecha: 2026-11-20 10:00\nlugar: Plaza\ndependencia: Obras Públicas\n"
        f"tipo: obra\ntemas: [{topic}]\n---\n\n{title}, desde este viernes.\n",
        "utf-8",
    )
    return folder


def subscribe(site: Reader, address: str, smtp: SmtpServer) -> None:
    page = site.page
    assert eventually(lambda: site.open("/suscripcion/").get_by_label("Correo electrónico").count() == 1)
    page.get_by_label("Correo electrónico").fill(address)
    page.get_by_role("checkbox", name="Acepto que la oficina use mi correo").check()
    page.get_by_role("button", name="Suscribirme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revisa tu correo")
    assert eventually(lambda: letters_to(address, smtp) == ["Confirma tu suscripción"])
    page = site.open(link_in(address, smtp, r"confirmar/[^/\s]+/"))
    assert site.faults_of(page.url) == []
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Suscripción confirmada")


def test_a_citizen_receives_the_chosen_topic_until_leaving(
    office: Office,
    head: Desk,
    smtp_server: SmtpServer,
    open_window: Callable[..., Reader],
    tmp_path: Path,
) -> None:
    smtp = smtp_server
    head.switch_on(
        "email", host=smtp.host, port=smtp.port, security="none", sender_address="prensa@muestra.example"
    )
    site = open_window(office, phone=True)
    for address in (CITIZEN, NEIGHBOUR):
        subscribe(site, address, smtp)

    order("publish", write(tmp_path / "uno", "Abre el paseo", "Turismo"), home=office.home)
    assert eventually(lambda: letters_to(CITIZEN, smtp)[1:] == ["Abre el paseo"])
    page = site.open(link_in(CITIZEN, smtp, r"(?!confirmar/)[^/\s]+/(?=\s|$)"))
    assert site.faults_of(page.url) == []
    page.get_by_role("checkbox", name="Salud").check()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("status")).to_have_text("Guardado.")

    order("publish", write(tmp_path / "dos", "Cierra el puente", "Obra pública"), home=office.home)
    order("publish", write(tmp_path / "tres", "Llegan las vacunas", "Salud"), home=office.home)
    assert eventually(lambda: len(letters_to(NEIGHBOUR, smtp)) == 4)
    assert eventually(lambda: letters_to(CITIZEN, smtp)[2:] == ["Llegan las vacunas"])

    # One leaves as mail programs do it, the other on the page.
    [*_, mail] = [mail for mail in smtp.messages if mail.recipients == [CITIZEN]]
    address = mail.message["List-Unsubscribe"].strip("<>")
    said = httpx2.post(address, data={"List-Unsubscribe": "One-Click"})
    assert (said.status_code, said.text) == (200, "Listo: ya no te escribiremos.")
    page = site.open(link_in(NEIGHBOUR, smtp, r"[^/\s]+/baja/"))
    assert site.faults_of(page.url) == []
    page.get_by_role("button", name="Darme de baja").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Listo: ya no te escribiremos")

    order("publish", write(tmp_path / "cuatro", "Vuelve el tianguis", "Salud"), home=office.home)
    assert eventually(lambda: "Vuelve el tianguis" in letters_to(SUBSCRIBER, smtp))
    assert (len(letters_to(CITIZEN, smtp)), len(letters_to(NEIGHBOUR, smtp))) == (3, 4)
