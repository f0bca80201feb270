"""``pregon publish`` and its photos: the text is out before the first one, and the page waits for the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from factories.newsroom import folder, town
from pregon.config import publishing
from pregon.core.home import Home
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.library.signals import photo_ready
from pregon.website.actions import lay_out_site

pytestmark = pytest.mark.django_db(transaction=True)


class Watch:
    """Notes whether the page of the text lay there when each photo was ready."""

    def __init__(self) -> None:
        self.text_was_out: list[bool] = []

    def __call__(self, sender: Any, photo: Photo, at: datetime, **kwargs: Any) -> None:
        self.text_was_out.append(bool(pages()))


def pages() -> list[Path]:
    return list(settings.HOME.baked.glob("boletines/20*/index.html"))


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    photo_ready.connect(watching)
    yield watching
    photo_ready.disconnect(watching)


@pytest.fixture(params=[0, 2], ids=["alone", "with two hands"])
def hands(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "spare_cores", lambda: request.param)


@pytest.fixture
def site(home: Home) -> None:
    town()
    lay_out_site(at=timezone.now())


@pytest.mark.usefixtures("hands", "site")
def test_the_text_is_out_before_the_first_photo_and_the_page_shows_them_all(
    tmp_path: Path, watch: Watch
) -> None:
    report = publishing.run(folder(tmp_path / "acto", photos=4), by=None, wait=60)
    assert watch.text_was_out == [True] * 4
    assert [photo.development for photo in Photo.objects.all()] == [Development.READY] * 4
    page = settings.HOME.baked / report.bulletin.get_absolute_url().strip("/") / "index.html"
    told = page.read_text(encoding="utf-8")
    assert [str(photo.public_id) in told for photo in Photo.objects.all()] == [True] * 4
    missing = [name for name, value in report.seconds.items() if value is None]
    assert missing == ["first_sent"]  # nobody subscribes here


def test_hands_begin_once_and_rest_for_good() -> None:
    with publishing.Hands(2) as hands:
        hands.begin()
        threads = list(hands.threads)
        hands.begin()
        assert (len(threads), hands.threads) == (2, threads)
    assert [thread.is_alive() for thread in threads] == [False, False]


def test_one_core_is_kept_for_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (1, 2, 4, 32):
        monkeypatch.setattr("os.sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        found.append(publishing.spare_cores())
    assert found == [0, 1, 3, 3]
