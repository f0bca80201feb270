"""A photo goes along where its file is there and taken, and its description always does."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from factories.delivery import message, picture
from pregon.channels.photos import Uploads, described, file_of, seen_with, shown
from pregon.delivery.errors import Postponed
from pregon.delivery.previews import seen_on


def test_only_a_file_of_the_baked_site_in_a_kind_and_weight_that_is_taken() -> None:
    path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    (settings.HOME.root / "secreto.jpg").write_bytes(b"1")
    assert file_of(picture(), formats={".jpg"}, heaviest=5) == path.resolve()
    assert [
        file_of(picture(), formats={".jpg"}, heaviest=4),
        file_of(picture(), formats={".png"}, heaviest=5),
        file_of(picture(path="../secreto.jpg"), formats={".jpg"}, heaviest=5),
        file_of(picture(path="fotos/9/960.jpg"), formats={".jpg"}, heaviest=5),
        file_of(None, formats={".jpg"}, heaviest=5),
    ] == [None] * 5


def test_a_preview_shows_what_is_not_public_yet_and_nothing_that_is_not_taken() -> None:
    def seen(path: str = picture().path, *, formats: set[str] | None = None, heaviest: int = 4) -> bool:
        return seen_with(picture(path=path), formats=formats or {".jpg"}, heaviest=heaviest)

    before = seen()
    path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    after = [seen(), seen(heaviest=5), seen(formats={".png"}), seen("../secreto.jpg")]
    assert (before, after) == (True, [False, True, False, False])
    assert seen_with(None, formats={".jpg"}, heaviest=5) is False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", ["facebook", "instagram", "bluesky", "mastodon", "x", "telegram", "activitypub"]
)
def test_every_channel_that_brings_a_photo_marks_the_place_of_a_drafts(kind: str) -> None:
    one = seen_on(kind, message(picture=picture()))
    assert one.album == [(picture(), False)]


def test_what_a_photo_shows_is_one_line_that_leaves_room_for_the_text() -> None:
    assert described(picture(alt="El\nandador")) == "En la foto: El andador"
    assert len(described(picture(alt="palabra " * 100))) <= 212


def test_a_preview_says_what_a_photo_shows() -> None:
    assert shown(picture()) == "[Foto: Vecinas y vecinos caminan por el andador]"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "960.jpg"
    path.write_bytes(b"a photo")
    return path


def name_of(uploads: Uploads, path: Path) -> str | None:
    with uploads.turn(path) as known:
        return known


def test_a_photo_that_went_up_is_known_to_that_account_until_the_file_changes(photo: Path) -> None:
    with Uploads("whatsapp", "1").turn(photo) as known:
        assert known is None
        Uploads("whatsapp", "1").keep(photo, "7")
    assert [name_of(Uploads("whatsapp", number), photo) for number in "12"] == ["7", None]
    os.utime(photo, ns=(1, 1))
    assert name_of(Uploads("whatsapp", "1"), photo) is None


def test_whoever_waits_for_an_upload_shares_its_name_or_what_makes_it_wait(photo: Path) -> None:
    with ThreadPoolExecutor(1) as hands:
        uploads, began = Uploads("whatsapp", "1"), threading.Event()

        def wait_behind() -> str | None:
            began.set()
            return name_of(uploads, photo)

        delay = Postponed("Espera.")
        with pytest.raises(Postponed), uploads.turn(photo):
            waiting = hands.submit(wait_behind)
            began.wait(5)
            assert not waiting.done()
            threading.Event().wait(0.05)  # by now it stands at the lock
            raise delay
        assert waiting.exception(5) is delay
        with uploads.turn(photo) as known:
            assert known is None  # who comes later asks again
            waiting = hands.submit(wait_behind)
            uploads.keep(photo, "7")
        assert waiting.result(5) == "7"
