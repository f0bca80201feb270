from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from factories import library as photos
from factories import newsroom as news
from factories.website import marks_taken_up, nothing_due
from pregon.accounts.models import Topic
from pregon.agenda.models import Act
from pregon.core.home import Home
from pregon.library import actions as library
from pregon.library.models import Photo
from pregon.library.signals import photo_ready
from pregon.newsroom import actions as newsroom
from pregon.website import actions as website
from pregon.website.actions import baking
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def bake_all() -> None:
    while website.bake_due(timezone.now()):
        pass


def read(home: Home, path: str) -> str | None:
    file = (
        home.baked / path.lstrip("/") / "index.html" if path.endswith("/") else home.baked / path.lstrip("/")
    )
    return file.read_text() if file.exists() else None


def answering(monkeypatch: pytest.MonkeyPatch, *bodies: bytes) -> list[str]:
    """Let the view behind every address answer ``bodies`` one after another; which were asked."""
    waiting, asked = iter(bodies), []

    def ask(path: str) -> baking.Answer:
        asked.append(path)
        return baking.Answer(status=200, body=next(waiting))

    monkeypatch.setattr(baking, "ask", ask)
    return asked


def test_a_published_bulletin_is_baked_with_every_page_that_shows_it(home: Home) -> None:
    bulletin = news.published("Reabre el andador", topics=[Topic.objects.create(name="Agua", slug="agua")])
    bake_all()
    where = [
        "/",
        "/boletines/",
        bulletin.get_absolute_url(),
        "/boletines/tema/agua/",
        "/rss.xml",
        "/sitemap.xml",
    ]
    assert ["Reabre el andador" in (read(home, path) or "") for path in where[:5]] == [True] * 5
    assert bulletin.get_absolute_url() in (read(home, "/sitemap.xml") or "")


def test_a_bulletin_that_comes_out_takes_no_page_down_until_it_is_baked(
    home: Home, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    news.published("Lo que ya salió")
    bake_all()
    with django_capture_on_commit_callbacks(execute=True):
        news.published("Lo que sale ahora")
    assert ["Lo que ya salió" in (read(home, path) or "") for path in ("/", "/boletines/")] == [True, True]


def test_a_draft_leaves_no_trace_in_the_public_folder(home: Home) -> None:
    news.published("Lo que ya salió")
    news.draft("Lo que nadie debe ver")
    website.mark(["/", "/boletines/", "/rss.xml"], at=timezone.now())
    bake_all()
    files = [file for file in home.baked.rglob("*") if file.is_file() and file.suffix not in (".br", ".gz")]
    assert [file for file in files if "nadie debe ver" in file.read_text()] == []


def test_a_withdrawn_bulletin_is_gone_the_moment_its_withdrawal_is_committed(
    home: Home, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    bulletin = news.published("Cierre de la calle")
    bake_all()
    path = bulletin.get_absolute_url()
    before = read(home, path)
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.withdraw(bulletin, reason="Dato equivocado.", by=None, at=timezone.now())
    gone = home.baked / path.lstrip("/") / "gone.html"
    files = [file for file in home.baked.rglob("*") if file.is_file() and file.suffix not in (".br", ".gz")]
    assert before is not None
    assert (read(home, path), gone.exists()) == (None, True)
    assert [file.name for file in files if "Cierre de la calle" in file.read_text()] == []


def test_a_baker_that_read_before_the_withdrawal_writes_nothing_after_it(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    bulletin = news.published("Cierre de la calle")
    path = bulletin.get_absolute_url()
    marks_taken_up()
    BakedPage.objects.exclude(path=path).delete()
    read_before, ask = baking.ask(path), baking.ask
    waiting = [read_before]

    def slow(asked: str) -> baking.Answer:
        if not waiting:
            return ask(asked)
        answer = waiting.pop()
        with django_capture_on_commit_callbacks(execute=True):
            newsroom.withdraw(bulletin, reason="Dato equivocado.", by=None, at=timezone.now())
        return answer

    monkeypatch.setattr(baking, "ask", slow)
    website.bake_due(timezone.now())
    marks_taken_up()
    assert (read(home, path), BakedPage.objects.get(path=path).state) == (None, Baking.DUE)


def test_a_mark_while_a_page_bakes_is_not_lost(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now()
    news.town()
    nothing_due()
    website.mark(["/privacidad/"], at=at)
    asked: list[str] = []

    def ask(path: str) -> baking.Answer:
        asked.append(path)
        if len(asked) == 1:
            website.mark([path], at=at)
            return baking.Answer(status=200, body=b"before")
        return baking.Answer(status=200, body=b"after")

    monkeypatch.setattr(baking, "ask", ask)
    first = website.bake_due(at), read(home, "/privacidad/")
    second = website.bake_due(at), read(home, "/privacidad/")
    assert [first, second, website.bake_due(at)] == [(1, None), (1, "after"), 0]


def test_a_page_is_baked_by_one_worker_until_its_lease_ends(home: Home) -> None:
    at = timezone.now()
    website.mark(["/privacidad/"], at=at)
    marks_taken_up()
    first = baking.claim(at=at)
    second = baking.claim(at=at)
    third = baking.claim(at=at + baking.LEASE)
    assert [[page.path for page in claimed] for claimed in (first, second, third)] == [
        ["/privacidad/"],
        [],
        ["/privacidad/"],
    ]


def test_a_worker_that_lost_its_lease_writes_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now()
    answering(monkeypatch, b"late", b"right")
    website.mark(["/privacidad/"], at=at)
    marks_taken_up()
    [late] = baking.claim(at=at)
    [right] = baking.claim(at=at + baking.LEASE)
    baking.finish(late, at=at)
    nothing = read(home, "/privacidad/")
    baking.finish(right, at=at)
    assert (nothing, read(home, "/privacidad/")) == (None, "right")


def test_the_same_text_is_not_written_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    news.town()
    answering(monkeypatch, b"same", b"same", b"other")
    file = home.baked / "privacidad" / "index.html"
    stamps = []
    for _ in range(3):
        website.bake("/privacidad/", at=timezone.now())
        stamps.append(file.stat().st_ino)
    assert [stamps[0] == stamps[1], stamps[1] == stamps[2]] == [True, False]


def test_a_view_that_fails_rests_and_leaves_the_old_page_and_its_neighbours_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now()
    website.bake("/privacidad/", at=at)
    old = read(home, "/privacidad/")

    def ask(path: str) -> baking.Answer:
        if path == "/privacidad/":
            raise RuntimeError("broken")
        return baking.Answer(status=200, body=b"well")

    monkeypatch.setattr(baking, "ask", ask)
    website.mark(["/privacidad/", "/accesibilidad/"], at=at)
    website.bake_due(at)
    row = BakedPage.objects.get(path="/privacidad/")
    assert (read(home, "/privacidad/"), read(home, "/accesibilidad/")) == (old, "well")
    assert (row.state, row.attempts, row.due_at) == (Baking.DUE, 1, at + timedelta(seconds=2))


def test_a_page_that_holds_somebodys_token_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_cookie(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("hola")
        response.set_cookie("pregon", "x")
        return response

    class Match:
        func, args, kwargs = staticmethod(with_cookie), (), {}

    monkeypatch.setattr(baking, "resolve", lambda path: Match)
    with pytest.raises(baking.NotForEverybody):
        baking.ask("/")


def test_a_page_that_depends_on_the_day_is_due_again_at_the_local_midnight(home: Home) -> None:
    at = timezone.now()
    news.town()
    website.bake("/agenda/", at=at)
    due = BakedPage.objects.get(path="/agenda/").due_at
    assert due is not None
    local = due.astimezone(news.Office.load().zone)
    assert (local.hour, local.minute, due > at, due - at <= timedelta(days=1)) == (0, 0, True, True)


@time_machine.travel(news.NOON)  # far from midnight, when every page of the agenda changes anyway
def test_an_act_appears_when_it_is_announced_and_not_before(home: Home) -> None:
    at = timezone.now()
    when = at + timedelta(minutes=5)
    act = news.act("Fiesta del maguey", start=at + timedelta(days=3), public_from=when)
    path = act.get_absolute_url()
    bake_all()
    before = (
        read(home, path),
        BakedPage.objects.get(path=path).due_at,
        BakedPage.objects.get(path="/agenda/").due_at,
    )
    assert before[0] is None
    assert before[1] == when
    assert before[2] is not None
    assert before[2] <= when


def test_an_act_that_becomes_internal_is_taken_down_at_once(
    home: Home, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    act = news.act("Reunión de gabinete", start=timezone.now() + timedelta(days=1))
    bake_all()
    shown = read(home, act.get_absolute_url()) is not None
    act = Act.objects.get(pk=act.pk)
    act.public = False
    with django_capture_on_commit_callbacks(execute=True):
        act.save()
    assert (shown, read(home, act.get_absolute_url()), read(home, "/agenda.ics")) == (True, None, None)


def test_photos_are_public_exactly_while_their_bulletin_is(
    home: Home, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    album = photos.AlbumFactory()
    photo = photos.photo(tmp_path, album=album, caption="El pozo")
    bulletin = news.published("Pozo nuevo", album=album, cover=photo)
    bake_all()
    folder = home.baked / "fotos" / str(photo.public_id)
    early = folder.exists()
    claimed = library.claim_photo(at=timezone.now())
    assert claimed is not None
    library.develop_photo(claimed, at=timezone.now())
    photo_ready.send(sender=Photo, photo=claimed, at=timezone.now())
    bake_all()
    out = sorted(file.name for file in folder.iterdir())
    shown = f"/fotos/{photo.public_id}/" in (read(home, bulletin.get_absolute_url()) or "")
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.withdraw(bulletin, reason="Dato equivocado.", by=None, at=timezone.now())
    assert (early, out, shown, folder.exists()) == (
        False,
        sorted(copy["file"] for copy in claimed.copies),
        True,
        False,
    )


def test_news_overtakes_a_whole_edition(home: Home) -> None:
    at = timezone.now()
    nothing_due()
    website.mark([f"/boletines/tema/t{n}/" for n in range(20)], at=at - timedelta(minutes=1), bulk=True)
    website.mark(["/boletines/nuevo/"], at=at)
    marks_taken_up()
    assert baking.claim(at=at)[0].path == "/boletines/nuevo/"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_page(home: Home) -> None:
    at = timezone.now()
    nothing_due()
    website.mark([f"/boletines/tema/t{n}/" for n in range(40)], at=at)
    marks_taken_up()
    taken: list[str] = []
    start = threading.Barrier(2)

    def worker() -> None:
        start.wait()
        try:
            while claimed := baking.claim(at=at, size=5):
                taken.extend(page.path for page in claimed)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert (len(taken), len(set(taken))) == (40, 40)
