"""The one entry point: exit codes 0, 1 and 2, one sentence on stderr, never a traceback."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, load_command_class
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from config.conftest import Pregon
from pregon import __version__
from pregon.config import cli
from pregon.core.errors import NotSo

pytestmark = pytest.mark.parts

NO_HOME = "Después de --home va la carpeta de la oficina.\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What ``--home`` writes into the environment goes with the test."""
    monkeypatch.setenv("PREGON_HOME", str(tmp_path))
    return tmp_path


def break_with(problem: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, arguments: object) -> int:
        raise problem

    monkeypatch.setattr(cli, "run", broken)


def test_while_a_person_waits_for_an_answer_the_log_stays_in_the_home(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    loud = logging.StreamHandler()
    loud.name = "stderr"
    logging.getLogger().addHandler(loud)
    try:
        (place / "run").mkdir()
        with cli.log_apart():
            logging.getLogger("pregon.website").error("Page not baked")
        assert capfd.readouterr().err == ""
        assert (place / "run" / "registro.txt").read_text().splitlines()[-1].endswith("Page not baked")
        with cli.log_apart():
            (place / "run" / "registro.txt").unlink()
            (place / "run").rmdir()
            logging.getLogger("pregon.website").error("Nowhere to write")
        assert capfd.readouterr().err == ""
    finally:
        logging.getLogger().removeHandler(loud)


# --- Finding the office ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "home", "rest"),
    [
        (["doctor"], None, ["doctor"]),
        (["doctor", "--home", "casa"], "casa", ["doctor"]),
        (["--home=casa", "doctor", "--json"], "casa", ["doctor", "--json"]),
        (["publish", "a", "--home", "una", "--home=otra"], "otra", ["publish", "a"]),
    ],
)
def test_the_home_may_be_told_in_both_spellings_and_anywhere(
    arguments: list[str], home: str | None, rest: list[str]
) -> None:
    assert cli.take_home(arguments) == (home, rest)


@pytest.mark.parametrize(
    "arguments",
    [["doctor", "--home"], ["doctor", "--home="], ["doctor", "--home", ""], ["doctor", "--home", "--json"]],
)
def test_a_home_without_a_name_is_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (cli.main(arguments), *capsys.readouterr()) == (2, "", NO_HOME)


def test_the_home_is_told_to_the_settings_as_a_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cli.main(["nada", "--home", "casa"])
    assert os.environ["PREGON_HOME"] == str(tmp_path / "casa")


# --- Help --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"], ["--home", "casa"]])
def test_help_names_every_order(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert (cli.main(arguments), *capsys.readouterr()) == (0, f"{cli.HELP}\n", "")


def test_every_order_of_the_help_exists() -> None:
    folder = Path(cli.__file__).parent / "management" / "commands"
    commands = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    assert set(cli.COMMANDS) == commands


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert (cli.main(["--version"]), capsys.readouterr().out) == (0, f"pregon {__version__}\n")


def test_the_help_of_an_order_speaks_of_nothing_behind_the_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["correct", "--help"]) == 0
    told = capsys.readouterr().out
    assert [name for name in cli.BACKSTAGE if name in told] == []


def test_a_terminal_that_lacks_our_letters_is_no_fault(pregon: Pregon) -> None:
    said = pregon("--help", PYTHONIOENCODING="ascii")
    assert (said.code, said.err) == (0, "")
    assert "la oficina de comunicaci?n" in said.out


# --- Wrong usage: 2 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["publicar", "--json", "doctro"])
def test_an_unknown_order_is_answered_in_one_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (cli.main([name]), *capsys.readouterr()) == (
        2,
        "",
        f"«{name}» no es una orden de pregon: «pregon --help» dice las que hay.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["publish"], "Falta CARPETA"),
        (["correct", "carpeta"], "Falta --change, --why"),
        (["publish", "a", "b"], "No se entiende «b»"),
        (["doctor", "--rápido"], "No se entiende «--rápido»"),
        (["publish", "a", "--wait"], "Después de --wait va un valor"),
        (["publish", "a", "--wait", "mucho"], "«mucho» no sirve para --wait"),
        (["site", "show", "/", "--at", "mañana"], "«mañana» no sirve para --at"),
        (["publish", "a", "--json=sí"], "No se entiende lo que sigue a «pregon publish»"),
    ],
)
def test_an_order_wrongly_written_is_answered_in_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (cli.main(arguments), *capsys.readouterr()) == (
        2,
        "",
        f"{sentence}; «pregon {arguments[0]} --help» explica cómo se usa.\n",
    )


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["demo", "tequila"]) == 2
    assert capsys.readouterr().err == (
        "«tequila» no sirve, elige entre 'mazamitla', 'ocotlan'; «pregon demo --help» explica cómo se usa.\n"
    )


@pytest.mark.parametrize(
    ("words", "action", "target"),
    [
        (["report", "informe.pdf"], "report", "informe.pdf"),
        (["import", "plan.docx"], "import", "plan.docx"),
        (["show"], "show", ""),
    ],
)
def test_the_words_of_an_order_stand_before_between_and_after_its_options(
    words: list[str], action: str, target: str
) -> None:
    understood = []
    for place in range(len(words) + 1):
        given = [*words[:place], "--quarter", "3", "--json", *words[place:]]
        understood.append(cli.understand(load_command_class("pregon.config", "plan"), "plan", given))
    for options in understood:
        told = [options[name] for name in ("action", "target", "quarter", "json")]
        assert told == [action, target, 3, True]
    apart = ["--quarter", "3", words[0], "--json", *words[1:]]
    assert cli.understand(load_command_class("pregon.config", "plan"), "plan", apart) == understood[0]


def test_help_among_other_words_names_all_that_may_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "--quarter", "3", "--help", "report"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Uso: pregon plan ")
    assert "ARCHIVO|MES|AÑO" in told


def test_an_order_of_django_works_in_its_own_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diffsettings"]) == 0
    assert "ROOT_URLCONF = 'pregon.config.urls'" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["init", "demo", "publish"])
def test_help_asks_for_no_office_and_makes_none(name: str, pregon: Pregon, tmp_path: Path) -> None:
    said = pregon(name, "--help", "--home", tmp_path / "todavía-no")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Uso: pregon {name}")
    assert not (tmp_path / "todavía-no").exists()


# --- Not so: 1 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "problem",
    [
        NotSo("La carpeta está vacía."),
        CommandError("La carpeta está vacía."),
        ImproperlyConfigured("La carpeta está vacía."),
    ],
)
def test_what_is_not_so_is_told_as_it_is(
    problem: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_with(problem, monkeypatch)
    assert (cli.main(["doctor"]), *capsys.readouterr()) == (1, "", "La carpeta está vacía.\n")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (
            OperationalError("no such table: accounts_user"),
            "Esta oficina no está preparada todavía: ejecuta «pregon init» con el mismo --home.",
        ),
        (
            ProgrammingError('relation "accounts_user" does not exist\nLINE 1: …'),
            "Esta oficina no está preparada todavía: ejecuta «pregon init» con el mismo --home.",
        ),
        (
            OperationalError("database or disk is full"),
            "El disco está lleno: libera espacio y repite la orden; no se publicó nada a medias.",
        ),
        (
            OperationalError("disk I/O error"),
            "El disco está lleno o falla: libera espacio, o cambia de disco, y repite la orden.",
        ),
        (
            OperationalError("connection refused\nIs the server running?"),
            "La base de datos no responde como debe: connection refused. «pregon doctor» da más detalle.",
        ),
        (
            OperationalError(),
            "La base de datos no responde como debe: OperationalError. «pregon doctor» da más detalle.",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "foto.jpg"),
            "El disco está lleno (foto.jpg): libera espacio y repite la orden.",
        ),
        (
            OSError(errno.EACCES, "Permission denied", "fo\nto.jpg"),
            "No hay permiso para leer o escribir (foto.jpg): da permiso a quien ejecuta pregon y repite la orden.",
        ),
        (
            OSError(errno.ELOOP, "Too many links", "a"),
            "El sistema no dejó leer o escribir (a): Too many links.",
        ),
        (OSError("roto"), "El sistema no dejó leer o escribir: roto."),
    ],
)
def test_the_words_of_the_database_and_of_the_system_become_ours(
    problem: Exception,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    break_with(problem, monkeypatch)
    assert (cli.main(["doctor"]), *capsys.readouterr()) == (1, "", f"{sentence}\n")


def test_a_fault_that_nobody_foresaw_is_one_sentence_and_its_detail_stays_in_the_home(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "run").mkdir()
    break_with(TypeError("cuatro manos"), monkeypatch)
    kept = place / "run" / "falla.txt"
    assert (cli.main(["doctor"]), *capsys.readouterr()) == (
        1,
        "",
        (
            f"Falló algo que nadie había previsto (TypeError): el detalle quedó en {kept}, "
            "para quien mantiene el sistema.\n"
        ),
    )
    assert kept.read_text(encoding="utf-8").rstrip().endswith("TypeError: cuatro manos")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_without_a_home_the_detail_is_had_by_asking_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_with(TypeError("cuatro manos"), monkeypatch)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err == (
        "Falló algo que nadie había previsto (TypeError): "
        "repite la orden con --traceback para ver el detalle.\n"
    )
    with pytest.raises(TypeError):
        cli.main(["doctor", "--traceback"])


@pytest.mark.parametrize(("left", "code"), [(None, 0), (0, 0), (1, 1), (2, 2), ("algo", 1)])
def test_an_order_that_leaves_by_itself_says_how(
    left: object, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_with(SystemExit(left), monkeypatch)
    assert cli.main(["doctor"]) == code


def test_an_interrupted_order_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_with(KeyboardInterrupt(), monkeypatch)
    assert (cli.main(["doctor"]), *capsys.readouterr()) == (1, "", "Interrumpido.\n")


# --- Whole processes ---------------------------------------------------------------------------------------


def test_an_office_that_is_not_prepared_is_told_to_begin_with_init(pregon: Pregon, tmp_path: Path) -> None:
    said = pregon("doctor", "--json", "--home", tmp_path / "nada")
    assert (said.code, said.out, said.err) == (
        1,
        "",
        (
            f"Esta oficina no tiene clave secreta: prepárala con «pregon init --home {tmp_path / 'nada'}», "
            "o escribe una en PREGON_SECRET_KEY.\n"
        ),
    )


def test_a_known_secret_is_refused_before_anything_is_done(pregon: Pregon, tmp_path: Path) -> None:
    said = pregon("init", f"--home={tmp_path / 'var'}", PREGON_SECRET_KEY="django-insecure-" + "x" * 60)
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert said.err.startswith("PREGON_SECRET_KEY es demasiado corta o conocida: ")
    assert (tmp_path / "var" / "pregon.sqlite3").exists() is False


def test_a_database_that_was_never_filled_is_told_to_begin_with_init(pregon: Pregon, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    said = pregon(
        "correct", "x", "--change=a", "--why=b", "--home", tmp_path / "var", PREGON_SECRET_KEY="x" * 60
    )
    assert (said.code, said.out, said.err) == (
        1,
        "",
        "Esta oficina no está preparada todavía: ejecuta «pregon init» con el mismo --home.\n",
    )


def test_an_unknown_order_in_an_empty_place_is_wrong_usage_too(pregon: Pregon, tmp_path: Path) -> None:
    said = pregon("publicar", "--home", tmp_path)
    assert (said.code, said.out, said.err) == (
        2,
        "",
        (
            "«publicar» no es una orden de pregon, o pide una oficina ya preparada con «pregon init»; "
            "«pregon --help» dice las que hay.\n"
        ),
    )


def test_a_folder_goes_from_first_publication_to_correction(
    pregon: Pregon, office: Path, tmp_path: Path
) -> None:
    """The main job as a person at a terminal does it, on the example that the house hands out."""
    folder = tmp_path / "andador"
    folder.mkdir()
    for path in (Path(__file__).parents[2] / "examples" / "mazamitla-andador").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())

    sheet = folder / "acto.md"
    today = f"fecha: {timezone.localdate():%Y-%m-%d} 00:00\n"  # in the year of the plan, whichever runs
    sheet.write_text(re.sub(r"fecha: .*\n", today, sheet.read_text(encoding="utf-8")), encoding="utf-8")

    first = pregon("publish", folder, "--json", "--home", office)
    assert (first.code, first.err) == (0, "")
    told = json.loads(first.out)
    assert (told["bulletin"]["state"], told["photos"]) == ("published", 2)
    assert sorted(told["seconds"]) == ["all_sent", "first_sent", "page_ready", "published", "read"]
    page = told["bulletin"]["url"].removeprefix("http://localhost:8000/")
    assert "Ilumina el municipio" in (office / "baked" / page / "index.html").read_text(encoding="utf-8")
    moved = {fact["indicator"] for fact in told["evidence"]}
    assert "Actos cubiertos" in moved

    again = pregon("publish", folder, "--json", f"--home={office}")
    assert (again.code, again.err, json.loads(again.out)["bulletin"]) == (0, "", told["bulletin"])

    sheet.write_text(
        sheet.read_text(encoding="utf-8").replace("36 lámparas", "38 lámparas"), encoding="utf-8"
    )
    changed = pregon("publish", folder, "--json", "--home", office)
    assert (changed.code, changed.out, changed.err.count("\n")) == (1, "", 1)
    assert f"pregon correct {folder}" in changed.err

    told_so = ("--change", "Son 38 lámparas.", "--why", "Error de captura.")
    corrected = pregon("correct", folder, *told_so, "--home", office)
    assert (corrected.code, corrected.err) == (0, "")
    assert corrected.out.splitlines()[1].strip() == told["bulletin"]["url"]
