"""An act goes in with a phone; the news goes out on every channel, and the evidence counts itself."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

import httpx2
import pytest
from playwright.sync_api import Page, expect

from journeys.office import EXAMPLES, SUBSCRIBER, Desk, Office, hour_ago
from journeys.reader import Reader
from servers.command import eventually
from servers.http import Request
from servers.smtp import SmtpServer
from servers.telegram import TelegramApi
from servers.webhook import WebhookReceiver

pytestmark = pytest.mark.journey

TITLE = "Abre el taller de carpintería con veinte lugares"
LEAD = "El taller de carpintería abrió sus puertas con veinte lugares para personas de todas las edades."
PHOTO = EXAMPLES / "mazamitla-andador" / "01-sendero.jpg"
SLOW_MAIL = 10.0  # seconds: less than a channel's patience, more than a person needs to open the ledger
KEY = b"una clave de veinticuatro bytes o mas"


def switch_everything_on(
    head: Desk, smtp: SmtpServer, telegram: TelegramApi, receiver: WebhookReceiver
) -> list[str]:
    """The three channels live, each tried with its own button, and a channel of the office on two of them."""
    telegram.add_channel("@municipio")
    said = [
        head.switch_on(
            "email", host=smtp.host, port=smtp.port, security="none", sender_address="prensa@muestra.example"
        ),
        head.switch_on("telegram", api_base=telegram.url, token=telegram.token, allow_private=True),
        head.switch_on(
            "webhook", signing_secret=f"whsec_{base64.b64encode(KEY).decode()}", allow_private=True
        ),
    ]
    head.add_office_channel("telegram", "@municipio", "Canal del municipio")
    head.add_office_channel("webhook", f"{receiver.url}/aviso", "Portal de noticias")
    return said


def note_act(writer: Desk, *, start: datetime) -> None:
    page = writer.open("")
    page.get_by_role("link", name="Nuevo acto").click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=start]", f"{start:%Y-%m-%d %H:%M}")
    page.keyboard.press("Escape")  # the calendar lies over what comes next
    page.fill("[name=place]", "Casa de la Cultura")
    page.select_option("[name=department]", label="Obras Públicas")
    page.get_by_role("button", name="Crear").click()
    page.get_by_role("link", name=TITLE).first.click()


def write_bulletin(page: Page) -> None:
    """From the act's own page: what it says is already in the editor."""
    page.get_by_role("link", name="Escribir boletín").click()
    expect(page.locator("[name=title]")).to_have_value(TITLE)
    page.fill("[name=lead]", LEAD)
    upload_photo(page)
    page.get_by_role("button", name="Más acciones").click()
    page.get_by_role("button", name="Enviar a Redacción → Titular").click()
    expect(page.locator(".desk-tag").get_by_text("En revisión")).to_be_visible()


def upload_photo(page: Page) -> None:
    page.get_by_role("button", name="Seleccionar una imagen").click()
    page.get_by_role("tab", name="Subir").click()
    page.set_input_files("[name=image-chooser-upload-file]", PHOTO)
    page.fill("[name=image-chooser-upload-title]", "El bosque")
    page.fill("[name=image-chooser-upload-alt_text]", "Dibujo de un bosque de pinos.")
    page.locator(".modal-body").get_by_role("button", name="Subir", exact=True).click()
    expect(page.locator(".modal-body")).to_be_hidden()


def approve(head: Desk) -> None:
    page = head.open("")
    waiting = page.get_by_role("region", name="Espera tu visto bueno")
    expect(waiting.get_by_text("Redacción")).to_be_visible()
    waiting.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="Más acciones").click()
    page.get_by_role("button", name="Aprobar", exact=True).click()
    expect(page.locator(".desk-tag").get_by_text("Publicado")).to_be_visible()


def address_on(office: Office) -> str:
    """Where the newest bulletin is, as whoever follows the feed learns it."""
    feed = httpx2.get(f"{office.url}/rss.xml").text
    return re.findall(r"<link>([^<]+/boletines/[^<]+)</link>", feed)[0] if TITLE in feed else ""


def figure_on(site: Reader, indicator: str) -> int:
    page = site.open(indicator)
    [number, *_] = re.findall(r"\d+", page.locator(".big").inner_text()) or ["0"]  # «sin dato» at first
    return int(number)


def records_on(site: Reader, indicator: str) -> list[str]:
    return site.open(indicator).locator(".records li div").all_inner_texts()


def rightly_signed(request: Request) -> bool:
    """The check that the Standard Webhooks specification asks of a receiver."""
    said = request.headers
    content = f"{said['webhook-id']}.{said['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.digest(KEY, content, "sha256")).decode()
    return said["webhook-signature"] == f"v1,{expected}"


def letter_to(address: str, smtp: SmtpServer) -> EmailMessage:
    [mail] = [mail for mail in smtp.messages if mail.recipients == [address]]
    return mail.message


def parts_of(letter: EmailMessage) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in letter.iter_parts()}


def test_an_act_noted_with_a_phone_becomes_news_everywhere_and_evidence(
    office: Office,
    writer: Desk,
    head: Desk,
    smtp_server: SmtpServer,
    telegram_api: TelegramApi,
    webhook_receiver: WebhookReceiver,
    open_window: Callable[..., Reader],
) -> None:
    said = switch_everything_on(head, smtp_server, telegram_api, webhook_receiver)
    assert said == [
        f"El proveedor nos reconoce como prensa@muestra.example en {smtp_server.host}.",
        "El proveedor nos reconoce como @pregon_bot.",
        "Este canal no tiene nada que probar.",
    ]
    site, start = open_window(office), hour_ago()
    covered, kept_daily = (
        f"/plan/comunicacion-social-{start.year}/{slug}/" for slug in ("actos-cubiertos", "redes-al-dia")
    )
    before = figure_on(site, covered)

    note_act(writer, start=start)
    write_bulletin(writer.page)
    assert address_on(office) == ""
    smtp_server.delay = SLOW_MAIL
    approve(head)

    # The ledger: it moves by itself while the mail server takes its time
    page = head.open("envios/")
    page.get_by_role("link", name=TITLE).click()
    progress = page.get_by_role("region", name="Avance")
    expect(progress).to_contain_text("saliendo")
    expect(progress).not_to_contain_text("saliendo")
    assert re.findall(r"\d+ de \d+", progress.inner_text()) == ["1 de 1"] * 3
    page.reload()
    expect(page.get_by_role("row").filter(has_text=SUBSCRIBER)).to_contain_text("Enviado")
    expect(page.get_by_role("row")).to_have_count(4)

    # The site
    assert eventually(lambda: address_on(office) != "")
    address = address_on(office)
    page = site.open(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text(LEAD)).to_be_visible()
    assert eventually(lambda: 'alt="Dibujo de un bosque de pinos."' in httpx2.get(address).text)
    expect(site.open(address).get_by_alt_text("Dibujo de un bosque de pinos.")).to_be_visible()
    expect(site.open("/").locator(f".wrap a[href='{httpx2.URL(address).path}']").first).to_have_text(TITLE)

    # The channels
    assert eventually(lambda: smtp_server.messages and telegram_api.messages and webhook_receiver.requests)
    letter = letter_to(SUBSCRIBER, smtp_server)
    assert (letter["Subject"], letter["List-Unsubscribe-Post"]) == (TITLE, "List-Unsubscribe=One-Click")
    assert letter["List-Unsubscribe"].startswith(f"<{office.url}/suscripcion/")
    assert {kind: LEAD in " ".join(text.split()) for kind, text in parts_of(letter).items()} == {
        "text/plain": True,
        "text/html": True,
    }
    [post] = telegram_api.messages.values()
    assert TITLE in post.get("caption", post.get("text", ""))
    [call] = webhook_receiver.requests
    assert (rightly_signed(call), call.json()["type"]) == (True, "bulletin.published")
    assert (call.json()["data"]["headline"], call.json()["data"]["url"]) == (TITLE, address)

    # The evidence
    assert eventually(lambda: figure_on(site, covered) == before + 1)
    assert records_on(site, covered) == [f"{TITLE}\nBoletín, Fotos"]
    assert records_on(site, kept_daily) == [f"{TITLE}\nBoletín 001/{start.year}"]
    expect(writer.open("agenda/actos/").locator("tr", has_text=TITLE)).to_contain_text("Cubierto")
