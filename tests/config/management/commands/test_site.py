from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from factories import newsroom as news
from pregon.config.management.commands.site import moment
from pregon.core.home import Home
from pregon.website.actions import archiving
from pregon.website.values import Answer

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def told(*words: str, **options: object) -> str:
    out = io.StringIO()
    call_command("site", *words, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def told_as_json(*words: str, **options: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(told(*words, json=True, **options))
    return answer


def test_everything_is_baked_and_counted(home: Home) -> None:
    news.published()
    answer = told_as_json("rebuild")
    assert (answer["left"], answer["resumed"]) == (0, False)
    assert told("rebuild") == f"{answer['total']} páginas horneadas de {answer['total']}.\n"


def test_the_site_is_copied_to_a_folder(home: Home, tmp_path: Path) -> None:
    news.published("Pozo nuevo")
    told("rebuild")
    answer = told_as_json("export", str(tmp_path / "copia"))
    assert answer["files"] == answer["copied"] + 1
    assert "Pozo nuevo" in (tmp_path / "copia" / "index.html").read_text()


def test_the_versions_of_a_page_are_told_and_shown(home: Home) -> None:
    news.town()
    for hour, words in enumerate(("Uno.", "Dos.")):
        archiving.archive(
            "/", Answer(status=200, body=words.encode()), at=NOON + timedelta(hours=hour, milliseconds=700)
        )
    assert told("versions", "/") == (
        "2026-11-20 13:00:00 → ahora\n2026-11-20 12:00:00 → 2026-11-20 13:00:00\n"
    )
    assert told("show", "/", at=moment("2026-11-20 12:30")) == "Uno.\n"
    assert told("show", "/", at=moment("2026-11-20 12:00:00")) == "Uno.\n"
    assert told_as_json("show", "/", at=moment("2026-11-20"))["page"] == "Dos."


@pytest.mark.parametrize("words", [("show", "/"), ("show",), ("export",)])
def test_what_cannot_be_is_said_in_a_sentence(home: Home, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"no hay versión|va la dirección|va la carpeta"):
        told(*words, at=moment("2020-01-01"))
