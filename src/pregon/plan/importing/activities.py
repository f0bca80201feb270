"""Activities, each with the months in which it is planned and those in which it was done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.core.text import fold, shorten
from pregon.plan.importing.labels import MONTHS, Field, mark_of
from pregon.plan.importing.notes import Notes
from pregon.plan.importing.programmes import Mark, Programmes, Sheet
from pregon.plan.importing.words import NUMBER, items, months_in_words
from pregon.plan.values import ActivityLine, is_per_cent

#: How people write what they do: «Difundir los actos», «Al interior, cubrir los actos», «Se cubrirá el informe».
DOING = re.compile(r"(?:[a-z]+\W+){0,6}?[a-z]{2,}(?:ar|er|ir)\b|se [a-z]+ran?\b")


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
        amounts: dict[int, Decimal] = {}
        unknown: dict[int, str] = {}
        for month, mark in marks.items():
            if NUMBER.fullmatch(mark.strip()) and (amount := self.notes.figure(mark, line)):
                planned[month - 1] = True
                amounts[month] = amount
                if "%" in mark:
                    activity.fields["percent"] = True
                continue
            known = mark_of(mark)
            if known is None:
                unknown[month] = shorten(mark, 40)
                continue
            planned[month - 1] |= known[0]
            done[month - 1] |= known[1]
        if unknown:
            self._doubt_marks(unknown, line)
        activity.fields |= {"months": tuple(planned), "done": tuple(done), "amounts": amounts}
        words = _("Actividad %(number)s") % {"number": activity.number}
        if dated:
            words += " · " + months_in_words(planned)
        else:
            self.notes.doubt(line, _("Esta actividad no trae meses: márcalos en el plan."))
        self.notes.note(line, words)
        return activity

    def _doubt_marks(self, unknown: Mapping[int, str], line: int) -> None:
        """One sentence for all marks of a row that nobody knows, with their months."""
        kinds = list(dict.fromkeys(unknown.values()))
        months = _("los doce meses") if len(unknown) == 12 else ", ".join(MONTHS[one - 1] for one in unknown)
        told = ngettext(
            "No conocemos la marca %(marks)s de %(months)s: no se tomó.",
            "No conocemos las marcas %(marks)s de %(months)s: no se tomaron.",
            len(kinds),
        )
        self.notes.doubt(line, told % {"marks": ", ".join(f"«{mark}»" for mark in kinds), "months": months})

    def find_in(self, sheets: Iterable[Sheet]) -> None:
        """A document without a list of activities says in the description of each programme what is done in its
        months, or in its line of action."""
        if self.marks:
            return
        for sheet in sheets:
            told = [
                item for item in items(sheet.told.get(Field.DESCRIPTION, [])) if DOING.match(fold(item[1]))
            ]
            for lines, text in (
                (told or items(sheet.told.get(Field.LINE_OF_ACTION, []))) if sheet.months else ()
            ):
                self._suppose(sheet, lines, text)

    def _suppose(self, sheet: Sheet, lines: list[int], text: str) -> None:
        activity = Mark(len(self.marks) + 1, sheet, lines[0])
        self.marks.append(activity)
        activity.fields = {
            "description": self.notes.fitting(text, "activities", lines[0]),
            "months": sheet.months,
        }
        for line in lines:
            self.notes.note(line, _("Actividad %(number)s") % {"number": activity.number})
        self.notes.doubt(
            lines[0],
            _(
                "Se tomó también por una actividad, con los meses de su programa: si no lo es, quítala del plan."
            ),
        )

    def settle(self) -> None:
        """Where no month of the document says more than 1, that is a mark and no number."""
        counted = [amount for mark in self.marks for amount in mark.fields.get("amounts", {}).values()]
        if all(amount == 1 for amount in counted):
            for mark in self.marks:
                mark.fields.pop("amounts", None)
        for mark in self.marks:
            if (amounts := mark.fields.get("amounts")) and mark.serves:
                self._promise(mark, mark.serves.fields, amounts)

    def _promise(self, mark: Mark, promised: dict[str, Any], amounts: dict[int, Decimal]) -> None:
        """What the months of an activity add up to is what its indicator should reach by the end of each. Parts of a
        whole add up to nothing."""
        share = mark.fields.get("percent") or promised.get("percent")
        if share or is_per_cent(promised.get("unit") or ""):
            return
        months = sorted(amounts)
        promised["milestones"] = dict(
            zip(months, accumulate(amounts[month] for month in months), strict=True)
        )
        total = sum(amounts.values(), Decimal(0))
        if promised.get("target") is None:
            promised["target"] = total
        elif promised["target"] != total:
            self.notes.doubt(
                mark.line,
                _("Los meses suman %(total)s y la meta dice %(target)s: revisa cuál vale.")
                % {"total": total, "target": promised["target"]},
            )

    def line(self, mark: Mark, codes: Mapping[int, str]) -> ActivityLine:
        """The activity as the plan has it, where ``codes`` are those of the indicators under the identity of theirs."""
        fields = {name: value for name, value in mark.fields.items() if name != "percent"}
        amounts = tuple(sorted(fields.pop("amounts", {}).items()))
        return ActivityLine(
            **fields, amounts=amounts, indicator=codes[id(mark.serves)] if mark.serves else ""
        )
