"""How the pages of a sample office look: ``screens.py`` writes docs/reference/screens.md and its pictures, each page on
a phone and on a large screen, in light and in dark."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from accessibility import ENTER, HEAD
from bench import HERE, PREGON, bench, free_port, tell, wait_for_page
from lighthouse.measure import PAGES, address
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from recording import DOCS, FLAGS, PHONE, chromium

from pregon.core.text import fold

PAGE, PICTURES = DOCS / "reference" / "screens.md", DOCS / "pictures" / "screens"
SCREEN = {"viewport": {"width": 1280, "height": 915}}
NOW = datetime.now(ZoneInfo("America/Mexico_City"))
PLAN = f"/plan/comunicacion-social-{NOW:%Y}/"
#: What Lighthouse reads, and what shows best beside it.
WANTED: dict[str, str | tuple[str, ...]] = {
    **PAGES,
    "Campaña": ("/campanas/", r"/campanas/[\w-]+/"),
    "Podcast": ("/podcast/", r"/podcast/[\w-]+/", "<audio"),
    "Cifra del plan": (PLAN, rf"{PLAN}actos-cubiertos/"),
    "Informe del trimestre": (PLAN, rf"{PLAN}informe/\d{{4}}-t{(NOW.month + 2) // 3}/"),
}
#: What the sample plan becomes on the desk, once its document was handed in; ``{plan}`` is the plan of the office.
ON_THE_DESK = {
    "Escritorio: hoja del plan": "{plan}",
    "Escritorio: qué le falta al plan": "{plan}#plan-falta",
    "Escritorio: elegir una medida": "medida/vista/?measure=acts_covered",
    "Escritorio: cierre de mes": "{plan}meses/",
    "Escritorio: sacar un informe": "{plan}informe/",
}
DESK, SAMPLE = "/escritorio/plan/", HERE.parent / "examples" / "plan-de-muestra.docx"
STAGE = """<!doctype html><style>
body { margin: 0; padding: 12px; width: 1692px; display: flex; gap: 12px; background: #d9d5cb }
img { height: 458px; border-radius: 6px; display: block }
</style>%s"""
DOCUMENT = """# How the pages look

Written by `benchmarks/screens.py`; do not edit by hand. The sample office of `make demo`, {day}: what a phone
(412 × 915) and a large screen (1280 × 915) show first, in light and in dark. Again: `make screens`.

{pictures}
"""


def shots(browser: Browser, url: str, **known: Any) -> list[bytes]:
    taken = []
    for screen in (PHONE, SCREEN):
        for scheme in ("light", "dark"):
            context = browser.new_context(locale="es-MX", color_scheme=scheme, **screen, **known)
            page = context.new_page()
            page.goto(url, wait_until="load")
            page.wait_for_function(
                "[...document.images].every(({ complete, loading }) => complete || loading === 'lazy')"
            )
            if "#" in url:  # what came later has pushed it away
                page.locator(f"#{url.partition('#')[2]}").evaluate("part => part.scrollIntoView()")
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


def name_of(title: str, path: str) -> str:
    """Of a picture."""
    if path.startswith((DESK, PLAN)) and path != PLAN:
        return "-".join(re.findall(r"[a-z]+", fold(title)))
    return (path.split("/")[1] or "inicio") + ("-1" if path.count("/") > 2 else "")


def on_the_desk(browser: Browser, url: str, password: str) -> tuple[dict[str, str], Any]:
    """The pages of the desk, the document that somebody handed in first; and what its browser knows."""
    context = browser.new_context(locale="es-MX")
    page = context.new_page()
    page.goto(f"{url}{DESK}")
    page.fill("[name=username]", HEAD)
    page.fill("[name=password]", password)
    page.click("button[type=submit]")
    page.goto(f"{url}{DESK}")
    plan = page.url.removeprefix(url + DESK)
    page.goto(f"{url}{DESK}importar/")
    page.set_input_files("input[type=file]", SAMPLE)
    page.click("main form button.button")
    handed_in = page.url.removeprefix(url)
    known = context.storage_state()
    context.close()
    found = {title: DESK + path.format(plan=plan) for title, path in ON_THE_DESK.items()}
    return {"Escritorio: confirmar un documento": handed_in} | found, known


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    lines = []
    with bench() as place:
        home, port, password = place.office(), free_port(), secrets.token_urlsafe(12)
        enter = ENTER.format(email=HEAD, password=password)
        place.run([PREGON, "shell", "--no-imports", "-c", enter, "--home", home])
        url = f"http://localhost:{port}"
        with place.process([PREGON, "up", "--home", home, "--port", port]), sync_playwright() as playwright:
            wait_for_page(url)
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            paths = {}
            for title, page in WANTED.items():
                found = address(url, page)
                if found is None:
                    raise SystemExit(f"The sample office has no page like {page}.")
                paths[title] = found.removeprefix(url)
            desk, known = on_the_desk(browser, url, password)
            for title, path in (paths | desk).items():
                tell(f"screens: {title}, {path} …")
                name = name_of(title, path)
                who = {"storage_state": known} if title in desk else {}
                sheet(browser, shots(browser, url + path, **who), PICTURES / f"{name}.webp")
                lines.append(f"## {title}\n\n![{title}](../pictures/screens/{name}.webp)")
            browser.close()
    PAGE.write_text(DOCUMENT.format(day=f"{NOW:%Y-%m-%d}", pictures="\n\n".join(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
