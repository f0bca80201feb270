"""Documents as offices have them, written by other hands than those that read them: Word, workbooks, CSV; and
what is understood of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import Workbook

from pregon.plan.importing import draft_of
from pregon.plan.values import Draft, PlanPart

SEEDS = Path(__file__).parent.parent / "plan" / "seeds"

Rows = Sequence[Sequence[str]]


def seed(name: str) -> str:
    return (SEEDS / f"{name}.txt").read_text(encoding="utf-8")


def rows_of(text: str) -> list[list[str]]:
    """The text cell by cell; what began with a tab stood in a table."""
    return [[cell.strip() for cell in line.split("\t")] for line in text.split("\n")]


def laid_out(text: str) -> list[list[str]]:
    """The programme sheets as they were drawn: a label beside its value, and the months in a row above their marks."""
    found: list[list[str]] = []
    label: list[str] = []
    months: list[str] = []
    marks: list[str] = []
    for line in text.split("\n"):
        cell = line.strip()
        if line.startswith("\t") and cell[:3] in MONTHS and len(cell) == 3:
            months.append(cell)
        elif months and len(marks) < 12 and (line.startswith("\t") or not cell):
            if line.startswith("\t"):
                marks.append(cell)
            if len(marks) == 12:
                found += [months, marks, [""]]
                months, marks = [], []
        elif line.startswith("\t") and cell.endswith(":") and not cell.startswith("Descripción"):
            label = [cell]
            found.append(label)
        elif label and line.startswith("\t"):
            label.append(cell)
            label = label if label[0] == "INSUMOS:" else []
        else:
            label = []
            found.append([cell])
    return [[row[0], "\n".join(filter(None, row[1:]))] if row[0].endswith(":") else row for row in found]


def drafted(text: str) -> Draft:
    """What is understood of a text."""
    return draft_of(text.encode(), name="plan", year=2026)


def plan_of(content: bytes | str) -> PlanPart:
    return draft_of(content.encode() if isinstance(content, str) else content, name="plan", year=2026).plan


def doubts(draft: Draft) -> str:
    return " ".join(line.doubt for line in draft.lines)


MONTHS = ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC")
#: The heading of a table of activities.
CALENDAR = "N°\tActividad\t" + "\t".join(MONTHS)


def as_csv(rows: Rows, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Rows, *, merged: Iterable[str] = (), title: str = "POA") -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    for area in merged:
        sheet.merge_cells(area)
    return saved(book)


def as_docx(rows: Rows) -> bytes:
    """Lines of one cell as paragraphs, and the others as tables."""
    document = Document()
    table: Any = None
    for row in rows:
        if len(row) == 1:
            document.add_paragraph(row[0])
            table = None
            continue
        if table is None or len(table.columns) != len(row):
            table = document.add_table(rows=0, cols=len(row))
        for place, (cell, words) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.text = row[place] if words else ""
    return saved(document)


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
