"""Writes a plan as the file that ``reading`` reads: what goes out comes back the same, to the last word.

Only what was said is written: a part that stands at its default stays out, so that a file is as short as its plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import yaml

from pregon.plan.enums import Direction, Overshoot, PlanKind
from pregon.plan.values import (
    EVERY_MONTH,
    GREEN_FROM,
    NO_MONTH,
    OVERSHOOT_FROM,
    YELLOW_FROM,
    ActivityLine,
    DeviationLine,
    IndicatorLine,
    InputLine,
    MeasureLine,
    PlanPart,
    ProgrammeLine,
)

WIDTH = 110
TEXT = "tag:yaml.org,2002:str"
#: Every month, where that is not what a file means that says nothing.
ALL = "todos"


def write(plan: PlanPart) -> str:
    """``plan`` as YAML, without the office that a whole file may hold too."""
    return yaml.dump(
        {"plan": _plan(plan)},
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=WIDTH,
        default_flow_style=False,
    )


class Dumper(yaml.SafeDumper):
    """YAML whose paragraphs stand one below the other, as people read them."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        lines = data.splitlines()
        return self.represent_scalar(TEXT, "\n".join(lines), style="|" if len(lines) > 1 else None)


Dumper.add_representer(str, Dumper.represent_str)


def _plan(plan: PlanPart) -> dict[str, Any]:
    return _said(
        clave=plan.key,
        titulo=plan.title,
        ejercicio=plan.year,
        clase=plan.kind if plan.kind != PlanKind.ANNUAL else None,
        unidad=plan.unit_name,
        responsable=plan.responsible,
        calendario=plan.calendar_year,
        descripcion=plan.description,
        mision=plan.mission,
        vision=plan.vision,
        valores=[{"nombre": name, "texto": text} for name, text in plan.values],
        propositos=list(plan.goals),
        fuente=plan.source,
        programas=[_programme(line) for line in plan.programmes],
        indicadores=[_indicator(line) for line in plan.indicators],
        actividades=[_activity(line) for line in plan.activities],
    )


def _programme(line: ProgrammeLine) -> dict[str, Any]:
    return _said(
        nombre=line.name,
        objetivo_general=line.general_objective,
        objetivo_particular=line.particular_objective,
        estrategia=line.strategy,
        linea_de_accion=line.line_of_action,
        programa=line.programme_name,
        eje=line.axis,
        alineacion=[{"instrumento": name, "objetivo": text} for name, text in line.alignment],
        responsable=line.responsible,
        descripcion=line.description,
        meses=_months(line.months),
        insumos=[_input(needed) for needed in line.inputs],
        indicadores=[_indicator(indicator) for indicator in line.indicators],
        actividades=[_activity(activity) for activity in line.activities],
    )


def _input(line: InputLine) -> dict[str, Any]:
    return _said(descripcion=line.description, monto=_number(line.amount), partida=line.budget_line)


def _indicator(line: IndicatorLine) -> dict[str, Any]:
    return _said(
        clave=line.code,
        nombre=line.name,
        clave_del_documento=line.reference,
        corto=line.short_name,
        definicion=line.definition,
        nivel=line.level,
        resumen_narrativo=line.narrative,
        tipo=line.kind,
        dimension=line.dimension,
        metodo=line.method,
        numerador=line.numerator,
        denominador=line.denominator,
        medios_de_verificacion=line.verification,
        supuesto=line.supposition,
        responsable=line.responsible,
        unidad=line.unit,
        linea_base=_said(valor=_number(line.baseline), ejercicio=line.baseline_year),
        resultado_anterior=_number(line.previous),
        meta=_number(line.target),
        meta_con_palabras=line.target_text,
        meta_por_revisar=line.review_due or None,
        metas_por_mes={month: _number(goal) for month, goal in line.milestones},
        acumulable=None if line.cumulative else False,
        sentido=line.direction if line.direction != Direction.UP else None,
        semaforo=_said(
            verde=_number(line.green_from) if line.green_from != GREEN_FROM else None,
            amarillo=_number(line.yellow_from) if line.yellow_from != YELLOW_FROM else None,
            si_se_pasa=line.overshoot if line.overshoot != Overshoot.MET else None,
            pasarse_desde=_number(line.overshoot_from) if line.overshoot_from != OVERSHOOT_FROM else None,
        ),
        frecuencia=line.frequency,
        medida=_measure(line.measure),
        desviaciones=_deviations(line.deviations),
    )


def _activity(line: ActivityLine) -> dict[str, Any]:
    return _said(
        descripcion=line.description,
        clave_del_documento=line.reference,
        corto=line.short_name,
        indicador=line.indicator,
        responsable=line.responsible,
        supuesto=line.supposition,
        meses=_months(line.months),
        cantidades={month: _number(amount) for month, amount in line.amounts},
        hechos=None if line.done == NO_MONTH else _months(line.done) or ALL,
        medida=_measure(line.measure),
        desviaciones=_deviations(line.deviations),
    )


def _deviations(lines: Iterable[DeviationLine]) -> list[dict[str, Any]]:
    return [
        _said(mes=line.month, causa=line.cause, efecto=line.effect, remedio=line.remedy) for line in lines
    ]


def _measure(line: MeasureLine) -> dict[str, Any]:
    return _said(nombre=line.name, parametros=dict(line.parameters))


def _months(months: tuple[bool, ...]) -> list[int] | str | None:
    """Every month is what a file means that says nothing."""
    if months == EVERY_MONTH:
        return None
    return [number for number, month in enumerate(months, start=1) if month]


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _said(**parts: Any) -> dict[str, Any]:
    """Those that say something: no months at all, and zero, do."""
    return {
        name: value
        for name, value in parts.items()
        if value is False or value == 0 or value or (name == "meses" and value == [])
    }
