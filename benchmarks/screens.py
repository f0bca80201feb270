"""How the pages of a sample office look: ``screens.py`` writes docs/reference/screens.md and its pictures, each page on
a phone and on a large screen, in light and in dark."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from bench import PREGON, bench, free_port, tell, wait_for_page
from lighthouse.measure import PAGES, address
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from recording import DOCS, FLAGS, PHONE, chromium

PAGE, PICTURES = DOCS / "reference" / "screens.md", DOCS / "pictures" / "screens"
SCREEN = {"viewport": {"width": 1280, "height": 915}}
PLAN = f"/plan/comunicacion-social-{datetime.now(UTC).year}/"
#: What Lighthouse reads, and what shows best beside it.
WANTED: dict[str, str | tuple[str, ...]] = {
    **PAGES,
    "Campaña": ("/campanas/", r"/campanas/[\w-]+/"),
    "Podcast": ("/podcast/", r"/podcast/[\w-]+/", "<audio"),
    "Una cifra del plan": (PLAN, r"/plan/[\w-]+/actos-cubiertos/"),
    "Informe de avance": (PLAN, r"/plan/[\w-]+/informe/\d{4}/"),
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
    lines, drawn = [], Counter[str]()
    with bench() as place:
        home, port = place.office(), free_port()
        url = f"http://localhost:{port}"
        with place.process([PREGON, "up", "--home", home, "--port", port]), sync_playwright() as playwright:
            wait_for_page(url)
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            for title, page in WANTED.items():
                found = address(url, page)
                if found is None:
                    raise SystemExit(f"The sample office has no page like {page}.")
                path = found.removeprefix(url)
                tell(f"screens: {title}, {path} …")
                kind = path.split("/")[1] or "inicio"
                drawn[kind] += not isinstance(page, str)
                name = kind if isinstance(page, str) else f"{kind}-{drawn[kind]}"
                sheet(browser, shots(browser, url + path), PICTURES / f"{name}.webp")
                lines.append(f"## {title}\n\n![{title}](../pictures/screens/{name}.webp)")
            browser.close()
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    PAGE.write_text(DOCUMENT.format(day=day, pictures="\n\n".join(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
