"""``pregon plan`` at a keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from factories.accounts import UserFactory
from factories.plan import bulletin, moment
from pregon.plan import actions
from pregon.plan.models import Plan, Seal
from pregon.plan.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(moment("2026-11-20"), tick=False):
        yield


@pytest.fixture
def plan() -> Plan:
    bulletin("2026-10-05")
    UserFactory.create(email="titular@muestra.example")
    return actions.load_plan("mazamitla", year=2026, at=moment("2026-11-20"))


def said(*words: str) -> str:
    out = StringIO()
    call_command("plan", *words, stdout=out)
    return out.getvalue()


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


def test_a_byte_that_changed_is_told_and_the_command_fails(plan: Plan) -> None:
    said("close", "octubre", "--by", "titular@muestra.example")
    assert "están como se firmaron" in said("verify")
    seal = Seal.objects.get()
    Seal.objects.update(content=seal.content.replace("cierre", "cierra", 1))
    with pytest.raises(CommandError, match="no está entera"):
        said("verify")


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
        (["close", "octubre", "--by", "nadie@muestra.example"], "nadie entra con"),
        (["show", "--plan", "otro"], "Los que hay: comunicacion-social-2026"),
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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["x.pdf"], "Di de qué es el informe"),
        (["x.pdf", "--year", "--quarter", "2"], "Di de qué es el informe"),
        (["x.odt", "--year"], "Di en qué formato"),
    ],
)
def test_a_report_that_is_not_clear_is_asked_for_again(plan: Plan, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said("report", *words)
