from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from plan.reports.conftest import told
from pregon.plan.models import Plan
from pregon.plan.reports.datasets import (
    ACTIVITIES,
    DATASETS,
    FORMULA,
    INDICATORS,
    RECORDS,
    Dataset,
    dataset_csv,
    dataset_json,
    dictionary_csv,
    dictionary_json,
)
from pregon.plan.reports.progress import Report, Span


@pytest.fixture
def report(plan: Plan) -> Report:
    return told(plan, Span(year=2026))


def rows_of(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))


def test_an_indicator_is_one_row_with_an_identifier_of_its_own(report: Report) -> None:
    row = rows_of(dataset_csv(INDICATORS, report))[0]
    assert (row["id"], row["programa"], row["linea_base"]) == ("plan-2026/actos-cubiertos", "Cobertura", "40")
    assert (row["hecho"], row["de_cuantos"], row["valor"]) == ("2", "3", "66.67")
    assert (row["semaforo"], row["registros_internos"]) == ("rojo", "1")


def test_an_activity_has_a_row_for_each_month(report: Report) -> None:
    rows = rows_of(dataset_csv(ACTIVITIES, report))
    assert len(rows) == 24
    october = next(row for row in rows if row["id"] == "plan-2026/actividad-1/2026-10")
    assert (october["planeado"], october["marca"], october["registros"]) == ("true", "hecho", "2")


def test_only_records_that_a_citizen_may_open_are_listed(report: Report) -> None:
    rows = rows_of(dataset_csv(RECORDS, report))
    assert [(row["dia"], row["titulo"]) for row in rows if row["clase"] == "indicador"] == [
        ("2026-10-05", "Entrega del pozo")
    ]
    assert b"interna" not in dataset_csv(RECORDS, report).lower().replace(b"registros_internos", b"")


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_json_says_the_same_as_csv(dataset: Dataset, report: Report) -> None:
    told_in_json = json.loads(dataset_json(dataset, report))
    assert told_in_json["licencia"] == "Libre Uso MX"
    as_text = [
        {name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
         for name, value in row.items()}
        for row in told_in_json["filas"]
    ]  # fmt: skip
    assert as_text == rows_of(dataset_csv(dataset, report))


def test_no_cell_is_a_formula(hostile: Plan) -> None:
    hostile.indicators.update(name='=HYPERLINK("http://malo.example")', definition="@SUM(A1)", unit="-1+1")
    hostile.indicators.update(target=Decimal(-5))
    row = rows_of(dataset_csv(INDICATORS, told(hostile, Span(year=2026))))[0]
    assert [value for value in row.values() if value.startswith(FORMULA) and value != "-5"] == []
    assert (row["nombre"], row["meta"]) == ('\'=HYPERLINK("http://malo.example")', "-5")


def test_the_dictionary_describes_every_column(plan: Plan) -> None:
    columns = [(dataset.name, field.name) for dataset in DATASETS.values() for field in dataset.fields]
    described = rows_of(dictionary_csv())
    assert [(row["tabla"], row["columna"]) for row in described] == columns
    assert all(row["que_dice"].endswith(".") for row in described)
    package = json.loads(dictionary_json(plan))
    assert [
        (resource["name"], field["name"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    ] == columns


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_a_row_has_a_field_for_each_column(dataset: Dataset, report: Report) -> None:
    assert {len(row) for row in dataset.rows(report)} == {len(dataset.fields)}


def test_the_whole_ficha_of_an_indicator_is_open_data(plan: Plan) -> None:
    plan.indicators.filter(code="actos-cubiertos").update(
        level="componente", dimension="calidad", kind="gestion", supposition="Las dependencias avisan",
        numerator="Actos cubiertos", frequency="bimestral", responsible="Redacción",
        review_due=True,
    )  # fmt: skip
    row = rows_of(dataset_csv(INDICATORS, told(plan, Span(year=2026))))[0]
    assert (row["nivel"], row["dimension"], row["tipo"]) == ("componente", "calidad", "gestion")
    assert (row["numerador"], row["frecuencia"]) == ("Actos cubiertos", "bimestral")
    assert (row["supuesto"], row["responsable"]) == ("Las dependencias avisan", "Redacción")
    assert row["meta_por_revisar"] == "true"
    assert row["como_se_mide"].startswith("Actos cubiertos: Actos ya celebrados que")
