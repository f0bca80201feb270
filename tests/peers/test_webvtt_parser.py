"""Captions as they are published, before the validator of WebVTT that W3C keeps."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from factories import newsroom as news

pytestmark = [pytest.mark.peers, pytest.mark.django_db]

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".cache" / "peers"
HARD = """WEBVTT - Lo que se oyó

STYLE
::cue { color: lime }

NOTE Nadie lee esto

primero
00:00.000 --> 00:04.000 line:0 align:start
<v.alto Servicios & Parques>A <i>las 5</i> &lt;o antes&gt; --&gt; dicen

1:00:04.500 --> 1:00:09.500
- ¿Y el agua?
- 2 < 3 & 4 > 1 \u200f\x0b
"""


def judged(vtt: bytes) -> dict[str, Any]:
    if not (INSTALLED / "installed").is_file():
        pytest.fail("The parser of WebVTT is not installed: run make test-peers.")
    shutil.copy(HERE / "captions.mjs", INSTALLED)
    said = subprocess.run(
        [INSTALLED / "bin" / "node", "captions.mjs"],
        cwd=INSTALLED,
        input=vtt,
        capture_output=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(said.stdout)
    return told


@pytest.mark.parametrize("captions", [news.VTT, HARD])
def test_captions_are_as_the_standard_says(client: Client, captions: str) -> None:
    for recording in (news.episode(captions=captions), news.video(captions=captions)):
        published = client.get(f"{recording.get_absolute_url()}subtitulos.vtt").content
        assert judged(published) == {"cues": 2, "faults": []}


def test_the_validator_would_notice() -> None:
    assert judged(b"WEBVTT\n\n00:05.000 --> 00:04.000\n<b>Al rev\xc3\xa9s\n")["faults"] == [
        "3: End timestamp is not greater than start timestamp.",
        "5: Required end tag missing.",
    ]
