"""Tables: their columns by their headings, their rows, and what moved, was joined or fell out on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.plan.importing.gathering import Gathered
from pregon.plan.importing.indicators import OF_INDICATOR, as_target, level_before
from pregon.plan.importing.labels import (
    CHOICES,
    YEAR,
    Field,
    Label,
    choice_of,
    column_of,
    key_of,
    kind_of,
    label_of,
    mark_of,
    month_of,
)
from pregon.plan.importing.programmes import OF_INPUT, OF_PROGRAMME, Mark
from pregon.plan.importing.sections import Sections
from pregon.plan.importing.sheets import Line
from pregon.plan.importing.words import NUMBER

#: What stands over what the months of a row add up to.
TOTALS, TOTAL = frozenset({key_of("total"), key_of("total anual")}), Label(field=Field.TARGET, words="Total")
#: What numbers a row.
COUNT = re.compile(r"\d{1,3}\.?")
#: What a document calls a row by: «IND-04», «A.1».
KEY = re.compile(r"(?=.*\d)[\w./-]{1,20}")


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


class Tables:
    """What is read in rows."""

    def __init__(self, gathered: Gathered, sections: Sections) -> None:
        self.sections = sections
        self.notes, self.identity = gathered.notes, gathered.identity
        self.programmes, self.indicators = gathered.programmes, gathered.indicators
        self.activities = gathered.activities
        self.table: Table | None = None

    def take_header(self, line: Line) -> bool:
        if len(line.said) < 2 or sum(cell.endswith(":") for cell in line.said) * 2 > len(line.said):
            return False
        columns = {spot: label for spot, cell in enumerate(line.cells) if cell and (label := column_of(cell))}
        months = {spot: month for spot, cell in enumerate(line.cells) if (month := month_of(cell))}
        if answered(line.said):
            return False
        if len(months) > 5 and not any(label.field is Field.TARGET for label in columns.values()):
            columns |= {spot: TOTAL for spot, cell in enumerate(line.cells) if key_of(cell) in TOTALS}
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
            self.notes.doubt(
                line.number,
                _("Aquí empieza otra tabla, pegada a la anterior: revisa que cada línea esté en la suya."),
            )
        self.close()
        unknown = [cell for spot, cell in enumerate(line.cells) if cell and spot not in columns | months]
        for cell in unknown:
            self.notes.doubt(line.number, _("No conocemos la columna «%(name)s».") % {"name": cell})
        self.table = Table(columns, months, len(line.cells))
        self.check_header(line, months)
        indicators, activities = self.table.fields & {Field.INDICATOR, Field.NARRATIVE}, self.table.months
        if indicators and activities:
            self.notes.doubt(
                line.number,
                _(
                    "Dos tablas están juntas, la de indicadores y la de actividades: se leyó cada una por sus columnas."
                ),
            )
        return True

    def check_header(self, line: Line, months: dict[int, int]) -> None:
        self.notes.note(line.number, _("Encabezado de la tabla"))
        if months and sorted(months.values()) != list(range(1, 13)):
            self.notes.doubt(
                line.number,
                _("El calendario tiene %(count)s meses y un año tiene doce: revisa cuáles.")
                % {"count": len(months)},
            )
        if year := YEAR.search(line.text):
            self.identity.see_calendar(int(year[1]), line.number)

    def take_row(self, line: Line) -> bool:
        """A row of the table that is open, or of one whose heading is missing."""
        if len(line.said) < 2 and not (self.table and (len(line.cells) > 1 or line.covered)):
            return False
        if not self.table and not self.guess_table(line):
            return False
        table = self.table
        if table is None:
            return False
        said = line.said
        first = len(said) == 1 and line.cells[0] == said[0]
        # A name alone in the first column is a heading, unless its marks are those of the line above.
        shared = first and any(map(line.from_above, table.months))
        if len(said) == 1 and (label_of(said[0]) or kind_of(said[0]) or (first and not shared)):
            return False
        if sum(cell.endswith(":") for cell in said) or len(
            [cell for cell in said if label_of(cell)]
        ) * 2 > len(said):
            return False
        shift = self.shift_of(table, line)
        cells = {spot - shift: cell for spot, cell in enumerate(line.cells) if cell}
        if len(said) == 1 and not shared and (spot := next(iter(cells))) in table.columns and table.row:
            return self.go_on(table, spot, said[0], line.number)
        table.rows += 1
        table.row = {}
        if Field.ACTIVITY in table.fields and cells.get(table.place(Field.ACTIVITY)):
            covered = line.across([place + shift for place in table.months]).items()
            cells |= {spot - shift: mark for spot, mark in covered if self.counts(line, spot, mark)}
        beyond = [spot for spot in cells if spot not in table.columns and spot not in table.months]
        self.take_marks(table, cells, line)
        self.take_columns(table, cells, line)
        for spot in beyond:
            if table.months and spot > max(table.months) and mark_of(cells[spot]):
                self.notes.doubt(line.number, _("Hay una marca fuera de los doce meses: no se tomó."))
            else:
                self.notes.doubt(
                    line.number,
                    _("«%(cell)s» no está en ninguna columna: no se tomó.") % {"cell": cells[spot]},
                )
        return True

    def counts(self, line: Line, spot: int, mark: str) -> bool:
        """Whether a merged cell says of ``spot`` too what it says where it begins. A mark does; of a number nobody
        knows how much of it is whose."""
        above = line.from_above(spot)
        if not NUMBER.fullmatch(mark):
            return not above or mark_of(mark) is not None
        told = (
            _("«%(cell)s» está en una celda unida con la línea de arriba: escribe cuánto le toca a esta.")
            if above
            else _("«%(cell)s» está en una celda que abarca varios meses: se tomó en el primero, repártelo.")
        )
        self.notes.doubt(line.number, told % {"cell": mark})
        return False

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
        elif self.sections.section.field is Field.GOALS and cells[0].isdigit() and 3 <= len(cells) <= 4:
            order = (Field.NUMBER, Field.INDICATOR, Field.TARGET, Field.UNIT)
            self.table = Table({spot: Label(field=part) for spot, part in enumerate(order)}, {}, 4)
            sentence = _("Falta el encabezado de la tabla: se leyó como indicador, meta y unidad de medida.")
        else:
            return False
        self.sections.close()
        self.notes.doubt(line.number, sentence)
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
            elif (
                text > number
                and first == number
                and len(line.cells[first]) > 3
                and not KEY.fullmatch(line.cells[first])
            ):
                shift = number - text  # the number fell out, and everything moved to the left
        elif text >= 0 and table.months and (longest := longest_of(line.cells)) >= 0:
            there = longest
            shift = there - text if abs(there - text) <= 2 and not any(line.cells[text : text + 1]) else 0
        if shift:
            self.notes.doubt(
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
        mark.fields[kept] = self.notes.fitting(f"{mark.fields[kept]} {text}", limit, line)
        self.notes.note(line, self.indicators.of(mark, label.field))
        self.notes.doubt(line, _("Sigue la línea de arriba: se unieron."))
        return True

    def take_marks(self, table: Table, cells: dict[int, str], line: Line) -> None:
        spot = table.place(Field.ACTIVITY)
        text = cells.get(spot, "") if spot >= 0 else ""
        marks = {month: cells[place] for place, month in table.months.items() if place in cells}
        if text or (marks and spot >= 0):
            table.row[spot] = self.activities.add_row(text, marks, line.number, dated=bool(table.months))

    def take_columns(self, table: Table, cells: dict[int, str], line: Line) -> None:
        """What the other columns of a row say of its indicator, its activity or its input."""
        wanted = [
            (spot, table.columns[spot])
            for spot in sorted(table.columns)
            if spot in cells or spot in table.row
        ]
        activity = table.row.get(table.place(Field.ACTIVITY))
        only = table.fields
        of_indicator = only & (OF_INDICATOR - {Field.SUPPOSITION, Field.DIRECTION})
        own = bool(activity) and not only & {Field.INDICATOR, Field.NARRATIVE}
        for spot, label in wanted:
            text, part = cells.get(spot, ""), label.field
            if not text or part in {Field.ACTIVITY, Field.NUMBER, Field.CALENDAR}:
                continue
            if (
                part in OF_INDICATOR
                and (of_indicator or not activity)
                and not (own and part is Field.SUPPOSITION)
            ):
                self.take_of_row(table, spot, label, text, line.number)
            elif activity and part in {Field.RESPONSIBLE, Field.SUPPOSITION}:
                limit = "responsible" if part is Field.RESPONSIBLE else ""
                activity.fields[part.value] = self.notes.fitting(text, limit, line.number)
            elif part in OF_INPUT | {Field.INPUT}:
                self.programmes.add_input_cell(part, text, line.number)
            elif part is Field.RESPONSIBLE and (mark := self.indicator_of(table)):
                mark.fields["responsible"] = self.notes.fitting(text, "responsible", line.number)
                self.indicators.note(line.number, mark, part)
            elif part in OF_PROGRAMME and part is not Field.INPUT:
                self.programmes.set(label, text, line.number)
            else:
                self.notes.doubt(
                    line.number,
                    _("«%(cell)s» no se pudo guardar en esta tabla.") % {"cell": shorten(text, 60)},
                )
        self.take_numbers(table, cells, line.number)

    def take_numbers(self, table: Table, cells: dict[int, str], line: int) -> None:
        """The key of a row is that of what stands to its right; a count of the rows says nothing that the plan does
        not say itself."""
        for spot, label in table.columns.items():
            if label.field is not Field.NUMBER or not (text := cells.get(spot)):
                continue
            if right := min((place for place in table.row if place > spot), default=0):
                mark = table.row[right]
                if text.strip(" .") != str(mark.number):
                    mark.fields.setdefault("reference", self.notes.fitting(text, "reference", line))

    def indicator_of(self, table: Table) -> Mark | None:
        return next((mark for mark in table.row.values() if mark in self.indicators.marks), None)

    def take_of_row(self, table: Table, spot: int, label: Label, text: str, line: int) -> None:
        mark = self.indicator_of(table)
        if mark is None:
            mark = self.indicators.new(line)
            if not table.fields & {Field.INDICATOR, Field.NARRATIVE}:
                self.name_after_activity(table, mark, line)
            if Field.LEVEL in table.fields and table.place(Field.LEVEL) != spot and table.level:
                mark.fields["level"] = table.level  # a level that several rows share is written once
        table.row[spot] = mark
        if (
            label.field is Field.NARRATIVE
            and Field.LEVEL not in table.fields
            and (level := level_before(text))
        ):
            mark.fields["level"] = level
        self.indicators.set(mark, label, text, line)
        if label.field is Field.LEVEL:
            table.level = mark.fields.get("level", "")

    def name_after_activity(self, table: Table, mark: Mark, line: int) -> None:
        """The unit, the goal and the like of an activity are those of an indicator that it serves."""
        activity = table.row.get(table.place(Field.ACTIVITY))
        if not activity:
            return
        activity.serves = mark
        self.indicators.set(mark, Label(field=Field.INDICATOR), str(activity.fields["description"]), line)
        if table.rows == 1:
            self.notes.doubt(
                line,
                _(
                    "En esta tabla cada actividad trae su meta o su unidad: se guardan en un indicador con el mismo "
                    "nombre. Revísalos."
                ),
            )

    def close(self) -> None:
        self.sections.close()
        self.table = None


def answered(cells: Sequence[str]) -> bool:
    """Whether a label has its value beside it, though that sounds like a label too: «Nivel | Actividad»."""
    label = label_of(cells[0])
    if len(cells) != 2 or not label:
        return False
    return not label_of(cells[1]) or (label.field in CHOICES and bool(choice_of(label.field, cells[1])))


def longest_of(cells: Sequence[str]) -> int:
    texts = [(len(cell), spot) for spot, cell in enumerate(cells) if len(cell) > 3 and mark_of(cell) is None]
    return max(texts)[1] if texts else -1
