"""What town halls write over the parts of a plan, and which part each means: tables of words, and how they are met.

Accents, capitals, plurals, spaces and a year beside the words make no difference, and neither does a letter that a
bad copy turned into a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pregon.core.text import fold
from pregon.plan.enums import Dimension, Direction, Frequency, Kind, Level, PlanKind


class Field(StrEnum):
    """A part of a plan that a document names."""

    DESCRIPTION = "description"
    MISSION = "mission"
    VISION = "vision"
    VALUES = "values"
    GOALS = "goals"
    YEAR = "year"
    UNIT_NAME = "unit_name"
    RESPONSIBLE = "responsible"
    GENERAL = "general_objective"
    PARTICULAR = "particular_objective"
    STRATEGY = "strategy"
    LINE_OF_ACTION = "line_of_action"
    PROGRAMME = "programme_name"
    AXIS = "axis"
    ALIGNMENT = "alignment"
    INPUT = "inputs"
    AMOUNT = "amount"
    BUDGET_LINE = "budget_line"
    CALENDAR = "calendar"
    ACTIVITY = "activities"
    NUMBER = "number"
    INDICATOR = "name"
    DEFINITION = "definition"
    LEVEL = "level"
    NARRATIVE = "narrative"
    KIND = "kind"
    DIMENSION = "dimension"
    METHOD = "method"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    UNIT = "unit"
    FREQUENCY = "frequency"
    BASELINE = "baseline"
    BASELINE_YEAR = "baseline_year"
    PREVIOUS = "previous"
    TARGET = "target"
    MILESTONE = "milestones"
    DIRECTION = "direction"
    GREEN = "green_from"
    YELLOW = "yellow_from"
    RED = "red"
    VERIFICATION = "verification"
    SUPPOSITION = "supposition"


#: How each is called before a person, and how documents call it.
LABELS: dict[Field, tuple[str | Promise, tuple[str, ...]]] = {
    Field.DESCRIPTION: (
        _("descripción"),
        ("descripción", "descripción general", "presentación", "introducción"),
    ),
    Field.MISSION: (_("misión"), ("misión", "nuestra misión")),
    Field.VISION: (_("visión"), ("visión", "nuestra visión")),
    Field.VALUES: (_("valores"), ("valores", "nuestros valores", "valores institucionales")),
    Field.GOALS: (_("propósitos"), ("metas", "propósitos", "metas generales")),
    Field.YEAR: (_("año"), ("ejercicio", "ejercicio fiscal", "año", "año fiscal")),
    Field.UNIT_NAME: (
        _("unidad responsable"),
        (
            *("unidad responsable", "centro gestor", "unidad administrativa", "dependencia", "área"),
            *("dependencia responsable", "área responsable", "unidad ejecutora", "dirección"),
        ),
    ),
    Field.RESPONSIBLE: (
        _("quién responde"),
        ("responsable", "quién responde", "servidor público responsable", "puesto responsable"),
    ),
    Field.GENERAL: (_("objetivo general"), ("objetivo general", "objetivo del programa")),
    Field.PARTICULAR: (
        _("objetivo particular"),
        ("objetivo particular", "objetivo específico"),
    ),
    Field.STRATEGY: (_("estrategia"), ("estrategia",)),
    Field.LINE_OF_ACTION: (_("línea de acción"), ("línea de acción",)),
    Field.PROGRAMME: (
        _("programa"),
        ("programa", "nombre del programa", "programa de financiación", "programa presupuestario"),
    ),
    Field.AXIS: (_("eje"), ("eje", "eje rector", "eje estratégico", "eje de desarrollo")),
    Field.ALIGNMENT: (
        _("alineación"),
        (
            *("alineación", "plan municipal de desarrollo", "plan municipal de desarrollo y gobernanza"),
            *("plan estatal de desarrollo", "agenda 2030", "ods", "objetivo de desarrollo sostenible"),
        ),
    ),
    Field.INPUT: (_("insumos"), ("insumos", "recursos", "recursos necesarios", "descripción del insumo")),
    Field.AMOUNT: (_("monto"), ("monto", "importe", "costo", "presupuesto", "monto en pesos")),
    Field.BUDGET_LINE: (_("partida"), ("partida", "partida presupuestal", "partida presupuestaria")),
    Field.CALENDAR: (
        _("calendario"),
        (
            *("calendario", "cronograma", "temporalidad", "calendarización", "calendario de actividades"),
            *("calendario actividades", "cronograma de actividades", "programación", "meses"),
        ),
    ),
    Field.ACTIVITY: (
        _("actividad"),
        ("actividad", "descripción de la actividad", "nombre de la actividad", "acción", "acciones"),
    ),
    Field.NUMBER: (_("número"), ("id", "n", "no", "nº", "núm", "número", "clave", "consecutivo")),
    Field.INDICATOR: (
        _("nombre"),
        ("indicador", "nombre del indicador", "indicador asociado", "indicador de desempeño"),
    ),
    Field.DEFINITION: (
        _("definición"),
        ("definición", "definición del indicador", "descripción del indicador", "qué mide"),
    ),
    Field.LEVEL: (_("nivel"), ("nivel", "nivel de la mir", "nivel de objetivo")),
    Field.NARRATIVE: (_("resumen narrativo"), ("resumen narrativo", "narrativa", "objetivo")),
    Field.KIND: (_("tipo"), ("tipo", "tipo de indicador")),
    Field.DIMENSION: (_("dimensión"), ("dimensión", "dimensión a medir", "dimensión del indicador")),
    Field.METHOD: (
        _("método de cálculo"),
        ("método de cálculo", "método", "fórmula", "fórmula de cálculo"),
    ),
    Field.NUMERATOR: (
        _("numerador"),
        ("numerador", "descripción del numerador", "variable 1"),
    ),
    Field.DENOMINATOR: (
        _("denominador"),
        ("denominador", "descripción del denominador", "variable 2"),
    ),
    Field.UNIT: (_("unidad de medida"), ("unidad de medida", "unidad", "u medida")),
    Field.FREQUENCY: (
        _("frecuencia"),
        ("frecuencia", "frecuencia de medición", "periodicidad"),
    ),
    Field.BASELINE: (
        _("línea base"),
        ("línea base", "línea de base", "valor de la línea base", "valor línea base", "línea base valor"),
    ),
    Field.BASELINE_YEAR: (
        _("año de la línea base"),
        ("año de la línea base", "año línea base", "línea base año", "año base"),
    ),
    Field.PREVIOUS: (
        _("resultado del año anterior"),
        ("resultado", "resultado anterior", "resultado del año anterior", "logrado"),
    ),
    Field.TARGET: (
        _("meta"),
        ("meta", "meta anual", "esperado", "meta del indicador", "meta programada", "valor esperado"),
    ),
    Field.MILESTONE: (_("meta del periodo"), ()),
    Field.DIRECTION: (
        _("sentido"),
        ("sentido", "sentido del indicador", "comportamiento", "comportamiento del indicador"),
    ),
    Field.GREEN: (_("verde"), ("verde", "semáforo verde", "parámetro verde")),
    Field.YELLOW: (_("amarillo"), ("amarillo", "semáforo amarillo", "parámetro amarillo")),
    Field.RED: (_("rojo"), ("rojo", "semáforo rojo", "parámetro rojo")),
    Field.VERIFICATION: (
        _("medios de verificación"),
        ("medios de verificación", "fuente de información", "fuente", "medio verificación"),
    ),
    Field.SUPPOSITION: (_("supuesto"), ("supuestos", "supuesto")),
}
#: What is written the same for the goals of an office and for the target of an indicator.
EITHER = frozenset({"metas", "meta"})
#: A word of few: what stands in such a field may itself be one of our labels.
CHOICES: dict[Field, dict[str, str]] = {
    Field.LEVEL: {level.value: level.value for level in Level} | {"producto": Level.COMPONENT.value},
    Field.KIND: {kind.value: kind.value for kind in Kind}
    | {"de gestion": Kind.MANAGEMENT.value, "estrategica": Kind.STRATEGIC.value},
    Field.DIMENSION: {dimension.value: dimension.value for dimension in Dimension},
    Field.FREQUENCY: {frequency.value: frequency.value for frequency in Frequency}
    | {
        "diario": "diaria",
        "cada semana": "semanal",
        "cada mes": "mensual",
        "cada bimestre": "bimestral",
        "cada dos meses": "bimestral",
        "cada trimestre": "trimestral",
        "cada cuatrimestre": "cuatrimestral",
        "cada cuatro meses": "cuatrimestral",
        "cada semestre": "semestral",
        "cada ano": "anual",
        "cada dos anos": "bienal",
        "bianual": "bienal",
    },
    Field.DIRECTION: {direction.value: direction.value for direction in Direction}
    | {"creciente": Direction.UP.value, "decreciente": Direction.DOWN.value},
}
#: How a document begins that says what it is.
KINDS: tuple[tuple[str, PlanKind], ...] = (
    ("plan operativo anual", PlanKind.ANNUAL),
    ("programa operativo anual", PlanKind.ANNUAL),
    ("plan anual", PlanKind.ANNUAL),
    ("programa anual", PlanKind.ANNUAL),
    ("poa", PlanKind.ANNUAL),
    ("programa presupuestal", PlanKind.BUDGETED),
    ("programa presupuestario", PlanKind.BUDGETED),
    ("matriz de indicadores para resultados", PlanKind.BUDGETED),
    ("plan de campaña", PlanKind.CAMPAIGN),
)
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
MONTH_NAMES = (
    {name: number for number, name in enumerate(MONTHS, start=1)}
    | {name[:3]: number for number, name in enumerate(MONTHS, start=1)}
    | {"sept": 9, "setiembre": 9, "set": 9}
)
PLANNED = frozenset("x✔✓☑✅√✗✘☒●•■▪◼*1p") | {"si", "programado", "planeado"}
DONE = frozenset("rh") | {"realizado", "hecho", "cumplido"}
BOTH = frozenset(("pr", "p/r", "ph", "p/h"))
EMPTY = frozenset(("", "-", "–", "—", "0", "no", "n/a", "na", "☐", "."))
NOTHING = frozenset(("na", "n a", "no aplica", "s d", "sin dato", "pendiente", "por definir"))

YEAR = re.compile(r"(?<!\d)((?:19[9]|20\d)\d|2100)(?!\d)")
PERIOD = re.compile(
    r"(?:(?:meta|programado|esperado)\s+)?(?:(?P<word>trimestre|trim|t|semestre|sem)\s*(?P<after>[1-4])"
    r"|(?P<before>[1-4]|primer|segundo|tercer|cuarto)\s*(?:er|o|do|to)?\s*(?P<tail>trimestre|semestre))"
)
ORDINALS = {"primer": 1, "segundo": 2, "tercer": 3, "cuarto": 4}
#: A bad copy in Latin-1 of what was UTF-8.
MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf\u2018-\u203a€™œ]")
LOST = re.compile(r"(?<=\w)[?\ufffd](?=\w)|\ufffd")
LONGEST = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label that was met: what it names, the year beside it, and what follows on the same line."""

    field: Field
    year: int | None = None
    rest: str = ""
    #: Its own words, where they say more than the field: the instrument of an alignment, the month of a milestone.
    words: str = ""
    month: int = 0
    sure: bool = True


def mended(text: str) -> str:
    """``text`` with its accents back, where they were only written in the wrong encoding."""
    if not MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


@lru_cache(maxsize=4096)
def key_of(text: str) -> str:
    """The words of a label without what makes no difference."""
    words = re.findall(r"[a-z0-9?]+", fold(YEAR.sub(" ", LOST.sub("?", mended(text)))).replace("\ufffd", "?"))
    return " ".join(_stem(word) for word in words)


def _stem(word: str) -> str:
    return word.removesuffix("s").removesuffix("e") if len(word) > 3 else word


KEYS: dict[str, Field] = {
    key_of(name): field for field, (_title, names) in reversed(LABELS.items()) for name in names
}
GOAL_KEYS = frozenset(key_of(name) for name in EITHER)


@lru_cache(maxsize=4096)
def label_of(text: str) -> Label | None:
    """The label that ``text`` is, or begins with before a colon."""
    text = text.strip()
    head, colon, rest = text.partition(":")
    if len(head) > LONGEST or not head:
        return None
    if found := _known(head, loose=bool(colon) or head.isupper()):
        field, sure = found
        year = YEAR.search(head)
        words = " ".join(head.split())
        return Label(
            field=field, year=int(year[1]) if year else None, rest=rest.strip(), words=words, sure=sure
        )
    if month := period_of(head):
        return Label(field=Field.MILESTONE, month=month, rest=rest.strip(), words=head.strip())
    return None


@lru_cache(maxsize=4096)
def column_of(text: str) -> Label | None:
    """The label over a column: more words may follow it («Unidad de medida de la meta asociada»)."""
    if found := label_of(text):
        return found if not found.rest else None
    key = key_of(text)
    if not key or len(text) > LONGEST:
        return None
    heads = [
        known
        for known, field in KEYS.items()
        if len(known) > 2 and field is not Field.ALIGNMENT and key.startswith(known + " ")
    ]
    if not heads:
        return None
    longest = max(heads, key=len)
    return Label(field=KEYS[longest], words=text.strip())


def _known(head: str, *, loose: bool) -> tuple[Field, bool] | None:
    key = key_of(head)
    if key in KEYS:
        return KEYS[key], True
    if "?" in key.strip("?"):
        shape = re.compile(".?".join(re.escape(part) for part in key.split("?")))
        return next(((field, False) for known, field in KEYS.items() if shape.fullmatch(known)), None)
    if loose and len(key) > 4 and (close := get_close_matches(key, KEYS, n=1, cutoff=0.9)):
        return KEYS[close[0]], False
    return None


def period_of(head: str) -> int:
    """The last month of the quarter or half that a label names; 0 for none."""
    found = PERIOD.fullmatch(" ".join(re.findall(r"[a-z0-9]+", fold(head))))
    if not found:
        return 0
    word = found["word"] or found["tail"]
    given = found["after"] or found["before"]
    number = ORDINALS.get(given) or int(given)
    month = number * (6 if word.startswith("sem") else 3)
    return month if month <= 12 else 0


@lru_cache(maxsize=4096)
def month_of(cell: str) -> int:
    """The month that a cell names, 1 to 12; 0 for none."""
    return MONTH_NAMES.get(fold(cell).strip(" .:"), 0)


@lru_cache(maxsize=4096)
def mark_of(cell: str) -> tuple[bool, bool] | None:
    """Whether a month is planned and whether it is done; ``None`` for what is no mark that we know."""
    word = fold(cell).strip().replace("\ufe0f", "")
    if word in EMPTY:
        return False, False
    if word in BOTH:
        return True, True
    if word in DONE:
        return False, True
    return (True, False) if word in PLANNED or cell.strip() in PLANNED else None


def kind_of(text: str) -> tuple[PlanKind, str, str] | None:
    """What a title says that the document is: the kind, its words, and what follows them."""
    words = mended(text).split()
    for said, kind in KINDS:
        count = len(said.split())
        if key_of(" ".join(words[:count])) == key_of(said) and len(words) <= 16 and not text.endswith("."):
            return kind, said, " ".join(words[count:])
    return None


def choice_of(field: Field, text: str) -> str:
    """The value of a field of few words; empty for what is none of them."""
    word = " ".join(re.findall(r"[a-z]+", fold(text)))
    choices = CHOICES[field]
    if word in choices:
        return choices[word]
    return next((value for said, value in choices.items() if re.match(rf"{said}\b", word)), "")


def says_nothing(text: str) -> bool:
    """«NA», «no aplica», «por definir»: somebody filled a field with the word that it is empty."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(text))) in NOTHING


def familiar(cells: Iterable[str]) -> int:
    """How many of these cells a plan would hold by themselves: labels, months and marks."""
    return sum(1 for cell in cells if cell.strip() and (column_of(cell) or month_of(cell) or mark_of(cell)))
