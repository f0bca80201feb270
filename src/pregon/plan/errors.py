"""What can go wrong with a plan.

PlanError
├── UnknownPlan      no such file, and no plan of ours by that name
├── BrokenPlan       the file is there and cannot be read as a plan; ``faults`` names each
└── UnknownMeasure   nobody registered a measure by that name
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
