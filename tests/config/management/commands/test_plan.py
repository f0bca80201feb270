"""``pregon plan`` at a keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection

from factories.accounts import UserFactory
from factories.documents import SEEDS
from factories.plan import PlanFactory, bulletin, moment
from pregon.accounts.enums import Role
from pregon.accounts.models import Office
from pregon.plan import actions
from pregon.plan.errors import PlanError
from pregon.plan.models import Plan, Seal
from pregon.plan.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.parts]


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(moment("2026-11-20"), tick=False):
        yield


@pytest.fixture
def plan() -> Plan:
    bulletin("2026-10-05")
    head = UserFactory.create(email="titular@muestra.example")
    head.groups.add(Group.objects.get(name=Role.HEAD.value))
    UserFactory.create(email="redaccion@muestra.example")
    return actions.load_plan("mazamitla", year=2026, at=moment("2026-11-20"))


def said(*words: str) -> str:
    out = StringIO()
    call_command("plan", *words, stdout=out)
    return out.getvalue()


def tampered(seal: Seal) -> None:
    """Past the guard of the database, which whoever holds it can take away."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER plan_seals_stand")
    Seal.objects.filter(pk=seal.pk).update(content=seal.content.replace('"month":10', '"month": 10'))


def test_it_shows_how_the_plan_stands(plan: Plan) -> None:
    assert "Meses cerrados: ninguno." in said("show")
    assert json.loads(said("show", "--json"))["plan"] == plan.slug


def test_what_it_writes_is_read_back(plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    said("export", str(file))
    assert read(file).plan.title == plan.title


@pytest.mark.parametrize("word", ["octubre", "10", "2026-10", "OCTUBRE"])
def test_a_month_is_closed_by_any_of_its_names(plan: Plan, word: str) -> None:
    assert "quedó cerrado" in said("close", word, "--by", "titular@muestra.example")
    assert "Meses cerrados: octubre." in said("show")


def test_a_closing_that_was_touched_is_told_and_the_command_fails(plan: Plan) -> None:
    said("close", "octubre", "--by", "titular@muestra.example")
    assert said("verify") == f"El único cierre de {plan} está como se firmó.\n"
    Seal.objects.update(openings={"f" * 64: {"nonce": "", "said": {}}})
    with pytest.raises(CommandError, match="no está entera"):
        said("verify")


def test_a_month_that_is_not_as_signed_is_named(plan: Plan) -> None:
    said("close", "octubre", "--by", "titular@muestra.example")
    assert "Ya no están como se firmaron" not in said("show")
    tampered(plan.seals.get())
    assert "Ya no están como se firmaron, y cuentan otra vez con sus registros: octubre." in said("show")
    assert json.loads(said("show", "--json"))["touched"] == [10]


def test_the_chains_of_all_years_are_checked_unless_one_plan_is_named(plan: Plan) -> None:
    said("close", "octubre", "--by", "titular@muestra.example")
    later = actions.begin_year(plan, 2027, by=None, at=moment("2026-11-20"))
    tampered(plan.seals.get())
    with time_machine.travel(moment("2027-03-01"), tick=False):
        assert said("verify", "--plan", later.slug) == f"{later} no tiene cierres todavía.\n"
        with pytest.raises(CommandError, match="no está entera: 1 falta"):
            said("verify")


def test_the_year_of_the_month_says_which_plan(plan: Plan) -> None:
    actions.begin_year(plan, 2027, by=None, at=moment("2026-11-20"))
    with time_machine.travel(moment("2027-03-01"), tick=False):
        assert "de 2026 quedó cerrado" in said("close", "2026-10", "--by", "titular@muestra.example")
    assert [seal.month for seal in plan.seals.all()] == [10]


def test_where_a_year_has_several_plans_one_is_named(plan: Plan) -> None:
    PlanFactory.create(year=2026, slug="feria-2026")
    for words in (["show"], ["close", "10", "--by", "titular@muestra.example"], ["report", "a.pdf"]):
        with pytest.raises(CommandError, match=r"varios planes de 2026: di cuál con --plan \(.*feria-2026"):
            said(*words)
    assert "quedó cerrado" in said("close", "10", "--by", "titular@muestra.example", "--plan", "feria-2026")


def test_a_document_is_loaded_with_another_key_beside_the_plan_that_has_its_own(plan: Plan) -> None:
    document = str(SEEDS / "mazamitla.txt")
    assert "como «campana-2026»" in said("import", document, "--key", "campana", "--year", "2026", "--yes")
    assert Plan.objects.count() == 2
    with pytest.raises(CommandError, match="no sirve de clave"):
        said("import", document, "--key", "con espacio", "--yes")


def test_it_is_opened_again_with_a_reason(plan: Plan) -> None:
    said("close", "octubre", "--by", "titular@muestra.example")
    said("reopen", "octubre", "--by", "titular@muestra.example", "--reason", "Faltó un boletín del día 6.")
    assert "Meses cerrados: ninguno." in said("show")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["close"], "va: mes"),
        (["close", "brumario", "--by", "titular@muestra.example"], "no es un mes"),
        (["close", "13", "--by", "titular@muestra.example"], "no es un mes"),
        (["close", "octubre"], "Di quién firma"),
        (["close", "octubre", "--by", "redaccion@muestra.example"], "no puede firmar esto"),
        (["close", "octubre", "--by", "nadie@muestra.example"], "nadie entra con"),
        (["show", "--plan", "otro"], "Los que hay: comunicacion-social-2026"),
        (["close", "2019-10", "--by", "titular@muestra.example"], "No hay un plan de 2019."),
        (["reopen", "2019-10", "--by", "titular@muestra.example"], "No hay un plan de 2019."),
        (["close", "x-10", "--by", "titular@muestra.example"], "no es un mes"),
        (
            ["close", "2019-10", "--by", "titular@muestra.example", "--plan", "comunicacion-social-2026"],
            "es de 2026 y el mes que escribiste es de 2019",
        ),
    ],
)
def test_what_cannot_be_done_is_a_sentence(plan: Plan, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said(*words)


@pytest.mark.parametrize(("name", "begins"), [("t4.pdf", b"%PDF-"), ("t4.docx", b"PK"), ("t4.xlsx", b"PK")])
def test_a_report_is_written_as_its_name_says(plan: Plan, tmp_path: Path, name: str, begins: bytes) -> None:
    file = tmp_path / name
    told = json.loads(said("report", str(file), "--quarter", "4", "--layout", "mazamitla", "--json"))
    assert file.read_bytes().startswith(begins)
    assert (told["span"], told["bytes"]) == ("2026-t4", file.stat().st_size)


def test_without_a_quarter_a_report_is_of_the_year(plan: Plan, tmp_path: Path) -> None:
    assert json.loads(said("report", str(tmp_path / "a.xlsx"), "--json"))["span"] == "2026"


def test_a_quarter_that_has_not_begun_has_no_report(plan: Plan, tmp_path: Path) -> None:
    said("new-year", "2027")
    with pytest.raises(CommandError, match="El primer trimestre de 2027 no ha empezado"):
        said("report", str(tmp_path / "informe.pdf"), "--quarter", "1", "--plan", "comunicacion-social-2027")


def test_a_quarter_begins_when_it_does_at_the_office(plan: Plan, tmp_path: Path) -> None:
    Office.objects.update(time_zone="America/Cancun")
    with time_machine.travel(datetime(2026, 10, 1, 5, 30, tzinfo=UTC), tick=False):  # 23:30 in Mexico City
        said("report", str(tmp_path / "informe.xlsx"), "--quarter", "4")


def test_a_report_in_no_format_of_ours_is_asked_for_again(plan: Plan) -> None:
    with pytest.raises(CommandError, match="Di en qué formato"):
        said("report", "x.odt")


def test_lint_tells_what_the_plan_lacks_and_fails_while_something_must_be_mended(plan: Plan) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="faltas que hay que corregir"):
        call_command("plan", "lint", stdout=out)
    assert "Hay que corregirlo: No dice cómo se calcula." in out.getvalue()
    assert "    Indicador 3 · Spots, perifoneo y carteles" in out.getvalue()


def test_lint_of_a_file_needs_no_plan_in_the_office(tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="faltas que hay que corregir"):
        call_command("plan", "lint", "ocotlan", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["errors"] == sum(len(lack["places"]) for lack in told["lacks"] if lack["severity"] == "error")
    assert "en-todos-los-programas" in {lack["rule"] for lack in told["lacks"]}


def test_lint_of_a_plan_that_lacks_nothing_says_so(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        "plan: {clave: corto, titulo: Plan corto, ejercicio: 2026, unidad: Redacción}", encoding="utf-8"
    )
    assert said("lint", str(file)) == "A «Plan corto» no le falta nada.\n"


def test_a_new_year_is_begun_and_says_how_many_targets_wait(plan: Plan) -> None:
    assert "Sus metas por revisar en el escritorio: 4." in said(
        "new-year", "2027", "--by", "titular@muestra.example"
    )
    assert json.loads(said("new-year", "2028", "--json", "--plan", plan.slug))["from"] == plan.slug
    assert sorted(Plan.objects.values_list("year", flat=True)) == [2026, 2027, 2028]


@pytest.mark.parametrize(
    ("year", "sentence"), [("veinte", "no es un año"), ("2026", "año posterior"), ("2101", "año posterior")]
)
def test_a_year_that_cannot_be_begun_is_refused_in_a_sentence(plan: Plan, year: str, sentence: str) -> None:
    with pytest.raises((CommandError, PlanError), match=sentence):
        said("new-year", year)
    assert Plan.objects.count() == 1


def test_a_document_is_shown_beside_what_it_became_and_nothing_is_loaded() -> None:
    told = said("import", str(SEEDS / "mazamitla.txt"))
    assert "Registrar memoria fotográfica: Fotos en la memoria" in told
    assert "Actualizar formatos: a mano. Captura" in told
    assert "   46  CALENDARIO ACTIVIDADES 2019\n" in told
    assert "       ! El calendario dice 2019 y el plan es de 2020: revisa cuál vale.\n" in told
    assert "0 programas, 4 indicadores, 6 actividades; 4 líneas por revisar." in told
    assert told.endswith("No se cargó nada todavía: con --yes se carga así.\n")
    assert not Plan.objects.exists()


def test_told_so_it_loads_the_document_for_the_year_that_is_named() -> None:
    told = json.loads(said("import", str(SEEDS / "ocotlan.txt"), "--year", "2026", "--yes", "--json"))
    assert (told["loaded"], told["doubts"]) == ("coordinacion-de-comunicacion-institucional-2026", 9)
    assert Plan.objects.get(slug=told["loaded"]).programmes.count() == 3


def test_a_document_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "nada.docx"):
        with pytest.raises(CommandError, match="No se puede leer"):
            said("import", str(file))
    with pytest.raises(CommandError, match="no es un año de plan"):
        said("import", str(tmp_path), "--year", "26")


@pytest.mark.parametrize("name", ["mazamitla", "ocotlan"])
def test_lint_reads_a_document_as_the_office_has_it(name: str) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="faltas que hay que corregir"):
        call_command("plan", "lint", str(SEEDS / f"{name}.txt"), "--json", stdout=out)
    assert "sin-formula" in {lack["rule"] for lack in json.loads(out.getvalue())["lacks"]}
    assert not Plan.objects.exists()


def test_lint_of_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No se puede leer"):
        said("lint", str(tmp_path / "nada.docx"))
