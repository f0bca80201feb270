"""What a plan file says, as frozen values: the shape of the file and nothing of the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pregon.core.text import fold
from pregon.plan.enums import Direction, Overshoot, PlanKind

NO_MONTH = (False,) * 12
EVERY_MONTH = (True,) * 12
#: Most letters of a text, of what names a value or an instrument, and of a goal of the office.
LONGEST, LONGEST_NAME, LONGEST_GOAL = 5000, 200, 500
#: From which per cent of the target on a light is green or yellow, and passing it is too much, where nobody says.
GREEN_FROM, YELLOW_FROM, OVERSHOOT_FROM = Decimal(95), Decimal(80), Decimal(125)
#: What no indicator may be called: the addresses of activities and of the plan's open data.
OWN_CODE = re.compile(r"actividad-\d+|datos")


def is_per_cent(unit: str) -> bool:
    """Whether who wrote ``unit`` counts in per cent."""
    return fold(unit).startswith(("porcentaje", "por ciento", "%"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationLine:
    """Why a month went otherwise than planned, and what is done about it."""

    month: int
    cause: str
    effect: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLine:
    """The name of a measure with what it is narrowed to."""

    name: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """How a line could be measured: with a measure, told as people call it, or by hand, told in a sentence."""

    measure: MeasureLine = MeasureLine()
    title: str = ""
    by_hand: str = ""

    def __str__(self) -> str:
        return self.title or self.by_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """One indicator as the file writes it."""

    code: str
    name: str
    #: What the document itself calls it: «1», «IND-04».
    reference: str = ""
    short_name: str = ""
    definition: str = ""
    level: str = ""
    narrative: str = ""
    kind: str = ""
    dimension: str = ""
    method: str = ""
    numerator: str = ""
    denominator: str = ""
    verification: str = ""
    supposition: str = ""
    responsible: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    baseline_year: int | None = None
    previous: Decimal | None = None
    target: Decimal | None = None
    target_text: str = ""
    #: The target stands as it was in another year, and nobody has looked at it since.
    review_due: bool = False
    #: What should be reached by the end of some months, by their number: a plan that sets goals by quarter has four.
    milestones: tuple[tuple[int, Decimal], ...] = ()
    cumulative: bool = True
    direction: str = Direction.UP.value
    green_from: Decimal = GREEN_FROM
    yellow_from: Decimal = YELLOW_FROM
    overshoot: str = Overshoot.MET.value
    overshoot_from: Decimal = OVERSHOOT_FROM
    #: Empty where the document does not say how often it is measured.
    frequency: str = ""
    measure: MeasureLine = MeasureLine()
    deviations: tuple[DeviationLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """One activity as the file writes it."""

    description: str
    reference: str = ""
    short_name: str = ""
    #: The code of the indicator that it serves.
    indicator: str = ""
    responsible: str = ""
    supposition: str = ""
    months: tuple[bool, ...] = NO_MONTH
    #: How many are planned in some of its months, by their number, where the document counts and does not only mark.
    amounts: tuple[tuple[int, Decimal], ...] = ()
    #: What the document itself marks as done; the figures come from records and from what people capture.
    done: tuple[bool, ...] = NO_MONTH
    measure: MeasureLine = MeasureLine()
    deviations: tuple[DeviationLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """One input as the file writes it."""

    description: str
    amount: Decimal | None = None
    budget_line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeLine:
    """One programme with what hangs from it."""

    name: str
    general_objective: str = ""
    particular_objective: str = ""
    strategy: str = ""
    line_of_action: str = ""
    programme_name: str = ""
    axis: str = ""
    #: The instrument it answers to, and which of its objectives: a development plan, the 2030 Agenda.
    alignment: tuple[tuple[str, str], ...] = ()
    responsible: str = ""
    description: str = ""
    months: tuple[bool, ...] = NO_MONTH
    inputs: tuple[InputLine, ...] = ()
    indicators: tuple[IndicatorLine, ...] = ()
    activities: tuple[ActivityLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """The plan of the file."""

    key: str
    title: str
    year: int
    kind: str = PlanKind.ANNUAL.value
    unit_name: str = ""
    responsible: str = ""
    #: The year that the document writes over its calendar, where it writes one.
    calendar_year: int | None = None
    description: str = ""
    mission: str = ""
    vision: str = ""
    values: tuple[tuple[str, str], ...] = ()
    goals: tuple[str, ...] = ()
    source: str = ""
    programmes: tuple[ProgrammeLine, ...] = ()
    indicators: tuple[IndicatorLine, ...] = ()
    activities: tuple[ActivityLine, ...] = ()

    def in_year(self, year: int, *, reached: Mapping[str, Decimal] | None = None) -> PlanPart:
        """The same plan for another year. A promise is not a result: what was done stays behind, and the result of the
        year before is only what ``reached`` says under an indicator's code. Each target is to be reviewed."""
        known = reached or {}

        def moved(lines: tuple[IndicatorLine, ...]) -> tuple[IndicatorLine, ...]:
            return tuple(
                replace(line, previous=known.get(line.code), review_due=True, deviations=()) for line in lines
            )

        def undone(lines: tuple[ActivityLine, ...]) -> tuple[ActivityLine, ...]:
            return tuple(replace(line, done=NO_MONTH, deviations=()) for line in lines)

        return replace(
            self,
            year=year,
            # What stood wrong over the calendar is still what its document says.
            calendar_year=year if self.calendar_year == self.year else self.calendar_year,
            title=re.sub(rf"\b{self.year}\b", str(year), self.title),
            indicators=moved(self.indicators),
            activities=undone(self.activities),
            programmes=tuple(
                replace(line, indicators=moved(line.indicators), activities=undone(line.activities))
                for line in self.programmes
            ),
        )

    def measured_as(
        self, indicators: Mapping[str, MeasureLine], activities: Mapping[str, MeasureLine]
    ) -> PlanPart:
        """The same with a measure for each line that names none: of an indicator by its code, of an activity by its
        words."""

        def coded(lines: tuple[IndicatorLine, ...]) -> tuple[IndicatorLine, ...]:
            return tuple(
                line if line.measure.name else replace(line, measure=indicators.get(line.code, line.measure))
                for line in lines
            )

        def worded(lines: tuple[ActivityLine, ...]) -> tuple[ActivityLine, ...]:
            return tuple(
                line
                if line.measure.name
                else replace(line, measure=activities.get(line.description, line.measure))
                for line in lines
            )

        return replace(
            self,
            indicators=coded(self.indicators),
            activities=worded(self.activities),
            programmes=tuple(
                replace(line, indicators=coded(line.indicators), activities=worded(line.activities))
                for line in self.programmes
            ),
        )

    @property
    def every_indicator(self) -> tuple[IndicatorLine, ...]:
        return (*self.indicators, *(line for sheet in self.programmes for line in sheet.indicators))

    @property
    def every_activity(self) -> tuple[ActivityLine, ...]:
        return (*self.activities, *(line for sheet in self.programmes for line in sheet.activities))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One line of a document beside what was made of it, for a person to confirm."""

    number: int
    text: str
    #: The same as a page shows it, with the empty cells of a row.
    columns: str = ""
    #: What it became, in words: "Indicador 2 · meta". Empty: nothing was made of it.
    becomes: str = ""
    #: The same, thing by thing, each with the value that stands in the plan.
    parts: tuple[tuple[str, str], ...] = ()
    #: Why a person should look twice, as a sentence.
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was understood of a document, and every line that it was understood from."""

    plan: PlanPart
    lines: tuple[Understood, ...]
