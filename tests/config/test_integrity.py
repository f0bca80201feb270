from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from pregon.config import integrity
from pregon.config.integrity import damage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
OTHER = "pregon_latin"


def with_a_hole(path: Path) -> Path:
    """A file of SQLite in the middle of which somebody else wrote."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE line (text TEXT)")
        file.executemany("INSERT INTO line VALUES (?)", [("x" * 500,)] * 200)
    file.close()
    whole = path.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    path.write_bytes(whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :])
    return path


@pytest.fixture
def ill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A damaged file, or a database that keeps its text as Latin 1."""
    other = connections.create_connection("default")
    name = {"sqlite": with_a_hole(tmp_path / "ill.sqlite3"), "postgresql": OTHER}[connection.vendor]
    other.settings_dict = {**connection.settings_dict, "NAME": name}
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {OTHER} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    monkeypatch.setattr(integrity, "connection", other)
    yield
    other.close()
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {OTHER}")


def test_a_sound_database_has_nothing_to_say() -> None:
    assert damage() == ""


def test_what_is_wrong_is_said_with_what_to_do(ill: None) -> None:
    sentences = {
        "sqlite": ("El archivo de la base de datos está dañado (", "): restaura el último respaldo."),
        "postgresql": (
            "La base de datos guarda el texto como LATIN1, donde no cabe todo: ",
            "crea otra con «createdb --encoding=UTF8 --template=template0» y ponla en PREGON_DATABASE_URL.",
        ),
    }
    beginning, end = sentences[connection.vendor]
    told = damage()
    assert (told.startswith(beginning), told.endswith(end)) == (True, True)
