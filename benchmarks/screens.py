"""How the pages of a sample office look: ``screens.py`` writes docs/reference/screens.md and its pictures, each page on
a phone and on a large screen, in light and in dark."""

from __future__ import annotations

import base64
import re
import urllib.request
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from bench import PREGON, bench, free_port, tell, wait_for_page
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from recording import DOCS, FLAGS, PHONE, chromium

PAGE, PICTURES = DOCS / "reference" / "screens.md", DOCS / "pictures" / "screens"
SCREEN = {"viewport": {"width": 1280, "height": 915}}
#: A title; where the page stands, or the list in which the first link of its kind does and what such a page has.
WANTED: dict[str, tuple[str, str, str]] = {
    "Inicio": ("/", "", ""),
    "Boletín": ("/boletines/", r"/boletines/20\d\d-[\w-]+/", ""),
    "En vivo": ("/en-vivo/", r"/en-vivo/20\d\d-[\w-]+/", 'data-stream="cobertura-'),
    "Agenda": ("/agenda/", "", ""),
    "Acto": ("/agenda/", r"/agenda/20\d\d-\d\d-\d\d-[\w-]+/", "map-sheet"),
    "Galería": ("/galerias/", r"/galerias/20\d\d-[\w-]+/", 'href="/boletines/20'),
    "Campaña": ("/campanas/", r"/campanas/[\w-]+/", ""),
    "Podcast": ("/podcast/", r"/podcast/[\w-]+/", "<audio"),
    "Cómo vamos": ("/plan/", r"/plan/[\w-]+/", ""),
    "Alertas": ("/alertas/", "", ""),
}
STAGE = """<!doctype html><style>
body { margin: 0; padding: 12px; width: 1692px; display: flex; gap: 12px; background: #d9d5cb }
img { height: 458px; border-radius: 6px; display: block }
</style>%s"""
DOCUMENT = """# How the pages look

Written by `benchmarks/screens.py`; do not edit by hand. The sample office of `make demo`, {day}: what a phone
(412 × 915) and a large screen (1280 × 915) show first, in light and in dark. Again: `make screens`.

{pictures}
"""


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def find(office: str, listing: str, link: str, part: str) -> str:
    """The address of the first page of its kind."""
    if not link:
        return listing
    for path in dict.fromkeys(re.findall(link, read(office + listing))):
        if part in read(office + path):
            return str(path)
    raise SystemExit(f"The sample office has no page like {link} with «{part}».")


def shots(browser: Browser, url: str) -> list[bytes]:
    taken = []
    for screen in (PHONE, SCREEN):
        for scheme in ("light", "dark"):
            context = browser.new_context(locale="es-MX", color_scheme=scheme, **screen)
            page = context.new_page()
            page.goto(url, wait_until="load")
            page.wait_for_function(
                "[...document.images].every(({ complete, loading }) => complete || loading === 'lazy')"
            )
            taken.append(page.screenshot())
            context.close()
    return taken


def sheet(browser: Browser, taken: list[bytes], file: Path) -> None:
    """All four side by side, at half their size."""
    stage = browser.new_page(viewport={"width": 1752, "height": 482})
    sources = (base64.b64encode(shot).decode() for shot in taken)
    stage.set_content(STAGE % "".join(f'<img alt="" src="data:image/png;base64,{one}">' for one in sources))
    Image.open(BytesIO(stage.screenshot())).convert("RGB").save(file, quality=72, method=6)
    stage.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    lines = []
    with bench() as place:
        home, port = place.office(), free_port()
        url = f"http://localhost:{port}"
        with place.process([PREGON, "up", "--home", home, "--port", port]), sync_playwright() as playwright:
            wait_for_page(url)
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            for title, (listing, link, part) in WANTED.items():
                path = find(url, listing, link, part)
                tell(f"screens: {title}, {path} …")
                name = (path.split("/")[1] or "inicio") + ("-1" if link else "")
                sheet(browser, shots(browser, url + path), PICTURES / f"{name}.webp")
                lines.append(f"## {title}\n\n![{title}](../pictures/screens/{name}.webp)")
            browser.close()
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    PAGE.write_text(DOCUMENT.format(day=day, pictures="\n\n".join(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
