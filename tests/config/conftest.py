"""Offices on disk: an empty one for each test, and a real one prepared once by the real command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from pregon.core.home import Home
from servers.database import CACHE, fingerprint, pour

HEAD, PASSWORD = "titular@muestra.example", "siete cerros y un lago"
Pregon = Callable[..., "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Home:
    """A prepared folder that the settings of this process point at."""
    place = Home(tmp_path / "oficina")
    place.prepare()
    settings.HOME, settings.MEDIA_ROOT, settings.STATIC_ROOT = place, place.media, place.static
    return place


def run_pregon(*arguments: object, **environment: str) -> Said:
    """The installed command in a process of its own, which knows nothing of the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREGON_", "DJANGO_"))}
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("pregon")), *map(str, arguments)],
        env=ours | environment,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture(scope="session")
def pregon() -> Pregon:
    return run_pregon


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> tuple[Path, Said]:
    """The office of Mazamitla as ``pregon init`` leaves it, and what the command said."""
    root = tmp_path_factory.mktemp("oficina") / "var"
    root.mkdir()
    migrated = CACHE / f"migrated-{fingerprint()}.sqlite3"
    if migrated.exists():  # a first migrate takes many seconds; without the copy it is only slower
        pour(migrated, root / "pregon.sqlite3")
    said = run_pregon(
        "init", "--home", root, "--plan", "mazamitla", "--email", HEAD, PREGON_HEAD_PASSWORD=PASSWORD
    )
    return root, said


@pytest.fixture
def office(founded: tuple[Path, Said], tmp_path: Path) -> Path:
    """A copy of the founded office that a test may change."""
    root, said = founded
    assert said.code == 0, said.err
    copy = tmp_path / "var"
    shutil.copytree(root, copy, ignore=lambda folder, names: ["static"] if folder == str(root) else [])
    (copy / "static").symlink_to(root / "static")
    return copy
