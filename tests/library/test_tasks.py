"""The photo lane's turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from factories.library import NOON, photo
from pregon.core import work
from pregon.core.work import Lane
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.library.signals import photo_ready
from pregon.library.tasks import develop_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Any:
    heard: list[tuple[int, str]] = []

    def hear(photo: Photo, **kwargs: Any) -> None:
        heard.append((photo.pk, Photo.objects.get(pk=photo.pk).development))

    photo_ready.connect(hear)
    yield heard
    photo_ready.disconnect(hear)


def test_one_turn_develops_one_photo_and_then_tells_the_floors_above(tmp_path: Path, told: list[Any]) -> None:
    taken = photo(tmp_path)
    assert (develop_next(NOON), told, develop_next(NOON)) == (1, [(taken.pk, Development.READY)], 0)


def test_a_photo_that_fails_is_not_announced(tmp_path: Path, told: list[Any]) -> None:
    Path(photo(tmp_path).file.path).unlink()
    assert (develop_next(NOON), told) == (1, [])


def test_a_listener_that_fails_does_not_undo_the_photo(tmp_path: Path) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("upstairs")

    photo(tmp_path)
    photo_ready.connect(fail)
    try:
        develop_next(NOON)
    finally:
        photo_ready.disconnect(fail)
    assert Photo.objects.get().development == Development.READY


def test_the_photo_lane_runs_it(tmp_path: Path) -> None:
    photo(tmp_path)
    work.drain([Lane.PHOTOS], clock=lambda: NOON)
    assert Photo.objects.get().development == Development.READY
