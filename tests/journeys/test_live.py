"""People follow an act on their screens while it happens, whatever becomes of the network and of the hub."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, Route, expect

from factories.library import jpeg
from factories.website import HOSTILE
from journeys.office import HEAD, WRITER, Desk, Office, order
from journeys.reader import Reader, tab_to
from servers.command import eventually

pytestmark = pytest.mark.journey

TITLE = "Desfile de muestra"
#: Milliseconds in which the page looks for what is new, at the most, and in which it tries the stream again.
POLL, RETRY = 25_000, 150_000
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

CLOSE = """
from django.utils import timezone
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import LiveBlog
newsroom.close_live(LiveBlog.objects.get(), by=None, at=timezone.now())
"""
DEMOTE = f"""
from django.contrib.auth.models import Group
from pregon.accounts.enums import Role
from pregon.accounts.models import User
User.objects.get(email={WRITER!r}).groups.set(Group.objects.filter(name=Role.READER))
"""
HIDE = """
from pregon.agenda.models import Act
act = Act.objects.get(live_blog__isnull=False)
act.public = False
act.save()
"""
LONG = """
from datetime import date
from pregon.agenda.models import Act
from pregon.newsroom.models import Campaign, LiveBlog, PieceIndex
act = Act.objects.get(live_blog__isnull=False)
act.title = act.place = "Parangaricutirimícuaro" * 6
LiveBlog.objects.update(title=act.title)
act.save()
campaign = Campaign(title=act.title, summary=act.title, since=date.today())
PieceIndex.objects.get().add_child(instance=campaign)
campaign.save_revision().publish()
"""
#: What a screen reader would be given to say.
HEARD = """() => {
  window.heard = [];
  const place = document.getElementById("novedades-dichas");
  const said = () => place.textContent && window.heard.push(place.textContent);
  new MutationObserver(said).observe(place, { childList: true });
}"""

#: How many posts left the page.
GONE = """() => {
  window.gone = 0;
  new MutationObserver((told) => told.forEach(({ removedNodes }) => { window.gone += removedNodes.length; }))
    .observe(document.getElementById("publicaciones"), { childList: true });
}"""


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
    expect(page.locator("[name=text]")).to_have_value("")  # it is written down, and the next may be written


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


def test_what_was_heard_is_not_taken_back_by_a_snapshot_from_before_it(
    office: Office, readers: list[Page], coverage: tuple[str, str]
) -> None:
    page = readers[0]
    before = page.request.get(f"{office.url}{snapshot_of(page)}").body()
    order("shell", "--no-imports", "-c", POST.format(first=1, last=2), home=office.home)
    expect(page.get_by_text("Novedad 1.")).to_be_visible()
    asked = []

    def late(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=before, content_type="application/json")

    page.route(f"**{snapshot_of(page)}", late)
    page.evaluate(GONE)
    page.evaluate("dispatchEvent(new Event('online'))")  # as after a tunnel: the snapshot is asked for first
    order("shell", "--no-imports", "-c", POST.format(first=2, last=3), home=office.home)
    expect(page.get_by_text("Novedad 2.")).to_be_visible()
    assert asked
    assert texts(page) == ["Novedad 2.", "Novedad 1."]
    assert page.evaluate("window.gone") == 0


def snapshot_of(page: Page) -> str:
    return f"/vivo/{page.locator('body').get_attribute('data-stream')}.json"


@pytest.mark.parametrize(
    "blocked",
    [lambda route: route.fulfill(status=403, body="Prohibido"), lambda route: None],
    ids=["the door says no", "nothing answers"],
)
def test_where_the_stream_does_not_pass_the_snapshot_is_asked_for_every_few_seconds(
    office: Office,
    coverage: tuple[str, str],
    open_window: Callable[..., Reader],
    blocked: Callable[[Route], None],
) -> None:
    window = open_window(office, phone=True)
    window.page.clock.install()
    window.page.route(re.compile(r"/vivo/[^.?]+(\?|$)"), blocked)
    page = window.open(coverage[1])
    page.wait_for_load_state()
    page.wait_for_timeout(1000)  # the snapshot is here, and the stream is asked for
    page.clock.run_for(POLL)
    expect(page.get_by_text("Se revisa cada pocos segundos.")).to_be_visible()
    for number in (1, 2):
        order("shell", "--no-imports", "-c", POST.format(first=number, last=number + 1), home=office.home)
        assert eventually(partial(is_in, f"{office.url}{snapshot_of(page)}", f"Novedad {number}."))
        page.clock.run_for(POLL)
        expect(page.get_by_text(f"Novedad {number}.")).to_be_visible()
    assert texts(page) == ["Novedad 2.", "Novedad 1."]
    expect(page.get_by_text("Se revisa cada pocos segundos.")).to_be_visible()
    page.unroute_all()
    for _look in range(RETRY // POLL):
        page.clock.run_for(POLL)
        page.wait_for_timeout(1000)  # an answer takes its time, whatever the clock says
    expect(page.get_by_text("Conectada: lo nuevo aparece sin recargar.")).to_be_visible()
    window.complaints[:] = [said for said in window.complaints if "missing: 403" not in said]


def is_in(url: str, words: str) -> bool:
    return words in httpx2.get(url).text


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


def test_whoever_is_quoted_without_words_is_asked_for_them_before_anything_is_kept(
    office: Office, writer: Desk, coverage: tuple[str, str]
) -> None:
    desk = writer.open(coverage[0])
    desk.locator(".live-form summary").click()
    desk.fill("[name=headline]", "Comienza")
    desk.fill("[name=person]", "Presidencia")
    publish = desk.get_by_role("button", name="Publicar")
    publish.click()
    expect(desk.locator("[name=text]:invalid")).to_be_focused()
    expect(desk.locator("[data-live-outbox]")).to_be_hidden()
    desk.fill("[name=person]", "")
    publish.click()
    expect(desk.get_by_role("link", name="Corregir Comienza")).to_be_visible()


def test_what_waited_on_a_telephone_when_the_coverage_closed_is_still_there(
    office: Office, writer: Desk, coverage: tuple[str, str], tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(jpeg())
    desk = writer.open(coverage[0])
    writer.reader.context.set_offline(True)
    desk.set_input_files("[name=photo]", photo)
    desk.fill("[name=seen]", "La banda frente a la plaza.")
    write(writer, "Lo último que vi.")
    expect(desk.locator("[data-live-outbox] li")).to_have_count(1)
    order("shell", "--no-imports", "-c", CLOSE, home=office.home)
    writer.reader.context.set_offline(False)
    desk.reload()
    left = desk.locator("[data-live-outbox]")
    expect(left).to_contain_text("solo está en este teléfono")
    expect(left).to_contain_text("Lo último que vi.")
    with desk.expect_download() as saved:
        left.get_by_role("link", name="Guardar la foto").click()
    assert saved.value.path().read_bytes() == photo.read_bytes()
    desk.on("dialog", lambda asked: asked.accept())
    left.get_by_role("button", name="Descartar").click()
    expect(left).to_be_hidden()
    writer.reader.complaints[:] = [
        said for said in writer.reader.complaints if not re.search("INTERNET|422", said)
    ]


def test_a_second_tap_posts_nothing_twice_and_a_new_session_in_another_tab_is_enough(
    office: Office, writer: Desk, coverage: tuple[str, str]
) -> None:
    desk = writer.open(coverage[0])
    desk.fill("[name=text]", "Una sola vez.")
    desk.evaluate(
        "() => { const form = document.querySelector('[data-live-form]'); form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(desk.locator("[data-live-posts]")).to_contain_text("Una sola vez.")
    entered = writer.reader.context.cookies()
    writer.reader.context.clear_cookies()
    write(writer, "Sin sesión.")
    outbox = desk.locator("[data-live-outbox]")
    expect(outbox).to_contain_text("Tu sesión terminó")
    expect(outbox.get_by_role("link", name="Entrar")).to_be_visible()
    other = [cookie | {"value": "x" * 32} if cookie["name"] == "csrftoken" else cookie for cookie in entered]
    writer.reader.context.add_cookies(other)
    desk.evaluate("dispatchEvent(new Event('online'))")
    expect(outbox).to_be_hidden()
    expect(desk.locator("[data-live-posts] li")).to_have_count(2)
    writer.reader.complaints[:] = [said for said in writer.reader.complaints if "403" not in said]


def test_a_lost_token_is_mended_and_a_lost_permission_is_called_what_it_is(
    office: Office, writer: Desk, coverage: tuple[str, str]
) -> None:
    desk = writer.open(coverage[0])
    writer.reader.context.clear_cookies(name="csrftoken")
    write(writer, "Sin ficha.")
    expect(desk.locator("[data-live-posts]")).to_contain_text("Sin ficha.")
    order("shell", "--no-imports", "-c", DEMOTE, home=office.home)
    write(writer, "Sin permiso.")
    outbox = desk.locator("[data-live-outbox]")
    expect(outbox).to_contain_text("Ya no tienes permiso para publicar aquí.")
    expect(outbox.get_by_role("link", name="Entrar")).to_be_hidden()
    expect(outbox.locator("li")).to_contain_text("Sin permiso.")
    writer.reader.complaints[:] = [said for said in writer.reader.complaints if "403" not in said]


def test_what_waits_tells_the_hour_of_the_office_and_is_told_of_on_the_list(
    office: Office, coverage: tuple[str, str], open_window: Callable[..., Reader]
) -> None:
    abroad = Desk(open_window(office, phone=True, timezone_id="Asia/Tokyo"), WRITER)
    desk = abroad.open(coverage[0])
    desk.route("**/en-vivo/*/", lambda way: way.abort() if way.request.method == "POST" else way.continue_())
    desk.clock.set_fixed_time(datetime(2026, 7, 1, 12, 8, tzinfo=UTC))  # 6:08 in Jalisco
    for number in (1, 2):
        write(abroad, f"Espera {number}.")
    rows = desk.locator("[data-live-outbox] li time")
    expect(rows).to_have_count(2)
    expect(rows).to_have_text(["6:08", "6:08"])
    shelf = abroad.open("en-vivo/")
    expect(shelf.get_by_text("En este teléfono esperan 2 publicaciones sin enviar:")).to_be_visible()
    desk.unroute_all()
    shelf.locator("[data-live-kept]").get_by_role("link", name=TITLE).click()
    expect(desk.locator("[data-live-posts] li")).to_have_count(2)
    abroad.open("en-vivo/")
    expect(desk.locator("[data-live-kept]")).to_be_hidden()
    abroad.reader.complaints[:] = [said for said in abroad.reader.complaints if "ERR_FAILED" not in said]


def test_the_keys_alone_post_correct_and_pin(
    office: Office, readers: list[Page], coverage: tuple[str, str], open_window: Callable[..., Reader]
) -> None:
    desk = Desk(open_window(office), WRITER).open(coverage[0])
    tab_to(desk, "[name=text]")
    desk.keyboard.type("Sale el contingente.")
    tab_to(desk, ".live-form summary")
    desk.keyboard.press("Enter")
    tab_to(desk, "[name=headline]")
    desk.keyboard.type("Arranca")
    tab_to(desk, ".live-send")
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=text]")).to_be_focused()  # the next may be written
    expect(desk.get_by_role("link", name="Corregir Arranca")).to_be_visible()
    tab_to(desk, "summary:not(.live-form summary)")
    desk.keyboard.press("Enter")
    tab_to(desk, "[name=summary]")
    desk.keyboard.type("Reforma reabre a las 12:00.")
    tab_to(desk, "form[action$='/esencial/'] button")
    with desk.expect_navigation():  # readers may hear of it before the desk has its page again
        desk.keyboard.press("Enter")
    for page in readers:
        expect(page.get_by_text("Sale el contingente.")).to_be_visible()
        expect(page.get_by_text("Reforma reabre a las 12:00.")).to_be_visible()
    tab_to(desk, "[data-live-posts] a")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/en-vivo/publicacion/*/")
    tab_to(desk, "[name=text]")
    desk.keyboard.press("End")
    desk.keyboard.type(" Va por Reforma.")
    tab_to(desk, "[name=note]")
    desk.keyboard.type("Se agregó por dónde va.")
    desk.keyboard.press("Enter")
    for page in readers:
        expect(page.get_by_text("Sale el contingente. Va por Reforma.")).to_be_visible()


def test_a_text_that_is_too_long_stays_whole_and_says_so(writer: Desk, coverage: tuple[str, str]) -> None:
    desk = writer.open(coverage[0])
    long = "ñ" * 1998 + "\n📣"
    desk.fill("[name=text]", f"{long}!")
    told = "«Qué pasa» admite 2000 caracteres y aquí hay 2002: acórtalo."
    expect(desk.get_by_text(told)).to_be_visible()
    desk.get_by_role("button", name="Publicar").click()
    expect(desk.locator("[name=text]")).to_be_focused()
    expect(desk.locator("[name=text]")).to_have_value(f"{long}!")
    expect(desk.locator("[data-live-outbox]")).to_be_hidden()
    desk.fill("[name=text]", long[2:])
    expect(desk.get_by_text(told)).to_be_hidden()
    write(writer, long[1:])
    expect(desk.locator("[data-live-posts] li")).to_contain_text("📣")


def test_where_nothing_can_be_kept_the_form_is_posted_as_without_script(
    writer: Desk, coverage: tuple[str, str]
) -> None:
    writer.page.add_init_script("IDBObjectStore.prototype.put = () => { throw new Error('full'); }")
    desk = writer.open(coverage[0])
    write(writer, "Sin lugar en el teléfono.")
    expect(desk.locator("[data-live-posts]")).to_contain_text("Sin lugar en el teléfono.")


def test_a_coverage_that_is_taken_back_leaves_the_pages_that_are_open(
    office: Office, readers: list[Page]
) -> None:
    order("shell", "--no-imports", "-c", POST.format(first=1, last=2), home=office.home)
    for page in readers:
        expect(page.get_by_text("Novedad 1.")).to_be_visible()
    order("shell", "--no-imports", "-c", HIDE, home=office.home)
    for page in readers:
        expect(page.get_by_text("La oficina retiró esta cobertura.")).to_be_visible()
        assert page.get_by_text("Novedad 1.").count() == 0


def test_a_tab_that_nobody_looks_at_holds_no_line(
    office: Office, coverage: tuple[str, str], open_window: Callable[..., Reader]
) -> None:
    window = open_window(office)
    window.context.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.looked })")
    behind = [window.new_page() for _tab in range(7)]
    for page in behind:
        page.goto(f"{office.url}{coverage[1]}")
        page.wait_for_load_state("networkidle")
    page.evaluate("() => { window.looked = true; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(page.get_by_text("Conectada: lo nuevo aparece sin recargar.")).to_be_visible()
    assert [one.get_by_text("Conectada").count() for one in behind[:-1]] == [0] * 6


def test_each_novelty_is_said_once_to_who_listens(
    readers: list[Page], writer: Desk, coverage: tuple[str, str]
) -> None:
    page, *_others = readers
    page.evaluate(HEARD)
    writer.open(coverage[0])
    for number in (1, 2):
        write(writer, f"Novedad {number}.")
        expect(page.get_by_text(f"Novedad {number}.")).to_be_visible()
    assert page.evaluate("window.heard") == ["1 novedad", "1 novedad"]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_word_is_too_long_for_the_page(
    office: Office, writer: Desk, coverage: tuple[str, str], open_window: Callable[..., Reader], width: int
) -> None:
    desk = writer.open(coverage[0])
    host = "https://" + "subdominio." * 18 + "ejemplo.invalid"
    write(writer, "x" * 400, headline="ñ" * 160, person="W" * 160, video=host)
    expect(desk.locator("[data-live-posts] li strong")).to_be_visible()
    order("shell", "--no-imports", "-c", LONG, home=office.home)
    order("site", "rebuild", home=office.home)
    window = open_window(office, viewport={"width": width, "height": 800})
    for path in (coverage[1], "/en-vivo/", "/agenda/", "/agenda/desfile-de-muestra/", "/campanas/", "/"):
        page = window.open(path)
        expect(page.locator("main")).to_contain_text("Parangaricutirimícuaro")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    main = writer.open("").locator("main")
    expect(main).to_contain_text("Parangaricutirimícuaro")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") == 0


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
    readers: list[Page], writer: Desk, coverage: tuple[str, str], tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(jpeg())
    desk = writer.open(coverage[0])
    desk.set_input_files("[name=photo]", photo)
    desk.fill("[name=seen]", HOSTILE)
    link = "https://video.ejemplo.invalid/1?q=\"onmouseover=alert(3)<script>&'"
    write(writer, HOSTILE, headline=HOSTILE[:160], person=HOSTILE[:160], video=link)
    desk.get_by_text("Lo esencial, fijo arriba").click()
    desk.fill("[name=summary]", HOSTILE)
    desk.get_by_role("button", name="Fijar").click()
    desk.get_by_role("link", name="Corregir </script>").click()
    desk.fill("[name=text]", f"{HOSTILE}!")
    desk.fill("[name=note]", HOSTILE)
    desk.get_by_role("button", name="Corregir", exact=True).click()
    for page in readers:
        for _time in range(2):  # as it is told, and as it is baked
            for place in (".pin", ".post h3", ".post .said p", ".post .said footer", ".post .fixed"):
                expect(page.locator(place)).to_contain_text(HOSTILE)
            expect(page.locator(".post img")).to_have_attribute("alt", HOSTILE)
            assert page.locator("main img").count() == 1
            to_video = page.get_by_role("link", name="Ver el video en video.ejemplo.invalid")
            assert to_video.evaluate("link => [link.href.startsWith('https:'), link.onmouseover]") == [
                True,
                None,
            ]
            page.reload()


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
