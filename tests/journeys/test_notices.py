"""A reader presses the button, the browser shows what is published, and stops when the reader says so.

A browser's own push service is elsewhere, so the double stands for it on both sides: it gives the address that the
browser would get, and what it opened is handed to the browser as its push service would.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from journeys.office import Desk, Office, order
from journeys.reader import Reader
from servers.command import eventually
from servers.push import PushService

pytestmark = pytest.mark.journey

#: A browser whose push service gave it ``address``.
SUBSCRIBES = """
  const address = %s;
  const [endpoint, keys] = address.split("#");
  const [p256dh, auth] = keys.split(".");
  let current = null;
  PushManager.prototype.getSubscription = async () => current;
  PushManager.prototype.subscribe = async (options) => {
    window.askedWith = options.applicationServerKey;
    current = {
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
      unsubscribe: async () => { current = null; return true; },
    };
    return current;
  };
"""
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map(({ title, body, data, tag }) => ({ title, body, url: data.url, tag }));
}"""


class Pushing:
    """Hands a message to the worker of a page, as the browser's own push service would."""

    def __init__(self, page: Page, origin: str) -> None:
        self.origin = origin
        self.registration = ""
        self.session = page.context.new_cdp_session(page)
        self.session.on("ServiceWorker.workerRegistrationUpdated", self.note)
        self.session.send("ServiceWorker.enable")

    def note(self, told: dict[str, Any]) -> None:
        for registration in told["registrations"]:
            self.registration = registration["registrationId"]

    def __call__(self, told: dict[str, Any]) -> None:
        message = {"origin": self.origin, "registrationId": self.registration, "data": json.dumps(told)}
        self.session.send("ServiceWorker.deliverPushMessage", message)


def write(folder: Path, title: str) -> Path:
    folder.mkdir()
    (folder / "acto.md").write_text(
        f"---\ntitulo: {title}\nfecha: 2026-11-20 10:00\nlugar: Plaza\ndependencia: Obras Públicas\n"
        f"tipo: obra\ntemas: [Turismo]\n---\n\n{title}, desde este viernes.\n",
        "utf-8",
    )
    return folder


def test_a_reader_is_told_by_the_browser_until_leaving(
    office: Office,
    head: Desk,
    push_service: PushService,
    open_window: Callable[..., Reader],
    tmp_path: Path,
) -> None:
    head.switch_on("webpush", contact="prensa@muestra.example", allow_private=True)
    site = open_window(office, phone=True, permissions=["notifications"])
    page = site.open("/suscripcion/")
    assert eventually(lambda: site.open("/suscripcion/").locator("[data-push-key]").count() == 1)
    key = page.locator("[data-push-key]").get_attribute("data-push-key") or ""
    address = push_service.subscribe("telefono", application_key=key)
    site.context.add_init_script(SUBSCRIBES % json.dumps(address))
    page = site.open("/suscripcion/")
    push = Pushing(page, f"{office.url}/")
    page.get_by_role("checkbox", name="Turismo").check()
    page.get_by_role("button", name="Recibir avisos aquí").click()
    expect(page.locator("[data-push=said]")).to_have_text("Listo: los avisos llegarán a este navegador.")
    assert page.evaluate("window.askedWith") == key
    expect(page.get_by_role("link", name="Cambiar mis temas")).to_be_visible()

    order("publish", write(tmp_path / "uno", "Abre el paseo"), home=office.home)
    assert eventually(lambda: [taken.told["title"] for taken in push_service.taken] == ["Abre el paseo"])
    told = push_service.taken[0].told
    push(told)
    shown = {"title": "Abre el paseo", "body": told["body"], "url": told["url"], "tag": told["tag"]}
    assert eventually(lambda: page.evaluate(SHOWN) == [shown])
    push(told | {"title": "Corrección: Abre el paseo"})
    assert eventually(lambda: [one["title"] for one in page.evaluate(SHOWN)] == ["Corrección: Abre el paseo"])

    page.get_by_role("button", name="Dejar de recibirlos").click()
    expect(page.locator("[data-push=said]")).to_have_text("Listo: este navegador ya no recibirá avisos.")
    order("publish", write(tmp_path / "dos", "Cierra el paseo"), home=office.home)
    assert eventually(lambda: "Cierra el paseo" in site.open("/").content())
    assert len(push_service.taken) == 1


def test_the_button_is_as_accessible_as_the_page(
    office: Office, head: Desk, open_window: Callable[..., Reader]
) -> None:
    head.switch_on("webpush")
    site = open_window(office, phone=True)
    assert eventually(
        lambda: site.open("/suscripcion/").get_by_role("button", name="Recibir avisos aquí").is_visible()
    )
    assert site.faults_of("/suscripcion/") == []


def test_a_reader_asks_for_the_topics_of_a_bulletin_from_its_own_page(
    office: Office,
    head: Desk,
    push_service: PushService,
    open_window: Callable[..., Reader],
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "uno", "Abre el paseo")
    told = json.loads(order("publish", folder, "--json", home=office.home))
    site = open_window(office, phone=True, permissions=["notifications"])
    page = site.open(told["bulletin"]["url"])
    page.get_by_role("link", name="Recibir avisos").click()  # the channel is off: the other ways to receive
    expect(page).to_have_url(re.compile(r"/suscripcion/\?temas=\d+$"))

    head.switch_on("webpush", contact="prensa@muestra.example", allow_private=True)
    offer = f"{office.url}/suscripcion/avisos.json"
    assert eventually(lambda: bool(httpx2.get(offer).json()["key"]))
    key = httpx2.get(offer).json()["key"]
    address = push_service.subscribe("telefono", application_key=key)
    site.context.add_init_script(SUBSCRIBES % json.dumps(address))
    page = site.open(told["bulletin"]["url"])
    assert page.get_by_role("button", name="Dejar de recibirlos").is_hidden()
    page.get_by_role("link", name="Recibir avisos").click()
    expect(page.get_by_role("checkbox", name="Turismo")).to_be_checked()
    page.get_by_role("button", name="Recibir avisos aquí").click()
    expect(page.locator("[data-push=said]")).to_have_text("Listo: los avisos llegarán a este navegador.")
    assert site.faults_of(told["bulletin"]["url"]) == []
    order("publish", write(tmp_path / "dos", "Cierra el paseo"), home=office.home)
    assert eventually(lambda: [taken.told["title"] for taken in push_service.taken] == ["Cierra el paseo"])
