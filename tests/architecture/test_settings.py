"""A variable that the settings read is explained, and a variable that is explained is read."""

from __future__ import annotations

import re

from architecture.project import ROOT, SOURCE
from pregon.config import settings


def documented() -> set[str]:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(PREGON_[A-Z_]+)` \|", page, re.MULTILINE))


def exemplified() -> set[str]:
    sample = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?(PREGON_[A-Z_]+)=", sample, re.MULTILINE))


def read_directly() -> set[str]:
    """What a command reads by itself, before there are settings or for one moment only."""
    sources = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    return {name for text in sources for name in re.findall(r"environ\.get\(\s*\"(PREGON_[A-Z_]+)", text)}


def read() -> set[str]:
    return set(settings.env.known) | read_directly()


def test_the_reference_page_explains_exactly_what_is_read() -> None:
    assert documented() == read()


def test_the_sample_file_names_exactly_what_is_read() -> None:
    assert exemplified() == read()


def test_the_example_of_several_machines_sets_only_what_is_read() -> None:
    sample = (ROOT / "deploy" / "three-hosts" / "pregon.env").read_text(encoding="utf-8")
    assert set(re.findall(r"^(PREGON_[A-Z_]+)=", sample, re.MULTILINE)) - read() == set()


def test_the_reference_page_gives_the_defaults_in_force() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(PREGON_[A-Z_]+)` \| ([^|]*?) \|", page, re.MULTILINE))
    assert {name: rows.get(name, "").strip("`") for name in settings.env.known} == {
        name: default or "—" for name, default in settings.env.known.items()
    }


def test_only_the_settings_and_the_commands_read_the_environment() -> None:
    readers = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }
    assert {name for name in readers if not name.startswith("config/")} == {"core/env.py"}
