"""A list comes in from the command line as it does on the desk, and leaves for its owner's eyes only."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pregon.core.home import Home
from pregon.delivery import reading
from pregon.delivery.enums import Frequency, Standing
from pregon.delivery.models import Dispatch, Roster, Subscriber

pytestmark = pytest.mark.django_db

LIST = "correo,nombre\nvecina@muestra.example,Vecina\nsin-arroba,Vecino\n"


@pytest.fixture
def path(home: Home, tmp_path: Path) -> Path:
    made = tmp_path / "lista.csv"
    made.write_text(LIST, encoding="utf-8")
    return made


def told(action: str, path: Path, **options: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("subscribers", action, path, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_a_list_is_only_checked_unless_one_says_yes(path: Path) -> None:
    out, err = told("import", path, consent="Firmaron.")
    assert (
        out == "Revisada; con --yes se importa:\n        1 queda por confirmar\n        1 tiene un problema\n"
    )
    assert err == "Línea 3: «sin-arroba» no es un correo electrónico: escríbelo como nombre@dominio.\n"
    assert Subscriber.objects.count() == 0


def test_with_a_yes_it_is_taken_in(path: Path) -> None:
    out, _err = told(
        "import",
        path,
        consent="Firmaron.",
        consent_date=reading.day_of("01/05/2026"),
        confirmed=True,
        yes=True,
    )
    one = Subscriber.objects.get()
    assert out == "Importada:\n        1 recibe desde ahora\n        1 tiene un problema\n"
    assert (one.address, one.standing, Roster.objects.get().content) == (
        "vecina@muestra.example",
        Standing.CONFIRMED,
        None,
    )
    assert "línea 2; la importó la línea de órdenes" in one.consent


def test_the_others_are_asked_only_if_one_says_so(path: Path) -> None:
    told("import", path, consent="Firmaron.", letters=True, yes=True)
    assert Dispatch.objects.get().headline == "Confirma tu suscripción"


def test_what_cannot_be_read_is_refused_in_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("nombre\nVecina\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Ninguna columna se llama «correo»"):
        told("import", path)
    monkeypatch.setattr("pregon.config.management.commands.subscribers.MOST_BYTES", 3)
    with pytest.raises(CommandError, match="divídela en varias"):
        told("import", path)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_list_that_leaves_can_be_read_again(path: Path, tmp_path: Path, suffix: str) -> None:
    Subscriber.objects.create(
        channel="email",
        address="vecina@muestra.example",
        frequency=Frequency.DAILY,
        asked_at=timezone.now(),
        consent="Firmó.",
    )
    made = tmp_path / f"salida{suffix}"
    out, _err = told("export", made)
    assert (out, made.stat().st_mode & 0o777) == (f"Exportados 1 suscriptores a {made}.\n", 0o600)
    Subscriber.objects.all().delete()
    told("import", made, yes=True)
    one = Subscriber.objects.get()
    assert (one.address, one.frequency, one.standing) == (
        "vecina@muestra.example",
        Frequency.DAILY,
        Standing.PENDING,
    )


def test_a_day_that_is_none_is_wrong_usage(path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("subscribers", "import", str(path), "--consent-date", "ayer")
