"""Programmes: where they come from, what they need, and the months in which they are worked on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from pregon.plan.importing.labels import LABELS, MONTHS, Field, Label, mark_of, says_nothing
from pregon.plan.importing.notes import Notes
from pregon.plan.importing.words import MONEY, items

OF_PROGRAMME = frozenset(
    {
        *(Field.GENERAL, Field.PARTICULAR, Field.STRATEGY, Field.LINE_OF_ACTION),
        *(Field.PROGRAMME, Field.AXIS, Field.ALIGNMENT, Field.INPUT),
    }
)
OF_INPUT = frozenset({Field.AMOUNT, Field.BUDGET_LINE})


@dataclass(slots=True)
class Sheet:
    """A programme while it is understood."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    #: The lines of its description and of its line of action: where nothing else does, they say what is done.
    told: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
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
    #: The indicator that an activity serves.
    serves: Mark | None = None


class Programmes:
    """Those of a document, in its order."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.sheets: list[Sheet] = []

    @property
    def sheet(self) -> Sheet | None:
        """The one that is open: a programme ends where the next begins."""
        return self.sheets[-1] if self.sheets else None

    def new(self, title: tuple[int, str] | None, line: int) -> Sheet:
        sheet = Sheet("")
        self.sheets.append(sheet)
        if title:
            sheet.name = self.notes.fitting(title[1], "programme", title[0])
            self.notes.note(title[0], self.of(sheet, _("nombre")))
        else:
            sheet.name = _("Programa %(number)s") % {"number": len(self.sheets)}
            self.notes.doubt(line, _("Este programa no lleva nombre arriba: escríbeselo."))
        return sheet

    def need(self, line: int) -> Sheet:
        return self.sheet or self.new(None, line)

    def of(self, sheet: Sheet, what: str) -> str:
        number = next(place for place, one in enumerate(self.sheets, start=1) if one is sheet)
        return _("Programa %(number)s · %(what)s") % {"number": number, "what": what}

    def set(self, label: Label, text: str, line: int, lines: Iterable[int] = ()) -> None:
        sheet = self.need(line)
        name = str(LABELS[label.field][0])
        for one in lines or [line]:
            self.notes.note(one, self.of(sheet, name))
        if says_nothing(text):
            self.notes.doubt_word(text, name, line)
        if label.field is Field.ALIGNMENT:
            sheet.alignment.append(
                (self.notes.fitting(label.words, "alignment", line), self.notes.fitting(text, "", line))
            )
        else:
            sheet.fields[label.field.value] = self.notes.fitting(text, label.field.value, line)

    def add_inputs(self, parts: list[tuple[int, str]]) -> None:
        sheet = self.need(parts[0][0])
        for lines, text in items(parts):
            found = MONEY.search(text)
            sheet.inputs.append(
                {
                    "description": self.notes.fitting(text, "inputs", lines[0]),
                    "amount": self.notes.figure(found[0], lines[0]) if found else None,
                    "line": lines[0],
                }
            )
            for line in lines:
                self.notes.note(line, self.of(sheet, _("insumo %(number)s") % {"number": len(sheet.inputs)}))

    def add_input_cell(self, part: Field, text: str, line: int) -> None:
        sheet = self.need(line)
        if part is Field.INPUT:
            sheet.inputs.append({"description": self.notes.fitting(text, "inputs", line), "line": line})
            self.notes.note(line, self.of(sheet, _("insumo %(number)s") % {"number": len(sheet.inputs)}))
        elif sheet.inputs and sheet.inputs[-1]["line"] == line:
            if part is Field.AMOUNT:
                sheet.inputs[-1]["amount"] = self.notes.figure(text, line)
            else:
                sheet.inputs[-1]["budget_line"] = self.notes.fitting(text, "budget_line", line)
            self.notes.note(line, self.of(sheet, str(LABELS[part][0])))

    def set_months(self, months: list[int], marks: list[tuple[int, str]]) -> bool:
        """Where the marks of some months belong; says whether a programme took them."""
        sheet = self.sheet
        if not marks:
            return False
        last = marks[-1][0]
        if len(months) != 12 or len(set(months)) != len(months):
            self.notes.doubt(
                last,
                _("El calendario tiene %(count)s meses y un año tiene doce: revisa cuáles.")
                % {"count": len(months)},
            )
        if len(marks) != len(months):
            self.notes.doubt(
                last,
                _("Hay %(marks)s marcas para %(months)s meses: revisa en cuáles se trabaja.")
                % {"marks": len(marks), "months": len(months)},
            )
        planned = [False] * 12
        for (number, mark), month in zip(marks, months, strict=False):
            known = mark_of(mark)
            planned[month - 1] |= bool(known and any(known))
            if mark and sheet:
                self.notes.note(number, self.of(sheet, MONTHS[month - 1]))
        if sheet is None:
            self.notes.doubt(last, _("Estos meses no están en ningún programa: no se tomaron."))
            return False
        if sheet.months is not None:
            self.notes.doubt(last, _("Este programa ya traía un calendario: valen los meses de los dos."))
            planned = [one or other for one, other in zip(planned, sheet.months, strict=True)]
        sheet.months = tuple(planned)
        return True
