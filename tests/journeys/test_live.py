"""People follow an act on their screens while it happens, whatever becomes of the network and of the hub."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from factories.library import jpeg
from factories.website import HOSTILE
from journeys.office import HEAD, Desk, Office, order
from journeys.reader import Reader

pytestmark = pytest.mark.journey

TITLE = "Desfile de muestra"
OPEN = f"""
from datetime import timedelta
from django.utils import timezone
from pregon.accounts.models import Department
from pregon.agenda.models import Act
from pregon.newsroom import actions as newsroom
at = timezone.now()
act = Act.objects.create(title={TITLE!r}, slug="desfile-de-muestra", start=at, place="Calle Reforma",
    department=Department.objects.first())
blog = newsroom.open_live(act, by=None, at=at - timedelta(hours=1))
print(blog.pk, blog.get_absolute_url())
"""
POST = """
from uuid import uuid4
from django.utils import timezone
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import LiveBlog
for number in range({first}, {last}):
    newsroom.post(LiveBlog.objects.get(), newsroom.Words(text=f"Novedad {{number}}."), key=uuid4(), by=None,
        at=timezone.now())
"""


@pytest.fixture
def coverage(office: Office) -> tuple[str, str]:
    """Where it is written and where it is read."""
    pk, public = order("shell", "--no-imports", "-c", OPEN, home=office.home).split()
    return f"en-vivo/{pk}/", public


@pytest.fixture
def readers(
    office: Office, coverage: tuple[str, str], open_window: Callable[..., Reader]
) -> Iterator[list[Page]]:
    """Three who have the page open and are told so."""
    screens: list[dict[str, object]] = [{"phone": True}, {}, {"color_scheme": "dark"}]
    windows = [open_window(office, **screen) for screen in screens]
    pages = [window.open(coverage[1]) for window in windows]
    for page in pages:
        expect(page.get_by_text("Conectada: lo nuevo aparece sin recargar.")).to_be_visible()
    yield pages
    for window in windows:  # a hub that was killed is a complaint of the browser, and not of ours
        window.complaints[:] = [said for said in window.complaints if "/vivo/" not in said]


def write(desk: Desk, text: str, **more: str) -> None:
    page = desk.page
    page.fill("[name=text]", text)
    if more:
        details = page.locator(".live-form details")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        for name, said in more.items():
            page.fill(f"[name={name}]", said)
    page.get_by_role("button", name="Publicar").click()


def texts(page: Page) -> list[str]:
    return page.locator(".post p").all_inner_texts()


def test_three_readers_hear_each_post_once_while_the_hub_is_killed_and_comes_back(
    office: Office, readers: list[Page], writer: Desk, coverage: tuple[str, str]
) -> None:
    writer.open(coverage[0])
    write(writer, "Novedad 1.")
    for page in readers:
        expect(page.get_by_text("Novedad 1.")).to_be_visible()
    [web] = parts_of(office, "web")
    os.kill(web, signal.SIGKILL)
    order("shell", "--no-imports", "-c", POST.format(first=2, last=6), home=office.home)
    for page in readers:
        expect(page.get_by_text("Novedad 5.")).to_be_visible()
    write(writer, "Novedad 6.")
    for page in readers:
        expect(page.get_by_text("Novedad 6.")).to_be_visible()
        assert texts(page) == [f"Novedad {number}." for number in range(6, 0, -1)]
    assert parts_of(office, "web") != [web]


def parts_of(office: Office, name: str) -> list[int]:
    """The processes of that part of this office."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            here = (folder / "comm").read_text().strip() == f"pregon:{name}"
            if here and f"PREGON_HOME={office.home}" in (folder / "environ").read_text().split("\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_who_reads_further_down_keeps_the_place_and_is_told_how_much_is_new(
    office: Office, readers: list[Page], writer: Desk, coverage: tuple[str, str]
) -> None:
    order("shell", "--no-imports", "-c", POST.format(first=1, last=21), home=office.home)
    page, other, _dark = readers
    expect(page.get_by_text("Novedad 20.")).to_be_visible()
    page.get_by_text("Novedad 4.", exact=True).scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    writer.open(coverage[0])
    write(writer, "Lo nuevo.")
    write(writer, "Lo más nuevo.")
    pill = page.locator("#novedades")
    expect(pill).to_have_text("2 novedades")
    assert (page.evaluate("scrollY"), page.get_by_text("Lo nuevo.").count()) == (place, 0)
    expect(other.get_by_text("Lo más nuevo.")).to_be_visible()
    pill.click()
    expect(page.locator(".post").first).to_be_focused()
    expect(page.get_by_text("Lo más nuevo.")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_a_correction_a_removal_the_essential_and_the_end_are_seen_without_reloading(
    readers: list[Page], writer: Desk, coverage: tuple[str, str]
) -> None:
    desk = writer.open(coverage[0])
    write(writer, "El tránsito vuelve a las 11:30.")
    write(writer, "Esto no era de aquí.")
    expect(desk.locator("[data-live-posts] li")).to_have_count(2)
    desk.get_by_role("link", name="Corregir Esto no era").click()
    desk.get_by_text("Quitar la publicación").click()
    desk.fill("[name=quitar-note]", "Era de otro acto.")
    desk.get_by_role("button", name="Quitar", exact=True).click()
    desk.get_by_role("link", name="Corregir El tránsito").click()
    desk.fill("[name=text]", "El tránsito vuelve a las 12:00.")
    desk.fill("[name=note]", "Es a las 12:00 y no a las 11:30.")
    desk.get_by_role("button", name="Corregir", exact=True).click()
    desk.get_by_text("Lo esencial, fijo arriba").click()
    desk.fill("[name=summary]", "Reforma reabre a las 12:00.")
    desk.get_by_role("button", name="Fijar").click()
    for page in readers:
        expect(page.get_by_text("Es a las 12:00 y no a las 11:30.")).to_be_visible()
        expect(page.get_by_text("Reforma reabre a las 12:00.")).to_be_visible()
        assert page.get_by_text("Esto no era de aquí.").count() == 0
    desk.get_by_text("Cerrar la cobertura").click()
    desk.get_by_role("button", name="Sí, cerrar").click()
    expect(desk.get_by_role("link", name="Seguir con el boletín que salió de aquí")).to_be_visible()
    for page in readers:
        expect(page.locator("#en-vivo-estado")).to_contain_text("Terminó")


def test_what_is_written_without_signal_is_kept_and_sent_once(
    readers: list[Page], writer: Desk, coverage: tuple[str, str], tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(jpeg())
    desk = writer.open(coverage[0])
    writer.reader.context.set_offline(True)
    write(writer, "Sin señal en la sierra.")
    expect(desk.get_by_text("se queda en este teléfono")).to_be_visible()
    desk.set_input_files("[name=photo]", photo)
    desk.fill("[name=seen]", "La banda frente a la plaza.")
    write(writer, "Con foto.")
    expect(desk.locator("[data-live-outbox] li")).to_have_count(2)
    writer.reader.context.set_offline(False)
    desk.reload()  # as a telephone that was put away does: what was kept is still there
    expect(desk.locator("[data-live-outbox]")).to_be_hidden()
    expect(desk.locator("[data-live-posts] li")).to_have_count(2)
    for page in readers:
        expect(page.get_by_alt_text("La banda frente a la plaza.")).to_be_visible()
        assert texts(page)[-1] == "Sin señal en la sierra."
        assert page.locator(".post").count() == 2
    writer.reader.complaints[:] = [said for said in writer.reader.complaints if "INTERNET" not in said]


def test_a_post_that_is_refused_says_why_and_can_be_mended(
    office: Office, writer: Desk, coverage: tuple[str, str]
) -> None:
    desk = writer.open(coverage[0])
    write(writer, "Mira esto.", video="no es una dirección")
    expect(desk.get_by_text("Esa dirección de video no se entiende")).to_be_visible()
    desk.get_by_role("button", name="Corregir", exact=True).click()
    expect(desk.locator("[name=text]")).to_have_value("Mira esto.")
    write(writer, "Mira esto.", video="https://video.ejemplo.invalid/1")
    expect(desk.get_by_role("link", name="Corregir Mira esto.")).to_be_visible()
    expect(desk.locator("[data-live-outbox]")).to_be_hidden()
    writer.reader.complaints[:] = [said for said in writer.reader.complaints if "422" not in said]


def test_words_that_try_to_become_script_stay_words(
    readers: list[Page], writer: Desk, coverage: tuple[str, str]
) -> None:
    desk = writer.open(coverage[0])
    write(writer, HOSTILE, headline=HOSTILE[:160], person=HOSTILE[:160])
    desk.get_by_text("Lo esencial, fijo arriba").click()
    desk.fill("[name=summary]", HOSTILE)
    desk.get_by_role("button", name="Fijar").click()
    for page in readers:
        expect(page.locator(".pin")).to_contain_text("<img src=x")
        expect(page.locator(".post")).to_contain_text("<img src=x")
        assert page.locator("main img").count() == 0
        page.reload()
        expect(page.locator(".post")).to_contain_text("<img src=x")


def test_its_pages_are_accessible_in_light_and_dark(
    office: Office, coverage: tuple[str, str], open_window: Callable[..., Reader]
) -> None:
    head = Desk(open_window(office, phone=True), HEAD)
    head.open(coverage[0])
    write(head, "Arranca el desfile.", headline="Comienza", person="Presidencia")
    expect(head.page.get_by_role("link", name="Corregir Comienza")).to_be_visible()
    [pk] = re.findall(r"publicacion/(\d+)/", head.page.content())[:1]
    desk = ["en-vivo/", coverage[0], f"en-vivo/publicacion/{pk}/", ""]
    faults = {path: head.reader.faults_of(f"/escritorio/{path}", inside="main") for path in desk}
    window = open_window(office, phone=True)
    faults |= {path: window.faults_of(path) for path in (coverage[1], "/en-vivo/", "/")}
    assert {path: found for path, found in faults.items() if found} == {}
