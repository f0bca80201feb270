"""The months of a programme: in a row, or one under the other where a table lost its lines."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from pregon.plan.importing.gathering import Gathered
from pregon.plan.importing.labels import Field, mark_of, month_of
from pregon.plan.importing.sheets import Line
from pregon.plan.importing.tables import Tables


class Calendars:
    """What is read of months outside of tables of activities."""

    def __init__(self, lines: Sequence[Line], gathered: Gathered, tables: Tables) -> None:
        self.lines, self.tables = lines, tables
        self.notes, self.programmes = gathered.notes, gathered.programmes

    def take(self, place: int) -> int:
        """Understand the months that begin at ``place``; gives the next place, or 0 where none do."""
        return self.below(place) or self.across(place)

    def below(self, place: int) -> int:
        """Months one under the other, and their marks below them: a table whose cells became lines."""
        months: list[int] = []
        end = place
        while end < len(self.lines) and (
            (said := self.lines[end].said) == [] or (len(said) == 1 and month_of(said[0]))
        ):
            if said:
                months.append(month_of(said[0]))
                self.notes.note(self.lines[end].number, _("Mes"))
            elif not months:
                break
            end += 1
        if len(months) < 3:
            for line in self.lines[place:end]:
                self.notes.forget(line.number)
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
            self.notes.doubt(
                self.lines[first - 1].number,
                _("El calendario no trae marcas: di en qué meses se trabaja."),
            )
        self.set(months, [(line.number, line.said[0] if line.said else "") for line in cells])
        return end

    def across(self, place: int) -> int:
        """A row of months with nothing else, and a row of marks below it."""
        line = self.lines[place]
        months = {spot: month for spot, cell in enumerate(line.cells) if (month := month_of(cell))}
        if len(months) < 3 or len(months) < len(line.said):
            return 0
        if (table := self.tables.table) and not table.rows and Field.ACTIVITY in table.fields:
            return 0
        below = place + 1
        while below < len(self.lines) and self.lines[below].blank:
            below += 1
        if below == len(self.lines) or any(mark_of(cell) is None for cell in self.lines[below].cells):
            return 0
        self.tables.close()
        marks = self.lines[below]
        self.notes.note(line.number, _("Meses"))
        spots = [*months]
        spanned = {spot: mark for spot, mark in marks.across(months).items() if mark_of(mark)}
        cells = dict(enumerate(marks.cells)) | spanned
        row = [(marks.number, cells.get(spot, "")) for spot in spots]
        over = [cell for spot, cell in enumerate(marks.cells) if cell and spot not in months]
        self.set([*months.values()], row + [(marks.number, cell) for cell in over])
        return below + 1

    def set(self, months: list[int], marks: list[tuple[int, str]]) -> None:
        if self.programmes.set_months(months, marks):
            self.tables.sections.drop()
