"""A plan while it is gathered from a document: its parts, and in the end the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from pregon.core.text import slug
from pregon.plan.errors import BrokenPlan
from pregon.plan.importing.activities import Activities
from pregon.plan.importing.identity import Identity
from pregon.plan.importing.indicators import Indicators
from pregon.plan.importing.notes import Notes
from pregon.plan.importing.programmes import Programmes, Sheet
from pregon.plan.importing.sheets import Line
from pregon.plan.values import NO_MONTH, ActivityLine, IndicatorLine, InputLine, PlanPart, ProgrammeLine

ACCENTS = re.compile("[áéíóúñÁÉÍÓÚÑ]")
#: Words of such documents that are written with an accent or an ñ, and are no others without it.
BARE = re.compile(
    r"\b(?:\w{2,}[cnstx]ion|(?:ano|area|articulo|codigo|computo|dia|dias|difusion|economia|energia|fotografias?"
    r"|genero|linea|logistica|metodo|minimo|movil|numero|pagina|periodico|proposito|trafico|unico|vehiculo"
    r"|anos|areas|lineas|numeros|paginas|articulos|metodos|periodicos|propositos|vehiculos|ciudadania|categoria"
    r"|tambien|segun|traves|ademas|despues|telefono|sabado|miercoles|electronico|electronica))\b",
    re.IGNORECASE,
)


class Gathered:
    """What was understood so far."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.identity = Identity(self.notes)
        self.programmes = Programmes(self.notes)
        self.indicators = Indicators(self.notes, self.programmes)
        self.activities = Activities(self.notes, self.programmes)

    def plan(self, lines: Sequence[Line], *, name: str, year: int) -> PlanPart:
        """The plan that stands in all of ``lines``, with ``year`` where they name none."""
        first = next(line.number for line in lines if not line.blank)
        identity = self.identity
        self.activities.find_in(self.programmes.sheets)
        self.activities.settle()
        for mark in self.indicators.marks:
            self.indicators.settle(mark)
        unit = identity.unit(lines, first)
        title, year = identity.titled(first), identity.of_year(first, assumed=year)
        if not (self.programmes.sheets or self.indicators.marks or self.activities.marks or identity.named):
            raise BrokenPlan(
                _(
                    "En «%(name)s» no encontramos un plan: ni misión, ni indicadores, ni actividades, ni programas. "
                    "Revisa que sea el documento correcto."
                )
                % {"name": name}
            )
        indicators = self.indicators.lines()
        return PlanPart(
            key=slug(unit, limit=60),
            title=self.notes.fitting(title, "title", first),
            year=year,
            kind=identity.kind.value,
            unit_name=unit,
            responsible=identity.said.get("responsible", ""),
            calendar_year=identity.calendar[0] if identity.calendar else None,
            description=identity.said.get("description", ""),
            mission=identity.said.get("mission", ""),
            vision=identity.said.get("vision", ""),
            values=tuple(pair for pair in identity.values if all(pair)),
            goals=tuple(filter(None, identity.goals)),
            source=self.notes.fitting(_("Importado de «%(name)s».") % {"name": name}, "", first),
            programmes=tuple(self.sheet_line(sheet, indicators) for sheet in self.programmes.sheets),
            indicators=tuple(indicators[id(mark)] for mark in self.indicators.marks if mark.sheet is None),
            activities=self.activity_lines(None, indicators),
        )

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
            indicators=tuple(indicators[id(mark)] for mark in self.indicators.marks if mark.sheet is sheet),
            activities=self.activity_lines(sheet, indicators),
            **sheet.fields,
        )

    def activity_lines(
        self, sheet: Sheet | None, indicators: dict[int, IndicatorLine]
    ) -> tuple[ActivityLine, ...]:
        codes = {mark: line.code for mark, line in indicators.items()}
        return tuple(
            self.activities.line(mark, codes) for mark in self.activities.marks if mark.sheet is sheet
        )

    def look_twice(self, plan: PlanPart, lines: Sequence[Line]) -> None:
        """What only the whole document shows."""
        self.identity.compare_calendar(plan.year)
        self.indicators.compare_writing()
        words = " ".join(line.text for line in lines)
        if len(words.split()) > 60 and not ACCENTS.search(words) and BARE.search(words):
            first = next(line.number for line in lines if not line.blank)
            self.notes.doubt(
                first, _("El documento llegó sin acentos: revisa los nombres antes de cargarlo.")
            )
