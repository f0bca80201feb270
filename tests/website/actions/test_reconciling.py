from __future__ import annotations

import pytest
from django.utils import timezone

from factories import newsroom as news
from factories.website import marks_taken_up
from pregon.core.files import write_published
from pregon.core.home import Home
from pregon.website import actions as website
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def settle_all() -> None:
    for _ in range(3):
        website.reconcile(at=timezone.now())
        while website.bake_due(timezone.now()):
            pass


def test_nothing_lies_in_the_public_folder_that_the_gate_does_not_allow(home: Home) -> None:
    bulletin = news.published("Lo que sí salió")
    hidden = news.draft("Lo que no")
    for stray in (
        home.baked / "fotos" / "11111111-1111-4111-8111-111111111111" / "960.webp",
        home.baked / "fotos" / "no-es-una-foto" / "x.jpg",
        home.baked / "documentos" / "99" / "acta.pdf",
        home.baked / "boletines" / hidden.slug / "index.html",
        home.baked / "suelto.html",
    ):
        stray.parent.mkdir(parents=True, exist_ok=True)
        write_published(stray, b"private" * 200)
    settle_all()
    files = [file for file in home.baked.rglob("*") if file.is_file()]
    assert [file for file in files if b"private" in file.read_bytes()] == []
    assert (home.baked / "boletines" / bulletin.slug / "index.html").exists()


def test_a_page_that_was_lost_is_baked_again(home: Home) -> None:
    bulletin = news.published("Lo que sí salió")
    settle_all()
    page = home.baked / "boletines" / bulletin.slug / "index.html"
    page.unlink()
    website.reconcile(at=timezone.now())
    marks_taken_up()
    state = BakedPage.objects.get(path=bulletin.get_absolute_url()).state
    settle_all()
    assert (state, page.exists()) == (Baking.DUE, True)


def test_a_true_folder_is_left_in_peace(home: Home) -> None:
    news.published("Lo que sí salió")
    settle_all()
    assert website.reconcile(at=timezone.now()) == 0


def test_new_static_files_make_every_page_due(home: Home) -> None:
    news.published("Lo que sí salió")
    settle_all()
    (home.static / "staticfiles.json").write_text('{"paths": {"website/pregon.css": "website/pregon.1.css"}}')
    website.reconcile(at=timezone.now())
    marks_taken_up()
    assert BakedPage.objects.exclude(state=Baking.DUE).count() == 0
