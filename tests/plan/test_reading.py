"""Plan files, whole and broken."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pregon.plan.errors import BrokenPlan, UnknownPlan
from pregon.plan.reading import known, parse, read
from pregon.plan.writing import write

WHOLE = """
plan:
  clave: comunicacion
  titulo: Plan de prueba
  ejercicio: 2026
  unidad: Comunicación Social
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(BrokenPlan) as refusal:
        parse(text, name="plan.yaml")
    return refusal.value.faults


def test_the_plans_that_come_with_pregon_are_read() -> None:
    assert known() == ["mazamitla", "ocotlan"]
    assert [read(name).plan.year for name in known()] == [2020, 2024]


def test_a_plan_may_be_as_short_as_its_name() -> None:
    plan = parse(WHOLE, name="plan.yaml").plan
    assert (plan.key, plan.indicators, plan.programmes) == ("comunicacion", (), ())


def test_a_plan_that_is_not_there_is_refused_with_the_names_that_are() -> None:
    with pytest.raises(UnknownPlan) as refusal:
        read("mazamtla")
    assert str(refusal.value) == (
        "No hay un plan en «mazamtla»: escribe la ruta de un archivo, o uno de estos nombres: mazamitla, ocotlan. "
        "¿Quisiste decir «mazamitla»?"
    )


def test_a_file_that_is_not_yaml_says_in_which_line() -> None:
    with pytest.raises(BrokenPlan) as refusal:
        parse("plan:\n  titulo: [sin cerrar\n", name="plan.yaml")
    assert str(refusal.value) == "«plan.yaml» no es YAML bien escrito: revisa la línea 3."


def test_the_same_key_twice_is_refused() -> None:
    with pytest.raises(BrokenPlan) as refusal:
        parse(WHOLE + "  titulo: Otro\n", name="plan.yaml")
    assert str(refusal.value) == "«plan.yaml» no es YAML bien escrito: revisa la línea 7."


def test_yaml_that_would_build_an_object_is_refused() -> None:
    with pytest.raises(BrokenPlan):
        parse("plan: !!python/object/apply:os.system ['true']", name="plan.yaml")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"\xff\xfe\x00plan")
    with pytest.raises(BrokenPlan) as refusal:
        read(path)
    assert str(refusal.value) == f"«{path}» no es texto UTF-8: guárdalo con esa codificación."


def test_a_file_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    with path.open("wb") as stream:
        stream.truncate(2_000_000)
    with pytest.raises(BrokenPlan) as refusal:
        read(path)
    assert str(refusal.value) == f"«{path}» pesa demasiado para ser un plan."


def test_an_empty_file_lacks_everything_and_says_so_at_once() -> None:
    assert faults("") == (
        "plan: falta.",
        "plan.clave: falta.",
        "plan.titulo: falta.",
        "plan.ejercicio: falta.",
        "plan.unidad: falta.",
    )


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("  titlo: x", "plan.titlo: esta clave no se conoce; quizá es «titulo»."),
        ("  indicadores: 3", "plan.indicadores: se esperaba una lista."),
        (
            "  indicadores: [{clave: a, nombre: A, meta: mucho}]",
            "plan.indicadores[1].meta: se esperaba un número.",
        ),
        (
            "  indicadores: [{clave: a, nombre: A, meta: .inf}]",
            "plan.indicadores[1].meta: se esperaba un número.",
        ),
        (
            "  indicadores: [{clave: A B, nombre: A}]",
            "plan.indicadores[1].clave: se esperaban letras sin acento, números y guiones.",
        ),
        (
            "  indicadores: [{clave: actividad-1, nombre: A}]",
            "plan.indicadores[1].clave: esa dirección es de otra página del plan; escribe otra.",
        ),
        (
            "  indicadores: [{clave: a, nombre: A}, {clave: a, nombre: B}]",
            "plan.indicadores: la clave «a» está repetida.",
        ),
        (
            "  indicadores: [{clave: a, nombre: A, sentido: arriba}]",
            "plan.indicadores[1].sentido: se esperaba una de estas palabras: ascendente, descendente.",
        ),
        (
            "  indicadores: [{clave: a, nombre: A, semaforo: {verde: 50, amarillo: 90}}]",
            "plan.indicadores[1].semaforo: el verde empieza donde el amarillo o más arriba, y ambos pasan de 0.",
        ),
        (
            "  actividades: [{descripcion: A, meses: [0, 13]}]",
            "plan.actividades[1].meses: se esperaba «todos» o una lista de meses del 1 al 12.",
        ),
        (
            "  programas: [{nombre: P, insumos: [{descripcion: Cámara, monto: -1}]}]",
            "plan.programas[1].insumos[1].monto: no puede ser menor que 0.",
        ),
        ("  valores: [Honradez]", "plan.valores[1]: se esperaba una lista de claves y valores."),
    ],
)
def test_each_fault_is_told_with_its_place(lines: str, fault: str) -> None:
    assert faults(f"{WHOLE}{lines}\n")[0] == fault


def test_a_year_or_a_colour_that_is_none_is_told() -> None:
    text = WHOLE.replace("2026", "dos mil") + "oficina:\n  colores: {principal: verde}\n"
    assert faults(text) == (
        "oficina.colores.principal: se esperaba un color como #1F5A45.",
        "plan.ejercicio: se esperaba un año de cuatro cifras.",
    )


def test_an_amount_nobody_wrote_is_none_and_not_zero() -> None:
    inputs = [line.amount for part in read("ocotlan").plan.programmes for line in part.inputs]
    assert inputs == [None] * 9


INDICATOR = WHOLE + "  indicadores:\n    - clave: una\n      nombre: Una\n"


@pytest.mark.parametrize(
    "wrong",
    [
        "  ? [a, b]\n  : 1\n",
        "  fuente: 2026-13-45\n",
        "  calendario: !!int x\n",
        f"  calendario: {'9' * 5000}\n",
    ],
)
def test_values_that_yaml_itself_cannot_build_say_in_which_line(wrong: str) -> None:
    with pytest.raises(BrokenPlan) as refusal:
        parse(WHOLE + wrong, name="plan.yaml")
    assert str(refusal.value) == "«plan.yaml» no es YAML bien escrito: revisa la línea 7."


def test_a_page_does_not_become_a_million_lines_by_naming_its_parts_again() -> None:
    bomb = WHOLE + "  actividades:\n    - &una {descripcion: Una}\n" + "    - *una\n" * 9
    with pytest.raises(BrokenPlan) as refusal:
        parse(bomb, name="plan.yaml")
    assert (
        str(refusal.value)
        == "«plan.yaml» remite a otra parte con «*» en la línea 9: escribe ahí lo que dice."
    )


def test_parts_far_too_deep_are_refused() -> None:
    deep = "plan:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 1200))
    with pytest.raises(BrokenPlan, match="revisa sus sangrías"):
        parse(deep, name="plan.yaml")


def test_a_text_far_too_large_is_refused_unread() -> None:
    with pytest.raises(BrokenPlan, match="pesa demasiado"):
        parse(WHOLE + "#" * 1_000_001, name="plan.yaml")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ("metas_por_mes: {3: .nan}", "metas_por_mes.3: se esperaba un número"),
        ("metas_por_mes: {3: 1.0e+30}", "metas_por_mes.3: es un número demasiado grande"),
        ("meta: 33.333", "meta: lleva a lo más dos decimales"),
        ("semaforo: {verde: 5000}", "semaforo.verde: es un número demasiado grande"),
        ("semaforo: {pasarse_desde: 50000}", "semaforo.pasarse_desde: es un número demasiado grande"),
    ],
)
def test_a_figure_that_the_database_would_not_keep_whole_is_refused(wrong: str, place: str) -> None:
    assert faults(f"{INDICATOR}      {wrong}\n") == (f"plan.indicadores[1].{place}.",)


def test_a_light_from_zero_on_is_no_light_that_was_left_out() -> None:
    (fault,) = faults(f"{INDICATOR}      semaforo: {{verde: 0, amarillo: 0}}\n")
    assert fault.endswith("ambos pasan de 0.")


def test_an_input_may_cost_what_a_town_hall_pays() -> None:
    text = (
        WHOLE + "  programas:\n    - nombre: Uno\n      insumos: [{descripcion: Nómina, monto: 25000000.5}]\n"
    )
    assert parse(text, name="plan.yaml").plan.programmes[0].inputs[0].amount == Decimal("25000000.5")


def test_what_is_no_letter_stays_out_of_the_database() -> None:
    text = WHOLE + '  vision: "una\\0 mirada\\ud800"\n'
    assert parse(text, name="plan.yaml").plan.vision == "una mirada"
    assert faults(WHOLE.replace("Plan de prueba", '"\\0"')) == ("plan.titulo: falta.",)


def test_an_activity_serves_an_indicator_that_is_there() -> None:
    assert faults(INDICATOR + "  actividades: [{descripcion: Dos, indicador: otra}]\n") == (
        "plan.actividades: no hay un indicador con la clave «otra».",
    )


@pytest.mark.parametrize("taken", ["datos", "actividad-3"])
def test_no_indicator_takes_the_address_of_another_page(taken: str) -> None:
    (fault,) = faults(INDICATOR.replace("clave: una", f"clave: {taken}"))
    assert fault.startswith("plan.indicadores[1].clave: ")


def test_the_paragraphs_of_a_text_stay_apart_and_a_name_has_one_line() -> None:
    part = parse(
        WHOLE + '  vision: "Uno.\\r\\n\\r\\nDos."\n  responsable: "Una\\noficina"\n', name="plan.yaml"
    ).plan
    assert (part.vision, part.responsible) == ("Uno.\n\nDos.", "Una oficina")
    assert parse(write(part), name="plan.yaml").plan == part


def test_a_list_without_end_is_refused() -> None:
    text = WHOLE + "  actividades:\n" + "    - {descripcion: a}\n" * 5_001
    assert faults(text) == ("plan.actividades: pasa de 5000 entradas.",)


@pytest.mark.parametrize("code", ["Cobertura", "cobertura_total", "A--b"])
def test_a_key_that_the_desk_lets_in_is_read_back(code: str) -> None:
    plan = parse(f"{WHOLE}  indicadores: [{{clave: {code}, nombre: Uno}}]\n", name="plan.yaml").plan
    assert [line.code for line in plan.indicators] == [code]


@pytest.mark.parametrize(
    ("name", "content"), [("poa.docx", b"PK\x03\x04"), ("poa.yaml", b"PK\x03\x04"), ("poa.txt", b"METAS")]
)
def test_a_document_is_sent_to_the_command_that_reads_it(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BrokenPlan, match="cárgalo con «pregon plan import»"):
        read(path)
