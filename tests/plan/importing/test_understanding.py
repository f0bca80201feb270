"""What becomes of a document: both plans that offices really wrote, and what happens to such documents on their way."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest
from docx import Document
from hypothesis import example, given
from hypothesis import strategies as st

from factories.documents import (
    CALENDAR,
    as_csv,
    as_docx,
    as_xlsx,
    doubts,
    drafted,
    plan_of,
    rows_of,
    saved,
    seed,
)
from pregon.plan.errors import BrokenPlan
from pregon.plan.importing import draft_of
from pregon.plan.reading import parse
from pregon.plan.values import EVERY_MONTH, NO_MONTH
from pregon.plan.writing import write

SEEDS = ("mazamitla", "ocotlan")


# --- What happens to documents ---


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
    assert [part.split()[0] for part in plan.mission.split("\n\n")] == ["Gestionar", "Se", "La"]
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
    assert plan.description.count("\n-") == 3
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
        "NA",
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
    assert [part[:12] for part in second.description.split("\n")] == [
        "-Difundir pe",
        "-Al interior",
        "-Informar co",
    ]
    assert [[line.description[:9] for line in sheet.activities] for sheet in plan.programmes] == [
        ["Formar pa", "Utilizar "],
        ["Difundir ", "Al interi", "Informar "],
        ["Se cubrir", "Se propor"],
    ]
    assert [line.months for line in third.activities] == [third.months] * 2
    assert third.description.endswith("durante el periodo correspondiente.")


@pytest.mark.parametrize("name", SEEDS)
def test_every_line_says_what_became_of_it(name: str) -> None:
    draft = drafted(seed(name))
    silent = [line.text for line in draft.lines if line.text and not line.becomes and not line.doubt]
    assert silent == []


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
    supposed = (
        "Se tomó también por una actividad, con los meses de su programa: si no lo es, quítala del plan."
    )
    cut = "Pasa de 300 letras y se cortó: escríbelo más corto."
    assert [doubt for doubt in ocotlan.values() if supposed not in doubt] == [
        "Dice «NA» donde va «programa»: si lo hay, escríbelo; si no, deja vacío el campo.",
        "De aquí se tomó la unidad responsable, «Coordinación de Comunicación Institucional»: revísala.",
    ]
    assert [doubt.replace(cut, "").strip() for doubt in ocotlan.values() if supposed in doubt] == [
        supposed
    ] * 7


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize("made", [as_docx, as_xlsx, as_csv])
def test_the_same_words_in_another_document_are_the_same_plan(name: str, made: object) -> None:
    assert callable(made)
    assert plan_of(made(rows_of(seed(name)))) == plan_of(seed(name))


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
@example([["INDICADOR:", "\U0002f800"]])
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
    said = [" ".join(unicodedata.normalize("NFC", line).split()) for line in text.split("\n")]
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


# --- What programs write ---


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


def test_a_formula_without_its_result_is_a_doubt_and_no_word_of_the_plan() -> None:
    rows = [
        ["ID", "Indicador", "Meta", "Unidad"],
        ["1", "Cobertura", "=SUM(C3:N3)", "Actos"],
        ["=A1+1"],
        ["MISIÓN"],
    ]
    draft = draft_of(as_xlsx([*rows, ["Informar"]]), name="plan", year=2026)
    [line] = draft.plan.indicators
    assert (line.target, line.target_text, line.unit) == (None, "", "Actos")
    told = "Una celda trae su fórmula y no su resultado, y se dejó vacía: abre el libro en Excel, guárdalo y súbelo"
    assert [told in line.doubt for line in draft.lines[1:4]] == [True, True, False]


def test_a_figure_that_was_rounded_is_a_doubt() -> None:
    draft = drafted("ID\tIndicador\tMeta\n1\tCobertura\t66.667%\n")
    assert draft.plan.indicators[0].target == Decimal("66.67")
    assert "se redondeó" in doubts(draft)


@pytest.mark.parametrize("name", ["Datos", "Actividad 3"])
def test_an_indicator_does_not_take_the_address_of_another_page(name: str) -> None:
    [line] = plan_of(f"ID\tIndicador\tMeta\n1\t{name}\t10\n").indicators
    assert line.code.startswith("indicador-")
