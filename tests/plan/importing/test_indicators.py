"""The fields of an indicator, and the figures in them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.documents import doubts, drafted, plan_of
from pregon.plan.importing.indicators import as_target, level_before
from pregon.plan.importing.labels import Field, Label
from pregon.plan.linting import lint
from pregon.plan.values import IndicatorLine


def indicator(text: str) -> IndicatorLine:
    (line,) = plan_of(text).every_indicator
    return line


SHEET = """Ficha técnica del indicador
Nivel\tActividad
Nombre del indicador\tActos cubiertos
Definición\tDe los actos celebrados, cuántos se cubrieron
Tipo\tGestión
Dimensión\tEficacia
Método de cálculo\t(cubiertos / celebrados) * 100
Numerador\tActos cubiertos
Denominador\tActos celebrados
Unidad de medida\tPorcentaje
Frecuencia de medición\tTrimestral
Línea base\t82
Año de la línea base\t2025
Meta anual\t95
Meta T1\t90
Meta T2\t92
Sentido\tAscendente
Semáforo verde\t90 %
Semáforo amarillo\t70 %
Medios de verificación\tAgenda de actos
Supuestos\tLas dependencias avisan
Responsable\tRedacción
"""


def test_a_sheet_of_an_indicator_fills_every_field() -> None:
    line = indicator(SHEET)
    assert line == IndicatorLine(
        code="actos-cubiertos",
        name="Actos cubiertos",
        definition="De los actos celebrados, cuántos se cubrieron",
        level="actividad",
        kind="gestion",
        dimension="eficacia",
        method="(cubiertos / celebrados) * 100",
        numerator="Actos cubiertos",
        denominator="Actos celebrados",
        unit="Porcentaje",
        frequency="trimestral",
        baseline=Decimal(82),
        baseline_year=2025,
        target=Decimal(95),
        milestones=((3, Decimal(90)), (6, Decimal(92))),
        direction="ascendente",
        green_from=Decimal(90),
        yellow_from=Decimal(70),
        verification="Agenda de actos",
        supposition="Las dependencias avisan",
        responsible="Redacción",
    )


def test_several_sheets_give_several_indicators() -> None:
    names = [line.name for line in plan_of(SHEET + SHEET.replace("cubiertos", "grabados")).indicators]
    assert names == ["Actos cubiertos", "Actos grabados"]


@pytest.mark.parametrize("written", ["0.6", "0,6", "60", "60%", "60 %", "60 por ciento"])
def test_a_percentage_is_the_same_however_it_is_written(written: str) -> None:
    line = indicator(f"INDICADOR: Opinión\nUNIDAD DE MEDIDA: Porcentaje\nLÍNEA BASE: {written}\n")
    assert (line.baseline, line.unit) == (Decimal(60), "Porcentaje")


def test_a_percentage_that_had_to_be_guessed_is_a_doubt() -> None:
    draft = drafted("INDICADOR: Opinión\nUNIDAD DE MEDIDA: Porcentaje\nLÍNEA BASE: 0.6\n")
    assert doubts(draft).endswith("Dice 0.6 y se tomó por 60 %: revísalo.")


def test_a_column_with_percentages_written_in_two_ways_is_a_doubt() -> None:
    table = "Indicador\tMeta\tUnidad de medida\nUno\t60%\tPorcentaje\nDos\t70%\tPorcentaje\nTres\t80\tPorcentaje\n"
    odd = [line.text for line in drafted(table).lines if "de otro modo" in line.doubt]
    assert odd == ["Tres | 80 | Porcentaje"]


def test_a_figure_of_other_things_than_percent_stays() -> None:
    assert indicator("INDICADOR: Tiempo\nUNIDAD DE MEDIDA: Horas\nMETA ANUAL: 0.5\n").target == Decimal("0.5")


def test_a_programme_ends_the_indicator_that_was_open() -> None:
    plan = plan_of(
        "INDICADOR: Uno\nMETA ANUAL: 5\nRadio\nOBJETIVO GENERAL: Informar\nUNIDAD DE MEDIDA: Horas\nINDICADOR: Dos\n"
    )
    assert [(line.name, line.unit) for line in plan.indicators] == [("Uno", "")]
    assert [(line.name, line.unit) for line in plan.programmes[0].indicators] == [("Dos", "Horas")]


def test_lights_out_of_order_are_those_of_custom_with_a_doubt() -> None:
    draft = drafted("INDICADOR: Uno\nSEMÁFORO VERDE: 50\nSEMÁFORO AMARILLO: 90\n")
    (line,) = draft.plan.indicators
    assert (line.green_from, line.yellow_from) == (Decimal(95), Decimal(80))
    assert "El semáforo no está en orden" in doubts(draft)


def test_a_goal_among_columns_is_a_target() -> None:
    assert as_target(Label(field=Field.GOALS)).field is Field.TARGET
    assert as_target(Label(field=Field.UNIT)).field is Field.UNIT


@pytest.mark.parametrize(
    ("text", "level"), [("Fin: contribuir a informar", "fin"), ("Contribuir", ""), ("Nota: informar", "")]
)
def test_a_level_may_begin_its_narrative(text: str, level: str) -> None:
    assert level_before(text) == level


def test_a_formula_that_says_na_is_kept_and_missing_for_whoever_checks_the_plan() -> None:
    plan = plan_of("ID\tIndicador\tMeta\tMétodo de cálculo\n1\tCobertura\t90%\tNA\n")
    assert plan.indicators[0].method == "NA"
    assert {"sin-formula", "no-aplica"} <= {finding.rule for finding in lint(plan)}


def test_a_figure_that_says_na_stays_empty() -> None:
    [line] = plan_of("ID\tIndicador\tMeta\n1\tCobertura\tNA\n").indicators
    assert (line.target, line.target_text) == (None, "")


@pytest.mark.parametrize(
    ("said", "frequency"),
    [("Bimestral", "bimestral"), ("Cada cuatro meses", "cuatrimestral"), ("Cada dos años", "bienal")],
)
def test_a_frequency_is_read_however_it_is_said(said: str, frequency: str) -> None:
    assert indicator(SHEET.replace("Trimestral", said)).frequency == frequency
