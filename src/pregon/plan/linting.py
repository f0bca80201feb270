"""Says in sentences what is wrong with a plan and how to mend it: read before a plan is approved, and while it runs.

Plans are edited copies of the plan before, so most faults are of a kind that a reader no longer sees: a calendar of
another year, a goal that belongs to the row above, a column that nobody filled in.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pregon.core.text import fold, shorten, stem_variants, words_of
from pregon.plan.enums import Direction, Level, Part, PlanKind, Severity
from pregon.plan.values import (
    NO_MONTH,
    ActivityLine,
    Advice,
    DeviationLine,
    IndicatorLine,
    PlanPart,
    ProgrammeLine,
    is_per_cent,
)

NAME_SHOWN, SENTENCE_SHOWN = 60, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part of a plan, by its number from one in the order in which the plan lists it."""

    part: Part
    number: int = 0
    name: str = ""

    def __str__(self) -> str:
        if self.part == Part.PLAN:
            return str(self.part.label)
        return f"{self.part.label} {self.number} · {shorten(self.name, NAME_SHOWN)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: where it stands, what is wrong, and how to mend it."""

    rule: str
    title: str
    severity: Severity
    place: Place
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """The same fault at all its places, so that nobody reads it six times."""

    rule: str
    title: str
    severity: Severity
    what: str
    remedy: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a rule looks at: the plan with the place of each line, and what stands around it."""

    plan: PlanPart
    beside: Sequence[PlanPart] = ()
    advise: Callable[[str], Advice | None] = field(default=lambda text: None)

    @property
    def whole(self) -> Place:
        return Place(part=Part.PLAN)

    @property
    def programmes(self) -> list[tuple[Place, ProgrammeLine]]:
        return [
            (Place(part=Part.PROGRAMME, number=number, name=line.name), line)
            for number, line in enumerate(self.plan.programmes, start=1)
        ]

    @property
    def indicators(self) -> list[tuple[Place, IndicatorLine]]:
        return [
            (Place(part=Part.INDICATOR, number=number, name=line.name), line)
            for number, line in enumerate(self.plan.every_indicator, start=1)
        ]

    @property
    def activities(self) -> list[tuple[Place, ActivityLine]]:
        return [
            (Place(part=Part.ACTIVITY, number=number, name=line.description), line)
            for number, line in enumerate(self.plan.every_activity, start=1)
        ]

    @property
    def measured(self) -> list[tuple[Place, IndicatorLine | ActivityLine]]:
        return [*self.indicators, *self.activities]

    @property
    def lines(self) -> list[tuple[Place, PlanPart | ProgrammeLine | IndicatorLine | ActivityLine]]:
        return [(self.whole, self.plan), *self.programmes, *self.measured]


#: Where, what is wrong, how to mend it.
Told = tuple[Place, str, str]
Rule = Callable[[Sheet], Iterator[Told]]

RULES: dict[str, tuple[Severity, str | Promise, Rule]] = {}


def rule(name: str, severity: Severity, title: str | Promise) -> Callable[[Rule], Rule]:
    """Register the decorated function as the rule ``name``; ``title`` heads its findings."""

    def register(told: Rule) -> Rule:
        RULES[name] = (severity, title, told)
        return told

    return register


def lint(
    plan: PlanPart,
    *,
    beside: Sequence[PlanPart] = (),
    advise: Callable[[str], Advice | None] = lambda text: None,
) -> list[Finding]:
    """What is wrong with ``plan``, the gravest first. ``beside`` are the other plans of the office; ``advise`` answers
    how what a text says could be measured."""
    sheet = Sheet(plan=plan, beside=beside, advise=advise)
    found = [
        Finding(rule=name, title=str(title), severity=severity, place=place, what=what, remedy=remedy)
        for name, (severity, title, told) in RULES.items()
        for place, what, remedy in told(sheet)
    ]
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity))


def together(findings: Iterable[Finding]) -> list[Lack]:
    """Each fault once, with every place at which it stands."""
    places: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        places[finding.rule, finding.what, finding.remedy].append(finding)
    return [
        Lack(
            rule=rule_name,
            title=found[0].title,
            severity=found[0].severity,
            what=what,
            remedy=remedy,
            places=tuple(finding.place for finding in found),
        )
        for (rule_name, what, remedy), found in places.items()
    ]


# --- Of which year it is --------------------------------------------------------------------------------------


@rule("calendario-de-otro-ano", Severity.ERROR, gettext_lazy("El calendario es de otro año"))
def calendar_of_another_year(sheet: Sheet) -> Iterator[Told]:
    written, year = sheet.plan.calendar_year, sheet.plan.year
    if written and written != year:
        yield (
            sheet.whole,
            _("El calendario de actividades dice %(written)s y el plan es de %(year)s.")
            % {"written": written, "year": year},
            _("Revisa los meses de cada actividad y escribe %(year)s sobre el calendario.") % {"year": year},
        )


@rule("meta-por-revisar", Severity.WARNING, gettext_lazy("Metas por revisar"))
def target_not_reviewed(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if line.review_due:
            yield (
                place,
                _("La meta se copió de otro año y nadie la ha revisado."),
                _("Mírala junto a lo que se logró, y déjala o cámbiala en «Revisar las metas»."),
            )


@rule("varios-planes", Severity.NOTE, gettext_lazy("Varios planes de la misma clase en el año"))
def several_plans(sheet: Sheet) -> Iterator[Told]:
    plan = sheet.plan
    others = [
        other.title
        for other in sheet.beside
        if (other.year, other.kind) == (plan.year, plan.kind) and other.key != plan.key
    ]
    if others:
        yield (
            sheet.whole,
            _("Hay más de un plan de la clase «%(kind)s» para %(year)s: también está «%(other)s».")
            % {"kind": PlanKind(plan.kind).label, "year": plan.year, "other": "», «".join(others)},
            _(
                "Si es el mismo plan cargado dos veces, borra el que sobra; si son dos, cambia la clase de uno."
            ),
        )


# --- What an indicator lacks ----------------------------------------------------------------------------------


@rule("sin-formula", Severity.ERROR, gettext_lazy("Indicadores sin fórmula"))
def without_method(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if not (_says(line.method) or _says(line.numerator) or line.measure.name):
            yield (
                place,
                _("No dice cómo se calcula."),
                _(
                    "Escribe el método de cálculo, con su numerador y su denominador, o elige una medida que lo "
                    "cuente."
                ),
            )


@rule("sin-meta", Severity.ERROR, gettext_lazy("Indicadores sin meta"))
def without_target(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if line.target is None:
            yield (
                place,
                _("La meta está escrita con palabras y no lleva una cifra.")
                if line.target_text
                else _("No tiene meta: lo esperado quedó vacío."),
                _("Escribe la cifra a la que se quiere llegar; sin ella no puede haber semáforo."),
            )


@rule("sin-fuente", Severity.WARNING, gettext_lazy("Indicadores sin medio de verificación"))
def without_source(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if not (_says(line.verification) or line.measure.name):
            yield (
                place,
                _("No dice de dónde sale la cifra."),
                _(
                    "Nombra el registro, la encuesta o el documento en que se comprueba, y dónde se puede "
                    "consultar."
                ),
            )


@rule("sin-frecuencia", Severity.WARNING, gettext_lazy("Indicadores sin frecuencia"))
def without_frequency(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if not line.frequency:
            yield (
                place,
                _("No dice cada cuándo se mide."),
                _("Elige cada cuándo se mide: cada día, cada mes, cada trimestre, cada año."),
            )


@rule("sin-resultado-anterior", Severity.WARNING, gettext_lazy("Resultado anterior vacío"))
def without_previous(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if line.previous is None and line.baseline is not None:
            yield (
                place,
                _("El resultado de %(year)s está vacío, y sin él no se sabe si la línea base se movió.")
                % {"year": sheet.plan.year - 1},
                _("Escribe lo que se logró ese año; si no se midió, dilo en la definición."),
            )


@rule("base-sin-ano", Severity.WARNING, gettext_lazy("Línea base sin año"))
def baseline_without_year(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if line.baseline is not None and line.baseline_year is None:
            yield (
                place,
                _("La línea base no dice de qué año es."),
                _("Escribe el año en que se midió y, si se sabe, con qué instrumento."),
            )


@rule("medida-posible", Severity.NOTE, gettext_lazy("Se puede contar con los registros"))
def measure_not_chosen(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.measured:
        if not line.measure.name and (advice := sheet.advise(place.name)) and advice.title:
            yield (
                place,
                _("No se mide, y los registros de la oficina podrían contarlo."),
                _("Mira si le va esta medida: %(title)s.") % {"title": advice.title},
            )


@rule("a-mano", Severity.NOTE, gettext_lazy("Se captura a mano"))
def by_hand(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.measured:
        if not line.measure.name and (advice := sheet.advise(place.name)) and advice.by_hand:
            yield place, _("Ningún registro de la oficina lo cuenta."), advice.by_hand


# --- What contradicts itself ----------------------------------------------------------------------------------


@rule("meta-imposible", Severity.WARNING, gettext_lazy("Porcentajes que no van de 0 a 100"))
def share_beyond_the_whole(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if line.target is not None and is_per_cent(line.unit) and not 0 <= line.target <= 100:
            yield (
                place,
                _("La meta es %(target)s, y un porcentaje va de 0 a 100.")
                % {"target": number_format(line.target.normalize() + 0)},
                _("Corrige la meta; si dice cuánto crece o baja algo, pon «Tasa de variación» por unidad."),
            )


@rule("meta-menor-que-la-base", Severity.ERROR, gettext_lazy("Metas que retroceden"))
def target_behind_baseline(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        if line.target is None or line.baseline is None:
            continue
        if line.direction == Direction.UP and line.target < line.baseline:
            yield (
                place,
                _("La meta queda por debajo de la línea base, y más es mejor."),
                _("Sube la meta, o corrige el sentido si lo que se busca es que baje."),
            )
        elif line.direction == Direction.DOWN and line.target > line.baseline:
            yield (
                place,
                _("La meta queda por encima de la línea base, y menos es mejor."),
                _("Baja la meta, o corrige el sentido si lo que se busca es que suba."),
            )


@rule("metas-por-mes", Severity.ERROR, gettext_lazy("Metas por mes que no cuadran"))
def milestones_astray(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        goals = [goal for _month, goal in line.milestones]
        if line.cumulative and any(later < earlier for earlier, later in pairwise(goals)):
            yield (
                place,
                _("Las metas por mes retroceden, y lo que se acumula no puede bajar."),
                _("Escribe en cada mes lo que debe llevarse desde enero, o marca que la meta no se acumula."),
            )
        if goals and line.target is not None and goals[-1] != line.target:
            yield (
                place,
                _("La última de las metas por mes no es la meta del año."),
                _("Haz que la última sea igual a la meta anual."),
            )


@rule("meta-de-otro", Severity.ERROR, gettext_lazy("Metas que son de otro indicador"))
def target_of_another(sheet: Sheet) -> Iterator[Told]:
    same: dict[str, list[tuple[Place, IndicatorLine]]] = defaultdict(list)
    for place, line in sheet.indicators:
        if content(line.target_text):
            same[key_of(line.target_text)].append((place, line))
    for rows in same.values():
        goal = content(rows[0][1].target_text)
        own = [place for place, line in rows if goal & content(line.name)]
        for place, line in rows:
            if own and place not in own:
                yield (
                    place,
                    _("Su meta, «%(goal)s», es la misma que la de «%(other)s» y no habla de este indicador.")
                    % {"goal": line.target_text, "other": shorten(own[0].name, NAME_SHOWN)},
                    _(
                        "Escribe qué parte de lo suyo se quiere alcanzar: de cuántas peticiones, cuántas se hacen."
                    ),
                )


@rule("en-todos-los-programas", Severity.ERROR, gettext_lazy("El mismo indicador en todos los programas"))
def same_in_every_programme(sheet: Sheet) -> Iterator[Told]:
    for name in _in_every_programme(sheet.plan):
        yield (
            sheet.whole,
            _(
                "Todos los programas se miden con el mismo indicador, «%(name)s»: no dice cuál de ellos funciona."
            )
            % {"name": name},
            _("Da a cada programa un indicador de lo suyo, y deja ese, si acaso, para el fin de todos."),
        )


@rule("indicador-repetido", Severity.WARNING, gettext_lazy("Indicadores con el mismo nombre"))
def same_name(sheet: Sheet) -> Iterator[Told]:
    everywhere = {key_of(name) for name in _in_every_programme(sheet.plan)}
    named: dict[str, list[Place]] = defaultdict(list)
    for place, line in sheet.indicators:
        named[key_of(line.name)].append(place)
    for name, places in named.items():
        if len(places) > 1 and name not in everywhere:
            for place in places:
                yield (
                    place,
                    _("Hay %(many)s indicadores que se llaman igual.") % {"many": len(places)},
                    _("Nombra cada uno por lo que mide, o deja uno solo."),
                )


@rule("unidad-ajena", Severity.WARNING, gettext_lazy("Unidades que no miden la meta"))
def unit_of_something_else(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.indicators:
        told = {"unit": line.unit, "goal": line.target_text or line.name}
        if is_share(line.unit):
            if NUMBER_OF.search(fold(line.target_text)):
                yield (
                    place,
                    _("La unidad es «%(unit)s» y la meta, «%(goal)s», es un número de cosas.") % told,
                    _("Pon como unidad lo que se cuenta."),
                )
        elif "%" in line.target_text or "por ciento" in fold(line.target_text):
            if line.unit:
                yield (
                    place,
                    _("La unidad es «%(unit)s» y la meta, «%(goal)s», está en por ciento.") % told,
                    _("Pon «Porcentaje» como unidad, o escribe la meta en lo que la unidad cuenta."),
                )
        elif not _measures(line):
            yield (
                place,
                _("La unidad «%(unit)s» no mide la meta: «%(goal)s».") % told,
                _better_unit(line),
            )


@rule("no-aplica", Severity.WARNING, gettext_lazy("Campos con «NA»"))
def not_applicable(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.lines:
        said = [FIELDS[name] for name, text in _texts(line) if name in FIELDS and text and not _says(text)]
        if said:
            yield (
                place,
                _("Dice «NA», o algo parecido, donde se espera un dato: %(fields)s.")
                % {"fields": ", ".join(map(str, said))},
                _("Escribe lo que va ahí o déjalo vacío: «NA» parece una respuesta y no lo es."),
            )


# --- Activities and inputs ------------------------------------------------------------------------------------


@rule("actividad-sin-meses", Severity.ERROR, gettext_lazy("Actividades sin meses"))
def activity_in_no_month(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.activities:
        if line.months == NO_MONTH:
            yield (
                place,
                _("No está planeada en ningún mes."),
                _("Marca los meses en que se hará, o quítala del plan."),
            )


@rule("actividad-sin-indicador", Severity.WARNING, gettext_lazy("Actividades sin indicador"))
def activity_without_indicator(sheet: Sheet) -> Iterator[Told]:
    known = {line.code for line in sheet.plan.every_indicator}
    for place, line in sheet.activities:
        if line.indicator not in known:
            yield (
                place,
                _("Sirve al indicador «%(code)s», que no está en el plan.") % {"code": line.indicator}
                if line.indicator
                else _("No dice a qué indicador sirve."),
                _("Elige el indicador que se mueve cuando la actividad se hace; si ninguno, falta uno."),
            )


@rule("indicador-sin-actividad", Severity.WARNING, gettext_lazy("Indicadores sin actividad"))
def indicator_without_activity(sheet: Sheet) -> Iterator[Told]:
    served = {line.indicator for line in sheet.plan.every_activity}
    for place, line in sheet.indicators:
        # What a whole matrix seeks is served by its components.
        if line.code not in served and line.level not in {Level.END, Level.PURPOSE}:
            yield (
                place,
                _("Ninguna actividad dice que le sirve."),
                _("Liga las actividades que lo mueven, o agrega la que falta."),
            )


@rule("insumo-sin-monto", Severity.WARNING, gettext_lazy("Insumos sin monto"))
def input_without_amount(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.programmes:
        if bare := [needed.description for needed in line.inputs if needed.amount is None]:
            yield (
                place,
                _("Su único insumo no trae monto.")
                if len(line.inputs) == 1
                else ngettext(
                    "%(many)s de %(all)s insumos no trae monto.",
                    "%(many)s de %(all)s insumos no traen monto.",
                    len(bare),
                )
                % {"many": len(bare), "all": len(line.inputs)},
                _("Escribe lo que cuesta cada uno en el año, con su partida; cero, si ya se tiene."),
            )


@rule("desviacion-sin-causa", Severity.ERROR, gettext_lazy("Desviaciones sin causa"))
def deviation_without_cause(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.measured:
        if any(_is_bare(went) for went in line.deviations):
            yield (
                place,
                _("Una desviación no dice su causa."),
                _("Escribe por qué el mes salió distinto, qué efecto tuvo y qué se hará."),
            )


# --- Whom it serves -------------------------------------------------------------------------------------------


@rule("imagen-personal", Severity.ERROR, gettext_lazy("Metas que cuidan la imagen de una persona"))
def image_of_a_person(sheet: Sheet) -> Iterator[Told]:
    for place, line in sheet.lines:
        for name, text in _texts(line):
            if name in PURPOSES:
                for sentence in SENTENCE.split(text):
                    if about := _image_in(sentence):
                        yield (
                            place,
                            _("«%(sentence)s» pone la comunicación al servicio de una persona.")
                            % {"sentence": shorten(sentence.strip(" -•\t"), SENTENCE_SHOWN)},
                            _(
                                "El artículo 134 de la Constitución pide que sea institucional y no promueva a "
                                "nadie. Se puede decir así: «%(instead)s»."
                            )
                            % {"instead": about},
                        )


# --- Words ----------------------------------------------------------------------------------------------------

#: What people write where there is nothing to write, without signs or accents.
NOTHING = {
    "na",
    "n a",
    "no aplica",
    "nd",
    "n d",
    "sd",
    "s d",
    "sin dato",
    "no disponible",
    "ninguno",
    "ninguna",
    "pendiente",
    "por definir",
    "x",
}
#: Where «NA» is looked for, and what a person calls it.
FIELDS = {
    "description": gettext_lazy("descripción"),
    "responsible": gettext_lazy("quién responde"),
    "mission": gettext_lazy("misión"),
    "vision": gettext_lazy("visión"),
    "general_objective": gettext_lazy("objetivo general"),
    "particular_objective": gettext_lazy("objetivo particular"),
    "strategy": gettext_lazy("estrategia"),
    "line_of_action": gettext_lazy("línea de acción"),
    "programme_name": gettext_lazy("programa"),
    "axis": gettext_lazy("eje"),
    "definition": gettext_lazy("qué mide"),
    "narrative": gettext_lazy("resumen narrativo"),
    "method": gettext_lazy("método de cálculo"),
    "numerator": gettext_lazy("numerador"),
    "denominator": gettext_lazy("denominador"),
    "verification": gettext_lazy("medios de verificación"),
    "supposition": gettext_lazy("supuesto"),
    "unit": gettext_lazy("unidad de medida"),
    "target_text": gettext_lazy("meta con palabras"),
}
#: Fields that say what is sought, and so whom it serves.
PURPOSES = {
    *("description", "mission", "vision", "goals", "general_objective", "particular_objective", "strategy"),
    *("line_of_action", "programme_name", "name", "narrative", "definition", "target_text"),
}
SENTENCE = re.compile(r"[.;\n]+")
NUMBER_OF = re.compile(r"\d+\s+(?!por ciento)[a-z]{4,}")

_PERSON = (
    r"\b(?:president[ea]s?|alcaldes?|alcaldesas?|regidor(?:a|es|as)?|edil(?:es)?|municipes?|sindic[oa]s?"
    r"|gobernantes?|mandatari[oa]s?|funcionari[oa]s?)\b"
)
_IMAGE = (
    r"\b(?:imagen|figura|reputacion|prestigio|posicionamiento|popularidad|aprobacion|opinion(?:es)?|posturas?"
    r"|acompan\w+|enaltec\w+)\b"
)
IMAGE = re.compile(
    rf"imagen personal|promocion personal|culto a la persona|{_IMAGE}.{{0,60}}?{_PERSON}|{_PERSON}.{{0,40}}?{_IMAGE}"
)

_COMMON = """
    ante cada cantidad como con cual cuando de del desde donde el ella en entre esta este estas estos hacia hasta la las
    lo los mas muy nivel numero para pero por que se ser sin sobre son su sus tiene toda todas todo todos total un una
    unas unos y
"""
#: Too common to tell two goals apart.
COMMON = frozenset(_COMMON.split())
#: Units of a part of a whole, or of a scale.
SHARE = frozenset(
    {
        "porcentaje",
        "proporcion",
        "tasa",
        "indice",
        "razon",
        "calificacion",
        "promedio",
        "puntos",
        "escala",
        "pesos",
    }
)
#: A unit of the first kind measures a goal that names any of the second.
KIN = (
    ("minuto hora dia semana mes", "tiempo plazo demora tardar respuesta diario dia semana mes hora minuto"),
    (
        "persona habitante ciudadano asistente participante usuario lector suscriptor seguidor",
        "poblacion gente publico persona habitante ciudadano asistente participante usuario lector suscriptor alcance",
    ),
    (
        "pieza producto material publicacion contenido",
        "spot perifoneo cartel volante espectacular video audio diseño boletín nota campaña publicacion contenido red",
    ),
    ("evento acto", "evento acto gira cobertura"),
)


def key_of(text: str) -> str:
    """The same for what people take for the same name: accents, case, signs and the first article apart."""
    words = [fold(word) for word in words_of(text)]
    if len(words) > 1 and words[0] in {"el", "la", "los", "las"}:
        words = words[1:]
    return " ".join(words)


@lru_cache(maxsize=1000)
def content(text: str) -> frozenset[str]:
    """The stems of the words of ``text`` that say something."""
    return frozenset(
        stem
        for word in words_of(text)
        if len(word) > 2 and not word.isdigit() and fold(word) not in COMMON
        for stem in stem_variants(word)
    )


def is_share(unit: str) -> bool:
    return "%" in unit or "por ciento" in fold(unit) or bool({fold(word) for word in words_of(unit)} & SHARE)


def _measures(line: IndicatorLine) -> bool:
    """Whether what the unit counts is named by what is sought, or is akin to it."""
    counted = content(line.unit)
    sought = content(
        f"{line.name} {line.target_text} {line.narrative} {line.method} {line.numerator} {line.denominator}"
    )
    akin = any(counted & content(units) and sought & content(goals) for units, goals in KIN)
    return not counted or bool(counted & sought) or akin


def _better_unit(line: IndicatorLine) -> str:
    goal = fold(f"{line.name} {line.target_text}")
    if re.search(r"todos los dias|cada dia|diari|al dia", goal):
        return _("Cuenta días: «Porcentaje de días con publicación», por ejemplo.")
    if re.search(r"accesib|disponib|actualiz|vigente", goal):
        return _(
            "Cuenta lo que está al día entre lo que se debía: «Porcentaje de formatos actualizados», por ejemplo."
        )
    return _("Pon como unidad lo que se cuenta, o «Porcentaje» si la meta es una parte de un total.")


def _in_every_programme(plan: PlanPart) -> list[str]:
    """The names that stand among the indicators of each programme, where there are several programmes."""
    names = [{key_of(line.name): line.name for line in sheet.indicators} for sheet in plan.programmes]
    if len(names) < 2:
        return []
    return [name for key, name in names[0].items() if all(key in others for others in names[1:])]


def _says(text: str) -> bool:
    """Whether there is more in ``text`` than a word for nothing."""
    return bool(text.strip()) and key_of(text) not in NOTHING


def _is_bare(went: DeviationLine) -> bool:
    return not _says(went.cause)


def _image_in(sentence: str) -> str:
    """What could stand in the place of a sentence that seeks a person's image; empty where it seeks none."""
    found = IMAGE.search(fold(sentence))
    if not found:
        return ""
    if "acompan" in found[0]:
        return _("Cubrir los actos oficiales del ayuntamiento")
    if re.search(r"opinion|popularidad|aprobacion", found[0]):
        return _("Conocer lo que la gente opina de los servicios del ayuntamiento")
    return _("Cuidar la imagen institucional del ayuntamiento, con respeto y con datos")


def _texts(line: object) -> Iterator[tuple[str, str]]:
    """The name of each field with its text, those in lists one by one."""
    if not dataclasses.is_dataclass(line):
        return
    for part in dataclasses.fields(line):
        value = getattr(line, part.name)
        if isinstance(value, str):
            yield part.name, value
        elif part.name == "goals":
            yield from (("goals", goal) for goal in value)
