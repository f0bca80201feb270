"""The main job without a browser: the example of each office, published twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import pytest

from journeys.office import example, order, running

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("office", "name", "title"),
    [
        ("home", "mazamitla-andador", "Ilumina el municipio el sendero a la cascada"),
        ("unclaimed", "ocotlan-malecon", "Termina la primera etapa del malecón con ciclovía y 120 árboles"),
    ],
)
def test_the_example_of_an_office_goes_out_once_and_counts_once(
    tmp_path: Path, request: pytest.FixtureRequest, office: str, name: str, title: str
) -> None:
    home, folder = request.getfixturevalue(office), example(name, below=tmp_path)
    first, second = (json.loads(order("publish", folder, "--json", home=home)) for _time in "12")
    assert (first["bulletin"]["state"], first["photos"]) == ("published", 2)
    assert {"indicator": "Actos cubiertos", "before": "sin dato", "after": "1 de 1"} in first["evidence"]
    assert (second["bulletin"], second["act"], second["evidence"]) == (first["bulletin"], first["act"], [])
    with running(home) as up:
        address = httpx2.URL(first["bulletin"]["url"]).path
        assert f"<h1>{title}</h1>" in httpx2.get(f"{up.url}{address}").text
        assert httpx2.get(f"{up.url}/rss.xml").text.count("<item>") == 1
        plans = httpx2.get(f"{up.url}/plan/").text
        [figure] = re.findall(r'href="(/plan/[^"]+/)">Actos cubiertos<', plans)
        page = httpx2.get(f"{up.url}{figure}").text
        assert re.findall(r'<p class="value num">([^<]+)', page) == ["1 de 1 "]
        assert page.count(f">{title}</a>") == 1
