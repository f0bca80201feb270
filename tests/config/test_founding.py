"""An office gets its folders and a key of its own, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pregon.config import founding


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PREGON_BASE_URL", raising=False)
    monkeypatch.setenv("PREGON_HOME", str(tmp_path / "oficina"))
    return tmp_path / "oficina"


def test_a_prepared_home_has_its_folders_and_a_key_only_its_owner_may_read(place: Path) -> None:
    home = founding.prepare_home()
    assert home.root == place
    assert {path.name for path in place.iterdir()} == {
        "archive",
        "media",
        "derived",
        "baked",
        "static",
        "outbox",
        "views",
        "run",
        "secret.key",
    }
    assert (home.secret.stat().st_mode & 0o777, len(home.secret.read_text()) >= 64) == (0o600, True)


def test_preparing_again_keeps_the_key() -> None:
    key = founding.prepare_home().secret.read_text()
    assert founding.prepare_home().secret.read_text() == key


def test_no_two_offices_share_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = founding.prepare_home().secret.read_text()
    monkeypatch.setenv("PREGON_HOME", str(tmp_path / "otra"))
    assert founding.prepare_home().secret.read_text() != key


def test_the_home_of_a_person_may_be_written_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PREGON_HOME", "~/pregon")
    assert founding.office_home().root == tmp_path / "pregon"


def test_without_a_word_the_home_is_var_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREGON_HOME")
    monkeypatch.chdir(tmp_path)
    assert founding.office_home().root == tmp_path / "var"


@pytest.mark.parametrize("arguments", [["--port", "8123"], ["--port=8123"], ["mazamitla", "--port", "8123"]])
def test_the_port_that_was_told_is_remembered_for_every_link(arguments: list[str]) -> None:
    home = founding.prepare_home()
    founding.keep_address(arguments)
    assert home.kept_address == "http://localhost:8123"


@pytest.mark.parametrize("arguments", [[], ["--port"], ["--port", "ocho"]])
def test_without_a_port_what_was_remembered_stays(arguments: list[str]) -> None:
    home = founding.prepare_home()
    founding.keep_address(["--port", "8123"])
    founding.keep_address(arguments)
    assert home.kept_address == "http://localhost:8123"


def test_an_office_with_an_address_of_its_own_remembers_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    home = founding.prepare_home()
    monkeypatch.setenv("PREGON_BASE_URL", "https://prensa.muestra.example")
    founding.keep_address(["--port", "8123"])
    assert home.kept_address == ""


def test_a_home_that_is_not_there_is_not_made_by_a_port(place: Path) -> None:
    founding.keep_address(["--port", "8123"])
    assert place.exists() is False
