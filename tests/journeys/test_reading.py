"""Every page can be read by everybody: with a reader of screens, with keys alone, in the dark, without scripts, and
on a slow network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from django.urls import resolve
from playwright.sync_api import expect

from journeys.office import HEAD, Desk, Office, copied, example, order, running
from journeys.reader import Reader, tab_to
from servers.command import eventually

pytestmark = pytest.mark.journey

#: Letters go where nobody listens: what is asked of the site here is only that it takes the wish.
MAIL_IS_LIVE = """
from django.utils import timezone
from pregon.accounts.models import User
from pregon.delivery.actions.channels import set_up
from pregon.delivery.enums import Mode
values = {"host": "127.0.0.1", "port": 9, "security": "none", "sender_address": "prensa@muestra.example"}
set_up("email", mode=Mode.LIVE, values=values, by=User.objects.first(), at=timezone.now())
"""
#: What a furnished office shows beside its bulletins.
PAGES = """
from datetime import date
from pregon.config.demo.furnish import picture
from pregon.config.demo.pages import open_pages
from pregon.config.demo.recordings import chimes, passing_by
film = passing_by(picture("mazamitla", seed=7), seconds=16)
open_pages(today=date.today(), sound=chimes(seconds=24), film=film)
"""
TITLE = "Ilumina el municipio el sendero a la cascada"
DESK = (
    "",
    "agenda/actos/",
    "agenda/actos/edit/1/",
    "boletines/",
    "boletines/{bulletin}/",
    "boletines/{bulletin}/a-quien-llega/",
    "boletines/{bulletin}/a-quien-llega/?canal=telegram",
    "boletines/{bulletin}/corregir/",
    "boletines/{bulletin}/retirar/",
    "boletines/{bulletin}/alcance/",
    "boletines/alcance/",
    "envios/",
    "envios/1/",
    "envios/1/cancelar/",
    "envios/1/vista/email/",
    "envios/1/vista/telegram/",
    "canales/",
    "canales/email/",
    "suscriptores/",
    "suscriptores/nuevo-canal/",
    "plan/",
)


@pytest.fixture(scope="module")
def lively(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with one bulletin, its act and its photos; what is asked of it here changes nothing of that."""
    below = tmp_path_factory.mktemp("viva")
    with running(copied(prepared, below / "var")) as office:
        folder = example("mazamitla-andador", below=below)
        report = json.loads(order("publish", folder, "--json", home=office.home))
        assert eventually(lambda: "/fotos/" in httpx2.get(report["bulletin"]["url"]).text)
        order("shell", "--no-imports", "-c", MAIL_IS_LIVE, home=office.home)
        order("shell", "--no-imports", "-c", PLACED, home=office.home)
        assert eventually(lambda: 'name="correo"' in httpx2.get(f"{office.url}/suscripcion/").text)
        order("shell", "--no-imports", "-c", PAGES, home=office.home)
        assert eventually(lambda: "/videos/" in httpx2.get(f"{office.url}/suscripcion/").text)
        yield office


#: Where the act of the example takes place, and a locality beside it, so that its page has a map.
PLACED = """
from pregon.accounts.models import Locality
from pregon.agenda.models import Act
from django.utils import timezone
locality = Locality.objects.first()
locality.latitude, locality.longitude = "19.9155", "-103.0194"
locality.save()
act = Act.objects.get()
act.latitude, act.longitude = "19.9361", "-103.0127"
act.save()
"""


#: What is no part of a page that is read; a stream would never end being weighed.
APART = re.compile(r"/fotos/|/vivo/|/subtitulos\.vtt$|/incrustar\.js$")


def one_page_of_each_kind(office: Office) -> list[str]:
    """The first address of every view that a reader can reach from the front page, and what leads nowhere."""
    found: dict[str, str] = {}
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        answer = httpx2.get(office.url + path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        name = resolve(urlsplit(path).path).view_name
        if name in found:
            continue
        found[name] = path
        for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', answer.text):
            target = urlsplit(urljoin(office.url + path, link.replace("&amp;", "&")))
            if f"{target.scheme}://{target.netloc}" == office.url and target.path not in seen:
                seen.add(target.path)
                waiting.append(target.path)
    return [
        *found.values(),
        "/suscripcion/gracias/",
        "/suscripcion/otra/",
        "/servicios/buscar/?q=agua",
        "/sin-conexion/",
        "/nada/",
    ]


def test_every_public_page_is_accessible_in_light_and_dark(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    pages = one_page_of_each_kind(lively)
    assert len(pages) >= 26
    window = open_window(lively, phone=True)
    assert {path: faults for path in pages if (faults := window.faults_of(path))} == {}


#: What stands higher than something that is read before it: on a phone everything stands below what comes before.
#: Beside each other may stand what is as high as a row with its picture; the foot has columns.
OUT_OF_ORDER = """() => {
  const read = "h1, h2, h3, h4, p, li, dt, dd, a, button, input:not([type=hidden]), select, summary, td, th";
  const wrong = [];
  let lowest = 0;
  for (const one of document.querySelectorAll(`:is(header, main) :is(${read})`)) {
    const { top, width, height } = one.getBoundingClientRect();
    if (width < 2 || height < 2 || !one.checkVisibility({ visibilityProperty: true })) continue;
    if (top < lowest - 160) wrong.push(`${one.tagName} ${one.textContent.trim().slice(0, 40)}`);
    lowest = Math.max(lowest, top);
  }
  return wrong;
}"""


def test_every_public_page_is_read_in_the_order_in_which_it_is_seen(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    reader = open_window(lively, phone=True)
    wrong = {
        path: found
        for path in one_page_of_each_kind(lively)
        if (found := reader.open(path).evaluate(OUT_OF_ORDER))
    }
    assert wrong == {}


def test_every_page_of_ours_on_the_desk_is_accessible_in_light_and_dark(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    head = Desk(open_window(lively), HEAD)
    head.open("boletines/").get_by_role("link", name=TITLE).click()
    [bulletin] = re.findall(r"boletines/(\d+)/", head.page.url)
    pages = [f"/escritorio/{path.format(bulletin=bulletin)}" for path in DESK]
    assert {path: faults for path in pages if (faults := head.reader.faults_of(path, inside="main"))} == {}


def test_every_public_page_is_light(lively: Office, open_window: Callable[..., Reader]) -> None:
    """Photos and captions apart, what an open page hears after it, and what other sites may frame."""
    heavy: dict[str, tuple[int, int]] = {}
    for path in one_page_of_each_kind(lively):
        window = open_window(lively, phone=True)
        with window.loading() as answers:
            window.open(path).wait_for_load_state("networkidle")
        parts = [
            answer
            for answer in answers
            if not APART.search(answer.url) and answer.frame == window.page.main_frame
        ]
        weight = sum(answer.request.sizes()["responseBodySize"] for answer in parts)
        if len(parts) > 4 or weight > 60_000:
            heavy[path] = (len(parts), weight)
    assert heavy == {}


def test_a_video_begins_where_its_transcript_says(lively: Office, open_window: Callable[..., Reader]) -> None:
    page = open_window(lively, phone=True).open("/videos/un-paseo-por-el-paisaje-del-municipio/")
    assert page.evaluate("document.querySelector('video').preload") == "none"
    page.evaluate("document.querySelector('video').muted = true")
    page.locator(".transcript [data-at]").last.click()
    assert eventually(lambda: page.evaluate("document.querySelector('video').currentTime") > 0.2)
    heard = "(() => { const v = document.querySelector('video'); return [v.duration, v.textTracks[0].cues.length]; })()"
    assert page.evaluate(heard) == [16, 3]


def test_an_episode_is_heard_from_its_middle_without_a_script(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    window = open_window(lively, java_script_enabled=False)
    page = window.open("/podcast/el-agua-de-la-montana-a-la-llave/")
    expect(page.get_by_text("De tres manantiales y un pozo.")).to_be_visible()
    link = page.locator(".transcript [data-at]").last.get_attribute("href") or ""
    file, _, moment = link.partition("#")
    part = httpx2.get(lively.url + file, headers={"Range": "bytes=44-143"})
    assert (moment[:2], part.status_code, len(part.content)) == ("t=", 206, 100)
    assert part.headers["content-type"] == "audio/wav"


def test_photos_are_seen_one_by_one_with_keys_alone(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    page = open_window(lively).open("/galerias/")
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/galerias/*/")
    page.wait_for_load_state()  # before its script is there a photo opens its file
    page.locator(".wall a").first.focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog")
    expect(viewer.locator(".place")).to_have_text(re.compile("^1 / "))
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".place")).to_have_text(re.compile("^2 / "))
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('.wall') !== null")


def test_nothing_needs_a_script(lively: Office, open_window: Callable[..., Reader]) -> None:
    window = open_window(lively, java_script_enabled=False)
    page = window.open("/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_text("36 lámparas solares que se encienden al anochecer")).to_be_visible()
    expect(page.get_by_alt_text("Dibujo de un bosque de pinos").first).to_be_visible()
    page.get_by_role("link", name="Suscripción").first.click()
    page.get_by_label("Correo electrónico").fill("vecino@muestra.example")
    page.get_by_role("checkbox", name="Acepto").check()
    page.get_by_role("button", name="Suscribirme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revisa tu correo")


def test_the_keys_alone_subscribe(lively: Office, open_window: Callable[..., Reader]) -> None:
    page = open_window(lively).open("/suscripcion/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Saltar al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "[name=correo]")
    page.keyboard.type("vecina.sin.raton@muestra.example")
    tab_to(page, "[name=temas]")
    page.keyboard.press("Space")
    tab_to(page, "[name=acepto]")
    page.keyboard.press("Space")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Revisa tu correo")


def test_what_is_missing_is_marked_as_such(lively: Office, open_window: Callable[..., Reader]) -> None:
    page = open_window(lively, phone=True).open("/suscripcion/")
    page.get_by_role("button", name="Suscribirme").click()
    missing = page.locator(".errorlist").first
    expect(missing).to_have_text("Escribe tu correo electrónico.")
    painted = missing.evaluate("one => [getComputedStyle(one).color, getComputedStyle(one).listStyleType]")
    ordinary = page.evaluate("getComputedStyle(document.body).color")
    assert (painted[0] != ordinary, painted[1]) == (True, "none")


def test_a_report_on_paper_is_a_table_whose_marks_need_no_colour(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    path = next(path for path in one_page_of_each_kind(lively) if "/informe/" in path)
    page = open_window(lively).open(path)
    page.set_viewport_size({"width": 624, "height": 900})  # letter, between its margins
    page.emulate_media(media="print")
    assert (
        page.locator(".year tbody tr").first.evaluate("one => getComputedStyle(one).display") == "table-row"
    )
    assert (
        page.locator(".report-table td").first.evaluate("one => getComputedStyle(one).display")
        == "table-cell"
    )
    drawn = page.locator(".year .mk:not(.no)").evaluate_all(
        """all => all.map(one => [one.classList[1], getComputedStyle(one, '::before').content.replaceAll('"', '')])"""
    )
    glyphs = {"hecho": "✓", "ademas": "+", "sin-registros": "✗"}
    assert drawn
    assert [mark for mark, glyph in drawn if glyph != glyphs.get(mark, "○")] == []


#: Each word's colour on paper, and what is painted behind it, from the word itself outwards.
PAINTED = """() => {
  const behind = (one) => {
    if (!one) return "rgb(255, 255, 255)";
    const painted = getComputedStyle(one).backgroundColor;
    return painted === "rgba(0, 0, 0, 0)" ? behind(one.parentElement) : painted;
  };
  const words = document.querySelectorAll("h1, .body p, .on-paper");
  return [...new Set([...words].map((one) => `${getComputedStyle(one).color} on ${behind(one)}`))];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_bulletin_is_printed_black_on_white_without_what_only_a_screen_can_use(
    lively: Office, open_window: Callable[..., Reader], scheme: Literal["light", "dark"]
) -> None:
    page = open_window(lively, color_scheme=scheme).open("/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    screen = ("header nav", ".share", ".share button", ".mast .find", ".join-band", ".skip")
    there = [place for place in screen if page.locator(place).count()]
    assert {"header nav", ".share", ".share button"} <= set(there)
    expect(page.locator(".on-paper")).to_be_hidden()
    page.emulate_media(media="print", color_scheme=scheme)
    assert [place for place in there if page.locator(place).locator("visible=true").count()] == []
    address = page.locator(".on-paper")
    expect(address).to_be_visible()
    expect(address).to_contain_text(urlsplit(page.url).path)
    assert set(page.evaluate(PAINTED)) == {"rgb(0, 0, 0) on rgb(255, 255, 255)"}
    expect(page.get_by_text("36 lámparas solares que se encienden al anochecer")).to_be_visible()


def test_a_letter_is_read_whole_on_a_phone(lively: Office, open_window: Callable[..., Reader]) -> None:
    page = Desk(open_window(lively, phone=True), HEAD).open("envios/1/vista/email/")
    frame = page.locator(".desk-mail").bounding_box()
    beyond = page.locator(".desk-plain .desk-text").evaluate("one => one.scrollWidth - one.clientWidth")
    assert frame is not None
    assert (frame["height"] > 1200, beyond) == (True, 0)


# --- Finding --------------------------------------------------------------------------------------------------


def test_the_keys_alone_find_while_one_types(lively: Office, open_window: Callable[..., Reader]) -> None:
    page = open_window(lively).open("/")
    page.get_by_role("link", name="Buscar").click()
    field = page.get_by_label("Palabras")
    expect(field).to_be_focused()
    page.keyboard.type("lamparas sende", delay=20)
    suggested = page.get_by_role("listbox", name="Sugerencias")
    expect(suggested.get_by_role("option")).to_have_count(1)
    expect(page.locator("[data-said]")).to_have_text("1 sugerencia.")
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert page.locator(".suggested mark").all_inner_texts() == ["sendero"]
    page.keyboard.press("Escape")
    expect(suggested).to_be_hidden()
    expect(field).to_have_value("lamparas sende")
    page.keyboard.press("ArrowDown")
    chosen = suggested.get_by_role("option", selected=True)
    expect(field).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_an_answer_that_is_no_longer_wanted_is_not_waited_for(
    lively: Office, open_window: Callable[..., Reader]
) -> None:
    page = open_window(lively).open("/boletines/buscar/")
    page.route("**/buscar.json?q=sen", lambda route: None)  # it never comes
    with page.expect_event("requestfailed") as given_up:
        with page.expect_request("**/buscar.json?q=sen"):
            page.keyboard.type("sen")
        page.keyboard.type("dero")
    expect(page.get_by_role("listbox", name="Sugerencias").get_by_role("option")).not_to_have_count(0)
    assert given_up.value.url.endswith("q=sen")


def test_without_a_script_the_search_is_a_form(lively: Office, open_window: Callable[..., Reader]) -> None:
    page = open_window(lively, java_script_enabled=False).open("/boletines/buscar/")
    page.get_by_label("Palabras").fill("lámpara")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
