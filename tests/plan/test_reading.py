"""Plan files, whole and broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from pregon.plan.errors import BrokenPlan, UnknownPlan
from pregon.plan.reading import known, parse, read

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
            "plan.indicadores[1].clave: se esperaban minúsculas y guiones.",
        ),
        (
            "  indicadores: [{clave: actividad-1, nombre: A}]",
            "plan.indicadores[1].clave: esa clave es de las actividades; escribe otra.",
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
