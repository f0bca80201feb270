"""A plan as open data: three tables, and the dictionary that says what stands in each of their columns. Only what any
citizen may read is in them; internal acts are counted and not named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pregon.plan.models import Plan
from pregon.plan.reports.progress import Line, Report

if TYPE_CHECKING:  # a type that exists only in the stubs
    from django_stubs_ext import StrPromise

LICENCE = "Libre Uso MX"
LICENCE_URL = "https://datos.gob.mx/libreusomx"
#: What a sheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column. ``kind`` is a type of the Table Schema of Frictionless Data."""

    name: str
    kind: str
    says: str | StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One table of a plan, whose rows are read from the report of its year."""

    name: str
    title: str | StrPromise
    fields: tuple[Field, ...]
    rows: Callable[[Report], Iterable[tuple[Value, ...]]]


def _indicators(report: Report) -> Iterable[tuple[Value, ...]]:
    for sheet in report.sheets:
        for line in sheet.indicators:
            indicator = line.indicator
            if indicator is None:
                continue
            yield (
                f"{report.plan.slug}/{line.slug}",
                line.slug,
                line.name,
                sheet.name,
                indicator.level,
                indicator.narrative,
                indicator.definition,
                indicator.kind,
                indicator.dimension,
                indicator.method,
                indicator.numerator,
                indicator.denominator,
                indicator.unit,
                indicator.frequency,
                indicator.direction,
                indicator.baseline,
                indicator.baseline_year,
                indicator.previous,
                indicator.target,
                indicator.target_text,
                indicator.review_due,
                indicator.green_from,
                indicator.yellow_from,
                indicator.verification,
                indicator.supposition,
                indicator.responsible,
                line.done,
                line.owed,
                line.value,
                line.light.value,
                line.forecast.low if line.forecast else None,
                line.forecast.high if line.forecast else None,
                indicator.measure,
                line.how,
                line.hidden_records,
                line.url,
            )


def _activities(report: Report) -> Iterable[tuple[Value, ...]]:
    for sheet in report.sheets:
        for line in sheet.activities:
            for month in line.months:
                yield (
                    f"{report.plan.slug}/{line.slug}/{report.plan.year}-{month.number:02d}",
                    line.slug,
                    line.name,
                    sheet.name,
                    f"{report.plan.year}-{month.number:02d}",
                    month.planned,
                    month.mark.value,
                    month.value,
                    line.url,
                )


def _records(report: Report) -> Iterable[tuple[Value, ...]]:
    for line in report.lines:
        for record in line.records:
            yield (
                f"{report.plan.slug}/{line.slug}",
                line.slug,
                _kind(line),
                record.when.isoformat(),
                record.title,
                record.detail,
                f"{settings.BASE_URL}{record.url}" if record.url.startswith("/") else record.url,
            )


def _kind(line: Line) -> str:
    return "indicador" if line.indicator else "actividad"


NUMBER, TEXT, WHOLE, YES_NO, DAY, MONTH, ADDRESS = (
    "number", "string", "integer", "boolean", "date", "yearmonth", "string",
)  # fmt: skip

INDICATORS = Dataset(
    name="indicadores",
    title=_("Indicadores, con lo que llevan del año"),
    rows=_indicators,
    fields=(
        Field(name="id", kind=TEXT, says=_("Identificador: la dirección del plan y la clave. No cambia.")),
        Field(name="clave", kind=TEXT, says=_("Clave del indicador dentro de su plan.")),
        Field(name="nombre", kind=TEXT, says=_("Nombre del indicador.")),
        Field(name="programa", kind=TEXT, says=_("Programa al que pertenece; vacío, del plan mismo.")),
        Field(name="nivel", kind=TEXT, says=_("fin, proposito, componente o actividad de la matriz.")),
        Field(name="resumen_narrativo", kind=TEXT, says=_("Lo que la matriz dice que se logra.")),
        Field(name="definicion", kind=TEXT, says=_("Qué mide.")),
        Field(name="tipo", kind=TEXT, says=_("estrategico o gestion.")),
        Field(name="dimension", kind=TEXT, says=_("eficacia, eficiencia, calidad o economia.")),
        Field(name="metodo", kind=TEXT, says=_("Método de cálculo que escribe el plan.")),
        Field(name="numerador", kind=TEXT, says=_("Qué se cuenta arriba; su valor es «hecho».")),
        Field(name="denominador", kind=TEXT, says=_("Qué se cuenta abajo; su valor es «de_cuantos».")),
        Field(name="unidad", kind=TEXT, says=_("Unidad de medida que escribe el plan.")),
        Field(name="frecuencia", kind=TEXT, says=_("Cada cuándo se mide.")),
        Field(name="sentido", kind=TEXT, says=_("Si más es mejor (ascendente) o menos (descendente).")),
        Field(name="linea_base", kind=NUMBER, says=_("De dónde se partió; vacía, el plan no lo dice.")),
        Field(name="linea_base_anio", kind=WHOLE, says=_("Año de la línea base.")),
        Field(name="resultado_anterior", kind=NUMBER, says=_("A qué se llegó el año anterior.")),
        Field(name="meta", kind=NUMBER, says=_("Meta del año; vacía, el plan no la pone.")),
        Field(name="meta_texto", kind=TEXT, says=_("La meta como el plan la escribe.")),
        Field(
            name="meta_por_revisar",
            kind=YES_NO,
            says=_("Si la meta se copió de otro año y nadie la ha revisado todavía."),
        ),
        Field(name="verde_desde", kind=NUMBER, says=_("Por ciento de la meta desde el que está en verde.")),
        Field(name="amarillo_desde", kind=NUMBER, says=_("Por ciento desde el que está en amarillo.")),
        Field(name="medios_de_verificacion", kind=TEXT, says=_("Dónde se comprueba, según el plan.")),
        Field(name="supuesto", kind=TEXT, says=_("Qué debe cumplirse fuera de la oficina.")),
        Field(name="responsable", kind=TEXT, says=_("El cargo que responde.")),
        Field(name="hecho", kind=NUMBER, says=_("Cuánto se hizo en lo que va del año.")),
        Field(name="de_cuantos", kind=NUMBER, says=_("De cuánto que se debía; vacío cuando solo se cuenta.")),
        Field(name="valor", kind=NUMBER, says=_("La cifra: el por ciento de lo debido, o lo contado.")),
        Field(
            name="semaforo",
            kind=TEXT,
            says=_("verde, amarillo, rojo, o gris cuando falta la cifra o la meta."),
        ),
        Field(name="cierre_desde", kind=NUMBER, says=_("Lo menos que se espera al cierre del año.")),
        Field(
            name="cierre_hasta",
            kind=NUMBER,
            says=_(
                "Lo más que se espera al cierre del año: ocho de cada diez veces la cifra cae entre ambas."
            ),
        ),
        Field(name="medida", kind=TEXT, says=_("Con qué pregunta se cuenta sola; vacía, no se cuenta.")),
        Field(
            name="como_se_mide",
            kind=TEXT,
            says=_("La medida y cómo cuenta, o «Captura a mano»; vacía, nadie la ha medido."),
        ),
        Field(name="registros_internos", kind=WHOLE, says=_("Registros que cuentan y no se anuncian.")),
        Field(name="url", kind=ADDRESS, says=_("Página del indicador, con sus registros.")),
    ),
)
ACTIVITIES = Dataset(
    name="actividades",
    title=_("Actividades, mes por mes"),
    rows=_activities,
    fields=(
        Field(name="id", kind=TEXT, says=_("Identificador: plan, actividad y mes. No cambia.")),
        Field(name="actividad", kind=TEXT, says=_("Clave de la actividad dentro de su plan.")),
        Field(name="descripcion", kind=TEXT, says=_("Qué se hace.")),
        Field(name="programa", kind=TEXT, says=_("Programa al que pertenece; vacío, del plan mismo.")),
        Field(name="mes", kind=MONTH, says=_("Año y mes.")),
        Field(name="planeado", kind=YES_NO, says=_("Si el plan la prometió para ese mes.")),
        Field(name="marca", kind=TEXT, says=_(
            "Qué pasó: hecho, sin-registros, en-curso, por-venir, antes, planeado, ademas o no."
        )),
        Field(name="registros", kind=NUMBER, says=_("Cuántos registros la prueban; vacío cuando no se mide.")),
        Field(name="url", kind=ADDRESS, says=_("Página de la actividad.")),
    ),
)  # fmt: skip
RECORDS = Dataset(
    name="registros",
    title=_("Los registros detrás de cada cifra"),
    rows=_records,
    fields=(
        Field(
            name="id", kind=TEXT, says=_("Identificador del indicador o actividad que el registro prueba.")
        ),
        Field(name="clave", kind=TEXT, says=_("Su clave dentro del plan.")),
        Field(name="clase", kind=TEXT, says=_("indicador o actividad.")),
        Field(name="dia", kind=DAY, says=_("Día en que cuenta.")),
        Field(name="titulo", kind=TEXT, says=_("Título del registro.")),
        Field(name="detalle", kind=TEXT, says=_("Qué se hizo o dónde salió.")),
        Field(name="url", kind=ADDRESS, says=_("Dónde se abre.")),
    ),
)
DATASETS = {dataset.name: dataset for dataset in (INDICATORS, ACTIVITIES, RECORDS)}
DICTIONARY = "diccionario"


def csv_of(head: Iterable[str], rows: Iterable[Iterable[Value]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it. A text that a sheet would take for a formula begins with an
    apostrophe."""
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow(head)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return held.getvalue().encode("utf-8-sig")


def dataset_csv(dataset: Dataset, report: Report) -> bytes:
    return csv_of((field.name for field in dataset.fields), dataset.rows(report))


def dataset_json(dataset: Dataset, report: Report) -> bytes:
    names = [field.name for field in dataset.fields]
    return _json(
        {
            **_about(report),
            "tabla": dataset.name,
            "filas": [dict(zip(names, map(_number, row), strict=True)) for row in dataset.rows(report)],
        }
    )


def dictionary_csv() -> bytes:
    return csv_of(
        ("tabla", "columna", "tipo", "que_dice"),
        (
            (dataset.name, field.name, field.kind, str(field.says))
            for dataset in DATASETS.values()
            for field in dataset.fields
        ),
    )


def dictionary_json(plan: Plan) -> bytes:
    """A Data Package (Frictionless Data): what programs that open tables know how to read."""
    address = f"{settings.BASE_URL}{plan.get_absolute_url()}datos/"
    return _json(
        {
            "profile": "tabular-data-package",
            "name": plan.slug,
            "title": f"{plan.title} {plan.year}",
            "homepage": address,
            "licenses": [{"name": LICENCE, "title": LICENCE, "path": LICENCE_URL}],
            "resources": [
                {
                    "profile": "tabular-data-resource",
                    "name": dataset.name,
                    "title": str(dataset.title),
                    "path": f"{address}{dataset.name}.csv",
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "schema": {
                        "fields": [
                            {"name": field.name, "type": field.kind, "description": str(field.says)}
                            for field in dataset.fields
                        ],
                        "missingValues": [""],
                    },
                }
                for dataset in DATASETS.values()
            ],
        }
    )


def _about(report: Report) -> dict[str, Any]:
    return {
        "plan": report.plan.slug,
        "titulo": f"{report.plan.title} {report.plan.year}",
        "licencia": LICENCE,
        "licencia_url": LICENCE_URL,
        "diccionario": f"{settings.BASE_URL}{report.plan.get_absolute_url()}datos/{DICTIONARY}.json",
    }


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _number(value: Value) -> str | int | float | bool | None:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
