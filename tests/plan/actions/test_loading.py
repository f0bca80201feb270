"""Loading a plan and furnishing its office."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from factories.plan import moment
from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.core.palette import contrast
from pregon.plan import actions, registry
from pregon.plan.errors import BrokenPlan
from pregon.plan.models import Activity, Indicator, Input, Plan, Programme

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")
SHORT = """
plan:
  clave: comunicacion
  titulo: Plan de prueba
  ejercicio: 2026
  unidad: Comunicación Social
  indicadores:
    - {clave: uno, nombre: Uno, meta: 90, resultado_anterior: 80}
    - {clave: dos, nombre: Dos}
  actividades:
    - {descripcion: Primera, meses: [8, 9]}
    - {descripcion: Segunda}
"""


def counts() -> list[int]:
    return [model.objects.count() for model in (Plan, Programme, Input, Indicator, Activity)]


def file(folder: Path, text: str = SHORT) -> Path:
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_plan_of_mazamitla_has_four_goals_and_six_activities_of_twelve_months() -> None:
    plan = actions.load_plan("mazamitla", at=AT)
    assert (plan.year, plan.slug) == (2020, "comunicacion-social-2020")
    assert list(plan.indicators.values_list("code", "unit", "target", "baseline")) == [
        ("actos-cubiertos", "Porcentaje", Decimal(100), None),
        ("redes-al-dia", "Tiempo", Decimal(100), None),
        ("difusion-producida", "Porcentaje", Decimal(100), None),
        ("formatos-transparencia", "Número de sujetos obligados", None, None),
    ]
    assert [activity.months for activity in plan.activities.all()] == [[True] * 12] * 6
    assert "2019" in plan.source


def test_the_plan_of_ocotlan_has_three_sheets_with_their_baselines_and_what_they_leave_empty() -> None:
    plan = actions.load_plan("ocotlan", at=AT)
    assert [
        (
            row.programme and row.programme.name,
            row.name,
            row.baseline,
            row.baseline_year,
            row.previous,
            row.target,
        )
        for row in plan.indicators.select_related("programme")
    ] == [
        ("Actividades administrativas", "Opinión pública", Decimal(70), None, None, None),
        ("Comunicación eficiente", "Opinión pública", Decimal(60), 2022, None, None),
        ("Informe de gobierno", "Opinión pública", Decimal(60), 2022, None, None),
    ]
    august_and_september = [number in (8, 9) for number in range(1, 13)]
    assert [part.months for part in plan.programmes.all()] == [[True] * 12, [True] * 12, august_and_september]
    assert plan.programmes.values_list("programme_name", flat=True)[0] == "NA"


@pytest.mark.parametrize("name", ["mazamitla", "ocotlan"])
def test_loading_twice_changes_nothing(name: str) -> None:
    first = actions.load_plan(name, at=AT)
    before = [counts(), list(Indicator.objects.values()), list(Input.objects.values())]
    assert actions.load_plan(name, at=AT) == first
    assert [counts(), list(Indicator.objects.values()), list(Input.objects.values())] == before


@pytest.mark.parametrize("name", ["mazamitla", "ocotlan"])
def test_every_measure_a_plan_names_exists(name: str) -> None:
    plan = actions.load_plan(name, at=AT)
    named = {
        *plan.indicators.values_list("measure", flat=True),
        *plan.activities.values_list("measure", flat=True),
    }
    assert named - {""} - set(registry.names()) == set()
    assert named - {""} != set()


def test_a_plan_moved_to_another_year_says_so_and_leaves_the_old_result_behind(tmp_path: Path) -> None:
    path = file(tmp_path)
    moved = actions.load_plan(path, year=2027, at=AT)
    assert (moved.year, moved.slug) == (2027, "comunicacion-2027")
    assert moved.source == (
        "Este plan se escribió para 2026 y aquí se muestra con las fechas de 2027: sus metas están por revisarse."
    )
    assert moved.indicators.get(code="uno").previous is None
    own = actions.load_plan(path, year=2026, at=AT)
    assert (own.source, own.indicators.get(code="uno").previous) == ("", Decimal(80))
    assert Plan.objects.count() == 2


def test_what_goes_from_the_file_goes_from_the_plan_and_what_stays_keeps_its_row(tmp_path: Path) -> None:
    plan = actions.load_plan(file(tmp_path), at=AT)
    kept = plan.indicators.get(code="dos").pk
    shorter = SHORT.replace("    - {clave: uno, nombre: Uno, meta: 90, resultado_anterior: 80}\n", "")
    shorter = shorter.replace("    - {descripcion: Segunda}\n", "")
    actions.load_plan(file(tmp_path, shorter), at=AT)
    assert list(plan.indicators.values_list("pk", flat=True)) == [kept]
    assert list(plan.activities.values_list("description", flat=True)) == ["Primera"]


def test_that_somebody_reviewed_a_target_is_no_business_of_the_file(tmp_path: Path) -> None:
    plan = actions.load_plan(file(tmp_path), at=AT)
    plan.indicators.filter(code="uno").update(review_due=True, reviewed_at=AT)
    actions.load_plan(file(tmp_path, SHORT.replace("nombre: Uno", "nombre: Primero")), at=AT)
    uno = plan.indicators.get(code="uno")
    assert (uno.name, uno.review_due, uno.reviewed_at) == ("Primero", True, AT)


def test_a_measure_nobody_answers_is_refused_and_nothing_is_loaded(tmp_path: Path) -> None:
    text = SHORT.replace(
        "{clave: dos, nombre: Dos}", "{clave: dos, nombre: Dos, medida: {nombre: act_covered}}"
    )
    with pytest.raises(BrokenPlan) as refusal:
        actions.load_plan(file(tmp_path, text), at=AT)
    assert str(refusal.value) == "La medida «act_covered» no existe. ¿Quisiste decir «acts_covered»?"
    assert counts() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(("name", "municipality"), [("mazamitla", "Mazamitla"), ("ocotlan", "Ocotlán")])
def test_an_office_is_set_up_twice_as_once(name: str, municipality: str) -> None:
    office = actions.set_up_office(name)
    assert (office.municipality, office.state) == (municipality, "Jalisco")
    before = [model.objects.count() for model in (Department, Locality, Topic)]
    assert [count >= least for count, least in zip(before, (10, 5, 10), strict=True)] == [True, True, True]
    actions.set_up_office(name)
    assert [model.objects.count() for model in (Department, Locality, Topic)] == before


def test_mazamitla_carries_its_address_and_telephones() -> None:
    office = actions.set_up_office("mazamitla")
    assert (office.address, office.telephones) == (
        "Portal 5 de Mayo 4, Centro, Mazamitla, Jalisco",
        "382 538 0149 · 382 538 0450",
    )


def test_what_a_file_leaves_out_of_the_office_stays_as_it_was(tmp_path: Path) -> None:
    office = Office.load()
    office.address = "Calle Real 1"
    office.save()
    actions.set_up_office(file(tmp_path))
    assert Office.load().address == "Calle Real 1"


@pytest.mark.parametrize("name", ["mazamitla", "ocotlan"])
def test_the_colours_of_an_office_can_be_read(name: str) -> None:
    office = actions.set_up_office(name)
    assert [contrast(colour, "#ffffff") >= 4.5 for colour in (office.brand, office.accent)] == [True, True]
    assert contrast(office.gold, "#1c1407") >= 4.5
