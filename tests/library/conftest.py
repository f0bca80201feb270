"""Each test keeps its photos in a home of its own."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from pregon.core.home import Home


@pytest.fixture(autouse=True)
def own_home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.HOME = Home(tmp_path_factory.mktemp("home"))
    settings.HOME.prepare()
    settings.MEDIA_ROOT = str(settings.HOME.media)
