"""Tables: what moved, was joined or fell out on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from docx import Document

from factories.documents import (
    CALENDAR,
    MONTHS,
    as_csv,
    as_docx,
    as_xlsx,
    doubts,
    drafted,
    laid_out,
    plan_of,
    rows_of,
    saved,
    seed,
)
from pregon.plan.importing import draft_of
from pregon.plan.importing.tables import answered, longest_of
from pregon.plan.values import EVERY_MONTH


def test_a_matrix_gives_an_indicator_for_each_of_its_rows() -> None:
    plan = plan_of(
        "MATRIZ DE INDICADORES PARA RESULTADOS 2026\n"
        "Nivel\tResumen narrativo\tIndicadores\tMedios de verificación\tSupuestos\n"
        "Fin\tContribuir a informar\tPoblación informada\tEncuesta\tHay presupuesto\n"
        "Propósito\tLa población se entera\tAlcance de boletines\tRegistros\t\n"
        "Componente 1\tBoletines publicados\tBoletines en días hábiles\tEl sitio\tHay actos\n"
        "\tBoletines corregidos\tCorrecciones\tEl sitio\t\n"
        "Actividad 1.1\tCubrir los actos\tActos cubiertos\tLa agenda\tHay transporte\n"
    )
    assert [(line.level, line.name, line.verification) for line in plan.indicators] == [
        ("fin", "Población informada", "Encuesta"),
        ("proposito", "Alcance de boletines", "Registros"),
        ("componente", "Boletines en días hábiles", "El sitio"),
        ("componente", "Correcciones", "El sitio"),
        ("actividad", "Actos cubiertos", "La agenda"),
    ]
    assert (plan.indicators[0].narrative, plan.indicators[4].supposition) == (
        "Contribuir a informar",
        "Hay transporte",
    )


@pytest.mark.parametrize("made", [as_docx, as_xlsx, as_csv])
def test_sheets_drawn_as_tables_are_the_same_plan_as_their_text(made: object) -> None:
    assert callable(made)
    assert plan_of(made(laid_out(seed("ocotlan")))) == plan_of(seed("ocotlan"))


def test_a_calendar_whose_heading_is_merged_is_the_same_plan() -> None:
    rows = rows_of(seed("mazamitla"))
    heading = next(place for place, row in enumerate(rows, start=1) if "Cronograma" in row)
    merged = [f"C{heading}:N{heading}", f"A{heading}:A{heading + 1}", f"B{heading}:B{heading + 1}"]
    assert plan_of(as_xlsx(rows, merged=merged)) == plan_of(seed("mazamitla"))


def test_thirteen_months_are_a_doubt_and_twelve_are_kept() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\tENE\n1\tGrabar" + "\tX" * 13 + "\n")
    assert "El calendario tiene 13 meses" in doubts(draft)
    assert draft.plan.activities[0].months == EVERY_MONTH
    beyond = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar" + "\tX" * 13 + "\n")
    assert "Hay una marca fuera de los doce meses: no se tomó." in doubts(beyond)


def test_columns_that_moved_are_followed_with_a_doubt() -> None:
    moved = (
        seed("mazamitla").replace("2\tRegistrar", "\t2\tRegistrar").replace("3\tGenerar dia", "Generar dia")
    )
    draft = drafted(moved)
    assert draft.plan.activities == plan_of(seed("mazamitla")).activities
    assert sum("corridas" in line.doubt for line in draft.lines) == 2


def test_two_tables_one_below_the_other_are_told_apart_with_a_doubt() -> None:
    text = seed("mazamitla")
    start, end = text.index("\nCALENDARIO"), text.index("N°\t")
    draft = drafted(text[:start] + text[end:])
    whole = plan_of(text)
    assert (draft.plan.indicators, draft.plan.activities) == (whole.indicators, whole.activities)
    assert "Aquí empieza otra tabla, pegada a la anterior" in doubts(draft)


def test_two_tables_side_by_side_are_read_each_by_its_columns() -> None:
    draft = drafted(
        "POA 2026\nIndicador\tMeta\tUnidad de medida\tActividad\t" + "\t".join(MONTHS) + "\n"
        "Cobertura\t100%\tPorcentaje\tCubrir actos" + "\tX" * 12 + "\n"
    )
    assert (draft.plan.indicators[0].name, draft.plan.activities[0].description) == (
        "Cobertura",
        "Cubrir actos",
    )
    assert "Dos tablas están juntas" in doubts(draft)


def test_a_table_that_lost_its_heading_is_read_with_a_doubt() -> None:
    text = seed("mazamitla")
    lines = [line for line in text.split("\n") if not line.startswith(("ID\t", "N°\t", "\t\tENE"))]
    draft = drafted("\n".join(lines))
    whole = plan_of(text)
    assert (draft.plan.indicators, draft.plan.activities) == (whole.indicators, whole.activities)
    assert "Falta el encabezado de la tabla" in doubts(draft)
    assert "Falta el renglón de los meses" in doubts(draft)


@pytest.mark.parametrize(
    ("cells", "one"),
    [
        (["Nivel", "Actividad"], True),
        (["Meta", "95"], True),
        (["Indicador", "Meta"], False),
        (["Radio", "95"], False),
    ],
)
def test_a_label_with_its_value_beside_it_is_no_heading(cells: list[str], one: bool) -> None:
    assert answered(cells) is one


def test_the_longest_text_of_a_row_is_what_it_is_about() -> None:
    assert [longest_of(row) for row in (["1", "Grabar", "X"], ["1", "X"])] == [1, -1]


# --- Cells that were merged ---


def months_of(content: bytes) -> list[str]:
    """The months of each activity, a letter for each that is marked."""
    return [
        "".join("X" if month else "." for month in line.months) for line in plan_of(content).every_activity
    ]


def merged_docx(rows: list[list[str]], *areas: tuple[int, int, int, int]) -> bytes:
    """A table of Word, in which each area of first row, first column, last row, last column became one cell."""
    document = Document()
    document.add_paragraph("POA 2026")
    table = document.add_table(rows=len(rows), cols=14)
    for place, row in enumerate(rows):
        for spot, words in enumerate(row):
            table.cell(place, spot).text = words
    for top, left, bottom, right in areas:
        words = rows[top][left]
        table.cell(top, left).merge(table.cell(bottom, right)).text = words
    return saved(document)


def row_of(*cells: str) -> list[str]:
    return [*cells, *[""] * (14 - len(cells))]


HEAD = CALENDAR.split("\t")


def test_a_mark_over_many_months_of_word_marks_each_of_them() -> None:
    rows = [
        HEAD,
        row_of("1", "Grabar", "X"),
        row_of("2", "Editar", "X", "", "", "", "", "", "X"),
        row_of("3", "Publicar", "X"),
    ]
    content = merged_docx(rows, (1, 2, 1, 7), (2, 2, 2, 4), (2, 8, 2, 10))
    assert months_of(content) == ["XXXXXX......", "XXX...XXX...", "X..........."]
    assert not any(line.doubt for line in draft_of(content, name="plan", year=2026).lines[1:])


def test_a_mark_over_many_months_of_a_workbook_marks_each_of_them() -> None:
    rows = [["POA 2026"], HEAD, row_of("1", "Grabar", "X"), row_of("2", "Editar", "", "X"), [""]]
    rows += [row_of("3", "Publicar", "X")]
    content = as_xlsx(rows, merged=["A1:N1", "C3:H3", "D4:N4"])
    assert months_of(content) == ["XXXXXX......", ".XXXXXXXXXXX", "X..........."]


def test_whoever_checks_a_row_can_count_its_columns() -> None:
    rows = [
        HEAD,
        row_of("1", "Grabar", "", "", "X", "", "", "X"),
        row_of("2", "Editar", "X", "", "", "", "X"),
    ]
    rows += [row_of("", "", "", "X"), row_of("4", "Publicar"), row_of("Fin de la tabla")]
    draft = draft_of(merged_docx(rows, (2, 2, 2, 4), (2, 6, 4, 7)), name="plan", year=2026)
    assert [line.columns for line in draft.lines[2:]] == [
        "1 | Grabar | · | · | X | · | · | X",
        "2 | Editar | X (3 columnas) | · | X (2 columnas)",
        "· | · | · | X | · | · | ″ | ″",
        "4 | Publicar | · | · | · | · | ″ | ″",
        "Fin de la tabla",
    ]
    assert draft.lines[2].text == "1 | Grabar | X | X"
    book = as_xlsx([["POA 2026"], HEAD, *rows[2:3], ["3", "Cubrir"]], merged=["C3:E3", "G3:H4"])
    assert [line.columns for line in draft_of(book, name="plan", year=2026).lines[2:]] == [
        "2 | Editar | X (3 columnas) | · | X (2 columnas)",
        "3 | Cubrir | · | · | · | · | ″ | ″",
    ]


def test_a_mark_over_the_months_of_two_activities_is_of_both() -> None:
    rows = [HEAD, row_of("1", "Grabar", "X"), row_of("2", "Editar"), row_of("3", "Publicar", "", "", "X")]
    assert months_of(merged_docx(rows, (1, 2, 2, 3))) == ["XX..........", "XX..........", "..X........."]
    sheet = as_xlsx([["POA 2026"], *rows], merged=["C3:D4"])
    assert months_of(sheet) == ["XX..........", "XX..........", "..X........."]


def test_activities_in_the_first_column_share_a_mark_too() -> None:
    head = ["Actividad", *MONTHS]
    content = as_xlsx([["POA 2026"], head, ["Grabar", "X"], ["Editar"]], merged=["B3:C4"])
    assert months_of(content) == ["XX..........", "XX.........."]


def test_a_number_over_many_months_or_activities_is_a_doubt() -> None:
    rows = [["POA 2026"], HEAD, row_of("1", "Grabar", "20"), row_of("2", "Editar")]
    draft = draft_of(as_xlsx(rows, merged=["C3:E4"]), name="plan", year=2026)
    assert [line.amounts for line in draft.plan.activities] == [((1, Decimal(20)),), ()]
    assert [line.doubt for line in draft.lines[2:4]] == [
        "«20» está en una celda que abarca varios meses: se tomó en el primero, repártelo.",
        "«20» está en una celda unida con la línea de arriba: escribe cuánto le toca a esta.",
    ]


def test_what_is_merged_beside_the_months_goes_on_being_one_cell() -> None:
    rows = [["POA 2026"], HEAD, row_of("1", "Grabar", "X"), row_of("", "", "X")]
    plan = plan_of(as_xlsx(rows, merged=["A3:A4", "B3:B4"]))
    assert [line.description for line in plan.activities] == ["Grabar", "Actividad sin nombre"]
    wide = [["POA 2026"], HEAD, row_of("1", "Grabar", *[""] * 11, "X"), row_of("2", "1")]
    assert months_of(as_xlsx(wide, merged=["B4:N4"])) == ["...........X", "............"]


def test_a_mark_over_many_months_of_a_programme_marks_each_of_them() -> None:
    rows = [["Radio"], ["OBJETIVO GENERAL: Informar"], [*MONTHS], ["X", *[""] * 5, "X", *[""] * 5]]
    plan = plan_of(as_xlsx(rows, merged=["A4:C4", "G4:L4"]))
    assert plan.programmes[0].months == tuple(month < 4 or month > 6 for month in range(1, 13))
