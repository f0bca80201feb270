"""What a plan file says, as frozen values: the shape of the file and nothing of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """The name of a measure with what it is narrowed to."""

    name: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """One indicator as the file writes it."""

    code: str
    name: str
    short_name: str
    definition: str
    unit: str
    baseline: Decimal | None
    baseline_year: int | None
    previous: Decimal | None
    target: Decimal | None
    target_text: str
    direction: str
    green_from: Decimal
    yellow_from: Decimal
    overshoot: str
    overshoot_from: Decimal
    frequency: str
    measure: MeasureLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """One activity as the file writes it."""

    description: str
    short_name: str
    months: tuple[bool, ...]
    measure: MeasureLine


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """One input as the file writes it."""

    description: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeLine:
    """One programme with what hangs from it."""

    name: str
    general_objective: str
    particular_objective: str
    strategy: str
    line_of_action: str
    programme_name: str
    description: str
    months: tuple[bool, ...]
    inputs: tuple[InputLine, ...]
    indicators: tuple[IndicatorLine, ...]
    activities: tuple[ActivityLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """The plan of the file."""

    key: str
    title: str
    year: int
    unit_name: str
    description: str
    mission: str
    vision: str
    values: tuple[tuple[str, str], ...]
    goals: tuple[str, ...]
    source: str
    programmes: tuple[ProgrammeLine, ...]
    indicators: tuple[IndicatorLine, ...]
    activities: tuple[ActivityLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePart:
    """The office of the file. A part nobody wrote is empty and changes nothing."""

    municipality: str = ""
    state: str = ""
    name: str = ""
    brand: str = ""
    accent: str = ""
    gold: str = ""
    address: str = ""
    telephones: str = ""
    website: str = ""
    departments: tuple[str, ...] = ()
    localities: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A whole file."""

    office: OfficePart
    plan: PlanPart
