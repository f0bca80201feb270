"""Labels, and what stands beside or below them until the next one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from pregon.core.text import fold
from pregon.plan.importing.gathering import Gathered
from pregon.plan.importing.indicators import FIGURES, OF_INDICATOR, as_target
from pregon.plan.importing.labels import CHOICES, LABELS, Field, Label, choice_of, kind_of, label_of
from pregon.plan.importing.programmes import OF_PROGRAMME
from pregon.plan.importing.sheets import Line
from pregon.plan.importing.words import POINT, joined

OF_PLAN = frozenset({Field.DESCRIPTION, Field.MISSION, Field.VISION, Field.VALUES, Field.GOALS, Field.YEAR})
OF_OWNER = frozenset({Field.UNIT_NAME, Field.RESPONSIBLE})
#: Fields that end with their first value; the others go on until the next label.
SHORT = frozenset(
    {*FIGURES, *CHOICES, Field.YEAR, Field.UNIT, Field.GREEN, Field.YELLOW, Field.RED, Field.BASELINE_YEAR}
)
#: What a list is taken apart in.
LISTS = frozenset({Field.VALUES, Field.GOALS, Field.PARTICULAR, Field.INPUT, Field.ACTIVITY, Field.INDICATOR})
#: Where a list stands among paragraphs.
PROSE = frozenset(
    {
        *(
            Field.DESCRIPTION,
            Field.MISSION,
            Field.VISION,
            Field.GENERAL,
            Field.STRATEGY,
            Field.LINE_OF_ACTION,
        ),
        *(Field.DEFINITION, Field.NARRATIVE, Field.METHOD, Field.VERIFICATION, Field.SUPPOSITION),
    }
)
CALENDAR = re.compile(r"(?:calendario|cronograma|calendarizacion|programacion)\b")


@dataclass(slots=True)
class Section:
    """What a label opened, until the next one closes it."""

    label: Label | None
    line: int
    parts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def field(self) -> Field | None:
        return self.label.field if self.label else None


class Sections:
    """What is read outside of tables."""

    def __init__(self, gathered: Gathered) -> None:
        self.notes, self.identity = gathered.notes, gathered.identity
        self.programmes, self.indicators = gathered.programmes, gathered.indicators
        self.activities = gathered.activities
        self.section = Section(None, 0)
        #: Whether a label came already: before it, lines describe the office.
        self.begun = False

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
                self.notes.doubt(
                    line.number,
                    _("«%(said)s» se leyó como «%(name)s»: revísalo.")
                    % {"said": label.words, "name": LABELS[label.field][0]},
                )
            if label.rest:
                self.add(label.rest, line.number)
            return not label.rest
        if alone and self.take_calendar_title(text, line.number):
            return False
        self.add(point if self.section.field in LISTS | PROSE else text, line.number)
        return False

    def take_title(self, text: str, line: int) -> bool:
        if not (found := kind_of(text)):
            return False
        self.close()
        self.identity.add_title(found, text, line)
        return True

    def take_calendar_title(self, text: str, line: int) -> bool:
        if len(text.split()) > 8 or not CALENDAR.match(fold(text)):
            return False
        self.close()
        self.identity.add_calendar_title(text, line)
        return True

    def open(self, label: Label, line: int) -> None:
        title = None
        if label.field is Field.GENERAL:
            title = self.pop_title()
        self.close()
        self.begun = True
        self.notes.note(line, _("Rótulo: %(name)s") % {"name": label.words.lower() or LABELS[label.field][0]})
        if label.field is Field.CALENDAR and label.year:
            self.identity.see_calendar(label.year, line)
        if label.field is Field.GOALS and self.indicators.current and len(self.indicators.current.fields) > 1:
            label = as_target(label)
        if label.field is Field.GENERAL or (
            label.field in OF_PROGRAMME - {Field.ALIGNMENT, Field.INPUT}
            and self.programmes.sheet
            and label.field.value in self.programmes.sheet.fields
        ):
            if label.field is not Field.GENERAL:
                self.notes.doubt(
                    line,
                    _(
                        "«%(name)s» aparece otra vez: se abrió otro programa, y parece que le falta el principio."
                    )
                    % {"name": LABELS[label.field][0]},
                )
            self.programmes.new(title, line)
        if label.field in OF_INDICATOR:
            self.indicators.ready(label, line)
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
            self.close()
        self.section.parts.append((line, text))
        if self.section.field in SHORT:
            self.close()

    def is_heading(self, text: str) -> bool:
        """A title that is none of ours, below values that were explained."""
        explained = any(len(part.split()) > 5 for _line, part in self.section.parts)
        return text.isupper() and len(text.split()) <= 8 and explained

    def drop(self) -> None:
        """End the section without what it holds: that was taken elsewhere."""
        self.section = Section(None, 0)

    def close(self) -> None:
        section, self.section = self.section, Section(None, 0)
        if section.label is None:
            self.identity.add_free(section.parts, begun=self.begun)
            return
        if section.parts:
            self.store(section.label, section.parts)
        elif section.label.field in FIGURES:
            self.notes.note(section.line, _("vacío"))

    def store(self, label: Label, parts: list[tuple[int, str]]) -> None:
        part = label.field
        if part in OF_INDICATOR:
            self.indicators.add(label, parts)
        elif part is Field.INPUT:
            self.programmes.add_inputs(parts)
        elif part in OF_PROGRAMME and not (part is Field.PARTICULAR and not self.programmes.sheet):
            self.programmes.set(label, joined(parts), parts[0][0], [line for line, _text in parts])
            self.programmes.need(parts[0][0]).told[part] = parts
        elif part is Field.VALUES:
            self.identity.add_values(parts)
        elif part in {Field.GOALS, Field.PARTICULAR}:
            self.identity.add_goals(parts)
        elif part is Field.ACTIVITY:
            self.activities.add(parts)
        elif part is Field.YEAR:
            self.identity.add_year(parts)
        elif part in OF_PLAN | OF_OWNER:
            self.store_words(part, parts)
        else:
            self.identity.add_free(parts, begun=self.begun)

    def store_words(self, part: Field, parts: list[tuple[int, str]]) -> None:
        """Words of the plan, or of the programme that is open."""
        sheet = self.programmes.sheet if part in {Field.DESCRIPTION, Field.RESPONSIBLE} else None
        title = str(LABELS[part][0]).capitalize()
        indicator = self.indicators.current if part is Field.RESPONSIBLE and not sheet else None
        line, text = parts[-1][0], joined(parts)
        if indicator:
            indicator.fields["responsible"] = self.notes.fitting(text, "responsible", line)
            title = self.indicators.of(indicator, part)
        elif sheet:
            kept = f"{sheet.fields.get(part.value, '')}\n{text}"
            sheet.fields[part.value] = self.notes.fitting(kept, part.value, line)
            sheet.told.setdefault(part, []).extend(parts)
            title = self.programmes.of(sheet, str(LABELS[part][0]))
        else:
            self.identity.add_words(part.value, text, line)
        for number, _text in parts:
            self.notes.note(number, title)
