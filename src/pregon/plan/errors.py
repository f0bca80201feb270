"""What can go wrong with a plan.

PlanError
├── UnknownPlan      no such file, and no plan of ours by that name
├── BrokenPlan       the file is there and cannot be read as a plan; ``faults`` names each
├── UnknownMeasure   nobody registered a measure by that name
├── MeasureFailed    a measure broke while it was asked: nothing is closed on half a figure
├── MonthNotOver     a month is closed when it is over
├── AlreadyClosed    somebody closed it before
├── NotClosed        only a closed month can be opened again
├── ReasonMissing    opening one again needs a reason
├── PlanClosed       a plan with closed months is not replaced by another document
├── CapturesLost     nor one of whose lines a document lacks, once people wrote something down of it
├── WrongYear        a year is begun with the plan of one before it
├── YearBegun        the plan of that year is there already
├── BadCapture       what was captured by hand cannot be counted
├── CauseMissing     a deviation without a cause explains nothing
├── UnknownSpan      a report tells of a quarter or a year
└── NotDrawn         a report could not be written in that format
"""

from __future__ import annotations

from collections.abc import Sequence

from pregon.core.errors import PregonError


class PlanError(PregonError):
    """No se pudo usar el plan anual."""


class UnknownPlan(PlanError):
    """Ese plan no existe: escribe la ruta de un archivo o el nombre de uno de los planes incluidos."""


class BrokenPlan(PlanError):
    """El archivo del plan no se puede leer: corrígelo y vuelve a cargarlo."""

    def __init__(self, message: str = "", *, faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class UnknownMeasure(PlanError):
    """Esa medida no existe: revisa el nombre en el plan."""


class MeasureFailed(PlanError):
    """Una medida falló, y no se cerró nada: pide que revisen el registro de errores."""


class MonthNotOver(PlanError):
    """El mes todavía no termina: se cierra desde el día siguiente a su último día."""


class AlreadyClosed(PlanError):
    """El mes ya está cerrado: para corregirlo, ábrelo de nuevo y escribe por qué."""


class NotClosed(PlanError):
    """El mes no está cerrado."""


class ReasonMissing(PlanError):
    """Escribe en una frase por qué se abre de nuevo el mes: queda firmado junto a lo que había."""


class WrongYear(PlanError):
    """Un plan solo puede pasar a un año posterior al suyo."""


class YearBegun(PlanError):
    """Ya hay un plan de ese año: ábrelo y revisa sus metas."""


class BadCapture(PlanError):
    """Esa cifra no se puede contar: revísala."""


class CauseMissing(PlanError):
    """Escribe la causa: sin ella nadie entiende qué pasó."""


class UnknownSpan(PlanError):
    """El informe es de un trimestre, del 1 al 4, o del año entero."""


class NotDrawn(PlanError):
    """El informe no se pudo dibujar: pide que revisen el registro de errores."""


class PlanClosed(PlanError):
    """Ya hay un plan con esa clave y ese año, y tiene meses cerrados: ponle otra clave al que cargas."""


class CapturesLost(PlanError):
    """El documento ya no trae algo de lo que se escribieron cifras a mano: cárgalo con otra clave."""
