"""Makes a plan of the lines of a document, and says of every line what became of it.

It goes by what is written over things and not by where they stand. Where it had to guess, or where the document seems
to have suffered, the line carries a doubt for a person to look at; nothing is left out without the line saying so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from pregon.plan.importing.calendars import Calendars
from pregon.plan.importing.gathering import Gathered
from pregon.plan.importing.labels import LOST, MOJIBAKE
from pregon.plan.importing.sections import Sections
from pregon.plan.importing.sheets import Line
from pregon.plan.importing.tables import Tables
from pregon.plan.values import Draft

#: What a sheet shows where a formula has no result.
ERROR = re.compile(
    r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|¡DIV/0!|¿NOMBRE\?|¡NUM!|¡REF!|¡VALOR!|¡NULO!)"
)


def understand(lines: Sequence[Line], *, name: str, year: int) -> Draft:
    """What ``lines`` say, where ``year`` stands for the one that no line names.

    Raises :class:`BrokenPlan` when there is no plan in them.
    """
    gathered = Gathered()
    Reader(lines, gathered).read()
    plan = gathered.plan(lines, name=name, year=year)
    gathered.look_twice(plan, lines)
    return Draft(plan=plan, lines=tuple(gathered.notes.beside(line) for line in lines))


class Reader:
    """The way through a document: months, tables, and labels with what follows them."""

    def __init__(self, lines: Sequence[Line], gathered: Gathered) -> None:
        self.lines, self.notes = lines, gathered.notes
        self.sections = Sections(gathered)
        self.tables = Tables(gathered, self.sections)
        self.calendars = Calendars(lines, gathered, self.tables)

    def read(self) -> None:
        place = 0
        while place < len(self.lines):
            place = self.take(place)
        self.tables.close()

    def take(self, place: int) -> int:
        """Understand the line at ``place`` with those that it needs; gives the next place."""
        line = self.lines[place]
        self.check_letters(line)
        if line.blank:
            return place + 1
        if taken := self.calendars.take(place):
            return taken
        if not (self.tables.take_header(line) or self.tables.take_row(line)):
            self.tables.table = None
            self.sections.take_cells(line)
        return place + 1

    def check_letters(self, line: Line) -> None:
        if MOJIBAKE.search(line.text) or LOST.search(line.text):
            self.notes.doubt(line.number, _("Hay letras con acento que llegaron rotas: revísalas."))
        if any(ERROR.fullmatch(cell) for cell in line.said):
            self.notes.doubt(
                line.number,
                _(
                    "Una celda trae un error de Excel y no su resultado: corrígela en el libro y súbelo otra vez."
                ),
            )
        if line.unsolved:
            self.notes.doubt(
                line.number,
                _(
                    "Una celda trae su fórmula y no su resultado, y se dejó vacía: abre el libro en Excel, guárdalo y "
                    "súbelo otra vez."
                ),
            )
