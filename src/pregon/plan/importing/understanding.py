"""Makes a plan of the lines of a document, and says of every line what became of it.

It goes by what is written over things and not by where they stand. Where it had to guess, or where the document seems
to have suffered, the line carries a doubt for a person to look at; nothing is left out without the line saying so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from pregon.core.text import fold, shorten, slug
from pregon.plan.enums import PlanKind
from pregon.plan.errors import BrokenPlan
from pregon.plan.importing.labels import (
    CHOICES,
    GOAL_KEYS,
    LABELS,
    LOST,
    MOJIBAKE,
    MONTHS,
    YEAR,
    Field,
    Label,
    choice_of,
    column_of,
    key_of,
    kind_of,
    label_of,
    mark_of,
    mended,
    month_of,
    period_of,
    says_nothing,
)
from pregon.plan.importing.sheets import Line
from pregon.plan.values import (
    NO_MONTH,
    OWN_CODE,
    ActivityLine,
    Draft,
    IndicatorLine,
    InputLine,
    PlanPart,
    ProgrammeLine,
    Understood,
)

PERCENT = "Porcentaje"
#: Most letters of a text, as the file of a plan has them.
LONGEST = 5000
LIMITS: dict[str, int] = {
    "title": 200,
    "unit_name": 160,
    "responsible": 160,
    "programme": 160,
    "programme_name": 200,
    "axis": 200,
    "name": 160,
    "unit": 60,
    "numerator": 300,
    "denominator": 300,
    "target_text": 300,
    "goals": 500,
    "inputs": 300,
    "activities": 300,
    "budget_line": 20,
    "value": 80,
    "alignment": 200,
}
OF_PLAN = frozenset({Field.DESCRIPTION, Field.MISSION, Field.VISION, Field.VALUES, Field.GOALS, Field.YEAR})
OF_OWNER = frozenset({Field.UNIT_NAME, Field.RESPONSIBLE})
OF_PROGRAMME = frozenset(
    {
        *(Field.GENERAL, Field.PARTICULAR, Field.STRATEGY, Field.LINE_OF_ACTION),
        *(Field.PROGRAMME, Field.AXIS, Field.ALIGNMENT, Field.INPUT),
    }
)
OF_INPUT = frozenset({Field.AMOUNT, Field.BUDGET_LINE})
OF_INDICATOR = frozenset(
    {
        *(Field.INDICATOR, Field.DEFINITION, Field.LEVEL, Field.NARRATIVE, Field.KIND, Field.DIMENSION),
        *(Field.METHOD, Field.NUMERATOR, Field.DENOMINATOR, Field.UNIT, Field.FREQUENCY, Field.BASELINE),
        *(Field.BASELINE_YEAR, Field.PREVIOUS, Field.TARGET, Field.MILESTONE, Field.DIRECTION, Field.GREEN),
        *(Field.YELLOW, Field.RED, Field.VERIFICATION, Field.SUPPOSITION),
    }
)
FIGURES = frozenset({Field.BASELINE, Field.PREVIOUS, Field.TARGET, Field.MILESTONE})
#: Fields that end with their first value; the others go on until the next label.
SHORT = frozenset(
    {*FIGURES, *CHOICES, Field.YEAR, Field.UNIT, Field.GREEN, Field.YELLOW, Field.RED, Field.BASELINE_YEAR}
)
NUMBER = re.compile(
    r"(?<![\w.,])-?\$?\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)\s*(%|por ciento)?"
)
MONEY = re.compile(r"\$\s?(\d[\d,]*(?:\.\d+)?)")
BULLET = re.compile(r"^\s*(?:[-–—•·*▪●◦o]\s+|[-–—•·▪●◦](?=\S)|\d{1,2}[.)-]\s+|[a-z]\)\s+)")
UNFINISHED = re.compile(
    r"(?:[,;]|\b(?:y|e|o|u|de|del|la|el|los|las|en|con|para|por|a|al|que))\s*$", re.IGNORECASE
)
MEANS = re.compile(
    r"^(?:la|el|los|las)\s+(.{2,60}?)\s+(?:es|son|significa|consiste|implica)\b", re.IGNORECASE
)
NAMED = re.compile(r"^([^.:–—]{2,60})\s*[:.–—]\s*(\S.*)$")
POST = re.compile(
    r"^(?:dir|director|directora|coord|coordinador|coordinadora|jefe|jefa|titular|encargado|encargada|enlace)\b\.?",
    re.IGNORECASE,
)
PERSON = re.compile(r"^(?:lic|ing|mtr[oa]|dr|dra|arq|prof|profa|c|lcp|lcc|cp)\.\s", re.IGNORECASE)
CONTACT = re.compile(
    r"\b(?:tel|telefono|cel|correo|e-mail|portal|calle|col|colonia|c\.?p|www)\b\.?|@|https?:|\.gob\.mx",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"\b((?:Dirección|Coordinación|Jefatura|Unidad|Departamento|Oficina|Subdirección)(?:\s+General)?\s+de\s+"
    r"Comunicación(?:\s+[A-ZÁÉÍÓÚ]\w+)?)",
    re.IGNORECASE,
)
CALENDAR = re.compile(r"(?:calendario|cronograma|calendarizacion|programacion)\b")
#: What a sheet shows where a formula has no result.
ERROR = re.compile(
    r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|¡DIV/0!|¿NOMBRE\?|¡NUM!|¡REF!|¡VALOR!|¡NULO!)"
)
#: What numbers a row.
COUNT = re.compile(r"\d{1,3}\.?")
#: What ties the kind of a plan to whose it is.
OF = re.compile(r"^\s*(?:de|del)\s+(?:(?:la|el|los|las)\s+)?", re.IGNORECASE)
#: How the points of a list begin in a document of Word.
POINT = "• "
#: What a list is taken apart in.
LISTS = frozenset({Field.VALUES, Field.GOALS, Field.PARTICULAR, Field.INPUT, Field.ACTIVITY, Field.INDICATOR})
SMALL = {"de", "del", "la", "el", "los", "las", "y", "e", "en", "a"}


@dataclass(slots=True)
class Sheet:
    """A programme while it is understood."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    alignment: list[tuple[str, str]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    months: tuple[bool, ...] | None = None


@dataclass(slots=True)
class Mark:
    """An indicator or an activity while it is understood, with the sheet that it stands on."""

    number: int
    sheet: Sheet | None
    line: int
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Section:
    """What a label opened, until the next one closes it."""

    label: Label | None
    line: int
    parts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def field(self) -> Field | None:
        return self.label.field if self.label else None


@dataclass(slots=True)
class Table:
    """The columns that were understood, until something else begins."""

    columns: dict[int, Label]
    months: dict[int, int]
    width: int
    rows: int = 0
    row: dict[int, Mark] = field(default_factory=dict)
    level: str = ""

    @property
    def fields(self) -> set[Field]:
        return {label.field for label in self.columns.values()}

    def place(self, wanted: Field) -> int:
        return next((place for place, label in self.columns.items() if label.field is wanted), -1)


def understand(lines: Sequence[Line], *, name: str, year: int) -> Draft:
    """What ``lines`` say, where ``year`` stands for the one that no line names.

    Raises :class:`BrokenPlan` when there is no plan in them.
    """
    return Reader(lines, name=name, year=year).read()


class Reader:
    """One document on its way to a plan."""

    def __init__(self, lines: Sequence[Line], *, name: str, year: int) -> None:
        self.lines, self.name, self.assumed = lines, name, year
        self.became: dict[int, list[str]] = {}
        self.doubts: dict[int, list[str]] = {}
        self.said: dict[str, str] = {}
        self.title, self.kind, self.rest = "", PlanKind.ANNUAL, ""
        self.year: int | None = None
        self.calendar: tuple[int, int] | None = None
        self.values: list[tuple[str, str]] = []
        self.goals: list[str] = []
        self.sheets: list[Sheet] = []
        self.indicators: list[Mark] = []
        self.activities: list[Mark] = []
        self.sheet: Sheet | None = None
        self.indicator: Mark | None = None
        self.section = Section(None, 0)
        self.table: Table | None = None
        self.started = False
        #: How each figure was written: its column or field, its line, and "%", "fraction" or "number".
        self.writing: list[tuple[str, int, str]] = []

    # --- What becomes of lines ---

    def note(self, line: int, words: str) -> None:
        if words not in (kept := self.became.setdefault(line, [])):
            kept.append(words)

    def doubt(self, line: int, sentence: str) -> None:
        if sentence not in (kept := self.doubts.setdefault(line, [])):
            kept.append(sentence)

    def fitting(self, text: str, limit: str, line: int) -> str:
        """``text`` in the room that a plan has for it; where it is cut, the line says so."""
        text = " ".join(mended(text).split())
        most = LIMITS.get(limit, LONGEST)
        if len(text) <= most:
            return text
        self.doubt(line, _("Pasa de %(most)s letras y se cortó: escríbelo más corto.") % {"most": most})
        return shorten(text, most)

    # --- The way through the document ---

    def read(self) -> Draft:
        place = 0
        while place < len(self.lines):
            place = self.take(place)
        self.close()
        plan = self.plan()
        self.look_twice(plan)
        understood = tuple(
            Understood(
                number=line.number,
                text=line.text,
                becomes="; ".join(self.became.get(line.number, ())),
                doubt=" ".join(self.doubts.get(line.number, ())),
            )
            for line in self.lines
        )
        return Draft(plan=plan, lines=understood)

    def take(self, place: int) -> int:
        """Understand the line at ``place`` with those that it needs; gives the next place."""
        line = self.lines[place]
        if line.blank:
            return place + 1
        self.check_letters(line)
        if (taken := self.months_below(place)) or (taken := self.months_across(place)):
            return taken
        if self.take_header(place) or self.take_row(place):
            return place + 1
        self.table = None
        self.take_cells(line)
        return place + 1

    def check_letters(self, line: Line) -> None:
        text = line.text
        if MOJIBAKE.search(text) or LOST.search(text):
            self.doubt(line.number, _("Hay letras con acento que llegaron rotas: revísalas."))
        if any(ERROR.fullmatch(cell) for cell in line.said):
            self.doubt(
                line.number,
                _(
                    "Una celda trae un error de Excel y no su resultado: corrígela en el libro y súbelo otra vez."
                ),
            )
        if any(cell.startswith("=") for cell in line.said):
            self.doubt(
                line.number,
                _(
                    "Una celda trae su fórmula y no su resultado: abre el libro en Excel, guárdalo y súbelo otra vez."
                ),
            )

    # --- Months of a programme ---

    def months_below(self, place: int) -> int:
        """Months one under the other, and their marks below them: a table whose cells became lines."""
        months: list[int] = []
        end = place
        while end < len(self.lines) and (
            (said := self.lines[end].said) == [] or (len(said) == 1 and month_of(said[0]))
        ):
            if said:
                months.append(month_of(said[0]))
                self.note(self.lines[end].number, _("Mes"))
            elif not months:
                break
            end += 1
        if len(months) < 3:
            for line in self.lines[place:end]:
                self.became.pop(line.number, None)
            return 0
        while self.lines[end - 1].blank:
            end -= 1
        first = end
        while end < len(self.lines) and (
            self.lines[end].blank or (len(said := self.lines[end].said) == 1 and mark_of(said[0]))
        ):
            end += 1
        run = list(self.lines[first:end])
        cells = [line for line in run if len(line.cells) > 1]
        marks = [line for line in run if not line.blank]
        if (
            len(cells) < len(months) and marks
        ):  # without tabs an empty cell is an empty line, and one parts the two
            counted = run[1:] if run[0].blank else run
            last = max(place for place, line in enumerate(counted) if not line.blank)
            cells = counted[: max(len(months), last + 1)] if len(marks) < len(months) else marks
        if not marks:
            self.doubt(
                self.lines[first - 1].number,
                _("El calendario no trae marcas: di en qué meses se trabaja."),
            )
        self.set_sheet_months(months, [(line.number, line.said[0] if line.said else "") for line in cells])
        return end

    def months_across(self, place: int) -> int:
        """A row of months with nothing else, and a row of marks below it."""
        line = self.lines[place]
        months = {spot: month for spot, cell in enumerate(line.cells) if (month := month_of(cell))}
        if len(months) < 3 or len(months) < len(line.said):
            return 0
        if self.table and not self.table.rows and Field.ACTIVITY in self.table.fields:
            return 0
        below = place + 1
        while below < len(self.lines) and self.lines[below].blank:
            below += 1
        if below == len(self.lines) or any(mark_of(cell) is None for cell in self.lines[below].cells):
            return 0
        self.close()
        marks = self.lines[below]
        self.note(line.number, _("Meses"))
        spots = [*months]
        row = [(marks.number, marks.cells[spot] if spot < len(marks.cells) else "") for spot in spots]
        over = [cell for spot, cell in enumerate(marks.cells) if cell and spot not in months]
        self.set_sheet_months([*months.values()], row + [(marks.number, cell) for cell in over])
        return below + 1

    def set_sheet_months(self, months: list[int], marks: list[tuple[int, str]]) -> None:
        sheet = self.sheet
        if not marks:
            return
        last = marks[-1][0]
        if len(months) != 12 or len(set(months)) != len(months):
            self.doubt(
                last,
                _("El calendario tiene %(count)s meses y un año tiene doce: revisa cuáles.")
                % {"count": len(months)},
            )
        if len(marks) != len(months):
            self.doubt(
                last,
                _("Hay %(marks)s marcas para %(months)s meses: revisa en cuáles se trabaja.")
                % {"marks": len(marks), "months": len(months)},
            )
        planned = [False] * 12
        for (number, mark), month in zip(marks, months, strict=False):
            known = mark_of(mark)
            planned[month - 1] |= bool(known and any(known))
            if mark and sheet:
                self.note(number, self.of_sheet(sheet, MONTHS[month - 1]))
        if sheet is None:
            self.doubt(last, _("Estos meses no están en ningún programa: no se tomaron."))
            return
        if sheet.months is not None:
            self.doubt(last, _("Este programa ya traía un calendario: valen los meses de los dos."))
            planned = [one or other for one, other in zip(planned, sheet.months, strict=True)]
        sheet.months = tuple(planned)
        self.section = Section(None, 0)

    # --- Tables ---

    def take_header(self, place: int) -> bool:
        line = self.lines[place]
        if len(line.said) < 2 or sum(cell.endswith(":") for cell in line.said) * 2 > len(line.said):
            return False
        columns = {spot: label for spot, cell in enumerate(line.cells) if cell and (label := column_of(cell))}
        months = {spot: month for spot, cell in enumerate(line.cells) if (month := month_of(cell))}
        if answered(line.said):
            return False
        distinct = len({label.field for label in columns.values()})
        known = len(columns) + len(months)
        if (distinct < 2 and len(months) < 6) or known * 2 < len(line.said):
            return False
        if Field.GOALS in {label.field for label in columns.values()}:
            columns = {spot: as_target(label) for spot, label in columns.items()}
        table = self.table
        below = {label.field for label in columns.values()} - (table.fields if table else set())
        if table and not table.rows and months and not table.months and not below:
            # A heading of two rows: the months stand under their own.
            table.months, table.width = months, max(table.width, len(line.cells))
            for spot in months:
                table.columns.pop(spot, None)
            self.check_header(line, months)
            return True
        if table and (table.rows or (below and months)):
            self.doubt(
                line.number,
                _("Aquí empieza otra tabla, pegada a la anterior: revisa que cada línea esté en la suya."),
            )
        self.close()
        unknown = [cell for spot, cell in enumerate(line.cells) if cell and spot not in columns | months]
        for cell in unknown:
            self.doubt(line.number, _("No conocemos la columna «%(name)s».") % {"name": cell})
        self.table = Table(columns, months, len(line.cells))
        self.check_header(line, months)
        indicators, activities = self.table.fields & {Field.INDICATOR, Field.NARRATIVE}, self.table.months
        if indicators and activities:
            self.doubt(
                line.number,
                _(
                    "Dos tablas están juntas, la de indicadores y la de actividades: se leyó cada una por sus columnas."
                ),
            )
        return True

    def check_header(self, line: Line, months: dict[int, int]) -> None:
        self.note(line.number, _("Encabezado de la tabla"))
        if months and sorted(months.values()) != list(range(1, 13)):
            self.doubt(
                line.number,
                _("El calendario tiene %(count)s meses y un año tiene doce: revisa cuáles.")
                % {"count": len(months)},
            )
        if year := YEAR.search(line.text):
            self.see_calendar(int(year[1]), line.number)

    def take_row(self, place: int) -> bool:
        """A row of the table that is open, or of one whose heading is missing."""
        line = self.lines[place]
        if len(line.said) < 2 and not (self.table and len(line.cells) > 1):
            return False
        if not self.table and not self.guess_table(line):
            return False
        table = self.table
        if table is None:
            return False
        said = line.said
        if len(said) == 1 and (label_of(said[0]) or kind_of(said[0]) or line.cells[0] == said[0]):
            return False
        if sum(cell.endswith(":") for cell in said) or len(
            [cell for cell in said if label_of(cell)]
        ) * 2 > len(said):
            return False
        shift = self.shift_of(table, line)
        cells = {spot - shift: cell for spot, cell in enumerate(line.cells) if cell}
        if len(said) == 1 and (spot := next(iter(cells))) in table.columns and table.row:
            return self.go_on(table, spot, said[0], line.number)
        table.rows += 1
        table.row = {}
        beyond = [spot for spot in cells if spot not in table.columns and spot not in table.months]
        self.take_marks(table, cells, line)
        self.take_columns(table, cells, line)
        for spot in beyond:
            if table.months and spot > max(table.months) and mark_of(cells[spot]):
                self.doubt(line.number, _("Hay una marca fuera de los doce meses: no se tomó."))
            else:
                self.doubt(
                    line.number,
                    _("«%(cell)s» no está en ninguna columna: no se tomó.") % {"cell": cells[spot]},
                )
        return True

    def guess_table(self, line: Line) -> bool:
        """Rows whose heading is missing: text with a mark for every month, or the four columns of a list of goals."""
        cells = line.cells
        marks = [spot for spot, cell in enumerate(cells) if cell and mark_of(cell) == (True, False)]
        texts = [spot for spot, cell in enumerate(cells) if len(cell) > 3 and mark_of(cell) is None]
        marks = [spot for spot in marks if texts and spot > texts[0]]
        if texts and len(marks) >= 4:
            first = texts[0] + 1
            months = {first + month: month + 1 for month in range(12)}
            self.table = Table({texts[0]: Label(field=Field.ACTIVITY)}, months, first + 12)
            if texts[0]:
                self.table.columns[texts[0] - 1] = Label(field=Field.NUMBER)
            sentence = _("Falta el renglón de los meses: se tomaron de enero a diciembre.")
        elif self.section.field is Field.GOALS and cells[0].isdigit() and 3 <= len(cells) <= 4:
            order = (Field.NUMBER, Field.INDICATOR, Field.TARGET, Field.UNIT)
            self.table = Table({spot: Label(field=part) for spot, part in enumerate(order)}, {}, 4)
            sentence = _("Falta el encabezado de la tabla: se leyó como indicador, meta y unidad de medida.")
        else:
            return False
        self.close_section()
        self.doubt(line.number, sentence)
        return True

    def shift_of(self, table: Table, line: Line) -> int:
        """How far to the right the cells of a row stand from their columns."""
        number, text = table.place(Field.NUMBER), -1
        for wanted in (Field.ACTIVITY, Field.INDICATOR, Field.NARRATIVE):
            text = table.place(wanted) if text < 0 else text
        shift = 0
        if number >= 0:
            there = next((spot for spot, cell in enumerate(line.cells) if COUNT.fullmatch(cell)), -1)
            first = next(spot for spot, cell in enumerate(line.cells) if cell)
            if there == first and abs(there - number) <= 2:
                shift = there - number
            elif text > number and first == number and len(line.cells[first]) > 3:
                shift = number - text  # the number fell out, and everything moved to the left
        elif text >= 0 and table.months and (longest := longest_of(line.cells)) >= 0:
            there = longest
            shift = there - text if abs(there - text) <= 2 and not any(line.cells[text : text + 1]) else 0
        if shift:
            self.doubt(
                line.number,
                _("Las columnas de esta línea están corridas: se leyeron desde su texto."),
            )
        return shift

    def go_on(self, table: Table, spot: int, text: str, line: int) -> bool:
        """A cell alone is the end of what stands above it."""
        label = table.columns[spot]
        if (mark := table.row.get(spot)) is None:
            return False
        kept = {Field.INDICATOR: "name", Field.ACTIVITY: "description"}.get(label.field, label.field.value)
        if not isinstance(mark.fields.get(kept), str):
            return False
        limit = "activities" if label.field is Field.ACTIVITY else label.field.value
        mark.fields[kept] = self.fitting(f"{mark.fields[kept]} {text}", limit, line)
        self.note(line, self.of_mark(mark, label.field))
        self.doubt(line, _("Sigue la línea de arriba: se unieron."))
        return True

    def take_marks(self, table: Table, cells: dict[int, str], line: Line) -> None:
        spot = table.place(Field.ACTIVITY)
        text = cells.get(spot, "") if spot >= 0 else ""
        marks = {month: cells[place] for place, month in table.months.items() if place in cells}
        if not text and not (marks and spot >= 0):
            return
        activity = self.new_activity(line.number)
        table.row[spot] = activity
        if not text:
            self.doubt(line.number, _("Hay meses marcados y falta qué actividad es: escríbela."))
        activity.fields["description"] = self.fitting(text, "activities", line.number) or _(
            "Actividad sin nombre"
        )
        planned, done = [False] * 12, [False] * 12
        for month, mark in marks.items():
            known = mark_of(mark)
            if known is None:
                self.doubt(
                    line.number,
                    _("No conocemos la marca «%(mark)s» de %(month)s: no se tomó.")
                    % {"mark": shorten(mark, 40), "month": MONTHS[month - 1]},
                )
                continue
            planned[month - 1] |= known[0]
            done[month - 1] |= known[1]
        activity.fields |= {"months": tuple(planned), "done": tuple(done)}
        words = _("Actividad %(number)s") % {"number": activity.number}
        if table.months:
            words += " · " + months_in_words(planned)
        else:
            self.doubt(line.number, _("Esta actividad no trae meses: márcalos en el plan."))
        self.note(line.number, words)

    def take_columns(self, table: Table, cells: dict[int, str], line: Line) -> None:
        """What the other columns of a row say of its indicator, its activity or its input."""
        wanted = [
            (spot, table.columns[spot])
            for spot in sorted(table.columns)
            if spot in cells or spot in table.row
        ]
        activity = table.row.get(table.place(Field.ACTIVITY))
        only = table.fields
        of_indicator = only & (OF_INDICATOR - {Field.SUPPOSITION, Field.UNIT}) - {Field.DIRECTION}
        for spot, label in wanted:
            text, part = cells.get(spot, ""), label.field
            if not text or part in {Field.ACTIVITY, Field.NUMBER, Field.CALENDAR}:
                continue
            if part in OF_INDICATOR and (of_indicator or not activity):
                self.take_of_row(table, spot, label, text, line.number)
            elif activity and part in {Field.RESPONSIBLE, Field.SUPPOSITION}:
                limit = "responsible" if part is Field.RESPONSIBLE else ""
                activity.fields[part.value] = self.fitting(text, limit, line.number)
            elif part in OF_INPUT | {Field.INPUT}:
                self.take_input_cell(table, part, text, line.number)
            elif part is Field.RESPONSIBLE and (mark := self.indicator_of(table)):
                mark.fields["responsible"] = self.fitting(text, "responsible", line.number)
                self.note_mark(line.number, mark, part)
            elif part in OF_PROGRAMME and part is not Field.INPUT:
                self.set_programme(label, text, line.number)
            else:
                self.doubt(
                    line.number,
                    _("«%(cell)s» no se pudo guardar en esta tabla.") % {"cell": shorten(text, 60)},
                )

    def indicator_of(self, table: Table) -> Mark | None:
        return next((mark for mark in table.row.values() if mark in self.indicators), None)

    def take_of_row(self, table: Table, spot: int, label: Label, text: str, line: int) -> None:
        mark = self.indicator_of(table)
        if mark is None:
            mark = self.new_indicator(line)
            if Field.LEVEL in table.fields and table.place(Field.LEVEL) != spot and table.level:
                mark.fields["level"] = table.level  # a level that several rows share is written once
        table.row[spot] = mark
        if (
            label.field is Field.NARRATIVE
            and Field.LEVEL not in table.fields
            and (level := level_before(text))
        ):
            mark.fields["level"] = level
        self.set_figure(mark, label, text, line)
        if label.field is Field.LEVEL:
            table.level = mark.fields.get("level", "")

    def take_input_cell(self, table: Table, part: Field, text: str, line: int) -> None:
        sheet = self.need_sheet(line)
        if part is Field.INPUT:
            sheet.inputs.append({"description": self.fitting(text, "inputs", line), "line": line})
            self.note(line, self.of_sheet(sheet, _("insumo %(number)s") % {"number": len(sheet.inputs)}))
        elif sheet.inputs and sheet.inputs[-1]["line"] == line:
            if part is Field.AMOUNT:
                sheet.inputs[-1]["amount"] = self.figure(text, line)
            else:
                sheet.inputs[-1]["budget_line"] = self.fitting(text, "budget_line", line)
            self.note(line, self.of_sheet(sheet, str(LABELS[part][0])))

    # --- Labels and what follows them ---

    def take_cells(self, line: Line) -> None:
        """A line that is no row: labels, each with what stands beside it or below."""
        fresh = False
        for cell in line.cells:
            for part in cell.split("\n") if cell else ():
                fresh = self.take_part(part, line, fresh=fresh)

    def take_part(self, text: str, line: Line, *, fresh: bool) -> bool:
        """One piece of a line; says whether it was a label that still waits for its value."""
        alone = not fresh and len(line.said) == 1
        point, text = text, text.removeprefix(POINT)
        if alone and ":" not in text and self.take_title(text, line.number):
            return False
        label = label_of(text)
        waiting = self.section.field in CHOICES and not self.section.parts and not text.endswith(":")
        if label and not (waiting and self.section.field and choice_of(self.section.field, text)):
            self.open(label, line.number)
            if not label.sure:
                self.doubt(
                    line.number,
                    _("«%(said)s» se leyó como «%(name)s»: revísalo.")
                    % {"said": label.words, "name": LABELS[label.field][0]},
                )
            if label.rest:
                self.add(label.rest, line.number)
            return not label.rest
        if alone and self.take_calendar_title(text, line.number):
            return False
        self.add(point if self.section.field in LISTS else text, line.number)
        return False

    def take_title(self, text: str, line: int) -> bool:
        found = kind_of(text)
        if not found:
            return False
        kind, said, rest = found
        year = YEAR.search(text)
        self.close()
        if self.title:
            self.note(line, _("Título, repetido"))
            if year and self.year and int(year[1]) != self.year:
                self.doubt(line, _("Este título es de %(year)s, y el plan de otro año.") % {"year": year[1]})
            return True
        self.kind = kind
        self.rest = tidy(OF.sub("", YEAR.sub(" ", rest)))
        self.title = said.capitalize() if said != "poa" else "Programa operativo anual"
        self.note(line, _("Título del plan"))
        if year:
            self.year = self.year or int(year[1])
            self.note(line, _("año %(year)s") % {"year": year[1]})
        if self.rest:
            self.note(line, _("unidad responsable"))
        return True

    def take_calendar_title(self, text: str, line: int) -> bool:
        if len(text.split()) > 8 or not re.match(
            r"(?:calendario|cronograma|calendarizacion|programacion)\b", fold(text)
        ):
            return False
        self.close()
        self.note(line, _("Título del calendario"))
        if year := YEAR.search(text):
            self.see_calendar(int(year[1]), line)
        return True

    def see_calendar(self, year: int, line: int) -> None:
        self.note(line, _("año del calendario %(year)s") % {"year": year})
        if self.calendar and self.calendar[0] != year:
            self.doubt(line, _("Otro calendario del documento es de %(year)s.") % {"year": self.calendar[0]})
        self.calendar = self.calendar or (year, line)

    def open(self, label: Label, line: int) -> None:
        title = None
        if label.field is Field.GENERAL:
            title = self.pop_title()
        self.close_section()
        self.started = True
        self.note(line, _("Rótulo: %(name)s") % {"name": label.words.lower() or LABELS[label.field][0]})
        if label.field is Field.CALENDAR and label.year:
            self.see_calendar(label.year, line)
        if label.field is Field.GOALS and self.indicator and len(self.indicator.fields) > 1:
            label = as_target(label)
        if label.field is Field.GENERAL or (
            label.field in OF_PROGRAMME - {Field.ALIGNMENT, Field.INPUT}
            and self.sheet
            and label.field.value in self.sheet.fields
        ):
            if label.field is not Field.GENERAL:
                self.doubt(
                    line,
                    _(
                        "«%(name)s» aparece otra vez: se abrió otro programa, y parece que le falta el principio."
                    )
                    % {"name": LABELS[label.field][0]},
                )
            self.new_sheet(title, line)
        if label.field in OF_INDICATOR:
            self.ready_indicator(label, line)
        self.section = Section(label, line)

    def pop_title(self) -> tuple[int, str] | None:
        """What stood alone above a programme is its name, whatever it was taken for."""
        parts = self.section.parts
        if self.section.field not in {None, Field.DESCRIPTION, Field.GOALS, Field.CALENDAR} or not parts:
            return None
        line, text = parts[-1]
        if len(text) > 120 or text.endswith((".", ";", ",")) or len(text.split()) > 16:
            return None
        parts.pop()
        return line, text

    def add(self, text: str, line: int) -> None:
        if self.section.field is Field.VALUES and self.is_heading(text):
            self.close_section()
            self.section = Section(None, 0)
        self.section.parts.append((line, text))
        if self.section.field in SHORT:
            self.close_section()

    def is_heading(self, text: str) -> bool:
        """A title that is none of ours, below values that were explained."""
        explained = any(len(part.split()) > 5 for _line, part in self.section.parts)
        return text.isupper() and len(text.split()) <= 8 and explained

    def close(self) -> None:
        self.close_section()
        self.table = None

    def close_section(self) -> None:
        section, self.section = self.section, Section(None, 0)
        if section.label is None:
            self.take_free(section.parts)
            return
        if section.parts:
            self.store(section.label, section.parts)
        elif section.label.field in FIGURES:
            self.note(section.line, _("vacío"))

    def take_free(self, parts: list[tuple[int, str]]) -> None:
        """Lines under no label: before everything they describe the office; after it, people sign."""
        for line, text in parts:
            if not self.started and len(text.split()) > 8:
                self.add_words("description", text, line)
                self.note(line, _("Descripción del plan"))
            elif POST.match(text):
                self.said.setdefault("responsible", self.fitting(tidy(text), "responsible", line))
                self.note(line, _("Quién responde"))
            elif PERSON.match(text):
                self.doubt(line, _("Es el nombre de una persona: el plan guarda el cargo y no el nombre."))
            elif not CONTACT.search(fold(text)):
                self.doubt(line, _("No supimos qué es esta línea: si es del plan, escríbela en su lugar."))

    # --- Where each thing goes ---

    def store(self, label: Label, parts: list[tuple[int, str]]) -> None:
        part = label.field
        if part in OF_INDICATOR:
            self.store_indicator(label, parts)
        elif part is Field.INPUT:
            self.store_inputs(parts)
        elif part in OF_PROGRAMME and not (part is Field.PARTICULAR and not self.sheet):
            self.set_programme(label, joined(parts), parts[0][0], [line for line, _text in parts])
        elif part is Field.VALUES:
            self.store_values(parts)
        elif part in {Field.GOALS, Field.PARTICULAR}:
            for lines, text in items(parts):
                self.goals.append(self.fitting(text, "goals", lines[0]))
                for line in lines:
                    self.note(line, _("Propósito %(number)s") % {"number": len(self.goals)})
        elif part is Field.ACTIVITY:
            self.store_activities(parts)
        elif part is Field.YEAR:
            self.store_year(parts)
        elif part in OF_PLAN | OF_OWNER:
            self.store_words(part, parts)
        else:
            self.take_free(parts)

    def store_words(self, part: Field, parts: list[tuple[int, str]]) -> None:
        """Words of the plan, or of the programme that is open."""
        sheet = self.sheet if part in {Field.DESCRIPTION, Field.RESPONSIBLE} else None
        title = str(LABELS[part][0]).capitalize()
        for line, text in parts:
            if part is Field.RESPONSIBLE and self.indicator and not sheet:
                self.indicator.fields["responsible"] = self.fitting(text, "responsible", line)
                self.note(line, self.of_mark(self.indicator, part))
            elif sheet:
                kept = f"{sheet.fields.get(part.value, '')} {text}"
                sheet.fields[part.value] = self.fitting(kept, part.value, line)
                self.note(line, self.of_sheet(sheet, str(LABELS[part][0])))
            else:
                self.add_words(part.value, text, line)
                self.note(line, title)

    def add_words(self, name: str, text: str, line: int) -> None:
        self.said[name] = self.fitting(f"{self.said.get(name, '')} {text}", name, line)

    def store_year(self, parts: list[tuple[int, str]]) -> None:
        line, text = parts[0]
        if found := YEAR.search(text):
            if self.year and self.year != int(found[1]):
                self.doubt(line, _("El título dice otro año: %(year)s.") % {"year": self.year})
            self.year = self.year or int(found[1])
            self.note(line, _("Año del plan"))
        else:
            self.doubt(line, _("Aquí se esperaba un año de cuatro cifras."))

    def store_values(self, parts: list[tuple[int, str]]) -> None:
        for lines, text in items(parts):
            found = MEANS.match(text) or NAMED.match(text)
            name = found[1] if found else text
            # In «Respeto: tratar bien» the text is what follows; a sentence stays whole.
            meaning = found[2] if found and found.re is NAMED else text
            self.values.append(
                (
                    self.fitting(sentence(tidy(name)).rstrip("."), "value", lines[0]),
                    self.fitting(meaning, "", lines[0]),
                )
            )
            for line in lines:
                self.note(line, _("Valor: %(name)s") % {"name": self.values[-1][0]})

    def store_inputs(self, parts: list[tuple[int, str]]) -> None:
        sheet = self.need_sheet(parts[0][0])
        for lines, text in items(parts):
            found = MONEY.search(text)
            sheet.inputs.append(
                {
                    "description": self.fitting(text, "inputs", lines[0]),
                    "amount": self.figure(found[0], lines[0]) if found else None,
                    "line": lines[0],
                }
            )
            for line in lines:
                self.note(line, self.of_sheet(sheet, _("insumo %(number)s") % {"number": len(sheet.inputs)}))

    def store_activities(self, parts: list[tuple[int, str]]) -> None:
        for lines, text in items(parts):
            activity = self.new_activity(lines[0])
            activity.fields["description"] = self.fitting(text, "activities", lines[0])
            for line in lines:
                self.note(line, _("Actividad %(number)s") % {"number": activity.number})
            self.doubt(lines[0], _("Esta actividad no trae meses: márcalos en el plan."))

    def set_programme(self, label: Label, text: str, line: int, lines: Iterable[int] = ()) -> None:
        sheet = self.need_sheet(line)
        name = str(LABELS[label.field][0])
        for one in lines or [line]:
            self.note(one, self.of_sheet(sheet, name))
        if says_nothing(text):
            self.doubt(
                line,
                _("Dice «%(text)s»: «%(name)s» queda vacío. Si lo hay, escríbelo.")
                % {"text": text, "name": name},
            )
            sheet.fields.setdefault(label.field.value, "")
        elif label.field is Field.ALIGNMENT:
            sheet.alignment.append(
                (self.fitting(label.words, "alignment", line), self.fitting(text, "", line))
            )
        else:
            sheet.fields[label.field.value] = self.fitting(text, label.field.value, line)

    def store_indicator(self, label: Label, parts: list[tuple[int, str]]) -> None:
        if label.field is Field.INDICATOR and key_of(label.words).startswith("indicador") and len(parts) > 1:
            several = items(parts)
        else:
            several = [([line for line, _text in parts], joined(parts))]
        for place, (lines, text) in enumerate(several):
            mark = self.indicator
            if mark is None or (place and label.field is Field.INDICATOR):
                mark = self.new_indicator(lines[0])
            self.set_figure(mark, label, text, lines[0])
            for line in lines[1:]:
                self.note(line, self.of_mark(mark, label.field))

    def ready_indicator(self, label: Label, line: int) -> None:
        """The indicator that a label speaks of: the one that is open, or another where that has one already."""
        mark = self.indicator
        if mark is None or (label.field is not Field.MILESTONE and label.field.value in mark.fields):
            mark = self.new_indicator(line)
        if label.field is Field.BASELINE and label.year:
            mark.fields["baseline_year"] = label.year
        if label.field not in {Field.MILESTONE, Field.RED}:
            mark.fields.setdefault(label.field.value, None)

    def set_figure(self, mark: Mark, label: Label, text: str, line: int) -> None:
        """What a field of an indicator says."""
        part = label.field
        self.note_mark(line, mark, part)
        if says_nothing(text):
            self.doubt(
                line,
                _("Dice «%(text)s»: «%(name)s» queda vacío. Si lo hay, escríbelo.")
                % {"text": text, "name": LABELS[part][0]},
            )
        elif part in CHOICES:
            mark.fields[part.value] = choice_of(part, text)
            if not mark.fields[part.value]:
                options = ", ".join(dict.fromkeys(CHOICES[part].values()))
                self.doubt(
                    line,
                    _("«%(text)s» no es de las palabras que se esperan (%(options)s): no se tomó.")
                    % {"text": shorten(text, 60), "options": options},
                )
        elif part in FIGURES:
            self.set_number(mark, label, text, line)
        elif part in {Field.GREEN, Field.YELLOW}:
            mark.fields[part.value] = self.figure(text, line)
        elif part is Field.RED:
            self.doubt(line, _("El rojo es lo que queda bajo el amarillo: no se guarda aparte."))
        elif part is Field.BASELINE_YEAR:
            found = YEAR.search(text)
            mark.fields[part.value] = int(found[1]) if found else None
        elif part is Field.INDICATOR:
            mark.fields["name"] = self.fitting(text, "name", line)
            if len(text) > LIMITS["name"]:
                mark.fields.setdefault("definition", self.fitting(text, "", line))
        else:
            mark.fields[part.value] = self.fitting(text, part.value, line)

    def set_number(self, mark: Mark, label: Label, text: str, line: int) -> None:
        part = label.field
        if part is Field.TARGET and not NUMBER.fullmatch(text.strip()):
            mark.fields["target_text"] = self.fitting(text, "target_text", line)
        figures = list(NUMBER.finditer(text))
        percents = [found for found in figures if found[2]]
        found = next(iter(percents or figures), None)
        alone = found is not None and bool(NUMBER.fullmatch(text.strip()))
        # A number among words is a figure only as a percentage: «en 24 horas» is no goal of 24.
        if found is None or not (alone or found[2]):
            if part is not Field.TARGET:
                self.doubt(
                    line,
                    _("Aquí se esperaba un número: «%(text)s» no se tomó.") % {"text": shorten(text, 60)},
                )
            return
        if len(percents or figures) > 1:
            self.doubt(line, _("Hay varias cifras: se tomó la primera."))
        value = self.figure(found[0], line)
        self.writing.append(
            (
                part.value,
                line,
                "%" if found[2] else "fraction" if value is not None and 0 < value < 1 else "number",
            )
        )
        if found[2]:
            mark.fields.setdefault("percent", True)
        if part is Field.MILESTONE:
            month = label.month or period_of(label.words)
            kept = mark.fields.setdefault("milestones", {})
            if value is not None:
                kept[month] = value
        else:
            mark.fields[part.value] = value
        mark.fields.setdefault("where", {})[(part.value, label.month)] = line

    def figure(self, text: str, line: int) -> Decimal | None:
        """A number as people write it here: 1,250.50, and 0,6 for what somebody wrote with a comma."""
        found = NUMBER.search(text)
        if not found:
            return None
        digits = found[1]
        digits = digits.replace(",", "") if re.search(r"\d,\d{3}(?!\d)", digits) else digits.replace(",", ".")
        try:
            value = Decimal(digits)
        except InvalidOperation:
            return None
        if found[0].startswith("-"):
            value = -value
        if abs(value) >= 10**7:
            self.doubt(line, _("La cifra es demasiado grande: no se tomó."))
            return None
        if value != round(value, 2):
            self.doubt(line, _("La cifra lleva más de dos decimales y se redondeó: revísala."))
        return round(value, 2) if value != round(value, 2) else value

    # --- Programmes, indicators, activities ---

    def new_sheet(self, title: tuple[int, str] | None, line: int) -> Sheet:
        sheet = Sheet("")
        self.sheets.append(sheet)
        self.sheet, self.indicator = sheet, None
        if title:
            sheet.name = self.fitting(title[1], "programme", title[0])
            self.note(title[0], self.of_sheet(sheet, _("nombre")))
        else:
            sheet.name = _("Programa %(number)s") % {"number": len(self.sheets)}
            self.doubt(line, _("Este programa no lleva nombre arriba: escríbeselo."))
        return sheet

    def need_sheet(self, line: int) -> Sheet:
        return self.sheet or self.new_sheet(None, line)

    def new_indicator(self, line: int) -> Mark:
        mark = Mark(len(self.indicators) + 1, self.sheet, line)
        self.indicators.append(mark)
        self.indicator = mark
        return mark

    def new_activity(self, line: int) -> Mark:
        mark = Mark(len(self.activities) + 1, self.sheet, line)
        self.activities.append(mark)
        return mark

    def of_sheet(self, sheet: Sheet, what: str) -> str:
        number = next(place for place, one in enumerate(self.sheets, start=1) if one is sheet)
        return _("Programa %(number)s · %(what)s") % {"number": number, "what": what}

    def note_mark(self, line: int, mark: Mark, part: Field) -> None:
        """Add a field to what the line says of its indicator already."""
        kept = self.became.get(line, [])
        start = self.of_mark(mark, part).rsplit(" · ", 1)[0]
        if kept and kept[-1].startswith(f"{start} · ") and (what := str(LABELS[part][0])) not in kept[-1]:
            kept[-1] += f", {what}"
        else:
            self.note(line, self.of_mark(mark, part))

    def of_mark(self, mark: Mark, part: Field) -> str:
        return _("Indicador %(number)s · %(what)s") % {"number": mark.number, "what": LABELS[part][0]}

    # --- The plan ---

    def plan(self) -> PlanPart:
        first = next(line.number for line in self.lines if not line.blank)
        for mark in self.indicators:
            self.settle(mark)
        unit = self.unit(first)
        title = self.title or _("Plan anual")
        if not self.title:
            self.doubt(first, _("El documento no lleva título de plan: escríbelo antes de cargarlo."))
        elif self.rest:
            title = _("%(title)s de %(unit)s") % {"title": title, "unit": self.rest}
        year = self.year or self.assumed
        if not self.year:
            self.doubt(first, _("El documento no dice de qué año es: se tomó %(year)s.") % {"year": year})
        if not (
            self.sheets
            or self.indicators
            or self.activities
            or self.goals
            or self.values
            or self.said.get("mission")
            or self.said.get("vision")
        ):
            raise BrokenPlan(
                _(
                    "En «%(name)s» no encontramos un plan: ni misión, ni indicadores, ni actividades, ni programas. "
                    "Revisa que sea el documento correcto."
                )
                % {"name": self.name}
            )
        codes = Counter[str]()
        indicators = {id(mark): self.indicator_line(mark, codes) for mark in self.indicators}
        return PlanPart(
            key=slug(unit, limit=60),
            title=self.fitting(title, "title", first),
            year=year,
            kind=self.kind.value,
            unit_name=unit,
            responsible=self.said.get("responsible", ""),
            calendar_year=self.calendar[0] if self.calendar else None,
            description=self.said.get("description", ""),
            mission=self.said.get("mission", ""),
            vision=self.said.get("vision", ""),
            values=tuple(pair for pair in self.values if all(pair)),
            goals=tuple(filter(None, self.goals)),
            source=self.fitting(_("Importado de «%(name)s».") % {"name": self.name}, "", first),
            programmes=tuple(self.sheet_line(sheet, indicators) for sheet in self.sheets),
            indicators=tuple(indicators[id(mark)] for mark in self.indicators if mark.sheet is None),
            activities=tuple(self.activity_line(mark) for mark in self.activities if mark.sheet is None),
        )

    def unit(self, first: int) -> str:
        if said := self.said.get("unit_name") or self.rest:
            return self.fitting(said, "unit_name", first)
        for line in self.lines:
            if found := UNIT.search(mended(line.text)):
                unit = self.fitting(found[1], "unit_name", line.number)
                self.doubt(
                    line.number,
                    _("De aquí se tomó la unidad responsable, «%(unit)s»: revísala.")
                    % {"unit": sentence(unit)},
                )
                return sentence(unit)
        self.doubt(first, _("El documento no dice qué unidad responde: escríbela antes de cargarlo."))
        return _("Comunicación Social")

    def settle(self, mark: Mark) -> None:
        """Percentages in one writing, 60 and not 0.6, and lights in their order."""
        fields = mark.fields
        percent = fields.pop("percent", False)
        where: dict[tuple[str, int], int] = fields.pop("where", {})
        unit = fields.get("unit")
        if percent and not unit:
            fields["unit"] = unit = PERCENT
        percentage = not unit or fold(unit).startswith(("porcentaje", "%", "por ciento"))
        for (name, month), line in where.items():
            kept: dict[Any, Any] = fields["milestones"] if month else fields
            place = month or name
            value = kept.get(place)
            if percentage and value is not None and 0 < value < 1 and (name, line, "%") not in self.writing:
                kept[place] = value * 100
                self.doubt(
                    line,
                    _("Dice %(value)s y se tomó por %(percent)s %%: revísalo.")
                    % {"value": value, "percent": f"{(value * 100).normalize():f}"},
                )
        green, yellow = fields.get("green_from"), fields.get("yellow_from")
        if green is not None or yellow is not None:
            default = {"green_from": Decimal(95), "yellow_from": Decimal(80)}
            given = {name: value for name in default if (value := fields.get(name)) is not None}
            lights = default | given
            if not 0 < lights["yellow_from"] <= lights["green_from"] <= 999:
                self.doubt(mark.line, _("El semáforo no está en orden: quedó el de costumbre, 95 y 80."))
                lights = default
            fields |= lights

    def indicator_line(self, mark: Mark, codes: Counter[str]) -> IndicatorLine:
        fields = {
            name: value for name, value in mark.fields.items() if value is not None and name != "inputs"
        }
        name = fields.get("name") or ""
        if not name:
            name = shorten(fields.get("narrative", ""), LIMITS["name"]) or _("Indicador sin nombre")
            self.doubt(mark.line, _("Falta el nombre de este indicador: escríbelo."))
        code = slug(re.sub(r"^(?:la|el|los|las)\s+", "", name, flags=re.IGNORECASE), limit=54)
        if OWN_CODE.fullmatch(code):
            code = f"indicador-{code}"
        codes[code] += 1
        while codes[code] > 1 and (other := f"{code}-{codes[code]}") in codes:
            codes[code] += 1
        if codes[code] > 1:
            codes[other] += 1
            code = other
        milestones = tuple(sorted(fields.pop("milestones", {}).items()))
        return IndicatorLine(**fields | {"name": name, "code": code, "milestones": milestones})

    def sheet_line(self, sheet: Sheet, indicators: dict[int, IndicatorLine]) -> ProgrammeLine:
        inputs = tuple(
            InputLine(**{name: value for name, value in needed.items() if name != "line"})
            for needed in sheet.inputs
            if needed["description"]
        )
        return ProgrammeLine(
            name=sheet.name,
            months=sheet.months or NO_MONTH,
            inputs=inputs,
            alignment=tuple(pair for pair in sheet.alignment if all(pair)),
            indicators=tuple(indicators[id(mark)] for mark in self.indicators if mark.sheet is sheet),
            activities=tuple(self.activity_line(mark) for mark in self.activities if mark.sheet is sheet),
            **sheet.fields,
        )

    def activity_line(self, mark: Mark) -> ActivityLine:
        return ActivityLine(**mark.fields)

    def look_twice(self, plan: PlanPart) -> None:
        """What only the whole document shows."""
        if self.calendar and self.calendar[0] != plan.year:
            self.doubt(
                self.calendar[1],
                _("El calendario dice %(calendar)s y el plan es de %(year)s: revisa cuál vale.")
                % {"calendar": self.calendar[0], "year": plan.year},
            )
        for column in {name for name, _line, _way in self.writing}:
            ways = Counter(way for name, _line, way in self.writing if name == column)
            usual = ways.most_common(1)[0][0]
            for name, line, way in self.writing:
                if name == column and way != usual and "%" in ways:
                    self.doubt(
                        line, _("Esta cifra está escrita de otro modo que las demás: ¿es un porcentaje?")
                    )
        words = " ".join(line.text for line in self.lines)
        if len(words.split()) > 60 and not re.search("[áéíóúñÁÉÍÓÚÑ]", words):
            first = next(line.number for line in self.lines if not line.blank)
            self.doubt(first, _("El documento llegó sin acentos: revisa los nombres antes de cargarlo."))


def answered(cells: Sequence[str]) -> bool:
    """Whether a label has its value beside it, though that sounds like a label too: «Nivel | Actividad»."""
    label = label_of(cells[0])
    if len(cells) != 2 or not label:
        return False
    return not label_of(cells[1]) or (label.field in CHOICES and bool(choice_of(label.field, cells[1])))


def as_target(label: Label) -> Label:
    """«Meta» in a table or a sheet of an indicator is its target."""
    if label.field is not Field.GOALS and key_of(label.words) not in GOAL_KEYS:
        return label
    return Label(field=Field.TARGET, year=label.year, rest=label.rest, words=label.words)


def level_before(text: str) -> str:
    """The level that a narrative begins with: «Fin: contribuir a…»."""
    head, colon, _rest = text.partition(":")
    return choice_of(Field.LEVEL, head) if colon else ""


def longest_of(cells: Sequence[str]) -> int:
    texts = [(len(cell), spot) for spot, cell in enumerate(cells) if len(cell) > 3 and mark_of(cell) is None]
    return max(texts)[1] if texts else -1


def items(parts: list[tuple[int, str]]) -> list[tuple[list[int], str]]:
    """Things of a list, each with its lines: a line that breaks off goes on in the next."""
    bullets = any(BULLET.match(text) for _line, text in parts)
    found: list[tuple[list[int], str]] = []
    for line, text in parts:
        own = BULLET.sub("", text).strip()
        goes_on = (
            bool(found)
            and not BULLET.match(text)
            and (
                UNFINISHED.search(found[-1][1])
                or text[:1].islower()
                or (bullets and not found[-1][1].endswith("."))
            )
        )
        if goes_on:
            lines, before = found.pop()
            found.append(([*lines, line], f"{before} {own}"))
        elif own:
            found.append(([line], own))
    return found


def joined(parts: Iterable[tuple[int, str]]) -> str:
    return " ".join(text for _line, text in parts)


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def tidy(text: str) -> str:
    """Words that were shouted, said as a name."""
    text = (
        " ".join(text.split()).strip(" .:,;-–—")
        if text.isupper()
        else " ".join(text.split()).strip(" :,;-–—")
    )
    if not text.isupper() or len(text) < 4:
        return text
    words = [
        word if word in SMALL else re.sub(r"\w+", lambda one: one[0].capitalize(), word)
        for word in text.lower().split()
    ]
    return sentence(" ".join(words))


def months_in_words(months: Sequence[bool]) -> str:
    if all(months):
        return _("los doce meses")
    return ", ".join(name[:3] for name, month in zip(MONTHS, months, strict=True) if month) or _("ningún mes")
