"""Whose plan it is and of which year: title, unit, who answers for it, mission, vision, values and goals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from pregon.core.text import fold
from pregon.plan.enums import PlanKind
from pregon.plan.importing.labels import YEAR, mended
from pregon.plan.importing.notes import Notes
from pregon.plan.importing.sheets import Line
from pregon.plan.importing.words import MEANS, NAMED, items, joined, sentence, tidy

POST = re.compile(
    r"^(?:dir|director|directora|coord|coordinador|coordinadora|jefe|jefa|titular|encargado|encargada|enlace)\b\.?",
    re.IGNORECASE,
)
PERSON = re.compile(r"^(?:lic|ing|mtr[oa]|dr|dra|arq|prof|profa|c|lcp|lcc|cp)\.\s", re.IGNORECASE)
CONTACT = re.compile(
    r"\b(?:tel|telefono|cel|correo|e-mail|portal|calle|col|colonia|c\.?p|www)\b\.?|@|https?:|\.gob\.mx",
    re.IGNORECASE,
)
#: What ties the kind of a plan to whose it is.
OF = re.compile(r"^\s*(?:de|del)\s+(?:(?:la|el|los|las)\s+)?", re.IGNORECASE)
UNIT = re.compile(
    r"\b((?:Dirección|Coordinación|Jefatura|Unidad|Departamento|Oficina|Subdirección)(?:\s+General)?\s+de\s+"
    r"Comunicación(?:\s+[A-ZÁÉÍÓÚ]\w+)?)",
    re.IGNORECASE,
)


class Identity:
    """What a document says of the plan as a whole."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.said: dict[str, str] = {}
        self.title, self.kind, self.rest = "", PlanKind.ANNUAL, ""
        self.year: int | None = None
        self.calendar: tuple[int, int] | None = None
        self.values: list[tuple[str, str]] = []
        self.goals: list[str] = []

    def add_title(self, found: tuple[PlanKind, str, str], text: str, line: int) -> None:
        kind, said, rest = found
        year = YEAR.search(text)
        if self.title:
            self.notes.note(line, _("Título, repetido"))
            if year and self.year and int(year[1]) != self.year:
                self.notes.doubt(
                    line, _("Este título es de %(year)s, y el plan de otro año.") % {"year": year[1]}
                )
            return
        self.kind = kind
        self.rest = tidy(OF.sub("", YEAR.sub(" ", rest)))
        self.title = said.capitalize() if said != "poa" else "Programa operativo anual"
        self.notes.note(line, _("Título del plan"))
        if year:
            self.year = self.year or int(year[1])
            self.notes.note(line, _("año %(year)s") % {"year": year[1]})
        if self.rest:
            self.notes.note(line, _("unidad responsable"))

    def add_calendar_title(self, text: str, line: int) -> None:
        self.notes.note(line, _("Título del calendario"))
        if year := YEAR.search(text):
            self.see_calendar(int(year[1]), line)

    def see_calendar(self, year: int, line: int) -> None:
        self.notes.note(line, _("año del calendario %(year)s") % {"year": year})
        if self.calendar and self.calendar[0] != year:
            self.notes.doubt(
                line, _("Otro calendario del documento es de %(year)s.") % {"year": self.calendar[0]}
            )
        self.calendar = self.calendar or (year, line)

    def add_words(self, name: str, text: str, line: int) -> None:
        self.said[name] = self.notes.fitting(f"{self.said.get(name, '')}\n{text}", name, line)

    def add_year(self, parts: list[tuple[int, str]]) -> None:
        line, text = parts[0]
        if found := YEAR.search(text):
            if self.year and self.year != int(found[1]):
                self.notes.doubt(line, _("El título dice otro año: %(year)s.") % {"year": self.year})
            self.year = self.year or int(found[1])
            self.notes.note(line, _("Año del plan"))
        else:
            self.notes.doubt(line, _("Aquí se esperaba un año de cuatro cifras."))

    def add_values(self, parts: list[tuple[int, str]]) -> None:
        for lines, text in items(parts):
            found = MEANS.match(text) or NAMED.match(text)
            name = found[1] if found else text
            # In «Respeto: tratar bien» the text is what follows; a sentence stays whole.
            meaning = found[2] if found and found.re is NAMED else text
            self.values.append(
                (
                    self.notes.fitting(sentence(tidy(name)).rstrip("."), "value", lines[0]),
                    self.notes.fitting(meaning, "", lines[0]),
                )
            )
            for line in lines:
                self.notes.note(line, _("Valor: %(name)s") % {"name": self.values[-1][0]})

    def add_goals(self, parts: list[tuple[int, str]]) -> None:
        for lines, text in items(parts):
            self.goals.append(self.notes.fitting(text, "goals", lines[0]))
            for line in lines:
                self.notes.note(line, _("Propósito %(number)s") % {"number": len(self.goals)})

    def add_free(self, parts: list[tuple[int, str]], *, begun: bool) -> None:
        """Lines under no label: before everything they describe the office; after it, people sign."""
        described = [] if begun else [(line, text) for line, text in parts if len(text.split()) > 8]
        if described:
            self.add_words("description", joined(described), described[-1][0])
        for line, text in parts:
            if (line, text) in described:
                self.notes.note(line, _("Descripción del plan"))
            elif POST.match(text):
                self.said.setdefault("responsible", self.notes.fitting(tidy(text), "responsible", line))
                self.notes.note(line, _("Quién responde"))
            elif PERSON.match(text):
                self.notes.doubt(
                    line, _("Es el nombre de una persona: el plan guarda el cargo y no el nombre.")
                )
            elif CONTACT.search(fold(text)):
                self.notes.note(line, _("Datos de contacto de la oficina: no son parte del plan"))
            else:
                self.notes.doubt(
                    line, _("No supimos qué es esta línea: si es del plan, escríbela en su lugar.")
                )

    @property
    def named(self) -> bool:
        """Whether it says anything that only plans say."""
        return bool(self.goals or self.values or self.said.get("mission") or self.said.get("vision"))

    def titled(self, first: int) -> str:
        if not self.title:
            self.notes.doubt(first, _("El documento no lleva título de plan: escríbelo antes de cargarlo."))
            return _("Plan anual")
        return (
            _("%(title)s de %(unit)s") % {"title": self.title, "unit": self.rest} if self.rest else self.title
        )

    def of_year(self, first: int, *, assumed: int) -> int:
        if self.year:
            return self.year
        self.notes.doubt(
            first, _("El documento no dice de qué año es: se tomó %(year)s.") % {"year": assumed}
        )
        return assumed

    def compare_calendar(self, year: int) -> None:
        if self.calendar and self.calendar[0] != year:
            self.notes.doubt(
                self.calendar[1],
                _("El calendario dice %(calendar)s y el plan es de %(year)s: revisa cuál vale.")
                % {"calendar": self.calendar[0], "year": year},
            )

    def unit(self, lines: Iterable[Line], first: int) -> str:
        if said := self.said.get("unit_name") or self.rest:
            return self.notes.fitting(said, "unit_name", first)
        for line in lines:
            if found := UNIT.search(mended(line.text)):
                unit = self.notes.fitting(found[1], "unit_name", line.number)
                self.notes.doubt(
                    line.number,
                    _("De aquí se tomó la unidad responsable, «%(unit)s»: revísala.")
                    % {"unit": sentence(unit)},
                )
                return sentence(unit)
        self.notes.doubt(first, _("El documento no dice qué unidad responde: escríbela antes de cargarlo."))
        return _("Comunicación Social")
