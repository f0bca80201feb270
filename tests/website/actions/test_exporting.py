from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from factories import newsroom as news
from pregon.core.home import Home
from pregon.newsroom import actions as newsroom
from pregon.website import actions as website
from pregon.website.actions import exporting

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def bake_all() -> None:
    while website.bake_due(timezone.now()):
        pass


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "respaldo"


def test_a_second_run_copies_what_changed_and_takes_away_what_is_public_no_longer(
    home: Home, target: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    bulletin = news.published("Cierre de la calle")
    bake_all()
    website.export(target, at=timezone.now())
    page = target / bulletin.get_absolute_url().strip("/") / "index.html"
    before = page.read_text()
    again = website.export(target, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.withdraw(bulletin, reason="Dato equivocado.", by=None, at=timezone.now())
    bake_all()
    website.export(target, at=timezone.now())
    assert "Cierre de la calle" in before
    assert again.removed == 0
    assert again.copied <= 3  # the pages that say when the copy was made
    assert "fue retirado" in page.read_text()
    text = [file for file in target.rglob("*") if file.suffix in (".html", ".xml", ".json")]
    assert [file.name for file in text if "Cierre de la calle" in file.read_text()] == []


def test_pages_that_need_pregon_say_so_and_hold_no_form(home: Home, target: Path) -> None:
    news.published()
    bake_all()
    website.export(target, at=timezone.now())
    for place in ("boletines/buscar/index.html", "suscripcion/index.html"):
        page = (target / place).read_text()
        assert "Este es el respaldo del sitio" in page
        assert "<form" not in page
    assert "Aquí no hay nada" in (target / "404.html").read_text()
    assert json.loads((target / exporting.SEAL).read_text())["hasta"]


def test_a_copy_cut_off_in_the_middle_says_so_and_is_finished_by_the_next(
    home: Home, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.published()
    bake_all()
    put, done = exporting.put, []

    def cut(source: Path, name: Path, below: str) -> bool:
        done.append(name)
        if len(done) > 12:
            raise KeyboardInterrupt
        return put(source, name, below)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(exporting, "put", cut)
        website.export(target, at=timezone.now())
    unfinished = json.loads((target / exporting.SEAL).read_text())["hasta"]
    ended = website.export(target, at=timezone.now())
    assert unfinished is None
    assert not list(target.rglob(".*.tmp"))
    assert (target / "index.html").read_bytes() == (home.baked / "index.html").read_bytes()
    assert ended.copied < ended.files


def test_a_folder_of_somebody_else_is_left_alone(home: Home, target: Path) -> None:
    target.mkdir()
    (target / "tesis.odt").write_bytes(b"mi tesis")
    with pytest.raises(exporting.NotOurs):
        website.export(target, at=timezone.now())
    with pytest.raises(exporting.Inside):
        website.export(home.root / "baked", at=timezone.now())
    assert [file.name for file in target.iterdir()] == ["tesis.odt"]


@pytest.mark.parametrize("told", ["", "[]", '{"respaldo": "de otro programa"}'])
def test_a_file_that_is_only_named_like_our_seal_gives_nothing_away(
    home: Home, target: Path, told: str
) -> None:
    target.mkdir()
    (target / exporting.SEAL).write_text(told)
    (target / "tesis.odt").write_bytes(b"mi tesis")
    with pytest.raises(exporting.NotOurs):
        website.export(target, at=timezone.now())
    assert (target / "tesis.odt").read_bytes() == b"mi tesis"


def test_the_history_that_somebody_keeps_of_the_copy_stays(home: Home, target: Path) -> None:
    website.export(target, at=timezone.now())
    (target / ".git" / "refs").mkdir(parents=True)
    (target / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (target / "antigua").mkdir()
    (target / "antigua" / "index.html").write_text("ya no")
    assert website.export(target, at=timezone.now()).removed == 1
    assert (target / ".git" / "HEAD").exists()
    assert (target / ".git" / "refs").is_dir()
    assert not (target / "antigua").exists()


def test_a_file_is_no_folder_to_copy_to(home: Home, target: Path) -> None:
    target.write_text("una lista")
    with pytest.raises(exporting.NotOurs):
        website.export(target, at=timezone.now())
    assert target.read_text() == "una lista"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("index.html", b'<a href="/agenda/">', b'<a href="./agenda/">'),
        ("a/b/index.html", b'<a href="/agenda/">', b'<a href="../../agenda/">'),
        ("a/index.html", b'srcset="/x/1.webp 1w, /x/2.webp 2w"', b'srcset="../x/1.webp 1w, ../x/2.webp 2w"'),
        ("a/index.html", b'href="//otro.example/"', b'href="//otro.example/"'),
        ("static/website/a.css", b'url("/static/x.woff2")', b'url("../../static/x.woff2")'),
        ("a/index.html", b'<b data-script="/static/x.js">', b'<b data-script="../static/x.js">'),
        ("index.html", b'<body data-stream="sitio">', b"<body>"),
        ("index.html", b'<link rel="manifest" href="/app.webmanifest">\n<b>', b"<b>"),
        ("rss.xml", b'href="/agenda/"', b'href="/agenda/"'),
    ],
)  # fmt: skip
def test_links_from_the_root_become_links_from_the_page(name: str, before: bytes, after: bytes) -> None:
    assert exporting.below(before, name) == after
