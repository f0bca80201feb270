"""A report as a workbook: figures as numbers, days as dates, a sheet for each table with its head held in place. Only
what a sheet itself can compute again is a formula; a text is never taken for one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from pregon.plan.enums import Mark
from pregon.plan.reports.blocks import (
    Calendar,
    Cell,
    Column,
    Curve,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
)
from pregon.plan.reports.docx import fit, told
from pregon.plan.reports.plots import TONES

LONGEST_TEXT = 32_767
LONGEST_URL = 2_000
LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
GREEN, AMBER = "#dcebe1", "#fbf1da"
#: Characters in a column whose share is one, and the points of a line of them.
UNIT, LINE = 14, 15.0
#: Letters in the room of one digit, after which a sheet measures its columns.
LETTERS = 1.12
#: More lines than these in one row of a sheet are nothing to read there.
MOST_LINES = 27
#: Characters in the two columns of the first sheet.
NAMES, WORDS = 32, 90


def xlsx_of(document: Document) -> bytes:
    import xlsxwriter  # only a report needs it

    held = io.BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    writer = _Writer(book, document)
    for block in document.blocks:
        match block:
            case Heading() | Paragraph():
                writer.words(block)
            case Facts() | Signatures():
                writer.facts(block)
            case Table() if block.rows:
                writer.table(block)
            case Table():
                writer.words(Paragraph(text=block.empty))
            case Calendar():
                writer.calendar(block)
            case Curve():
                writer.curve(block)
    book.close()
    return held.getvalue()


class _Writer:
    """Holds the workbook while it grows. Words and facts go to its first sheet, each table to its own; those of one
    group stand one under the other."""

    def __init__(self, book: Any, document: Document) -> None:
        self.book, self.document = book, document
        brand = document.letterhead.brand
        book.set_properties(
            {
                "title": fit(f"{document.title} · {document.subtitle}")[:255],
                "author": fit(document.letterhead.office)[:255],
            }
        )
        form = book.add_format
        self.title = form({"bold": True, "font_size": 16, "font_color": brand})
        self.heading = form({"bold": True, "font_size": 12, "font_color": brand})
        head = {
            "bold": True,
            "font_color": "#ffffff",
            "bg_color": brand,
            "text_wrap": True,
            "valign": "vcenter",
            "indent": 1,
        }
        self.head, self.head_figures = form(head), form({**head, "align": "right", "indent": 0})
        self.lead = form({"bold": True, "font_size": 12, "font_color": brand, "underline": 1})
        self.text = form({"text_wrap": True, "align": "left", "valign": "top", "indent": 1})
        self.prose = form({"text_wrap": True, "valign": "top"})
        self.bold = form({"bold": True, "text_wrap": True, "valign": "top"})
        self.link = form(
            {
                "text_wrap": True,
                "align": "left",
                "valign": "top",
                "indent": 1,
                "font_color": brand,
                "underline": 1,
            }
        )
        self.number = form({"num_format": "#,##0.##", "valign": "top"})
        self.whole = form({"num_format": "#,##0", "valign": "top"})
        self.share = form({"num_format": "0.00", "valign": "top"})
        self.day = form({"num_format": "dd/mm/yyyy", "align": "left", "valign": "top", "indent": 1})
        self.lights = {
            light: form({"bold": True, "font_color": tone, "align": "left", "valign": "top", "indent": 1})
            for light, tone in TONES.items()
        }
        tick = {"align": "center", "valign": "top", "border": 1, "border_color": "#d6d9d2"}
        self.done, self.late = form({**tick, "bg_color": GREEN}), form({**tick, "bg_color": AMBER})
        self.open = form(tick)
        self.names: set[str] = set()
        #: The sheet of each group, and its next free row.
        self.sheets: dict[str, tuple[Any, int]] = {}
        self.first, self.row = self._sheet(_("Informe")), 0
        self.first.set_column(0, 0, NAMES)
        self.first.set_column(1, 1, WORDS)
        #: The heading right above, which leads to what stands on a sheet of its own.
        self.above: tuple[int, str] | None = None
        for said, look in (
            (document.title, self.title),
            (document.subtitle, self.heading),
            (document.foot, self.prose),
        ):
            self._say(said, look)
        self.row += 1

    def words(self, block: Heading | Paragraph) -> None:
        heading = isinstance(block, Heading)
        self.above = (self.row, block.text) if heading else None
        self._say(block.text, self.heading if heading else self.prose)

    def facts(self, block: Facts | Signatures) -> None:
        for name, said in block.rows:
            self._string(self.first, self.row, 0, name, self.bold)
            self._string(self.first, self.row, 1, said, self.prose)
            self.first.set_row(self.row, _height([(said, WORDS)]))
            self.row += 1
        self.row += 1

    def table(self, block: Table) -> None:
        columns = block.columns
        shift = 1 if block.group else 0
        name = block.group or block.title
        if name not in self.sheets:
            head = [Column(title=_("Indicador o actividad"), width=2.4)] if block.group else []
            self._begin(name, [*head, *columns])
        sheet, row = self.sheets[name]
        self._lead(sheet, row)
        told = [(block.about, UNIT * 2.4)] if block.group else []
        for cells in block.rows:
            if block.group:
                self._string(sheet, row, 0, block.about, self.text)
            wide = [(cell.text, _wide(column)) for column, cell in zip(columns, cells, strict=True)]
            sheet.set_row(row, _height(told + wide))
            for place, (column, cell) in enumerate(zip(columns, cells, strict=True), start=shift):
                self._cell(sheet, row, place, column, cell)
            row += 1
        self.sheets[name] = (sheet, row)
        sheet.autofilter(0, 0, row - 1, len(columns) + shift - 1)

    def calendar(self, block: Calendar) -> None:
        name = _("Calendario")
        if name not in self.sheets:
            months = [Column(title=month, width=0.5) for month in block.months]
            self._begin(name, [Column(title="N°", width=0.5), Column(title=block.head, width=3), *months])
        sheet, row = self.sheets[name]
        self._lead(sheet, row)
        for line in block.rows:
            sheet.set_row(row, _height([(line.name, UNIT * 3)]))
            self._string(sheet, row, 0, line.number, self.text)
            self._string(sheet, row, 1, line.name, self.text)
            for place, tick in enumerate(line.ticks, start=2):
                look = self.open
                if tick.mark in (Mark.DONE, Mark.EXTRA):
                    look = self.done
                elif tick.mark is Mark.LATE:
                    look = self.late
                self._string(sheet, row, place, told(tick.mark, tick.count), look)
            row += 1
        self.sheets[name] = (sheet, row)

    def curve(self, block: Curve) -> None:
        name = _("Mes por mes")
        if name not in self.sheets:
            months = [Column(title=point.short, width=0.7, figures=True) for point in block.points]
            self._begin(name, [Column(title=_("Indicador"), width=3), *months])
        sheet, row = self.sheets[name]
        self._string(sheet, row, 0, block.title, self.text)
        for place, point in enumerate(block.points, start=1):
            if point.value is not None:
                sheet.write_number(row, place, float(point.value), self._look_of(point.value))
        self.sheets[name] = (sheet, row + 1)

    def _cell(self, sheet: Any, row: int, place: int, column: Column, cell: Cell) -> None:
        value = cell.value
        if column.share_of and isinstance(value, Decimal):
            part, whole = (f"{_letter(other)}{row + 1}" for other in column.share_of)
            sheet.write_formula(
                row, place, f'=IF({whole}=0,"",ROUND(100*{part}/{whole},2))', self.share, float(value)
            )
        elif isinstance(value, Decimal):
            sheet.write_number(row, place, float(value), self._look_of(value))
        elif isinstance(value, date):
            sheet.write_datetime(row, place, datetime.combine(value, time.min), self.day)
        elif column.figures:
            sheet.write_blank(row, place, None, self.text)
        elif cell.url.startswith(("http://", "https://")) and len(cell.url) <= LONGEST_URL:
            sheet.write_url(row, place, cell.url, self.link, fit(cell.text)[:LONGEST_TEXT])
        else:
            self._string(sheet, row, place, cell.text, self.lights[cell.light] if cell.light else self.text)

    def _begin(self, name: str, columns: Iterable[Column]) -> None:
        sheet = self._sheet(name)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _wide(column))
            self._string(sheet, 0, place, column.title, self.head_figures if column.figures else self.head)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        self.sheets[name] = (sheet, 1)

    def _sheet(self, wanted: str) -> Any:
        """A sheet by a name that Excel takes, and that no other has."""
        base = NOT_IN_NAMES.sub(" ", fit(wanted)).strip()[:LONGEST_NAME] or _("Hoja")
        name, turn = base, 2
        while name.casefold() in self.names:
            name, turn = f"{base[: LONGEST_NAME - 4]} {turn}", turn + 1
        self.names.add(name.casefold())
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(1)  # letter
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def _lead(self, sheet: Any, row: int) -> None:
        """Make of the heading above a way to where its rows begin."""
        if self.above:
            place, text = self.above
            self.first.write_url(place, 0, f"internal:'{sheet.get_name()}'!A{row + 1}", self.lead, fit(text))
            self.above = None

    def _look_of(self, value: Decimal) -> Any:
        return self.whole if value == value.to_integral_value() else self.number

    def _say(self, text: str, look: Any) -> None:
        """Words across both columns, in a row that is high enough for them."""
        said = fit(text)[:LONGEST_TEXT]
        self.first.merge_range(self.row, 0, self.row, 1, "", look)
        self.first.write_string(self.row, 0, said, look)
        if look is self.prose:
            self.first.set_row(self.row, _height([(said, NAMES + WORDS)]))
        self.row += 1

    def _string(self, sheet: Any, row: int, place: int, text: str, look: Any) -> None:
        sheet.write_string(row, place, fit(text)[:LONGEST_TEXT], look)


def _wide(column: Column) -> float:
    return max(UNIT * column.width, 7)


def _height(told: Iterable[tuple[str, float]]) -> float:
    """The points of a row in which each text has room in its column: not every program measures it by itself."""
    lines = max(ceil(len(text) / (wide * LETTERS)) + text.count("\n") for text, wide in told)
    return LINE * min(max(lines, 1), MOST_LINES)


def _letter(place: int) -> str:
    return chr(ord("A") + place)
