"""A real office: asked for what it is not told, never a password of its own making."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.conftest import HEAD, PASSWORD, Said
from factories.accounts import UserFactory
from pregon.accounts.errors import BadAddress, WeakPassword
from pregon.accounts.models import Department, Office, User
from pregon.config.management.commands import init
from pregon.core.errors import PregonError
from pregon.core.home import Home
from pregon.plan.models import Plan

pytestmark = [pytest.mark.django_db, pytest.mark.parts]


@pytest.fixture(autouse=True)
def built(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What building does is proved in its own tests; the database of the tests is built already."""
    monkeypatch.setattr(init, "build", lambda *, at: None)
    monkeypatch.delenv("PREGON_HEAD_PASSWORD", raising=False)


def said(**options: object) -> str:
    out = io.StringIO()
    call_command("init", stdout=out, **options)
    return out.getvalue()


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_whole_command_founds_the_office_of_a_plan(founded: tuple[Path, Said]) -> None:
    root, told = founded
    assert (told.code, told.out, told.err) == (
        0,
        f"Listo: {HEAD} ya puede entrar al escritorio. Enciende todo con «pregon up».\n",
        "",
    )
    assert (root / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_plan_of_ours_is_loaded_for_the_year_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREGON_HEAD_PASSWORD", PASSWORD)
    said(plan="mazamitla", email=HEAD)
    assert [plan.year for plan in Plan.objects.all()] == [timezone.localtime().year]
    assert (Office.load().municipality, Department.objects.exists()) == ("Mazamitla", True)
    assert User.objects.get(is_superuser=True).check_password(PASSWORD) is True


def test_a_name_on_the_command_line_is_the_name_of_the_town() -> None:
    said(name="Villa de Muestra", browser=True)
    assert Office.load().municipality == "Villa de Muestra"


def test_without_an_address_the_head_signs_up_in_the_browser(home: Home) -> None:
    told = said()
    token = (home.run / "welcome-token").read_text(encoding="utf-8")
    assert told == (
        f"Abre http://testserver/bienvenida/{token}/ con «pregon up» encendido para dar de alta a su titular.\n"
    )
    assert User.objects.count() == 0


def test_a_second_time_the_head_stays_who_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(email=HEAD, is_superuser=True)
    monkeypatch.setenv("PREGON_HEAD_PASSWORD", PASSWORD)
    assert (
        said(email="otra@muestra.example") == "La oficina está al día; su titular sigue siendo quien era.\n"
    )
    assert [person.email for person in User.objects.all()] == [HEAD]


def test_there_is_no_default_password() -> None:
    with pytest.raises(CommandError) as refusal:
        said(email=HEAD)
    assert str(refusal.value) == (
        "Falta la contraseña de la persona titular: escríbela en PREGON_HEAD_PASSWORD, "
        "o usa --browser para darla de alta en el navegador."
    )
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("email", "password", "refusal"), [(HEAD, "corta", WeakPassword), ("titular", PASSWORD, BadAddress)]
)
def test_a_weak_password_or_a_bad_address_leaves_no_head(
    email: str, password: str, refusal: type[PregonError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREGON_HEAD_PASSWORD", password)
    with pytest.raises(refusal):
        said(email=email)
    assert User.objects.count() == 0


def test_at_a_terminal_it_asks_for_all_it_was_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(f"Villa de Muestra\n{HEAD}\n"))
    typed = iter([PASSWORD, "otra cosa", PASSWORD, PASSWORD])
    monkeypatch.setattr(init.getpass, "getpass", lambda prompt: next(typed))
    errors = io.StringIO()
    assert said(stderr=errors).endswith(
        f"Listo: {HEAD} ya puede entrar al escritorio. Enciende todo con «pregon up».\n"
    )
    assert errors.getvalue() == "No son iguales; escríbela de nuevo.\n"
    assert Office.load().municipality == "Villa de Muestra"


def test_three_passwords_that_do_not_agree_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard())
    typed = iter(str(number) for number in range(6))
    monkeypatch.setattr(init.getpass, "getpass", lambda prompt: next(typed))
    with pytest.raises(PregonError) as refusal:
        said(email=HEAD, name="Villa de Muestra", stderr=io.StringIO())
    assert str(refusal.value) == (
        "Las contraseñas no coincidieron tres veces: vuelve a empezar cuando quieras."
    )
