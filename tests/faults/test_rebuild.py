"""A worker that bakes the whole site anew is killed in the middle, again and again: the next one goes on where it
was, no page and no compressed copy is ever half or of another text, and news overtakes the rest."""

from __future__ import annotations

import gzip
import os
import signal
import time
from pathlib import Path

import brotli
import pytest
from django.utils import timezone

from factories import newsroom as news
from faults.forked import forked
from pregon.accounts.models import Office
from pregon.core.home import Home
from pregon.website import actions as website
from pregon.website.actions import rebuilding
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, PageVersion

BULLETINS = 40
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Home:
    place = Home(tmp_path / "office")
    place.prepare()
    settings.HOME = place  # type: ignore[attr-defined]  # pytest-django's own object
    return place


def bake_all() -> None:
    while website.bake_due(timezone.now()):
        pass


def opened(file: Path) -> bytes:
    data = file.read_bytes()
    return brotli.decompress(data) if file.suffix == ".br" else gzip.decompress(data)


def out_of_step(home: Home) -> list[str]:
    """Copies that do not say what their page says, and pages that are cut off."""
    files = [file for file in home.baked.rglob("*") if file.is_file() and not file.name.startswith(".")]
    copies = [file for file in files if file.suffix in (".br", ".gz")]
    wrong = [
        copy
        for copy in copies
        if not copy.with_suffix("").exists() or opened(copy) != copy.with_suffix("").read_bytes()
    ]
    wrong += [page for page in files if page.suffix == ".html" and b"</html>" not in page.read_bytes()]
    return [str(file) for file in wrong]


def lacking_copies(home: Home) -> list[str]:
    pages = [page for page in home.baked.rglob("index.html") if page.stat().st_size >= 512]
    return [
        str(page) for page in pages for end in (".br", ".gz") if not page.with_name(page.name + end).exists()
    ]


def baked_since(moment: object) -> int:
    return BakedPage.objects.filter(baked_at__gte=moment).count()


def test_a_rebuild_that_is_killed_goes_on_where_it_was(home: Home) -> None:
    for number in range(BULLETINS):
        news.published(f"Boletín {number}")
    bake_all()
    Office.objects.update(name="Otra oficina")  # so that every page says something else
    began = timezone.now()
    goals, wrong = [15, 40, 60], []
    for goal in goals:
        with forked(lambda: website.rebuild(at=timezone.now())) as child:
            until = time.monotonic() + 60
            while baked_since(began) < goal and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        assert rebuilding.begun().exists()
        wrong += out_of_step(home)
        # A dead worker's lease ends by itself after a minute.
        BakedPage.objects.filter(state=Baking.LEASED).update(lease_until=timezone.now())
    versions = dict(BakedPage.objects.filter(baked_at__gte=began).values_list("path", "version"))
    news.published("La noticia")
    first = []
    while not first or "la-noticia" not in first[-1]:
        website.bake_due(timezone.now())
        first = list(
            BakedPage.objects.filter(path__contains="la-noticia", baked_at__gte=began).values_list(
                "path", flat=True
            )
        ) or ["not yet"]
        left = rebuilding.left(began)
        if first == ["not yet"]:
            assert left > 0, "The rest was baked before the news."
    ended = website.rebuild(at=timezone.now())
    again = dict(BakedPage.objects.filter(path__in=versions).values_list("path", "version"))
    bake_all()
    assert wrong == []
    assert len(versions) >= goals[-1]
    assert (ended.resumed, ended.left, rebuilding.begun().exists()) == (True, 0, False)
    # The news baked the pages that list it; a page of another bulletin was not touched again.
    touched = [path for path, version in again.items() if version != versions[path]]
    assert [path for path in touched if path.startswith("/boletines/2026-0")] == []
    assert out_of_step(home) + lacking_copies(home) == []
    pages = list(home.baked.rglob("index.html"))
    assert [str(page) for page in pages if "Otra oficina" not in page.read_text()] == []
    assert PageVersion.objects.filter(until=None).count() == len(
        set(PageVersion.objects.filter(until=None).values_list("path", flat=True))
    )
