"""A public folder of its own for every test of the site."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from pregon.core.home import Home


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Home:
    place = Home(tmp_path / "office")
    place.prepare()
    settings.HOME = place
    settings.MEDIA_ROOT = place.media
    return place
