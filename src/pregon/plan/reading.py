"""Reads a plan file into values. Every fault is found in one go and told with its place, in Spanish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.utils.translation import gettext as _

from pregon.core.text import nearest
from pregon.plan.enums import Dimension, Direction, Frequency, Kind, Level, Overshoot, PlanKind
from pregon.plan.errors import BrokenPlan, UnknownPlan
from pregon.plan.values import (
    EVERY_MONTH,
    GREEN_FROM,
    LONGEST,
    LONGEST_GOAL,
    LONGEST_NAME,
    NO_MONTH,
    OVERSHOOT_FROM,
    OWN_CODE,
    YELLOW_FROM,
    ActivityLine,
    DeviationLine,
    IndicatorLine,
    InputLine,
    MeasureLine,
    OfficePart,
    PlanFile,
    PlanPart,
    ProgrammeLine,
)

SEEDS = Path(__file__).parent / "seeds"
LARGEST = 1_000_000
#: What offices have their plans in, and how Word, Excel and PDF begin whatever their name.
DOCUMENTS = frozenset({".docx", ".doc", ".xlsx", ".xls", ".xlsm", ".csv", ".txt", ".odt", ".ods", ".pdf"})
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
MOST_FAULTS = 12
MOST_ENTRIES = 5_000
ALL = "todos"

#: As the desk lets it in too: it is part of an address.
KEY = re.compile(r"[-a-zA-Z0-9_]+")
LONGEST_KEY = 60
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

#: Whole digits that a figure may have, and an amount of money.
DIGITS, PESOS = 7, 10

T = TypeVar("T")


def known() -> list[str]:
    """The names of the plans that come with Pregón."""
    return sorted(path.stem for path in SEEDS.glob("*.yaml"))


def read(path_or_name: Path | str) -> PlanFile:
    """The plan in a file, or one of ours by its name. Raises :class:`UnknownPlan` or :class:`BrokenPlan`."""
    path = SEEDS / f"{path_or_name}.yaml" if str(path_or_name) in known() else Path(path_or_name)
    try:
        if path.stat().st_size > LARGEST:
            raise BrokenPlan(_("«%(path)s» pesa demasiado para ser un plan.") % {"path": path})
        content = path.read_bytes()
    except OSError as problem:
        sentence = _(
            "No hay un plan en «%(path)s»: escribe la ruta de un archivo, o uno de estos nombres: %(known)s."
        )
        sentence %= {"path": path_or_name, "known": ", ".join(known())}
        if near := nearest(str(path_or_name), known()):
            sentence += " " + _("¿Quisiste decir «%(near)s»?") % {"near": near}
        raise UnknownPlan(sentence) from problem
    if path.suffix.lower() in DOCUMENTS or content.startswith(PACKED):
        raise BrokenPlan(
            _(
                "«%(path)s» es un documento y no el archivo YAML de un plan: cárgalo con «pregon plan import», que "
                "muestra qué entiende de él, cuando la oficina esté preparada."
            )
            % {"path": path}
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise BrokenPlan(
            _("«%(path)s» no es texto UTF-8: guárdalo con esa codificación.") % {"path": path}
        ) from problem
    return parse(text, name=path.name)


def parse(text: str, *, name: str) -> PlanFile:
    """The plan in ``text``. Raises :class:`BrokenPlan` with every fault."""
    if len(text) > LARGEST:
        raise BrokenPlan(_("«%(path)s» pesa demasiado para ser un plan.") % {"path": name})
    try:
        whole = yaml.load(text, Loader=StrictLoader)  # noqa: S506 - StrictLoader is a SafeLoader
    except RecursionError as problem:
        raise BrokenPlan(
            _("«%(name)s» tiene demasiadas partes una dentro de otra: revisa sus sangrías.") % {"name": name}
        ) from problem
    except Repeated as problem:
        raise BrokenPlan(
            _("«%(name)s» remite a otra parte con «*» en la línea %(line)s: escribe ahí lo que dice.")
            % {"name": name, "line": problem.line}
        ) from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BrokenPlan(
            _("«%(name)s» no es YAML bien escrito: revisa la línea %(line)s.") % {"name": name, "line": line}
        ) from problem
    faults: list[str] = []
    root = Node(whole, "", faults)
    found = PlanFile(office=_office(root), plan=_plan(root.node("plan", required=True)))
    root.close()
    if faults:
        shown = faults[:MOST_FAULTS]
        if more := len(faults) - len(shown):
            shown.append(_("y otros %(more)s.") % {"more": more})
        sentence = _("El plan «%(name)s» no se puede cargar: %(faults)s")
        raise BrokenPlan(sentence % {"name": name, "faults": " ".join(shown)}, faults=faults)
    return found


def written(text: str) -> str:
    """``text`` on one line, without what is no letter: a NUL stops the database, and half a letter every page."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def paragraphs(text: str) -> str:
    """``text`` whose lines stay apart, as somebody wrote them on the desk."""
    return "\n".join(map(written, text.splitlines())).strip()


class Repeated(yaml.YAMLError):
    """A part that stands for another one of the same file."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class StrictLoader(yaml.SafeLoader):
    """YAML without objects, without the same key twice — the second would silently win — and without parts that stand
    for others: a file of a page becomes a plan of a million lines with them."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # so in the stubs of the library
            raise Repeated(event.start_mark.line + 1)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError) as problem:  # «2026-13-45» is no date
            raise yaml.constructor.ConstructorError(None, None, "no such value", node.start_mark) from problem

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _value in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, "duplicate key, or none", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class Node:
    """One mapping of the file: hands out its parts typed, notes each fault with its place, and goes on."""

    def __init__(self, content: object, place: str, faults: list[str]) -> None:
        self.place, self.faults, self.asked = place, faults, set[str]()
        self.content: dict[str, Any] = {}
        if isinstance(content, dict):
            self.content = {str(key): value for key, value in content.items()}
        elif content is not None:
            self.fault("", _("se esperaba una lista de claves y valores"))

    def fault(self, key: str, what: str) -> None:
        place = f"{self.place}.{key}".strip(".") or _("el archivo")
        self.faults.append(_("%(place)s: %(what)s.") % {"place": place, "what": what})

    def take(self, key: str, *, required: bool = False) -> Any:
        self.asked.add(key)
        value = self.content.get(key)
        if required and value in (None, "", [], {}):
            self.fault(key, _("falta"))
        return value

    def text(self, key: str, *, required: bool = False, limit: int = LONGEST, default: str = "") -> str:
        value = self.take(key, required=required)
        if value is None:
            return default
        if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
            self.fault(key, _("se esperaba texto"))
            return default
        words = paragraphs(str(value)) if limit == LONGEST else written(str(value))
        if required and value and not words:
            self.fault(key, _("falta"))
        if len(words) > limit:
            self.fault(key, _("pasa de %(limit)s caracteres") % {"limit": limit})
        return words

    def matching(
        self,
        key: str,
        pattern: re.Pattern[str],
        what: str,
        *,
        required: bool = False,
        limit: int = LONGEST_KEY,
    ) -> str:
        value = self.text(key, required=required, limit=limit)
        if value and not pattern.fullmatch(value):
            self.fault(key, what)
        return value

    def number(self, key: str, *, floor: Decimal | None = None, digits: int = DIGITS) -> Decimal | None:
        value = self.take(key)
        return None if value is None else self.numeral(key, value, floor=floor, digits=digits)

    def per_cent(self, key: str, *, default: Decimal, digits: int, floor: Decimal = Decimal(0)) -> Decimal:
        number = self.number(key, floor=floor, digits=digits)
        return default if number is None else number

    def numeral(
        self, key: str, value: Any, *, floor: Decimal | None = None, digits: int = DIGITS
    ) -> Decimal | None:
        """``value`` as the number that the database keeps to the last digit."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.fault(key, _("se esperaba un número"))
            return None
        if abs(value) >= 10**digits:
            self.fault(key, _("es un número demasiado grande"))
            return None
        number = Decimal(str(value))
        if number != round(number, 2):
            self.fault(key, _("lleva a lo más dos decimales"))
            return None
        if floor is not None and number < floor:
            self.fault(key, _("no puede ser menor que %(floor)s") % {"floor": floor})
        return number

    def year(self, key: str, *, required: bool = False) -> int | None:
        value = self.take(key, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1990 <= value <= 2100:
            self.fault(key, _("se esperaba un año de cuatro cifras"))
            return None
        return value

    def choice(self, key: str, options: Iterable[str], *, default: str) -> str:
        value = self.text(key, default=default)
        choices = list(options)
        if value not in choices:
            self.fault(
                key,
                _("se esperaba una de estas palabras: %(choices)s")
                % {"choices": ", ".join(filter(None, choices))},
            )
            return default
        return value

    def months(self, key: str, *, default: tuple[bool, ...] = EVERY_MONTH) -> tuple[bool, ...]:
        value = self.take(key)
        if value is None:
            return default
        if value == ALL:
            return EVERY_MONTH
        if not isinstance(value, list) or not all(type(month) is int and 1 <= month <= 12 for month in value):
            self.fault(key, _("se esperaba «todos» o una lista de meses del 1 al 12"))
            return default
        return tuple(month in value for month in range(1, 13))

    def month(self, key: str) -> int:
        value = self.take(key, required=True)
        if type(value) is not int or not 1 <= value <= 12:
            self.fault(key, _("se esperaba un mes del 1 al 12"))
            return 1
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(key, _("se esperaba sí o no"))
            return default
        return value

    def milestones(self, key: str) -> tuple[tuple[int, Decimal], ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, dict) or not all(type(month) is int and 1 <= month <= 12 for month in value):
            self.fault(key, _("se esperaban meses del 1 al 12, cada uno con su número"))
            return ()
        goals = ((month, self.numeral(f"{key}.{month}", goal)) for month, goal in sorted(value.items()))
        return tuple((month, goal) for month, goal in goals if goal is not None)

    def names(self, key: str, *, limit: int = 160) -> tuple[str, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(name, str) and written(name) for name in value):
            self.fault(key, _("se esperaba una lista de textos"))
            return ()
        if any(len(name) > limit for name in value):
            self.fault(key, _("pasa de %(limit)s caracteres") % {"limit": limit})
        return tuple(written(name) for name in value)

    def node(self, key: str, *, required: bool = False) -> Node:
        return Node(self.take(key, required=required), f"{self.place}.{key}".strip("."), self.faults)

    def each(self, key: str, line: Callable[[Node], T]) -> tuple[T, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(key, _("se esperaba una lista"))
            return ()
        if len(value) > MOST_ENTRIES:
            self.fault(key, _("pasa de %(most)s entradas") % {"most": MOST_ENTRIES})
            return ()
        found = []
        for place, content in enumerate(value, start=1):
            node = Node(content, f"{self.place}.{key}[{place}]".strip("."), self.faults)
            found.append(line(node))
            node.close()
        return tuple(found)

    def close(self) -> None:
        """Whatever nobody asked for is a word nobody knows."""
        for key in self.content:
            if key not in self.asked:
                near = nearest(key, self.asked)
                what = _("esta clave no se conoce")
                if near:
                    what += _("; quizá es «%(near)s»") % {"near": near}
                self.fault(key, what)


def _office(root: Node) -> OfficePart:
    office = root.node("oficina")
    colours = office.node("colores")
    wrong = _("se esperaba un color como #1F5A45")
    found = OfficePart(
        municipality=office.text("municipio", limit=120),
        state=office.text("estado", limit=80),
        name=office.text("nombre", limit=160),
        brand=colours.matching("principal", COLOUR, wrong),
        accent=colours.matching("acento", COLOUR, wrong),
        gold=colours.matching("realce", COLOUR, wrong),
        address=office.text("domicilio", limit=240),
        telephones=" · ".join(office.names("telefonos", limit=40)),
        website=office.text("sitio", limit=200),
        departments=root.names("dependencias"),
        localities=root.names("localidades", limit=120),
        topics=root.names("temas", limit=80),
    )
    colours.close()
    office.close()
    return found


def _plan(plan: Node) -> PlanPart:
    found = PlanPart(
        key=plan.matching(
            "clave", KEY, _("se esperaban letras sin acento, números y guiones"), required=True
        ),
        title=plan.text("titulo", required=True, limit=200),
        year=plan.year("ejercicio", required=True) or 0,
        kind=plan.choice("clase", PlanKind.values, default=PlanKind.ANNUAL.value),
        unit_name=plan.text("unidad", required=True, limit=160),
        responsible=plan.text("responsable", limit=160),
        calendar_year=plan.year("calendario"),
        description=plan.text("descripcion"),
        mission=plan.text("mision"),
        vision=plan.text("vision"),
        values=plan.each("valores", _value),
        goals=plan.names("propositos", limit=LONGEST_GOAL),
        source=plan.text("fuente"),
        programmes=plan.each("programas", _programme),
        indicators=plan.each("indicadores", _indicator),
        activities=plan.each("actividades", _activity),
    )
    codes = [line.code for line in found.every_indicator]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        plan.fault("indicadores", _("la clave «%(code)s» está repetida") % {"code": code})
    for code in sorted({line.indicator for line in found.every_activity} - {"", *codes}):
        plan.fault("actividades", _("no hay un indicador con la clave «%(code)s»") % {"code": code})
    plan.close()
    return found


def _value(node: Node) -> tuple[str, str]:
    return node.text("nombre", required=True, limit=LONGEST_NAME), node.text("texto", required=True)


def _programme(node: Node) -> ProgrammeLine:
    return ProgrammeLine(
        name=node.text("nombre", required=True, limit=160),
        general_objective=node.text("objetivo_general"),
        particular_objective=node.text("objetivo_particular"),
        strategy=node.text("estrategia"),
        line_of_action=node.text("linea_de_accion"),
        programme_name=node.text("programa", limit=200),
        axis=node.text("eje", limit=200),
        alignment=node.each("alineacion", _alignment),
        responsible=node.text("responsable", limit=160),
        description=node.text("descripcion"),
        months=node.months("meses"),
        inputs=node.each("insumos", _input),
        indicators=node.each("indicadores", _indicator),
        activities=node.each("actividades", _activity),
    )


def _alignment(node: Node) -> tuple[str, str]:
    return node.text("instrumento", required=True, limit=LONGEST_NAME), node.text("objetivo", required=True)


def _deviation(node: Node) -> DeviationLine:
    return DeviationLine(
        month=node.month("mes"),
        cause=node.text("causa", required=True),
        effect=node.text("efecto"),
        remedy=node.text("remedio"),
    )


def _input(node: Node) -> InputLine:
    return InputLine(
        description=node.text("descripcion", required=True, limit=300),
        amount=node.number("monto", floor=Decimal(0), digits=PESOS),
        budget_line=node.text("partida", limit=20),
    )


def _activity(node: Node) -> ActivityLine:
    amounts = node.milestones("cantidades")
    counted = {month for month, _amount in amounts}
    return ActivityLine(
        description=node.text("descripcion", required=True, limit=300),
        reference=node.text("clave_del_documento", limit=40),
        short_name=node.text("corto", limit=40),
        indicator=node.text("indicador", limit=60),
        responsible=node.text("responsable", limit=160),
        supposition=node.text("supuesto"),
        months=tuple(
            planned or month in counted for month, planned in enumerate(node.months("meses"), start=1)
        ),
        amounts=amounts,
        done=node.months("hechos", default=NO_MONTH),
        measure=_measure(node.node("medida")),
        deviations=node.each("desviaciones", _deviation),
    )


def _indicator(node: Node) -> IndicatorLine:
    code = node.matching("clave", KEY, _("se esperaban letras sin acento, números y guiones"), required=True)
    if OWN_CODE.fullmatch(code):
        node.fault("clave", _("esa dirección es de otra página del plan; escribe otra"))
    baseline = node.node("linea_base")
    lights = node.node("semaforo")
    line = IndicatorLine(
        code=code,
        name=node.text("nombre", required=True, limit=160),
        reference=node.text("clave_del_documento", limit=40),
        short_name=node.text("corto", limit=40),
        definition=node.text("definicion"),
        level=node.choice("nivel", ["", *Level.values], default=""),
        narrative=node.text("resumen_narrativo"),
        kind=node.choice("tipo", ["", *Kind.values], default=""),
        dimension=node.choice("dimension", ["", *Dimension.values], default=""),
        method=node.text("metodo"),
        numerator=node.text("numerador", limit=300),
        denominator=node.text("denominador", limit=300),
        verification=node.text("medios_de_verificacion"),
        supposition=node.text("supuesto"),
        responsible=node.text("responsable", limit=160),
        unit=node.text("unidad", limit=60),
        baseline=baseline.number("valor"),
        baseline_year=baseline.year("ejercicio"),
        previous=node.number("resultado_anterior"),
        target=node.number("meta"),
        target_text=node.text("meta_con_palabras", limit=300),
        review_due=node.flag("meta_por_revisar", default=False),
        milestones=node.milestones("metas_por_mes"),
        cumulative=node.flag("acumulable", default=True),
        direction=node.choice("sentido", Direction.values, default=Direction.UP.value),
        green_from=lights.per_cent("verde", default=GREEN_FROM, digits=3),
        yellow_from=lights.per_cent("amarillo", default=YELLOW_FROM, digits=3),
        overshoot=lights.choice("si_se_pasa", Overshoot.values, default=Overshoot.MET.value),
        overshoot_from=lights.per_cent("pasarse_desde", default=OVERSHOOT_FROM, digits=4, floor=Decimal(100)),
        frequency=node.choice("frecuencia", ["", *Frequency.values], default=""),
        measure=_measure(node.node("medida")),
        deviations=node.each("desviaciones", _deviation),
    )
    if not 0 < line.yellow_from <= line.green_from:
        node.fault("semaforo", _("el verde empieza donde el amarillo o más arriba, y ambos pasan de 0"))
    baseline.close()
    lights.close()
    return line


def _measure(node: Node) -> MeasureLine:
    name = node.text("nombre", limit=60)
    given = node.take("parametros")
    if given is not None and not (
        isinstance(given, dict) and all(isinstance(part, str) for pair in given.items() for part in pair)
    ):
        node.fault("parametros", _("se esperaban pares de nombre y texto"))
        given = None
    if given and not name:
        node.fault("nombre", _("falta"))
    node.close()
    return MeasureLine(name=name, parameters=dict(given or {}))
