"""A reader whose connection goes: what was kept is read and says so, what changed is seen when it is back, and what
was withdrawn is kept no longer. The worker that keeps is the one that shows notices, and stays both."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.office import Office, order
from journeys.reader import PHONE, Reader
from journeys.test_notices import SHOWN, Pushing, write
from servers.chromium import FLAGS, chromium
from servers.command import eventually
from servers.http import Answer, Request, serving

pytestmark = pytest.mark.journey

KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const keys = await (await caches.open(name)).keys();
    found[name] = keys.map((request) => new URL(request.url).pathname);
  }
  return found;
}"""
CORRECT = """
from pregon.newsroom.models import Bulletin
bulletin = Bulletin.objects.get(slug={slug!r})
bulletin.title = {title!r}
bulletin.save_revision().publish()
"""
WITHDRAW = """
from django.utils import timezone
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
bulletin = Bulletin.objects.get(slug={slug!r})
newsroom.withdraw(bulletin, reason="La fecha no era esa.", by=None, at=timezone.now())
"""
MANY_ACTS = """
from datetime import timedelta
from django.utils import timezone
from pregon.accounts.models import Department
from pregon.agenda.models import Act
for number in range(60):
    Act.objects.create(
        title=f"Acto {number}", slug=f"acto-{number}", start=timezone.now() + timedelta(days=1 + number),
        place="Plaza", department=Department.objects.first(),
    )
"""
RENAME = """
from pregon.accounts.models import Office
office = Office.load()
office.name = "Dirección de Comunicación"
office.save()
"""

WARN = """
from django.utils import timezone
from pregon.accounts.models import User
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Status
from pregon.alerts.models import AlertTemplate
words = {{"lugar": {place!r}, "motivo": "una fuga", "hora": "16:20"}}
editor, template = User.objects.first(), AlertTemplate.objects.get(slug="corte-de-agua")
alert = alerts.begin(template, status=Status.ACTUAL, by=editor, at=timezone.now(), words=words)
alert = alerts.propose(alert, by=editor, at=timezone.now(), word="alerta")
print("sent", alert.get_absolute_url())
"""
CALL_OFF = """
from django.utils import timezone
from pregon.accounts.models import User
from pregon.alerts import actions as alerts
from pregon.alerts.models import Alert
editor = User.objects.first()
ending = alerts.cancel(Alert.objects.active(timezone.now()).get(), by=editor, at=timezone.now())
alerts.propose(ending, by=editor, at=timezone.now(), word="alerta")
"""


def shell(office: Office, script: str, **words: str) -> str:
    return order("shell", "--no-imports", "-c", script.format(**words) if words else script, home=office.home)


def publish(office: Office, folder: Path, title: str) -> str:
    """The address of a bulletin whose page lies baked in the folder, and whose place in the list too."""
    told = json.loads(order("publish", write(folder, title), "--json", home=office.home))
    path = str(told["bulletin"]["url"]).removeprefix(office.url)
    assert eventually(lambda: is_baked(office, path) and is_baked(office, "/sin-conexion.json"))
    assert eventually(lambda: path in httpx2.get(f"{office.url}/sin-conexion.json").text)
    return path


def warn(office: Office, place: str) -> str:
    """The address of an alert that has just gone out."""
    return shell(office, WARN, place=place).split("sent ")[1].split()[0]


def json_of(office: Office) -> dict[str, Any]:
    told: dict[str, Any] = httpx2.get(f"{office.url}/sin-conexion.json").json()
    return told


def is_baked(office: Office, path: str) -> bool:
    return "public" in httpx2.get(office.url + path).headers.get("Cache-Control", "")


def kept_pages(page: Page) -> list[str]:
    found: dict[str, list[str]] = page.evaluate(KEPT)
    return [path for name, paths in found.items() if name.endswith("-pages") for path in paths]


def settle(page: Page, *paths: str) -> None:
    """Wait until the worker is in charge and has kept ``paths``."""
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    assert eventually(lambda: {"/sin-conexion.json", *paths} <= set(kept_pages(page)))


def gather_again(site: Reader) -> None:
    """What a notice does whatever it says: the worker looks for what changed."""
    pushing(site)({"title": "Aviso", "body": "Hay algo nuevo.", "url": "/", "tag": "aviso"})


def pushing(site: Reader) -> Pushing:
    """Hands notices to the worker, once the browser has told its name."""
    push = Pushing(site.page, f"{site.url}/")
    assert eventually(lambda: site.page.evaluate("true") and bool(push.registration))
    return push


@pytest.fixture
def baked(office: Office) -> Office:
    """The office when its standing pages lie in the folder."""
    for path in ("/", "/agenda/", "/boletines/", "/sin-conexion/", "/sin-conexion.json", "/avisos.js"):
        assert eventually(lambda path=path: is_baked(office, path))
    return office


def test_the_last_bulletins_and_the_agenda_are_read_without_a_connection(
    baked: Office, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    first = publish(baked, tmp_path / "uno", "Abre el paseo")
    second = publish(baked, tmp_path / "dos", "Cierra el puente")
    site = open_window(baked, phone=True)
    page = site.open("/agenda/")
    settle(page, first, second, "/agenda/", "/")
    site.context.set_offline(True)
    for path, heading in ((first, "Abre el paseo"), (second, "Cierra el puente"), ("/agenda/", "Agenda")):
        site.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.get_by_role("status").first).to_contain_text("Sin conexión: guardado el ")
        assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"  # the style sheet came too
    site.open(f"{first}?utm_source=red")
    expect(page.get_by_role("heading", level=1)).to_have_text("Abre el paseo")
    site.open("/galerias/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Esta página no está guardada aquí")
    page.get_by_role("link", name="Cierra el puente").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cierra el puente")
    site.context.set_offline(False)
    expect(page.get_by_role("link", name="Ver lo más reciente")).to_be_visible()
    page.get_by_role("link", name="Ver lo más reciente").click()
    expect(page.get_by_text("Sin conexión")).to_have_count(0)


def test_a_correction_is_seen_at_once_and_kept(
    baked: Office, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    path = publish(baked, tmp_path / "uno", "Abre el paseo")
    site = open_window(baked, permissions=["notifications"])
    page = site.open("/")
    settle(page, path)
    former = httpx2.get(f"{baked.url}/sin-conexion.json").text
    shell(baked, CORRECT, slug=path.split("/")[2], title="Abre el paseo el lunes")
    assert eventually(lambda: "Abre el paseo el lunes" in httpx2.get(baked.url + path).text)
    assert eventually(lambda: httpx2.get(f"{baked.url}/sin-conexion.json").text != former)
    assert eventually(lambda: is_baked(baked, path) and is_baked(baked, "/sin-conexion.json"))
    gather_again(site)
    text = f"async () => (await caches.match({path!r})).text()"
    assert eventually(lambda: "Abre el paseo el lunes" in page.evaluate(text))
    site.open(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Abre el paseo el lunes")
    site.context.set_offline(True)
    site.open(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Abre el paseo el lunes")


def test_a_withdrawn_bulletin_is_kept_no_longer(
    baked: Office, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    opened = publish(baked, tmp_path / "uno", "Abre el paseo")
    unopened = publish(baked, tmp_path / "dos", "Cierra el puente")
    site = open_window(baked, permissions=["notifications"])
    page = site.open("/agenda/")
    settle(page, opened, unopened)
    for path in (opened, unopened):
        shell(baked, WITHDRAW, slug=path.split("/")[2])
    site.open(opened)
    expect(page.get_by_text("La fecha no era esa.")).to_be_visible()
    assert eventually(lambda: opened not in kept_pages(page))
    assert eventually(lambda: unopened in json_of(baked)["retirados"])
    gather_again(site)
    assert eventually(lambda: unopened not in kept_pages(page))
    site.context.set_offline(True)
    for path in (opened, unopened):
        site.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Esta página no está guardada aquí")


def test_nothing_behind_a_link_nor_on_the_desk_is_kept(
    baked: Office, open_window: Callable[..., Reader]
) -> None:
    site = open_window(baked)
    page = site.open("/")
    settle(page, "/")
    for path in ("/suscripcion/otra/", "/boletines/buscar/?q=paseo", "/escritorio/login/", "/galerias/"):
        site.open(path)
    assert eventually(lambda: "/galerias/" in kept_pages(page))
    strange = [
        path
        for path in kept_pages(page)
        if path.startswith(("/escritorio", "/suscripcion/o", "/boletines/b"))
    ]
    assert strange == []
    page.evaluate("""async () => {
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ keep: ["/suscripcion/otra/", "/boletines/buscar/", "/accesibilidad/"] });
    }""")
    assert eventually(lambda: "/accesibilidad/" in kept_pages(page))
    assert {"/suscripcion/otra/", "/boletines/buscar/"} & set(kept_pages(page)) == set()


def test_what_is_kept_is_bounded_and_the_list_stays(
    baked: Office, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    path = publish(baked, tmp_path / "uno", "Abre el paseo")
    shell(baked, MANY_ACTS)
    acts = [f"/agenda/acto-{number}/" for number in range(60)]
    assert eventually(lambda: all(is_baked(baked, act) for act in acts))
    page = open_window(baked).open("/")
    settle(page, path)
    page.evaluate(
        """async (paths) => {
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ keep: paths });
    }""",
        acts,
    )
    assert eventually(lambda: acts[-1] in kept_pages(page))
    kept = kept_pages(page)
    assert len(kept) <= 40
    assert {path, "/", "/agenda/", "/sin-conexion/", "/sin-conexion.json"} <= set(kept)


def test_a_new_version_cleans_up_and_goes_on_showing_notices(
    baked: Office, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    path = publish(baked, tmp_path / "uno", "Abre el paseo")
    site = open_window(baked, permissions=["notifications"])
    page = site.open("/")
    settle(page, path)
    push = pushing(site)
    before, names = push.registration, set(page.evaluate("caches.keys()"))
    shell(baked, RENAME)
    assert eventually(lambda: "Dirección" in httpx2.get(f"{baked.url}/avisos.js").text)
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    assert eventually(lambda: not names & set(page.evaluate("caches.keys()")))
    settle(page, path)
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 1

    def shown() -> bool:
        # The browser's tool hands a notice to the worker of that moment: one that is just being replaced drops it.
        push({"body": "Sin título, lleva el nombre de la oficina.", "url": "/", "tag": "uno"})
        return [one["title"] for one in page.evaluate(SHOWN)] == ["Dirección de Comunicación"]

    assert eventually(shown)
    assert push.registration == before


# --- Alerts -------------------------------------------------------------------------------------------------


def text_of(page: Page, path: str) -> str:
    kept: str = page.evaluate("async (path) => (await (await caches.match(path))?.text()) || ''", path)
    return kept


def test_an_alert_that_an_open_page_hears_of_is_read_without_a_connection_until_it_is_over(
    baked: Office, open_window: Callable[..., Reader], tmp_path: Path
) -> None:
    bulletin = publish(baked, tmp_path / "uno", "Abre el paseo")
    site = open_window(baked, phone=True)
    site.context.add_init_script(
        "Object.defineProperty(Object.getPrototypeOf(navigator), 'connection', { value: { saveData: true } })"
    )
    page = site.open("/")
    settle(page, "/", bulletin)
    headline = "Alerta: Corte de agua en La Loma"
    banner = page.get_by_role("region", name="Alertas").get_by_role("link", name=headline)

    path, ended = warn(baked, "La Loma"), "Cancelada: Corte de agua en La Loma"
    expect(banner).to_be_visible()
    assert eventually(lambda: headline in text_of(page, path) and path in text_of(page, "/sin-conexion.json"))
    site.context.set_offline(True)
    for kept in ("/", bulletin, "/alertas/"):
        site.open(kept)
        expect(page.get_by_role("status").first).to_contain_text("Sin conexión: guardado el ")
        expect(banner).to_be_visible()
    banner.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    expect(page.get_by_text("Junta agua para beber y para el baño.")).to_be_visible()
    site.open("/galerias/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Esta página no está guardada aquí")
    expect(banner).to_be_visible()

    site.context.set_offline(False)
    site.open("/agenda/")
    expect(banner).to_be_visible()
    shell(baked, CALL_OFF)
    expect(banner).to_have_count(0)
    assert eventually(lambda: ended in text_of(page, path))
    assert eventually(lambda: path not in json.loads(text_of(page, "/sin-conexion.json"))["paginas"])
    site.context.set_offline(True)
    for kept in ("/", bulletin, "/agenda/", "/alertas/", path):
        site.open(kept)
        expect(page.get_by_role("status").first).to_contain_text("Sin conexión: guardado el ")
        expect(banner).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text(ended)


def test_whoever_comes_while_an_alert_holds_reads_it_without_a_connection(
    baked: Office, open_window: Callable[..., Reader]
) -> None:
    path = warn(baked, "El Cerro")
    assert eventually(lambda: is_baked(baked, path) and path in json_of(baked)["paginas"])
    site = open_window(baked)
    page = site.open("/agenda/")
    settle(page, "/", "/alertas/", path)
    site.context.set_offline(True)
    page.get_by_role("link", name="Corte de agua en El Cerro").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alerta: Corte de agua en El Cerro")


# --- A slow connection --------------------------------------------------------------------------------------


@dataclass
class SlowWay:
    """Stands between the browser and the office, and holds back what it is told to."""

    office: Office
    url: str = ""
    held: str = ""
    seconds: float = 0.0

    def answer(self, request: Request) -> Answer:
        if self.held and request.path.startswith(self.held):
            time.sleep(self.seconds)
        passed = {"accept", "content-type", "sec-fetch-site"}
        headers = {name: value for name, value in request.headers.items() if name in passed}
        heard = httpx2.request(
            request.method, self.office.url + request.path, headers=headers, content=request.body
        )
        kept = {"content-type", "cache-control", "etag"}
        return Answer(
            status=heard.status_code,
            body=heard.content,
            headers={name: value for name, value in heard.headers.items() if name in kept},
        )


@contextmanager
def slow_way(office: Office) -> Iterator[SlowWay]:
    way = SlowWay(office)
    with serving(way.answer) as url:
        way.url = url
        yield way


def test_a_connection_that_takes_too_long_is_waited_for_behind_the_kept_copy(
    baked: Office, browser: Browser, tmp_path: Path
) -> None:
    path = publish(baked, tmp_path / "uno", "Abre el paseo")
    with slow_way(baked) as way:
        site = Reader(browser, way.url)
        page = site.open("/")
        settle(page, path)
        shell(baked, CORRECT, slug=path.split("/")[2], title="Abre el paseo el lunes")
        assert eventually(lambda: "el lunes" in httpx2.get(baked.url + path).text and is_baked(baked, path))
        way.held, way.seconds = path, 6.0
        began = time.monotonic()
        site.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Abre el paseo")
        assert 2.5 < time.monotonic() - began < 5.5
        expect(page.get_by_role("status").first).to_contain_text("La conexión tarda: guardado el ")
        newest = page.get_by_role("link", name="Ver lo más reciente")
        expect(newest).to_be_visible()
        way.held = ""
        newest.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Abre el paseo el lunes")
        assert site.close() == []


# --- On the home screen -------------------------------------------------------------------------------------


def test_chromium_finds_nothing_that_keeps_the_site_from_being_installed(
    baked: Office, browser: Browser, tmp_path: Path
) -> None:
    assert eventually(lambda: is_baked(baked, "/app.webmanifest") and is_baked(baked, "/icono-512.png"))
    # A window of its own profile: Chromium installs nothing from a private one, and says so.
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path / "perfil"),
        executable_path=chromium(),
        headless=True,
        args=FLAGS,
        **PHONE,  # type: ignore[arg-type]  # options by name
    )
    page = context.new_page()
    page.goto(f"{baked.url}/")
    settle(page, "/")
    session = context.new_cdp_session(page)
    told: dict[str, Any] = session.send("Page.getAppManifest")
    assert (told["url"], told["errors"]) == (f"{baked.url}/app.webmanifest", [])
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    context.close()


OFFERS = """
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = async () => {};
  dispatchEvent(offer);
"""


def test_the_hint_to_install_waits_for_the_browsers_offer_and_is_refused_once(
    baked: Office, open_window: Callable[..., Reader]
) -> None:
    site = open_window(baked, phone=True)
    page = site.open("/")
    page.wait_for_load_state()
    hint = page.get_by_role("complementary", name="Instalar este sitio")
    expect(hint).to_be_hidden()
    page.evaluate(OFFERS)
    expect(hint).to_be_visible()
    page.get_by_role("button", name="Ahora no").click()
    expect(hint).to_be_hidden()
    site.open("/agenda/")
    page.evaluate(OFFERS)
    expect(hint).to_be_hidden()
