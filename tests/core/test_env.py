"""Settings are read once, typed, and complain all together."""

from __future__ import annotations

from pathlib import Path

import pytest

from pregon.core.env import Env


def test_text_comes_without_the_spaces_around_it_or_as_its_default() -> None:
    env = Env({"NAME": "  Pregón \n"})
    assert (env.text("NAME"), env.text("OTHER", "otro"), env.text("NONE")) == ("Pregón", "otro", "")


@pytest.mark.parametrize(
    ("said", "flag"),
    [("1", True), ("true", True), ("SÍ", True), ("si", True), ("yes", True), ("0", False), ("No", False)],
)
def test_a_flag_is_said_in_several_ways(said: str, flag: bool) -> None:
    env = Env({"FLAG": said})
    assert (env.flag("FLAG", default=not flag), env.problems) == (flag, [])


@pytest.mark.parametrize("default", [True, False])
def test_a_flag_that_is_not_said_is_its_default(default: bool) -> None:
    assert Env({"FLAG": " "}).flag("FLAG", default=default) is default


def test_every_unreadable_value_is_a_problem_and_all_are_told_together() -> None:
    env = Env({"FLAG": "quizá", "PORT": "ocho", "KEY_FILE": "/no/existe"})
    assert (env.flag("FLAG", default=True), env.number("PORT", 8000), env.secret("KEY")) == (True, 8000, "")
    assert env.problems == [
        "FLAG debe ser 1 o 0, y dice «quizá».",
        "PORT debe ser un número entero, y dice «ocho».",
        "KEY_FILE apunta a «/no/existe», que no existe.",
    ]


def test_a_number_is_read_or_is_its_default() -> None:
    env = Env({"PORT": " 8080 "})
    assert (env.number("PORT", 1), env.number("OTHER", 2), env.problems) == (8080, 2, [])


def test_names_are_parted_by_commas_and_empty_ones_are_dropped() -> None:
    env = Env({"HOSTS": "a.mx, b.mx,,"})
    assert (env.names("HOSTS"), env.names("OTHER", "c.mx"), env.names("NONE")) == (
        ["a.mx", "b.mx"],
        ["c.mx"],
        [],
    )


def test_a_secret_is_its_value_before_the_file_it_names_before_the_file_of_the_house(tmp_path: Path) -> None:
    named, house = tmp_path / "named", tmp_path / "house"
    named.write_text("del archivo\n", encoding="utf-8")
    house.write_text("de la casa\n", encoding="utf-8")
    assert Env({"KEY": "dicho", "KEY_FILE": str(named)}).secret("KEY", file=house) == "dicho"
    assert Env({"KEY_FILE": str(named)}).secret("KEY", file=house) == "del archivo"
    assert Env({}).secret("KEY", file=house) == "de la casa"


def test_a_secret_nowhere_is_empty_and_no_problem(tmp_path: Path) -> None:
    env = Env({})
    assert (env.secret("KEY", file=tmp_path / "none"), env.problems) == ("", [])


def test_what_was_asked_for_is_known_with_its_default() -> None:
    env = Env({})
    env.text("A", "a")
    env.flag("B", default=True)
    env.number("C", 3)
    env.names("D", "x,y")
    env.secret("E")
    assert env.known == {"A": "a", "B": "1", "C": "3", "D": "x,y", "E": "", "E_FILE": ""}
