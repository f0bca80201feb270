"""A folder of its own for every test that counts: the views log, and the pages that there are."""

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
    for name in ("", "agenda", "boletines/pozo", "boletines/andador"):
        (place.baked / name).mkdir(parents=True, exist_ok=True)
        (place.baked / name / "index.html").write_text("<p>Página</p>", encoding="utf-8")
    return place
