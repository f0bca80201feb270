"""What a folder says now takes the place of what it said."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from factories.newsroom import folder, shelf
from pregon.config import publishing
from pregon.core.home import Home
from pregon.newsroom.errors import BadFolder, NothingChanged, ReasonNeeded
from pregon.newsroom.models import Correction

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(home: Home, tmp_path: Path) -> Path:
    shelf()
    found = folder(tmp_path / "andador")
    publishing.run(found, by=None, wait=0)
    return found


def corrected(path: Path, *, change: str = "Son tres cuadrillas.", why: str = "Error de captura.") -> str:
    out = io.StringIO()
    call_command("correct", path, change=change, why=why, stdout=out)
    return out.getvalue()


def test_a_correction_says_which_bulletin_and_where(path: Path) -> None:
    folder(path, text="Las tres cuadrillas terminaron.")
    told = corrected(path)
    correction = Correction.objects.get()
    assert (correction.change, correction.reason) == ("Son tres cuadrillas.", "Error de captura.")
    assert told == (
        f"Corregido el boletín {correction.bulletin.folio}; se avisa a 0 que lo habían recibido.\n"
        f"  http://testserver{correction.bulletin.get_absolute_url()}\n"
    )


def test_a_folder_that_says_the_same_corrects_nothing(path: Path) -> None:
    with pytest.raises(NothingChanged):
        corrected(path)


def test_a_correction_without_its_why_is_refused(path: Path) -> None:
    folder(path, text="Las tres cuadrillas terminaron.")
    with pytest.raises(ReasonNeeded):
        corrected(path, why=" ")
    assert Correction.objects.count() == 0


def test_a_folder_that_never_went_out_is_sent_to_publish(path: Path, tmp_path: Path) -> None:
    other = folder(tmp_path / "mercado")
    with pytest.raises(BadFolder) as refusal:
        corrected(other)
    assert str(refusal.value) == (
        f"La carpeta «mercado» no se ha publicado: publícala con pregon publish {other}."
    )
