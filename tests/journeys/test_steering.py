"""The head steers what goes out with a few taps, and passes on by hand what no program may publish."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.office import HEAD, PASSWORD, SUBSCRIBER, Desk, Office, order
from servers.smtp import SmtpServer

pytestmark = pytest.mark.journey

TITLE = "Abre la ventanilla de becas en la biblioteca"
OTHER = "vecino@muestra.example"
CHANNEL = "https://whatsapp.com/channel/0029VaMuestra123456789"
SAY = f"""
from django.utils import timezone
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Audience, Message
at = timezone.now()
delivery.subscribe_directly({OTHER!r}, channel="email", name="", consent="Sí.", at=at)
message = Message(kind=MessageKind.NEWS, headline={TITLE!r}, url="https://muestra.example/boletines/1/")
delivery.dispatch(message, key="j/1", origin="j/1", lane=Lane.NOW, audience=Audience(), at=at)
"""
#: As after a refusal that says nothing of the address.
FAIL = f"""
from pregon.delivery.models import Delivery
line = Delivery.objects.filter(destination={OTHER!r})
line.update(state="leased")
line.update(state="failed", reason="Parece no deseado.")
"""


def open_dispatch(desk: Desk) -> None:
    page = desk.open("envios/")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("region", name="Avance")).to_be_visible()


def test_a_dispatch_is_held_back_mended_and_let_go_on(
    office: Office, head: Desk, smtp_server: SmtpServer
) -> None:
    smtp, page = smtp_server, head.page
    smtp.postponed = {SUBSCRIBER, OTHER}
    head.switch_on(
        "email", host=smtp.host, port=smtp.port, security="none", sender_address="prensa@muestra.example"
    )
    order("shell", "--no-imports", "-c", SAY, home=office.home)
    open_dispatch(head)
    progress = page.get_by_role("region", name="Avance")
    expect(progress).to_contain_text("2 esperan: ")
    expect(progress.get_by_role("button", name="Intentar ya")).to_be_visible()

    head.reader.context.clear_cookies()
    expect(progress.get_by_role("alert")).to_contain_text("La sesión terminó")
    [complaint] = head.reader.complaints  # the fragment may no longer be looked at
    assert complaint.startswith("missing: 403")
    head.reader.complaints.clear()
    progress.get_by_role("link", name="Vuelve a entrar").click()
    page.fill("[name=username]", HEAD)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()

    page.get_by_role("button", name="Pausar").click()
    expect(progress).to_contain_text("en pausa")
    smtp.postponed = set()
    order("shell", "--no-imports", "-c", FAIL, home=office.home)
    page.reload()
    page.get_by_role("region", name="Por qué no llegaron").get_by_role("button", name="Reintentar").click()
    expect(page.get_by_text("1 mensaje se intenta otra vez.")).to_be_visible()
    assert head.reader.faults_of(page.url, inside="#main") == []
    assert smtp.messages == []

    page.get_by_role("button", name="Reanudar").click()
    expect(progress).to_contain_text("2 de 2")
    assert sorted(mail.recipients[0] for mail in smtp.messages) == sorted([SUBSCRIBER, OTHER])
    expect(page.get_by_role("button", name="Pausar")).to_be_hidden()  # the page loaded itself again


def test_what_no_program_may_publish_is_copied_with_one_tap(office: Office, head: Desk) -> None:
    page = head.page
    head.reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    head.switch_on("whatsapp_channel")
    head.add_office_channel("whatsapp_channel", CHANNEL, "Canal del municipio")
    order("shell", "--no-imports", "-c", SAY, home=office.home)
    open_dispatch(head)
    package = page.get_by_role("region", name="Listo para pegar en Canal de WhatsApp")
    expect(package).to_be_visible()  # the page loads itself again once it is laid out
    package.get_by_role("button", name="Copiar el texto").click()
    expect(package.get_by_role("button", name="Copiado")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"*{TITLE}*") and "https://muestra.example/boletines/1/" in copied
    assert head.reader.faults_of(page.url, inside="#main") == []

    posted = f"{CHANNEL}/214"
    package.get_by_label("Dirección de la publicación, si la tiene").fill(posted)
    package.get_by_role("button", name="Ya lo publiqué").click()
    expect(package).to_be_hidden()
    expect(page.get_by_role("link", name=posted)).to_be_visible()
