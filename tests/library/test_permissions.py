"""What the gate says of photos and albums."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from factories.library import NOON, AlbumFactory, photo
from pregon.core.visibility import Reader, may_see, visible
from pregon.library import actions as library
from pregon.library.models import Album, Photo

pytestmark = pytest.mark.django_db


def test_a_photo_and_its_album_are_public_from_the_hour_it_went_out(tmp_path: Path) -> None:
    album, empty = AlbumFactory(), AlbumFactory()
    taken = photo(tmp_path, album=album, caption="El puente")
    assert (may_see(taken, at=NOON), list(visible(Album.objects.all(), at=NOON))) == (False, [])
    library.release(Photo.objects.all(), at=NOON)
    assert (may_see(taken, at=NOON), list(visible(Album.objects.all(), at=NOON))) == (True, [album])
    assert may_see(taken, at=NOON - timedelta(seconds=1)) is False
    assert set(visible(Album.objects.all(), to=Reader.DESK, at=NOON)) == {album, empty}


def test_a_photo_taken_back_is_public_no_more(tmp_path: Path) -> None:
    taken = photo(tmp_path, caption="El puente")
    library.release(Photo.objects.all(), at=NOON)
    library.retract(Photo.objects.all())
    assert (may_see(taken, at=NOON), may_see(taken, to=Reader.DESK, at=NOON)) == (False, True)
