from __future__ import annotations

from factories.documents import MONTHS, seed
from pregon.plan.importing import draft_of

SHEET = """PROGRAMA PRESUPUESTAL 2026
Cobertura
OBJETIVO GENERAL:
Que la gente se entere a tiempo
INDICADOR:
Actos cubiertos
LINEA BASE 2025:
60%
FRECUENCIA:
cada mes
ESPERADO:
INSUMOS:
Cámara de muestra
"""


def told(text: str) -> dict[str, str]:
    return {
        what: value
        for line in draft_of(text.encode(), name="plan", year=2026).lines
        for what, value in line.parts
    }


def test_a_line_says_the_value_that_stands_in_the_plan_because_of_it() -> None:
    said = told(SHEET)
    assert said["Programa 1 · nombre"] == "Cobertura"
    assert said["Programa 1 · objetivo general"] == "Que la gente se entere a tiempo"
    assert (said["Indicador 1 · nombre"], said["Indicador 1 · línea base"]) == ("Actos cubiertos", "60 %")
    assert said["Indicador 1 · frecuencia"] == "Mensual"
    assert said["Programa 1 · insumo 1"] == "Cámara de muestra"


def test_a_label_without_a_value_says_so_in_one_sentence() -> None:
    assert told(SHEET)["Rótulo: esperado; vacío"] == ""


def test_each_column_of_a_row_is_told_by_itself() -> None:
    lines = draft_of(seed("mazamitla").encode(), name="plan", year=2026).lines
    [row] = [line for line in lines if line.becomes == "Indicador 3 · nombre, meta, unidad de medida"]
    assert row.parts == (
        ("Indicador 3 · nombre", "Realización de spots, perifoneo, carteles, etc."),
        ("meta", "100 % · Cobertura de Eventos 100%"),
        ("unidad de medida", "Porcentaje"),
    )


def test_of_a_shifted_row_one_sees_what_was_taken_for_the_activity() -> None:
    head, marks = "\t".join(MONTHS), "\tX" * 12
    text = f"CALENDARIO DE ACTIVIDADES 2026\nN°\tActividad\t{head}\n1\tHacer boletines{marks}\n"
    assert told(text)["Actividad 1 · los doce meses"] == "Hacer boletines"


def test_a_long_text_that_went_in_as_it_stands_is_not_said_twice() -> None:
    mission = "Contar a tiempo y con verdad lo que hace el ayuntamiento. " * 6
    assert told(f"{SHEET}OBJETIVO PARTICULAR:\n{mission}\n")["Programa 1 · objetivo particular"] == ""


def test_every_sentence_of_both_plans_keeps_all_its_words() -> None:
    for name in ("mazamitla", "ocotlan"):
        for line in draft_of(seed(name).encode(), name="plan", year=2026).lines:
            words = {word for what, _value in line.parts for word in what.replace(";", "").split()}
            assert set(line.becomes.replace(";", "").replace(",", "").split()) <= words | {"·"}, line.becomes
