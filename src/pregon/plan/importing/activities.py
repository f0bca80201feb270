"""Activities, each with the months in which it is planned and those in which it was done."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from pregon.core.text import shorten
from pregon.plan.importing.labels import MONTHS, mark_of
from pregon.plan.importing.notes import Notes
from pregon.plan.importing.programmes import Mark, Programmes
from pregon.plan.importing.words import items, months_in_words
from pregon.plan.values import ActivityLine


class Activities:
    """Those of a document, in its order."""

    def __init__(self, notes: Notes, programmes: Programmes) -> None:
        self.notes, self.programmes = notes, programmes
        self.marks: list[Mark] = []

    def new(self, line: int) -> Mark:
        mark = Mark(len(self.marks) + 1, self.programmes.sheet, line)
        self.marks.append(mark)
        return mark

    def add(self, parts: list[tuple[int, str]]) -> None:
        for lines, text in items(parts):
            activity = self.new(lines[0])
            activity.fields["description"] = self.notes.fitting(text, "activities", lines[0])
            for line in lines:
                self.notes.note(line, _("Actividad %(number)s") % {"number": activity.number})
            self.notes.doubt(lines[0], _("Esta actividad no trae meses: márcalos en el plan."))

    def add_row(self, text: str, marks: Mapping[int, str], line: int, *, dated: bool) -> Mark:
        """A row with its marks by month; without ``dated`` its table has no months at all."""
        activity = self.new(line)
        if not text:
            self.notes.doubt(line, _("Hay meses marcados y falta qué actividad es: escríbela."))
        activity.fields["description"] = self.notes.fitting(text, "activities", line) or _(
            "Actividad sin nombre"
        )
        planned, done = [False] * 12, [False] * 12
        for month, mark in marks.items():
            known = mark_of(mark)
            if known is None:
                self.notes.doubt(
                    line,
                    _("No conocemos la marca «%(mark)s» de %(month)s: no se tomó.")
                    % {"mark": shorten(mark, 40), "month": MONTHS[month - 1]},
                )
                continue
            planned[month - 1] |= known[0]
            done[month - 1] |= known[1]
        activity.fields |= {"months": tuple(planned), "done": tuple(done)}
        words = _("Actividad %(number)s") % {"number": activity.number}
        if dated:
            words += " · " + months_in_words(planned)
        else:
            self.notes.doubt(line, _("Esta actividad no trae meses: márcalos en el plan."))
        self.notes.note(line, words)
        return activity

    def line(self, mark: Mark) -> ActivityLine:
        return ActivityLine(**mark.fields)
