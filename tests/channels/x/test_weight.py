"""What X's guide weighs, weighed alike; and nothing ever lighter than at X."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.x.weight import has_link, spans, weight
from servers import x

PIECES = [
    "a",
    "ñ",
    "é",
    "—",
    "…",
    "東",
    "👾",
    "👨‍👩‍👧",
    "🙋🏽",
    "🇲🇽",
    "❤️",
    "1️⃣",
    "\u200d",
    "\ufe0f",
    "©",
    "7",
    "#",
]


@pytest.mark.parametrize(
    ("text", "weighs"),
    [
        ("", 0),
        ("Año nuevo", 9),
        ("cafe\u0301", 4),
        ("«Sí» – “no” — ¿eh?", 18),
        ("…", 2),
        ("東京", 4),
        ("👾", 2),
        ("🙋🏽", 2),
        ("👨‍🎤", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇲🇽", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("https://example.com", 23),
        ("https://example.com/very/long/path/that/goes/on/and/on/and/on", 23),
        ("(https://example.com).", 26),
        ("Mira https://example.com/año.", 29),
        ("gob.mx", 23),
        ("tramites.municipio-de-muestra.gob.mx/pagos", 42),
        ("prensa@muestra.example", 22),
        ("A las 9.30 h en Av. Juárez", 26),
    ],
)
def test_a_text_weighs_what_x_says(text: str, weighs: int) -> None:
    assert weight(text) == weighs


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_nothing_is_lighter_here_than_at_x(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert weight(text) >= x.weight(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lee https://muestra.example/a?b=c#d.", ["https://muestra.example/a?b=c#d"]),
        ("«http://muestra.example»", ["http://muestra.example"]),
        ("Entra a tramites.muestra.gob.mx, hoy", ["tramites.muestra.gob.mx"]),
        ("GOB.MX y peñamiller.gob.mx/inicio", ["GOB.MX", "peñamiller.gob.mx/inicio"]),
        ("Escribe a prensa@muestra.gob.mx o a juan.perez@muestra.mx", []),
        ("Son 3.5 km; art. 65, fracc. II", []),
    ],
)
def test_links_are_found_where_x_finds_them(text: str, found: list[str]) -> None:
    assert ([text[start:end] for start, end in spans(text)], has_link(text)) == (found, bool(found))
