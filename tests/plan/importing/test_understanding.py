"""What becomes of a document: both plans that offices really wrote, and what happens to such documents on their way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from docx import Document
from hypothesis import example, given
from hypothesis import strategies as st

from factories.documents import MONTHS, as_csv, as_docx, as_xlsx, laid_out, rows_of, saved, seed
from pregon.core.text import fold
from pregon.plan.errors import BrokenPlan
from pregon.plan.importing import draft_of
from pregon.plan.reading import parse
from pregon.plan.values import EVERY_MONTH, NO_MONTH, Draft, IndicatorLine, PlanPart
from pregon.plan.writing import write

SEEDS = ("mazamitla", "ocotlan")
CALENDAR = "N°\tActividad\t" + "\t".join(MONTHS)


def drafted(text: str) -> Draft:
    return draft_of(text.encode(), name="plan", year=2026)


def plan_of(content: bytes | str) -> PlanPart:
    return draft_of(content.encode() if isinstance(content, str) else content, name="plan", year=2026).plan


def doubts(draft: Draft) -> str:
    return " ".join(line.doubt for line in draft.lines)


def indicator(text: str) -> IndicatorLine:
    (line,) = plan_of(text).every_indicator
    return line


# --- The two plans ---


def test_the_plan_of_mazamitla_comes_out_whole() -> None:
    plan = plan_of(seed("mazamitla"))
    assert (plan.title, plan.year, plan.calendar_year, plan.kind) == (
        "Plan operativo anual de Comunicación Social",
        2020,
        2019,
        "poa",
    )
    assert (plan.key, plan.unit_name) == ("comunicacion-social", "Comunicación Social")
    assert plan.responsible == "Dir. Comunicación Social-Transparencia"
    assert plan.description.startswith("En concordancia a los ejes rectores")
    assert plan.mission.startswith("Gestionar la comunicación política")
    assert plan.mission.endswith("fortalecimiento de la democracia.")
    assert plan.vision.startswith("Ser una entidad pública")
    assert [name for name, _text in plan.values] == [
        "Transparencia política",
        "Objetividad",
        "Creatividad",
        "Lealtad",
        "Profesionalismo",
    ]
    assert [(line.name, line.target, line.unit) for line in plan.indicators] == [
        (
            "Se acompaña a la presidenta municipal a todos los eventos oficiales dentro y fuera del municipio",
            Decimal(100),
            "Porcentaje",
        ),
        ("Redes Sociales", None, "Tiempo"),
        ("Realización de spots, perifoneo, carteles, etc.", Decimal(100), "Porcentaje"),
        ("Actualizar formatos", None, "Numero de sujetos obligados"),
    ]
    assert plan.indicators[0].target_text == "Cobertura de Eventos 100%"
    assert plan.indicators[1].target_text.startswith("Se actualizan las páginas todos los días")
    assert [line.description for line in plan.activities] == [
        "Generar boletines informativos",
        "Registrar memoria fotográfica",
        "Generar diapositivas informativas para diferentes reuniones, etc.",
        "Diseñar carteles y volantes, así como espectaculares.",
        "Generar y publicar contenido audiovisual publicitario en redes y sistemas de perifoneo.",
        "Actualizar la información constantemente de las páginas oficiales del Gobierno Municipal.",
    ]
    assert {line.months for line in plan.activities} == {EVERY_MONTH}
    assert (plan.programmes, plan.goals) == ((), ())


def test_the_programme_of_ocotlan_comes_out_whole() -> None:
    plan = plan_of(seed("ocotlan"))
    assert (plan.title, plan.year, plan.kind) == ("Programa presupuestal", 2024, "programa-presupuestal")
    assert plan.unit_name == "Coordinación de Comunicación Institucional"
    assert plan.description.startswith("La función principal de esta dependencia")
    assert plan.description.endswith("libertades de prensa y expresión.")
    assert len(plan.goals) == 6
    assert plan.goals[0] == "Mejorar la difusión y comunicación institucional."
    assert plan.goals[4].endswith(
        "concientización buscando interactuar e impulsar la participación ciudadana."
    )
    first, second, third = plan.programmes
    assert [sheet.name for sheet in plan.programmes] == [
        "Actividades Administrativas",
        "Comunicación Eficiente",
        "Informe de Gobierno",
    ]
    assert (first.general_objective, first.strategy) == (
        "Mejorar el desempeño laboral del gobierno municipal",
        "Mejora continua",
    )
    assert [sheet.programme_name for sheet in plan.programmes] == [
        "",
        "Cobertura total de los eventos importantes.",
        "Difusión y cobertura del informe de gobierno.",
    ]
    assert third.line_of_action == "Cubrir de manera eficiente los informes de gobierno."
    assert third.particular_objective == "Acercar a la ciudadanía lo visto en los informes de gobierno."
    assert [
        (line.name, line.baseline, line.baseline_year, line.previous, line.target, line.unit)
        for line in plan.every_indicator
    ] == [
        ("Opinión Pública", Decimal(70), None, None, None, "Porcentaje"),
        ("La opinión Pública", Decimal(60), 2022, None, None, "Porcentaje"),
        ("La Opinión Pública.", Decimal(60), 2022, None, None, "Porcentaje"),
    ]
    assert [line.code for line in plan.every_indicator] == [
        "opinion-publica",
        "opinion-publica-2",
        "opinion-publica-3",
    ]
    assert [len(sheet.inputs) for sheet in plan.programmes] == [1, 2, 2]
    assert second.inputs[0].description.endswith("de fotografía y Video considerando programas (software).")
    august_and_september = tuple(month in (8, 9) for month in range(1, 13))
    assert [sheet.months for sheet in plan.programmes] == [EVERY_MONTH, EVERY_MONTH, august_and_september]
    assert second.description.startswith("-Difundir permanentemente")
    assert third.description.endswith("durante el periodo correspondiente.")


@pytest.mark.parametrize("name", SEEDS)
def test_every_line_says_what_became_of_it(name: str) -> None:
    draft = drafted(seed(name))
    silent = [line.text for line in draft.lines if line.text and not line.becomes and not line.doubt]
    # The address, telephone and site of the office are no part of its plan.
    assert len(silent) == (3 if name == "mazamitla" else 0)


def test_the_doubts_of_both_plans_are_the_ones_that_a_person_would_have() -> None:
    mazamitla, ocotlan = (
        {line.text: line.doubt for line in drafted(seed(name)).lines if line.doubt} for name in SEEDS
    )
    assert mazamitla == {
        "MAZAMITLA": "No supimos qué es esta línea: si es del plan, escríbela en su lugar.",
        "PUEBLO MÁGICO": "No supimos qué es esta línea: si es del plan, escríbela en su lugar.",
        "CALENDARIO ACTIVIDADES 2019": "El calendario dice 2019 y el plan es de 2020: revisa cuál vale.",
        "LIC. TITULAR DE COMUNICACIÓN": "Es el nombre de una persona: el plan guarda el cargo y no el nombre.",
    }
    assert list(ocotlan.values()) == [
        "Dice «NA»: «programa» queda vacío. Si lo hay, escríbelo.",
        "De aquí se tomó la unidad responsable, «Coordinación de Comunicación Institucional»: revísala.",
    ]


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize("made", [as_docx, as_xlsx, as_csv])
def test_the_same_words_in_another_document_are_the_same_plan(name: str, made: object) -> None:
    assert callable(made)
    assert plan_of(made(rows_of(seed(name)))) == plan_of(seed(name))


@pytest.mark.parametrize("made", [as_docx, as_xlsx, as_csv])
def test_sheets_drawn_as_tables_are_the_same_plan_as_their_text(made: object) -> None:
    assert callable(made)
    assert plan_of(made(laid_out(seed("ocotlan")))) == plan_of(seed("ocotlan"))


def test_a_calendar_whose_heading_is_merged_is_the_same_plan() -> None:
    rows = rows_of(seed("mazamitla"))
    heading = next(place for place, row in enumerate(rows, start=1) if "Cronograma" in row)
    merged = [f"C{heading}:N{heading}", f"A{heading}:A{heading + 1}", f"B{heading}:B{heading + 1}"]
    assert plan_of(as_xlsx(rows, merged=merged)) == plan_of(seed("mazamitla"))


@pytest.mark.parametrize("name", SEEDS)
def test_what_was_understood_is_written_and_read_back_the_same(name: str) -> None:
    plan = plan_of(seed(name))
    assert parse(write(plan), name="plan.yaml").plan == plan


@pytest.mark.parametrize("name", SEEDS)
def test_our_own_file_is_taken_as_it_stands(name: str) -> None:
    plan = plan_of(seed(name))
    draft = drafted(write(plan))
    assert draft.plan == plan
    assert "".join(f"{line.text}\n" for line in draft.lines) == write(plan)


# --- Other things that plans hold ---


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


def test_a_value_that_sounds_like_a_label_is_still_a_value() -> None:
    (sheet,) = plan_of(
        "Radio\nOBJETIVO GENERAL\tMeta de todos\nESTRATEGIA\tPrograma de radio\nEJE\tMisión cumplida\n"
    ).programmes
    assert (sheet.general_objective, sheet.strategy, sheet.axis) == (
        "Meta de todos",
        "Programa de radio",
        "Misión cumplida",
    )


def test_inputs_have_their_amounts_in_a_table() -> None:
    (sheet,) = plan_of(
        "Radio\nOBJETIVO GENERAL: Informar\nInsumo\tMonto\tPartida\nCámara\t$12,500.50\t5231\nTinta\t900\t2141\n"
    ).programmes
    assert [(one.description, one.amount, one.budget_line) for one in sheet.inputs] == [
        ("Cámara", Decimal("12500.50"), "5231"),
        ("Tinta", Decimal(900), "2141"),
    ]


def test_planned_and_done_have_their_own_marks() -> None:
    (line,) = plan_of(f"POA 2026\n{CALENDAR}\n1\tGrabar\tP\tR\tPR\n").activities
    assert (line.months[:4], line.done[:4]) == ((True, False, True, False), (False, True, True, False))


# --- What happens to documents ---


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


def test_thirteen_months_are_a_doubt_and_twelve_are_kept() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\tENE\n1\tGrabar" + "\tX" * 13 + "\n")
    assert "El calendario tiene 13 meses" in doubts(draft)
    assert draft.plan.activities[0].months == EVERY_MONTH
    beyond = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar" + "\tX" * 13 + "\n")
    assert "Hay una marca fuera de los doce meses: no se tomó." in doubts(beyond)


def test_thirteen_marks_for_a_programme_are_a_doubt() -> None:
    draft = drafted(seed("ocotlan").replace("\t✔\n", "\t✔\n\t✔\n", 1))
    assert "Hay 13 marcas para 12 meses" in doubts(draft)
    assert draft.plan.programmes[0].months == EVERY_MONTH


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


def test_a_calendar_below_a_table_that_lost_its_rows_is_another_table() -> None:
    draft = drafted(f"MISIÓN\nInformar.\nID\tIndicadores\tMeta\n{CALENDAR}\n1\tBoletines\tX\n")
    assert [line.description for line in draft.plan.activities] == ["Boletines"]
    assert not draft.plan.indicators
    assert "Aquí empieza otra tabla" in doubts(draft)


def test_the_points_of_a_list_become_as_many_things_and_no_letters() -> None:
    document = Document()
    for words, style in (
        ("PLAN ANUAL 2026 DE COMUNICACIÓN SOCIAL", "List Number"),
        *(("MISIÓN", "List Number"), ("Informar.", "List Bullet"), ("METAS", "List Number")),
        *(("producir videos", "List Bullet"), ("escribir notas", "List Bullet")),
    ):
        document.add_paragraph(words, style=style)
    plan = plan_of(saved(document))
    assert (plan.title, plan.mission) == ("Plan anual de Comunicación Social", "Informar.")
    assert plan.goals == ("producir videos", "escribir notas")


@pytest.mark.parametrize("error", ["#DIV/0!", "#¡REF!"])
def test_an_error_of_a_workbook_is_a_doubt(error: str) -> None:
    assert "Una celda trae un error de Excel" in doubts(
        drafted(f"ID\tIndicador\tMeta\n1\tCobertura\t{error}\n")
    )


def test_a_figure_that_was_rounded_is_a_doubt() -> None:
    draft = drafted("ID\tIndicador\tMeta\n1\tCobertura\t66.667%\n")
    assert draft.plan.indicators[0].target == Decimal("66.67")
    assert "se redondeó" in doubts(draft)


@pytest.mark.parametrize("name", ["Datos", "Actividad 3"])
def test_an_indicator_does_not_take_the_address_of_another_page(name: str) -> None:
    assert indicator(f"ID\tIndicador\tMeta\n1\t{name}\t10\n").code.startswith("indicador-")


def test_a_table_that_lost_its_heading_is_read_with_a_doubt() -> None:
    text = seed("mazamitla")
    lines = [line for line in text.split("\n") if not line.startswith(("ID\t", "N°\t", "\t\tENE"))]
    draft = drafted("\n".join(lines))
    whole = plan_of(text)
    assert (draft.plan.indicators, draft.plan.activities) == (whole.indicators, whole.activities)
    assert "Falta el encabezado de la tabla" in doubts(draft)
    assert "Falta el renglón de los meses" in doubts(draft)


def test_a_mark_nobody_knows_is_a_doubt_and_no_month() -> None:
    draft = drafted(f"POA 2026\n{CALENDAR}\n1\tGrabar\tQ\tX\n")
    assert "No conocemos la marca «Q» de enero: no se tomó." in doubts(draft)
    assert draft.plan.activities[0].months[:3] == (False, True, False)


@pytest.mark.parametrize("name", SEEDS)
def test_without_accents_it_is_the_same_plan_and_a_doubt(name: str) -> None:
    def shape(plan: PlanPart) -> object:
        return (
            plan.year,
            [sheet.months for sheet in plan.programmes],
            [fold(line.name) for line in plan.every_indicator],
            [(fold(line.description), line.months) for line in plan.every_activity],
            [fold(goal) for goal in plan.goals],
            len(plan.values),
            fold(plan.mission),
        )

    bare = seed(name).translate(str.maketrans("áéíóúñÁÉÍÓÚÑ", "aeiounAEIOUN"))
    draft = drafted(bare)
    assert shape(draft.plan) == shape(plan_of(seed(name)))
    assert "llegó sin acentos" in doubts(draft)


def test_accents_in_the_wrong_encoding_are_mended_with_a_doubt() -> None:
    broken = seed("ocotlan").replace("✔", "X").encode().decode("latin-1")
    draft = drafted(broken)
    assert [sheet.name for sheet in draft.plan.programmes] == [
        sheet.name for sheet in plan_of(seed("ocotlan")).programmes
    ]
    assert "llegaron rotas" in doubts(draft)


@pytest.mark.parametrize("lost", ["?", "\ufffd"])
def test_labels_are_known_when_their_accents_became_question_marks(lost: str) -> None:
    bare = seed("mazamitla")
    for letter in "áéíóúñÁÉÍÓÚÑ":
        bare = bare.replace(letter, lost)
    plan = plan_of(bare)
    assert (bool(plan.mission), bool(plan.vision), len(plan.indicators), len(plan.activities)) == (
        True,
        True,
        4,
        6,
    )


def test_without_tabs_the_empty_months_are_still_counted() -> None:
    text = "\n".join(line.strip() for line in seed("ocotlan").split("\n"))
    assert plan_of(text).programmes[2].months == plan_of(seed("ocotlan")).programmes[2].months


def test_a_document_without_title_or_year_says_so() -> None:
    draft = drafted("MISIÓN\nInformar a la población.\n")
    assert (draft.plan.year, draft.plan.title) == (2026, "Plan anual")
    assert "no lleva título" in draft.lines[0].doubt
    assert "se tomó 2026" in draft.lines[0].doubt


def test_a_text_that_is_no_plan_is_refused() -> None:
    with pytest.raises(BrokenPlan, match="no encontramos un plan"):
        drafted("Querida redacción:\nles mando un saludo.\n")


def test_words_too_long_for_their_place_are_cut_with_a_doubt() -> None:
    draft = drafted("INDICADOR: " + "palabra " * 60)
    assert len(draft.plan.indicators[0].name) <= 160
    assert "se cortó" in doubts(draft)


# --- Whatever happens ---

OFFICE = [*seed("mazamitla").split("\n"), *seed("ocotlan").split("\n")]


@given(st.data(), st.sampled_from(SEEDS))
def test_whatever_is_lost_moved_or_joined_no_line_disappears_and_the_plan_can_be_written(
    data: st.DataObject, name: str
) -> None:
    lines = seed(name).split("\n")
    gone = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=len(lines)))
    moved = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=20))
    foreign = data.draw(st.dictionaries(st.integers(0, len(lines) - 1), st.sampled_from(OFFICE), max_size=10))
    kept = []
    for place, line in enumerate(lines):
        if place not in gone:
            kept.append("\t" * (place in moved) + line)
        if place in foreign:
            kept.append(foreign[place])
    keeps_its_word("\n".join(kept))


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(
                    ["INDICADOR:", "Meta", "X", "ENE", "FEB", "OBJETIVO GENERAL", "60%", "NA", "Nivel"]
                ),
                st.sampled_from(
                    ["Línea base 2022:", "9" * 12, "0.5", "Actividad", "- uno", "VALORES", "MISIÓN"]
                ),
                st.text(max_size=12),
            ),
            max_size=5,
        ),
        max_size=14,
    )
)
@example([["Indicador", "Meta"], ["actividad 1", "x"], ["Actividad 1", "3"]])
def test_no_document_makes_it_stumble(rows: list[list[str]]) -> None:
    keeps_its_word("\n".join("\t".join(row) for row in rows))


def keeps_its_word(text: str) -> None:
    """A plan that can be written and read back, with every line; or a sentence."""
    try:
        draft = drafted(text)
    except BrokenPlan as refusal:
        assert str(refusal).endswith(".")
        return
    said = [" ".join(line.split()) for line in text.split("\n")]
    kept = [" ".join(line.text.replace(" | ", " ").replace(" / ", " ").split()) for line in draft.lines]
    assert len(kept) <= len(said)
    assert "".join("".join(clean(kept)).split()) == "".join("".join(clean(said)).split())
    assert parse(write(draft.plan), name="plan.yaml").plan == draft.plan
    assert replace(draft.plan, programmes=()) is not None
    assert all(len(sheet.months) == len(NO_MONTH) for sheet in draft.plan.programmes)


def clean(lines: list[str]) -> list[str]:
    """Letters that show, without what may have parted cells."""
    return [
        "".join(letter for letter in line if letter.isprintable() and letter not in ",;|/") for line in lines
    ]
