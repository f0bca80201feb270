"""The sitemaps before a validator that knows Google's rules for news, whose schema is not to be had."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from factories import newsroom as news
from pregon.website import feeds

pytestmark = [pytest.mark.peers, pytest.mark.django_db]

INSTALLED = Path(__file__).parents[2] / ".cache" / "peers"
ASKED = (
    "check",
    "--mode=path",
    "--engine=google",
    "--no-recursive",
    "--no-check-reachability",
    "--format=json",
)
#: Advice for pages of which nobody keeps when they changed: the front page, a list, the standing ones.
UNDATED = "google_lastmod_recommended"


def faults(body: bytes, folder: Path) -> set[str]:
    if not (INSTALLED / "installed").is_file():
        pytest.fail("The validator of sitemaps is not installed: run make test-peers.")
    file = folder / "sitemap.xml"
    file.write_bytes(body)
    program = INSTALLED / "venv" / "bin" / "sitemap-verify"
    said = subprocess.run(  # its answer is 1 when there is anything to say
        [program, *ASKED, "--no-show-progress", f"--store={folder / uuid4().hex}", file],
        capture_output=True,
        check=False,
    )
    return {found["code"] for found in json.loads(said.stdout)["diagnostics"]}


def test_the_news_are_as_google_asks(client: Client, tmp_path: Path) -> None:
    news.published('Obra & "comillas" ñ 🎺')
    assert faults(client.get("/sitemap-noticias.xml").content, tmp_path) == set()


def test_the_pages_and_an_index_of_months_are_sitemaps(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.published()
    news.act()
    assert faults(client.get("/sitemap.xml").content, tmp_path) == {UNDATED}
    monkeypatch.setattr(feeds, "INDEX_FROM", 0)
    assert faults(client.get("/sitemap.xml").content, tmp_path) == set()


def test_the_validator_would_notice(client: Client, tmp_path: Path) -> None:
    news.published()
    body = client.get("/sitemap-noticias.xml").content
    spoilt = body.replace(b":title>", b":titular>").replace(b"language>es<", b"language>espanol<")
    assert faults(spoilt, tmp_path) == {"google_news_missing_title", "google_news_invalid_language"}
