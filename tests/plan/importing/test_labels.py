"""The words over the parts of a plan."""

from __future__ import annotations

import pytest

from pregon.plan.importing.labels import (
    LABELS,
    Field,
    choice_of,
    column_of,
    kind_of,
    label_of,
    mark_of,
    mended,
    month_of,
    period_of,
)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("LINEA BASE 2022:", Field.BASELINE),
        ("Línea de base", Field.BASELINE),
        ("  línea   de  acción ", Field.LINE_OF_ACTION),
        ("OBJETIVOS PARTICULARES", Field.PARTICULAR),
        ("MISIÃ“N", Field.MISSION),
        ("MISI?N", Field.MISSION),
        ("VISI\ufffdN", Field.VISION),
        ("VISIN", Field.VISION),
        ("Medio de verificacion", Field.VERIFICATION),
        ("Año de la línea base:", Field.BASELINE_YEAR),
        ("Meta T3", Field.MILESTONE),
    ],
)
def test_a_label_is_known_however_it_is_written(words: str, field: Field) -> None:
    found = label_of(words)
    assert found is not None
    assert found.field is field


@pytest.mark.parametrize(
    "words", ["Redes Sociales", "PUEBLO MÁGICO", "Cubrir actos: todos", "", "12", "Ana: sí"]
)
def test_other_words_are_no_label(words: str) -> None:
    assert label_of(words) is None


def test_a_label_keeps_its_year_and_what_follows_it() -> None:
    found = label_of("Resultado 2023: 61%")
    assert found is not None
    assert (found.field, found.year, found.rest) == (Field.PREVIOUS, 2023, "61%")


def test_over_a_column_more_words_may_follow() -> None:
    found = column_of("Unidad de medida de la meta asociada")
    assert found is not None
    assert found.field is Field.UNIT


def test_no_two_fields_share_a_label_but_the_one_that_depends_on_where_it_stands() -> None:
    names = [name for _title, names in LABELS.values() for name in names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("X", (True, False)),
        ("✔️", (True, False)),
        ("Sí", (True, False)),
        ("R", (False, True)),
        ("P/R", (True, True)),
        ("—", (False, False)),
        ("Q", None),
        ("texto", None),
    ],
)
def test_marks_are_told_from_words(cell: str, mark: tuple[bool, bool] | None) -> None:
    assert mark_of(cell) == mark


@pytest.mark.parametrize(
    ("cell", "month"), [("ENE", 1), ("Sept.", 9), ("diciembre", 12), ("MES", 0), ("", 0)]
)
def test_months_are_known_by_their_names(cell: str, month: int) -> None:
    assert month_of(cell) == month


@pytest.mark.parametrize(
    ("words", "month"),
    [("Meta T1", 3), ("1er trimestre", 3), ("Segundo semestre", 12), ("Trimestre 4", 12), ("Semestre 3", 0)],
)
def test_a_period_ends_in_its_last_month(words: str, month: int) -> None:
    assert period_of(words) == month


def test_a_title_says_what_the_document_is() -> None:
    assert kind_of("PROGRAMA PRESUPUESTARIO 2024") == (
        "programa-presupuestal",
        "programa presupuestario",
        "2024",
    )
    assert kind_of("Plan operativo anual que se hizo con todas las áreas.") is None


def test_a_choice_is_met_by_its_first_words() -> None:
    assert choice_of(Field.LEVEL, "Componente 1.2") == "componente"
    assert choice_of(Field.FREQUENCY, "cada cuando se pueda") == ""


def test_accents_written_in_the_wrong_encoding_are_mended() -> None:
    assert mended("GestiÃ³n pÃºblica") == "Gestión pública"
    assert mended("Ángel y Âmbar") == "Ángel y Âmbar"
