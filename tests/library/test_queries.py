"""Where the copies of a photo lie, before and after it was developed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from factories.library import NOON, jpeg, photo
from pregon.library import actions as library
from pregon.library.queries import copies_of, folder_of, strays

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_a_photo_has_no_copies_before_it_was_developed(tmp_path: Path) -> None:
    taken = photo(tmp_path, caption="El puente.")
    assert (copies_of(taken), folder_of(taken).exists()) == ([], False)


def test_copies_lie_in_the_folder_of_their_photo_smallest_first_and_the_whole_one_last(
    tmp_path: Path,
) -> None:
    taken = photo(tmp_path, caption="El puente.")
    taken = library.claim_photo(at=NOON) or taken
    library.develop_photo(taken, at=NOON)
    copies, folder = copies_of(taken), folder_of(taken)
    widths = [copy.width for copy in copies[:-1]]
    assert widths == sorted(widths)
    assert (Path(copies[-1].file).suffix, copies[-1].width) == (".jpg", max(copy.width for copy in copies))
    assert {copy.file: copy.bytes for copy in copies} == {
        path.name: path.stat().st_size for path in folder.iterdir()
    }


def test_two_photos_never_share_a_folder_and_no_folder_is_named_by_a_number(tmp_path: Path) -> None:
    first = photo(tmp_path, name="a.jpg", caption="Uno.")
    second = photo(tmp_path, name="b.jpg", data=jpeg((500, 300)), caption="Dos.")
    folders = [folder_of(taken) for taken in (first, second)]
    assert [folder.parent for folder in folders] == [settings.HOME.derived] * 2
    assert [folder.name for folder in folders] == [str(taken.public_id) for taken in (first, second)]
    assert first.public_id.version == second.public_id.version == 4
    assert folders[0] != folders[1]


def test_an_original_without_its_row_is_a_stray_once_it_is_old_enough(tmp_path: Path) -> None:
    kept = photo(tmp_path, caption="El puente.")
    lost = settings.HOME.media / "original_images" / "cortada-a1b2c3.jpg"
    lost.write_bytes(jpeg())
    stored = datetime.fromtimestamp(lost.stat().st_mtime, UTC)
    later, sooner = stored + timedelta(hours=2), stored - timedelta(seconds=1)
    assert (kept.file.storage.exists(kept.file.name), list(strays(before=later))) == (True, [lost])
    assert list(strays(before=sooner)) == []
