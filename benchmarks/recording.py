"""Three browsers follow a live coverage of the sample office while its hub is killed, and an alert reaches all three:
``recording.py`` plays it, writes docs/reference/live.md and docs/pictures/en-vivo.webp.

It ends with a fault when a browser lacks a post, has one twice, or is not shown the alert.
"""

from __future__ import annotations

import base64
import io
import json
import os
import platform
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from bench import HERE, PREGON, Bench, bench, free_port, tell, wait_for_page
from live import web_of
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

DOCS = HERE.parent / "docs"
PAGE, PICTURE = DOCS / "reference" / "live.md", DOCS / "pictures" / "en-vivo.webp"
LARGEST = 300_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
)
PHONE = {"viewport": {"width": 412, "height": 915}, "is_mobile": True, "has_touch": True}
SCREENS: dict[str, dict[str, Any]] = {
    "phone": PHONE,
    "phone, dark": PHONE | {"color_scheme": "dark"},
    "screen": {"viewport": {"width": 1024, "height": 915}},
}
BEFORE = ("Sale el contingente de la plaza.", "La banda pasa frente al portal.")
AWAY = ("El carro alegórico da vuelta en Reforma.", "Protección Civil atiende a una persona; está bien.")
AFTER = "Llega el final del desfile al jardín."
ALERT = "alert"
#: Notes when each post and the banner are on the screen: in the frame that is painted after they came.
WATCH = """
window.shown = {};
const note = (what) => {
  if (what in shown) return;
  shown[what] = 0;
  requestAnimationFrame(() => { shown[what] = Date.now(); });
};
addEventListener("DOMContentLoaded", () => {
  const look = () => {
    for (const words of document.querySelectorAll("#publicaciones .post p")) note(words.textContent.trim());
    if (document.querySelector("#avisos a")) note("alert");
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  look();
});
"""
STAGE = """<!doctype html><html lang="es"><style>
body { margin: 0; padding: 14px; width: 1076px; font: 17px system-ui, sans-serif; background: #e9e6df; color: #1b1b1b }
div { display: flex; gap: 12px; margin-top: 10px } img { height: 520px; border-radius: 8px; display: block }
</style><b>%(hour)s</b> · %(words)s<div>%(screens)s</div></html>"""

DOCUMENT = """# A live coverage, recorded

Written by `benchmarks/recording.py`; do not edit by hand. Three browsers follow a coverage of the sample office under
`pregon up`; its web part, which holds the open pages, is killed with SIGKILL in the middle, and two posts are made
while it is away. Then an alert goes out.

![A phone, a dark phone and a large screen side by side while the coverage goes on](../pictures/en-vivo.webp)

From the beginning of the desk's action until it is painted, in seconds:

{table}

The web part answered again {back:.1f} s after it was killed. All three browsers ended with the same {posts} posts,
each once and in order.

{day}, Pregón {pregon}, Chromium {chromium}, Python {python}, three pages and the whole office on {cores} cores (load
{load}). With thousands of pages: [benchmarks](benchmarks.md). Again: `make recording`.
"""


@dataclass(slots=True)
class Film:
    """What the three see, frame by frame."""

    pages: dict[str, Page]
    stage: Page
    frames: list[Image.Image] = field(default_factory=list)

    def take(self, words: str) -> None:
        shots = [base64.b64encode(page.screenshot()).decode() for page in self.pages.values()]
        screens = "".join(f'<img alt="" src="data:image/png;base64,{shot}">' for shot in shots)
        hour = f"{datetime.now().astimezone():%H:%M:%S}"
        self.stage.set_content(STAGE % {"hour": hour, "words": words, "screens": screens})
        picture = Image.open(io.BytesIO(self.stage.screenshot(full_page=True))).convert("RGB")
        self.frames.append(picture)

    def write(self) -> None:
        """As fine as the size allows."""
        first, *more = self.frames
        lasting = [1800] * len(more) + [4000]
        for quality in (70, 55, 40, 25):
            first.save(
                PICTURE,
                save_all=True,
                append_images=more,
                duration=lasting,
                loop=3,
                quality=quality,
                method=6,
            )
            if PICTURE.stat().st_size <= LARGEST:
                return
        raise RuntimeError(f"{PICTURE.name} is larger than {LARGEST // 1000} kB.")


@contextmanager
def watching(browser: Browser, url: str) -> Iterator[Film]:
    contexts = [browser.new_context(locale="es-MX", **screen) for screen in SCREENS.values()]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.add_init_script(WATCH)
        page.goto(url)
    stage = browser.new_page(viewport={"width": 1104, "height": 600})
    yield Film(dict(zip(SCREENS, pages, strict=True)), stage)
    for context in contexts:
        context.close()


def play(place: Bench) -> None:
    home, port, began = place.office(), free_port(), dict[str, float]()
    expect.set_options(timeout=30_000)
    tell("recording: three browsers, one hub …")
    with (
        place.process([PREGON, "up", "--home", home, "--port", port]),
        place.process([sys.executable, HERE / "inside" / "scene.py"], PREGON_HOME=str(home)) as desk,
        sync_playwright() as playwright,
    ):
        assert desk.stdin
        assert desk.stdout
        url = f"http://localhost:{port}{json.loads(desk.stdout.readline())['page']}"

        def say(*lines: str) -> None:
            for line in lines:
                print(line, file=desk.stdin, flush=True)
                began[line] = json.loads(desk.stdout.readline())["began"]

        wait_for_page(url)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        with watching(browser, url) as film:
            for page in film.pages.values():
                expect(page.get_by_text("Conectada: lo nuevo aparece sin recargar.")).to_be_visible()
            film.take("Tres personas abren la cobertura.")
            for line in BEFORE:
                say(line)
                await_all(film, line)
                film.take(f"Se publica: «{line}»")
            killed = time.perf_counter()
            os.kill(web_of(home), signal.SIGKILL)
            say(*AWAY)
            film.take(
                "El proceso que atiende a las páginas muere (SIGKILL). Mientras falta se publican dos más."
            )
            back = killed_for(killed, url)
            for line in AWAY:
                await_all(film, line)
            film.take("Volvió: cada página recibe lo que le faltaba, una sola vez.")
            say(AFTER)
            await_all(film, AFTER)
            say(ALERT)
            for page in film.pages.values():
                expect(page.locator("#avisos a").first).to_be_visible()
                page.evaluate("scrollTo(0, 0)")
            film.take("Sale una alerta de Protección Civil (datos de muestra): el aviso llega a todas.")
            shown = {name: page.evaluate("window.shown") for name, page in film.pages.items()}
            told = [page.locator("#publicaciones .post p").all_inner_texts() for page in film.pages.values()]
            wanted = [AFTER, *reversed(AWAY), *reversed(BEFORE)]
            if told != [wanted] * len(told):
                raise RuntimeError(f"Not every page shows each post once and in order: {told}")
            film.write()
        number = browser.version
        browser.close()
    PAGE.write_text(
        DOCUMENT.format(
            table=table(began, shown),
            back=back,
            posts=len(wanted),
            day=f"{datetime.now(UTC):%Y-%m-%d}",
            pregon=version("pregon"),
            chromium=number,
            python=platform.python_version(),
            cores=len(os.sched_getaffinity(0)),
            load=f"{os.getloadavg()[0]:.1f}",
        ),
        encoding="utf-8",
    )


def await_all(film: Film, line: str) -> None:
    for page in film.pages.values():
        expect(page.locator("#publicaciones").get_by_text(line)).to_be_visible()


def killed_for(since: float, url: str) -> float:
    """Seconds until the web part answers again."""
    while True:
        try:
            wait_for_page(url, seconds=30)
            return time.perf_counter() - since
        except OSError:
            time.sleep(0.05)


def table(began: dict[str, float], shown: dict[str, dict[str, int]]) -> str:
    lines = [f"| what | {' | '.join(SCREENS)} |", "|---|" + "---:|" * len(SCREENS)]
    for line, at in began.items():
        words = "the alert, in the banner" if line == ALERT else f"«{line}»"
        if line in AWAY:
            words += " (while the hub was away)"
        waits = [f"{shown[name][line] / 1000 - at:.2f}" for name in SCREENS]
        lines.append(f"| {words} | {' | '.join(waits)} |")
    return "\n".join(lines)


def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("There is no Chromium here: scripts/system-packages chromium.")
    return found


if __name__ == "__main__":
    with bench() as place:
        play(place)
