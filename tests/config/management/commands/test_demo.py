"""A furnished office with one command, and its passwords shown once."""

from __future__ import annotations

import io
import os
import sys

import pytest
from django.core.management import call_command
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.config.demo import furnish
from pregon.config.management.commands import demo
from pregon.core.home import Home
from pregon.plan.models import Plan
from pregon.website import actions as website

pytestmark = [pytest.mark.django_db, pytest.mark.parts]


@pytest.fixture(autouse=True)
def quick(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Building is proved in its own tests, and so is furniture; here an office without stories will do."""
    monkeypatch.setattr(demo, "build", website.lay_out_site)
    monkeypatch.setattr(
        furnish, "load", lambda name: {"mazamitla": {}, "ocotlan": {}} if "places" in name else []
    )
    monkeypatch.setattr(furnish, "past_days", lambda today, *, count: [])
    monkeypatch.setattr(demo, "drain", lambda lanes, *, clock: 0)
    monkeypatch.setattr(demo, "spare_cores", lambda: 0)


def prepared(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("demo", *arguments, prepare=True, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("arguments", "town"), [((), "Mazamitla"), (("mazamitla",), "Mazamitla"), (("ocotlan",), "Ocotlán")]
)
def test_the_demo_is_of_the_office_that_was_named_in_the_year_that_runs(
    arguments: tuple[str, ...], town: str
) -> None:
    prepared(*arguments)
    assert Office.load().municipality.startswith(town)
    assert [plan.year for plan in Plan.objects.all()] == [timezone.localtime().year]


def test_the_home_of_a_demo_says_that_it_is_a_sample(home: Home) -> None:
    assert not home.sample.exists()
    prepared()
    assert home.sample.exists()


def test_the_passwords_are_shown_the_first_time_only() -> None:
    first, again = prepared(), prepared()
    assert "Para entrar al escritorio (estas contraseñas no se vuelven a mostrar):" in first
    assert [line.split()[0] for line in first if "@" in line] == [
        "titular@mazamitla.ejemplo",
        "redaccion@mazamitla.ejemplo",
        "fotografia@mazamitla.ejemplo",
    ]
    [told] = [line for line in again if "@" in line]
    assert told == (
        "La oficina ya estaba amueblada; entra con titular@mazamitla.ejemplo. "
        "Si no guardaste su contraseña, prepara otra muestra en otra carpeta con --home."
    )


def test_what_is_turned_on_is_a_program_in_which_nobody_has_touched_a_photo(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    become: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(os, "execv", lambda program, words: become.append((program, words)))
    call_command("demo", port=8123, host="127.0.0.1", stdout=io.StringIO())
    order = ["-P", "-m", "pregon.config.cli", "up", "--host", "127.0.0.1", "--port", "8123"]
    assert become == [(sys.executable, [sys.executable, *order])]
