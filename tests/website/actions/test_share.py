from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from wagtail.documents import get_document_model

from factories import newsroom as news
from pregon.core.home import Home
from pregon.newsroom import actions as newsroom
from pregon.website.actions.share import put, share
from pregon.website.queries import document_path, paths_of_bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def attached(title: str) -> tuple[Any, Any]:
    """A published bulletin and the document in its body."""
    document = get_document_model()(title="Acta")
    document.file.save("Acta de sesión (1).pdf", ContentFile(b"%PDF-1.7 acta"), save=True)
    body = [("attachment", {"document": document, "title": "Acta"})]
    return news.published(title, body=body), document


def test_a_document_is_public_exactly_while_a_public_bulletin_attaches_it(
    home: Home, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    bulletin, document = attached("Sesión de cabildo")
    folder = f"/documentos/{document.pk}/"
    out = share(folder, at=timezone.now())
    file = home.baked / document_path(document).lstrip("/")
    there = file.read_bytes() if file.exists() else b""
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.withdraw(bulletin, reason="Dato equivocado.", by=None, at=timezone.now())
    assert (out, there, file.exists(), share(folder, at=timezone.now())) == (
        True,
        b"%PDF-1.7 acta",
        False,
        False,
    )


def test_a_video_is_public_while_a_public_bulletin_shows_it(
    home: Home, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    film = get_document_model()(title="Recorrido")
    film.file.save("recorrido.mp4", ContentFile(b"mp4"), save=True)
    folder = f"/documentos/{film.pk}/"
    bulletin = news.published("Reabre", body=[("video", {"file": film, "url": "", "title": "Recorrido"})])
    shown = folder in paths_of_bulletin(bulletin)
    out = share(folder, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.withdraw(bulletin, reason="Dato equivocado.", by=None, at=timezone.now())
    gone = not (home.baked / document_path(film).lstrip("/")).exists()
    assert (shown, out, gone) == (True, True, True)


def test_a_document_that_nobody_attached_stays_at_the_desk(home: Home) -> None:
    document = get_document_model()(title="Acta")
    document.file.save("acta.pdf", ContentFile(b"%PDF-1.7"), save=True)
    assert share(f"/documentos/{document.pk}/", at=timezone.now()) is False


@pytest.mark.parametrize("path", ["/fotos/no-es-una-foto/", "/documentos/x/", "/documentos/9999/"])
def test_a_name_that_means_nothing_shares_nothing(home: Home, path: str) -> None:
    assert share(path, at=timezone.now()) is False


def test_a_file_is_shared_as_a_second_name_and_replaced_when_it_is_another(tmp_path: Path) -> None:
    first, second, public = tmp_path / "first", tmp_path / "second", tmp_path / "public" / "x.jpg"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    put(first, public)
    same = public.samefile(first)
    put(second, public)
    assert (same, public.read_bytes(), first.read_bytes()) == (True, b"two", b"one")
    assert [file.name for file in public.parent.iterdir()] == ["x.jpg"]
