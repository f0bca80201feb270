"""A year of the sample office, lived day by day, its months closed: ``year.py`` plays it, turns the reports of a
quarter into pictures, changes one byte of what was signed, and writes docs/reference/plan-year.md with what came of it.

It ends with a fault when the chain is not whole before that byte, or is believed after it.
"""

from __future__ import annotations

import platform
import secrets
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
from bench import HERE, PREGON, Bench, bench, tell
from PIL import Image

DOCS = HERE.parent / "docs"
PAGE, PICTURES = DOCS / "reference" / "plan-year.md", DOCS / "pictures"
HEAD = "titular@muestra.example"
DOCUMENT = """# A year of the plan

Written by `benchmarks/year.py`; do not edit by hand. The plan of the sample office of Mazamitla, lived day by day from
2 January to {last} {year} through the actions that an office uses, on a clock that is moved: {acts} acts with their
coverage, {bulletins} bulletins, {photos} photos, {letters} letters in the sandbox. Each month was closed on the first
working day after it.

{figures}

| month | closed in | digest |
|---|---:|---|
{closed}

`pregon plan verify` said:

> {whole}

Then one byte of what was signed for {touched} was changed in the database, and it said:

> {broken}

## The report of quarter {quarter}

As `pregon plan report --quarter {quarter} --layout …` wrote it, the first pages of each layout: the office's own, that
of an operative plan, that of a budgeted programme.

{reports}

{day}, Python {python}. Again: `make plan-year`.
"""
#: The layouts, and how many pages of each are shown side by side.
LAYOUTS, SHOWN = ("oficina", "mazamitla", "ocotlan"), 4
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def play(place: Bench) -> None:
    home, last = place.root / "year", datetime.now(UTC).date() - timedelta(days=1)
    password = secrets.token_urlsafe(16)
    tell(f"year: {last.year} up to {last}, day by day …")
    founding = [PREGON, "init", "--home", home, "--plan", "mazamitla", "--email", HEAD]
    place.run(founding, timeout=600, PREGON_HEAD_PASSWORD=password)
    lived = place.inside("year", home, last.year, last, timeout=3000)
    if lived["faults"]:
        raise SystemExit("The chain was not whole.")
    order = [PREGON, "plan", "{}", "--home", home, "--plan", lived["plan"]]
    whole = place.run([word if word != "{}" else "verify" for word in order]).strip()
    shown = place.run([word if word != "{}" else "show" for word in order]).strip().splitlines()
    for layout in LAYOUTS:
        paper = home / f"{layout}.pdf"
        order_of_report = [word if word != "{}" else "report" for word in order]
        place.run([*order_of_report, "--quarter", quarter_of(last), "--layout", layout, paper])
        picture(paper, PICTURES / f"informe-{layout}.webp")
    touched = touch(home)
    broken = verify(place, [word if word != "{}" else "verify" for word in order])
    write(lived, last=last, whole=whole, broken=broken, touched=MONTHS[touched - 1], figures=shown[1:])


def quarter_of(day: date) -> int:
    """The last whole one, or the first while it runs."""
    return max(1, (day.month - 1) // 3)


def picture(paper: Path, file: Path) -> None:
    """The first pages of a PDF beside each other, as they are printed."""
    document = pypdfium2.PdfDocument(paper)
    pages = [document[number].render(scale=1.1).to_pil() for number in range(min(SHOWN, len(document)))]
    gap = 12
    width, height = (
        sum(page.width + gap for page in pages) + gap,
        max(page.height for page in pages) + 2 * gap,
    )
    table = Image.new("RGB", (width, height), "#d9d5cb")
    left = gap
    for page in pages:
        table.paste(page, (left, gap))
        left += page.width + gap
    table.save(file, quality=72, method=6)


def touch(home: Path) -> int:
    """One byte of one closing, in the middle of the chain; which month."""
    with sqlite3.connect(home / "pregon.sqlite3") as database:
        rows = database.execute("SELECT id, month, content FROM plan_seal ORDER BY number").fetchall()
        number, month, content = rows[len(rows) // 2]
        at = content.index('"title":"') + len('"title":"')
        other = "x" if content[at] != "x" else "y"
        changed = content[:at] + other + content[at + 1 :]
        # Whoever can write to the file can take its guards away first.
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'plan_seal'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE plan_seal SET content = ? WHERE id = ?", (changed, number))
        return int(month)


def verify(place: Bench, command: list[Any]) -> str:
    ended = subprocess.run(
        [str(word) for word in command],
        env=place.environment,
        cwd=place.root,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 1:
        raise SystemExit("A byte was changed and nobody noticed.")
    return "\n> ".join((ended.stdout + ended.stderr).strip().splitlines())


def write(
    lived: dict[str, Any], *, last: date, whole: str, broken: str, touched: str, figures: list[str]
) -> None:
    closed = "\n".join(
        f"| {MONTHS[one['month'] - 1]} | {one['seconds']:.2f} s | `{one['digest'][:16]}…` |"
        for one in lived["closed"]
    )
    PAGE.write_text(
        DOCUMENT.format(
            **{name: f"{lived[name]:,}" for name in ("acts", "bulletins", "photos", "letters")},
            last=f"{last:%-d %B}",
            year=last.year,
            quarter=quarter_of(last),
            figures="\n".join(f"- {line}" for line in figures),
            closed=closed,
            whole=whole,
            broken=broken,
            touched=touched,
            reports="\n\n".join(
                f"![Informe, formato {name}](../pictures/informe-{name}.webp)" for name in LAYOUTS
            ),
            day=f"{datetime.now(UTC):%-d %B %Y}",
            python=platform.python_version(),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    with bench() as prepared:
        play(prepared)
