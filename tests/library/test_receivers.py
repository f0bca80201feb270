"""What goes when a photo goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from factories.library import NOON, photo
from pregon.library.queries import folder_of
from pregon.library.tasks import develop_next


@pytest.mark.django_db
def test_a_deleted_photo_takes_its_copies_along(
    tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    taken = photo(tmp_path)
    develop_next(NOON)
    before = folder_of(taken).exists()
    with django_capture_on_commit_callbacks(execute=True):
        taken.delete()
    assert (before, folder_of(taken).exists()) == (True, False)
