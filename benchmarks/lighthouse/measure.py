"""What Lighthouse says of the public pages on a phone, as a table.

    measure.py OFFICE_URL LIGHTHOUSE_FOLDER [REPORT.md]

The office is one that is switched on and has rested: what is still being baked would measure the oven.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: A page; where the first link to one of its kind stands when it has no address of its own; and what such a page has.
PAGES: dict[str, str | tuple[str, str] | tuple[str, str, str]] = {
    "Inicio": "/",
    "Boletín": ("/boletines/", r"/boletines/20\d\d-[\w-]+/"),
    "Agenda": "/agenda/",
    "Acto con mapa": ("/agenda/", r"/agenda/20\d\d-\d\d-\d\d-[\w-]+/", "map-sheet"),
    "Galería": ("/galerias/", r"/galerias/20\d\d-[\w-]+/", 'href="/boletines/20'),
    "En vivo": ("/en-vivo/", r"/en-vivo/20\d\d-[\w-]+/", 'data-stream="cobertura-'),
    "Alertas": "/alertas/",
    "Cómo vamos": ("/plan/", r"/plan/[\w-]+/"),
}
BARS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
TITLES = {
    "performance": "speed",
    "accessibility": "accessibility",
    "best-practices": "practices",
    "seo": "search",
}
TIMES = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "shift",
}
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-quic"
)


def address(office: str, page: str | tuple[str, ...]) -> str | None:
    if isinstance(page, str):
        return office + page
    listing, link, *parts = page
    for path in dict.fromkeys(re.findall(link, read(office + listing))):
        text = read(office + path) if parts else ""
        if all(part in text for part in parts):
            return office + str(path)
    return None


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def look(url: str, *, folder: Path) -> dict[str, Any]:
    """The report on one page; on a busy machine Lighthouse sometimes misses its own beginning."""
    problems = []
    for _ in range(3):
        try:
            return look_once(url, folder=folder)
        except RuntimeError as problem:
            problems.append(str(problem))
    raise SystemExit(problems[-1])


def look_once(url: str, *, folder: Path) -> dict[str, Any]:
    """The report on one page, on the phone that Lighthouse simulates by itself."""
    chrome = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chrome is None:
        raise SystemExit("There is no Chromium here: scripts/system-packages chromium.")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        order = [folder / "bin" / "node", folder / "node_modules" / "lighthouse" / "cli" / "index.js", url]
        options = ["--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={FLAGS}"]
        only = f"--only-categories={','.join(BARS)}"
        ended = subprocess.run(
            [*map(str, order), *options, only],
            env=os.environ | {"CHROME_PATH": chrome},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if ended.returncode or not report.exists():
            raise RuntimeError(ended.stderr[-2000:])
        told: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return told


def complaints(report: dict[str, Any]) -> list[str]:
    """What cost a point in a category that is below its bar."""
    found = []
    for name, bar in BARS.items():
        category = report["categories"][name]
        if score(category) < bar:
            for part in category["auditRefs"]:
                audit = report["audits"][part["id"]]
                if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                    found.append(f"{name}: {audit['title']} {audit.get('displayValue', '')}".strip())
    return found


def score(category: dict[str, Any]) -> int:
    return round(100 * (category["score"] or 0))


def table(reports: dict[str, dict[str, Any]]) -> str:
    first = next(iter(reports.values()))
    lines = [
        "# Lighthouse",
        "",
        (
            f"Lighthouse {first['lighthouseVersion']} on the phone and the network that it simulates by itself, over"
            f" a furnished sample office, {datetime.now(UTC):%Y-%m-%d}. Asked for: "
            + ", ".join(f"{TITLES[name]} {bar}" for name, bar in BARS.items())
            + ". Again: `make lighthouse`."
        ),
        "",
        "| page | " + " | ".join([*TITLES.values(), *TIMES.values(), "requests", "kB"]) + " |",
        "|" + "---|" * (3 + len(TITLES) + len(TIMES)),
    ]
    for page, report in reports.items():
        audits = report["audits"]
        items = audits["network-requests"]["details"]["items"]
        cells = [
            *(str(score(report["categories"][name])) for name in TITLES),
            *(audits[name]["displayValue"].replace("\u00a0", " ") for name in TIMES),
            str(len(items)),
            str(round(sum(item.get("transferSize", 0) for item in items) / 1000)),
        ]
        lines.append(f"| {page} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def main(office: str, folder: Path, into: Path | None) -> int:
    urls = {name: address(office, page) for name, page in PAGES.items()}
    reports = {name: look(url, folder=folder) for name, url in urls.items() if url}
    said = table(reports)
    print(said)
    if into:
        into.write_text(said, "utf-8")
    if lacking := [name for name, url in urls.items() if not url]:
        print(f"This office has none of these: {', '.join(lacking)}.", file=sys.stderr)
    wrong = {page: found for page, report in reports.items() if (found := complaints(report))}
    for page, found in wrong.items():
        print(page, *found, sep="\n  - ", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(
        main(
            sys.argv[1].rstrip("/"), Path(sys.argv[2]).resolve(), Path(sys.argv[3]) if sys.argv[3:] else None
        )
    )
