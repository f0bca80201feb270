from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from factories import newsroom as news
from pregon.core.home import Home
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from pregon.website import actions as website
from pregon.website.actions import archiving
from pregon.website.models import PageVersion
from pregon.website.values import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PATH = "/boletines/2026-001-uno/"


def page(words: str, *, style: str = "pregon.0123456789ab.css") -> Answer:
    return Answer(status=200, body=f"<link href='/static/website/{style}'><main>{words}</main>".encode())


def bake_all() -> None:
    while website.bake_due(timezone.now()):
        pass


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", True),
        (PATH, True),
        ("/agenda/2026-11-20-andador/", True),
        ("/plan/", True),
        ("/plan/plan-2026/actos-cubiertos/", True),
        ("/alertas/2026-001/", True),
        ("/campanas/vacuna-a-tu-mascota/", True),
        ("/servicios/conectar-el-agua/", True),
        ("/podcast/el-agua/", True),
        ("/en-vivo/2026-11-20-desfile/", True),
        ("/en-vivo/", False),
        ("/boletines/", False),
        ("/boletines/2026/11/", False),
        ("/boletines/tema/agua/", False),
        ("/agenda/", False),
        ("/agenda/2026/11/", False),
        ("/agenda/2026-11-20-andador/acto.ics", False),
        ("/servicios/", False),
        ("/podcast/rss.xml", False),
        ("/podcast/el-agua/subtitulos.vtt", False),
        ("/galerias/x/", False),
        ("/rss.xml", False),
        ("/suscripcion/", False),
    ],
)
def test_records_are_kept_and_lists_of_them_are_not(path: str, kept: bool) -> None:
    assert archiving.is_record(path) == kept


def test_each_thing_that_is_said_is_one_version_with_its_hours(home: Home) -> None:
    for hour, words in enumerate(("Uno.", "Uno.", "Dos.", "Uno.")):
        archiving.archive(PATH, page(words), at=NOON + timedelta(hours=hour))
    spans = PageVersion.objects.order_by("since").values_list("since", "until")
    assert list(spans) == [
        (NOON, NOON + timedelta(hours=2)),
        (NOON + timedelta(hours=2), NOON + timedelta(hours=3)),
        (NOON + timedelta(hours=3), None),
    ]
    assert len(list(home.archive.rglob("*.br"))) == 2


def test_another_style_is_no_other_version(home: Home) -> None:
    archiving.archive(PATH, page("Uno."), at=NOON)
    archiving.archive(PATH, page("Uno.", style="pregon.ba9876543210.css"), at=NOON + timedelta(hours=1))
    assert PageVersion.objects.count() == 1


def test_what_stood_at_a_moment_is_read_as_it_was(home: Home) -> None:
    first = page("Uno.")
    archiving.archive(PATH, first, at=NOON)
    archiving.archive(PATH, page("Dos."), at=NOON + timedelta(hours=2))
    stood = PageVersion.objects.at(PATH, NOON + timedelta(hours=1))
    assert stood is not None
    assert website.read_version(stood) == first.body
    assert PageVersion.objects.at(PATH, NOON - timedelta(seconds=1)) is None


def test_a_file_that_was_tampered_with_is_not_shown(home: Home) -> None:
    version = archiving.archive(PATH, page("Uno."), at=NOON)
    assert version is not None
    archiving.file_of(version.digest).write_bytes(b"otra cosa")
    assert website.read_version(version) is None


def test_a_bulletin_is_kept_as_it_went_out_as_it_was_corrected_and_that_it_was_withdrawn(
    home: Home, client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        bulletin = news.published("Cierre de la calle")
        bake_all()
        clock.shift(timedelta(hours=1))
        fresh = Bulletin.objects.get(pk=bulletin.pk)
        fresh.lead = "Se cierra otra calle."
        newsroom.correct(fresh, change="La calle.", reason="Era otra.", by=None, at=timezone.now())
        bake_all()
        clock.shift(timedelta(hours=1))
        with django_capture_on_commit_callbacks(execute=True):
            newsroom.withdraw(fresh, reason="Dato equivocado.", by=None, at=timezone.now())
        bake_all()
    path = bulletin.get_absolute_url()
    versions = list(PageVersion.objects.filter(path=path).order_by("since"))
    bodies = [(website.read_version(version) or b"").decode() for version in versions]
    assert [version.status for version in versions] == [200, 200, 410]
    assert ["otra calle" in body for body in bodies] == [False, True, False]
    # The memory of the office is no way back to the public.
    assert client.get(path).status_code == 410
    public = [file for file in home.baked.rglob("*") if file.is_file() and file.suffix not in (".br", ".gz")]
    assert [file.name for file in public if "Cierre de la calle" in file.read_text(errors="replace")] == []


def test_a_page_that_is_no_more_has_an_end_and_no_next(home: Home) -> None:
    archiving.archive(PATH, page("Uno."), at=NOON)
    archiving.archive(PATH, Answer(status=404), at=NOON + timedelta(hours=1))
    assert list(PageVersion.objects.values_list("until", flat=True)) == [NOON + timedelta(hours=1)]


def test_of_the_front_page_the_last_of_each_day_stays_and_of_a_bulletin_every_one(home: Home) -> None:
    for path in ("/", PATH):
        for hour in range(60):
            archiving.archive(path, page(f"{path} {hour}"), at=NOON + timedelta(hours=hour))
    later = NOON + timedelta(days=30)
    gone = website.thin_out(at=later)
    days = [moment.date() for moment in PageVersion.objects.filter(path="/").values_list("since", flat=True)]
    files = len(list(home.archive.rglob("*.br")))
    assert (len(days), gone, website.thin_out(at=later)) == (3 + 1, 60 - 4, 0)
    assert PageVersion.objects.filter(path=PATH).count() == 60
    assert files == 60 + 4
