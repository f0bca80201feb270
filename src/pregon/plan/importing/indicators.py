"""Indicators: their fields, and the figures in them however they are written."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pregon.core.text import shorten, slug
from pregon.plan.importing.labels import (
    CHOICES,
    GOAL_KEYS,
    LABELS,
    YEAR,
    Field,
    Label,
    choice_of,
    key_of,
    period_of,
    says_nothing,
)
from pregon.plan.importing.notes import LIMITS, Notes
from pregon.plan.importing.programmes import Mark, Programmes
from pregon.plan.importing.words import NUMBER, items, joined
from pregon.plan.values import OWN_CODE, IndicatorLine, is_per_cent

PERCENT = "Porcentaje"
OF_INDICATOR = frozenset(
    {
        *(Field.INDICATOR, Field.DEFINITION, Field.LEVEL, Field.NARRATIVE, Field.KIND, Field.DIMENSION),
        *(Field.METHOD, Field.NUMERATOR, Field.DENOMINATOR, Field.UNIT, Field.FREQUENCY, Field.BASELINE),
        *(Field.BASELINE_YEAR, Field.PREVIOUS, Field.TARGET, Field.MILESTONE, Field.DIRECTION, Field.GREEN),
        *(Field.YELLOW, Field.RED, Field.VERIFICATION, Field.SUPPOSITION),
    }
)
FIGURES = frozenset({Field.BASELINE, Field.PREVIOUS, Field.TARGET, Field.MILESTONE})
#: Where no words can stand that say «there is none».
TYPED = frozenset(
    {*FIGURES, *CHOICES, Field.INDICATOR, Field.GREEN, Field.YELLOW, Field.RED, Field.BASELINE_YEAR}
)


class Indicators:
    """Those of a document, in its order."""

    def __init__(self, notes: Notes, programmes: Programmes) -> None:
        self.notes, self.programmes = notes, programmes
        self.marks: list[Mark] = []
        #: How each figure was written: its column or field, its line, and "%", "fraction" or "number".
        self.writing: list[tuple[str, int, str]] = []

    @property
    def current(self) -> Mark | None:
        """The one that is open: it ends with its programme."""
        last = self.marks[-1] if self.marks else None
        return last if last and last.sheet is self.programmes.sheet else None

    def new(self, line: int) -> Mark:
        mark = Mark(len(self.marks) + 1, self.programmes.sheet, line)
        self.marks.append(mark)
        return mark

    def note(self, line: int, mark: Mark, part: Field) -> None:
        """Add a field to what the line says of its indicator already."""
        kept = self.notes.became.get(line, [])
        start = self.of(mark, part).rsplit(" · ", 1)[0]
        if kept and kept[-1].startswith(f"{start} · ") and (what := str(LABELS[part][0])) not in kept[-1]:
            kept[-1] += f", {what}"
        else:
            self.notes.note(line, self.of(mark, part))

    def of(self, mark: Mark, part: Field) -> str:
        return _("Indicador %(number)s · %(what)s") % {"number": mark.number, "what": LABELS[part][0]}

    def ready(self, label: Label, line: int) -> None:
        """The indicator that a label speaks of: the one that is open, or another where that has one already."""
        mark = self.current
        if mark is None or (label.field is not Field.MILESTONE and label.field.value in mark.fields):
            mark = self.new(line)
        if label.field is Field.BASELINE and label.year:
            mark.fields["baseline_year"] = label.year
        if label.field not in {Field.MILESTONE, Field.RED}:
            mark.fields.setdefault(label.field.value, None)

    def add(self, label: Label, parts: list[tuple[int, str]]) -> None:
        if label.field is Field.INDICATOR and key_of(label.words).startswith("indicador") and len(parts) > 1:
            several = items(parts)
        else:
            several = [([line for line, _text in parts], joined(parts))]
        for place, (lines, text) in enumerate(several):
            mark = self.current
            if mark is None or (place and label.field is Field.INDICATOR):
                mark = self.new(lines[0])
            self.set(mark, label, text, lines[0])
            for line in lines[1:]:
                self.notes.note(line, self.of(mark, label.field))

    def set(self, mark: Mark, label: Label, text: str, line: int) -> None:
        """What a field of an indicator says."""
        part = label.field
        self.note(line, mark, part)
        if says_nothing(text) and part in TYPED:
            self.notes.doubt(
                line,
                _("Dice «%(text)s»: «%(name)s» queda vacío. Si lo hay, escríbelo.")
                % {"text": text, "name": LABELS[part][0]},
            )
        elif part in CHOICES:
            mark.fields[part.value] = choice_of(part, text)
            if not mark.fields[part.value]:
                options = ", ".join(dict.fromkeys(CHOICES[part].values()))
                self.notes.doubt(
                    line,
                    _("«%(text)s» no es de las palabras que se esperan (%(options)s): no se tomó.")
                    % {"text": shorten(text, 60), "options": options},
                )
        elif part in FIGURES:
            self._set_number(mark, label, text, line)
        elif part in {Field.GREEN, Field.YELLOW}:
            mark.fields[part.value] = self.notes.figure(text, line)
        elif part is Field.RED:
            self.notes.doubt(line, _("El rojo es lo que queda bajo el amarillo: no se guarda aparte."))
        elif part is Field.BASELINE_YEAR:
            found = YEAR.search(text)
            mark.fields[part.value] = int(found[1]) if found else None
        elif part is Field.INDICATOR:
            mark.fields["name"] = self.notes.fitting(text, "name", line)
            if len(text) > LIMITS["name"]:
                mark.fields.setdefault("definition", self.notes.fitting(text, "", line))
        else:
            mark.fields[part.value] = self.notes.fitting(text, part.value, line)
            if says_nothing(text):
                self.notes.doubt_word(text, str(LABELS[part][0]), line)

    def _set_number(self, mark: Mark, label: Label, text: str, line: int) -> None:
        part = label.field
        if part is Field.TARGET and not NUMBER.fullmatch(text.strip()):
            mark.fields["target_text"] = self.notes.fitting(text, "target_text", line)
        figures = list(NUMBER.finditer(text))
        percents = [found for found in figures if found[2]]
        found = next(iter(percents or figures), None)
        alone = found is not None and bool(NUMBER.fullmatch(text.strip()))
        # A number among words is a figure only as a percentage: «en 24 horas» is no goal of 24.
        if found is None or not (alone or found[2]):
            if part is not Field.TARGET:
                self.notes.doubt(
                    line,
                    _("Aquí se esperaba un número: «%(text)s» no se tomó.") % {"text": shorten(text, 60)},
                )
            return
        if len(percents or figures) > 1:
            self.notes.doubt(line, _("Hay varias cifras: se tomó la primera."))
        value = self.notes.figure(found[0], line)
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

    def settle(self, mark: Mark) -> None:
        """Percentages in one writing, 60 and not 0.6, and lights in their order."""
        fields = mark.fields
        percent = fields.pop("percent", False)
        where: dict[tuple[str, int], int] = fields.pop("where", {})
        unit = fields.get("unit")
        if percent and not unit:
            fields["unit"] = unit = PERCENT
        percentage = not unit or is_per_cent(unit)
        for (name, month), line in where.items():
            kept: dict[Any, Any] = fields["milestones"] if month else fields
            place = month or name
            value = kept.get(place)
            if percentage and value is not None and 0 < value < 1 and (name, line, "%") not in self.writing:
                kept[place] = value * 100
                self.notes.doubt(
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
                self.notes.doubt(
                    mark.line, _("El semáforo no está en orden: quedó el de costumbre, 95 y 80.")
                )
                lights = default
            fields |= lights

    def line(self, mark: Mark, codes: Counter[str]) -> IndicatorLine:
        fields = {
            name: value for name, value in mark.fields.items() if value is not None and name != "inputs"
        }
        name = fields.get("name") or ""
        if not name:
            name = shorten(fields.get("narrative", ""), LIMITS["name"]) or _("Indicador sin nombre")
            self.notes.doubt(mark.line, _("Falta el nombre de este indicador: escríbelo."))
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

    def lines(self) -> dict[int, IndicatorLine]:
        """All of them as the plan has them, each under the identity of its mark, with a code of its own."""
        codes = Counter[str]()
        return {id(mark): self.line(mark, codes) for mark in self.marks}

    def compare_writing(self) -> None:
        """A figure that is written otherwise than the others of its column may mean something else."""
        for column in {name for name, _line, _way in self.writing}:
            ways = Counter(way for name, _line, way in self.writing if name == column)
            usual = ways.most_common(1)[0][0]
            for name, line, way in self.writing:
                if name == column and way != usual and "%" in ways:
                    self.notes.doubt(
                        line, _("Esta cifra está escrita de otro modo que las demás: ¿es un porcentaje?")
                    )


def as_target(label: Label) -> Label:
    """«Meta» in a table or a sheet of an indicator is its target."""
    if label.field is not Field.GOALS and key_of(label.words) not in GOAL_KEYS:
        return label
    return Label(field=Field.TARGET, year=label.year, rest=label.rest, words=label.words)


def level_before(text: str) -> str:
    """The level that a narrative begins with: «Fin: contribuir a…»."""
    head, colon, _rest = text.partition(":")
    return choice_of(Field.LEVEL, head) if colon else ""
