"""The head corrects a bulletin and then withdraws it: whoever had it is told, and nobody finds it any more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from journeys.office import SUBSCRIBER, Desk, Office, example, order
from journeys.reader import Reader
from servers.command import eventually
from servers.smtp import SmtpServer
from servers.telegram import TelegramApi

pytestmark = pytest.mark.journey

TITLE = "Ilumina el municipio el sendero a la cascada"
SECOND = "Ilumina el municipio el sendero hasta el mirador"
LATE = "llego-despues@muestra.example"
TOLD_BY = (
    "/",
    "/boletines/",
    "/agenda/",
    "/galerias/",
    "/rss.xml",
    "/atom.xml",
    "/feed.json",
    "/sitemap.xml",
)


def letters(smtp: SmtpServer) -> list[tuple[str, str]]:
    return [(mail.recipients[0], str(mail.message["Subject"])) for mail in smtp.messages]


def told(office: Office, words: str) -> list[str]:
    """Where the site says ``words``."""
    asked = [*TOLD_BY, "/boletines/buscar/?q=sendero"]
    return [address for address in asked if words in httpx2.get(office.url + address).text]


def test_a_correction_and_a_withdrawal_reach_whoever_had_the_first_version(
    office: Office,
    head: Desk,
    smtp_server: SmtpServer,
    telegram_api: TelegramApi,
    open_window: Callable[..., Reader],
    tmp_path: Path,
) -> None:
    smtp, telegram = smtp_server, telegram_api
    telegram.add_channel("@municipio")
    head.switch_on(
        "email", host=smtp.host, port=smtp.port, security="none", sender_address="prensa@muestra.example"
    )
    head.switch_on("telegram", api_base=telegram.url, token=telegram.token, allow_private=True)
    head.add_office_channel("telegram", "@municipio", "Canal del municipio")
    report = json.loads(
        order("publish", example("mazamitla-andador", below=tmp_path), "--json", home=office.home)
    )
    address = report["bulletin"]["url"]
    assert eventually(lambda: letters(smtp) == [(SUBSCRIBER, TITLE)] and len(telegram.messages) == 1)
    assert eventually(lambda: "/galerias/" in told(office, TITLE))
    photos = set(re.findall(r"/fotos/[^\s\"]+", httpx2.get(address).text))
    assert {httpx2.get(office.url + photo).status_code for photo in photos} == {200}
    head.add_office_channel("email", LATE, "Llegó después")

    # The correction
    page = head.open("boletines/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Corregir").click()
    page.fill("[name=title]", SECOND)
    page.fill("[name=motivo-change]", "El sendero llega hasta el mirador.")
    page.fill("[name=motivo-reason]", "La dependencia corrigió el tramo.")
    page.get_by_role("button", name="Publicar la corrección").click()
    expect(page.get_by_text("quedó corregido")).to_be_visible()

    assert eventually(lambda: "El sendero llega hasta el mirador." in httpx2.get(address).text)
    notice = open_window(office).open(address).get_by_role("region", name="Corrección")
    expect(notice).to_contain_text("Por qué: La dependencia corrigió el tramo.")
    assert eventually(lambda: letters(smtp)[1:] == [(SUBSCRIBER, f"Corrección: {SECOND}")])
    assert smtp.messages[1].message["In-Reply-To"] == smtp.messages[0].message["Message-ID"]
    [post] = telegram.messages.values()
    assert eventually(
        lambda: SECOND in next(iter(telegram.messages.values())).get("caption", post.get("text", ""))
    )

    # The withdrawal
    page.get_by_role("link", name="Retirar").click()
    page.fill("[name=reason]", "El acto se repite en otra fecha.")
    page.get_by_role("button", name="Retirar del sitio").click()
    assert httpx2.get(address).status_code == 410
    assert "El acto se repite en otra fecha." in httpx2.get(address).text
    assert {httpx2.get(office.url + photo).status_code for photo in photos} <= {404, 410}
    assert eventually(lambda: told(office, SECOND) == [])
    assert eventually(lambda: len(smtp.messages) == 3 and not telegram.messages)
    assert letters(smtp)[2][0] == SUBSCRIBER
