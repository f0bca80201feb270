"""Each link and hashtag at its place, in bytes."""

from __future__ import annotations

import pytest

from pregon.channels.bluesky.richtext import as_html, facets_of


def marked(text: str, **foot: str) -> list[tuple[str, str]]:
    """What each facet covers, and where it leads."""
    return [
        (
            text.encode()[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(),
            one["features"][0].get("uri") or one["features"][0]["tag"],
        )
        for one in facets_of(text, **foot)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Año 👷🏽‍♀️: https://muestra.example/año.",
            [("https://muestra.example/año", "https://muestra.example/año")],
        ),
        ("(http://muestra.example/a)", [("http://muestra.example/a", "http://muestra.example/a")]),
        ("https://muestra.example/obra_(norte).", [("https://muestra.example/obra_(norte)",) * 2]),
        ("Ñandú #ObraPública, #2026año", [("#ObraPública", "ObraPública"), ("#2026año", "2026año")]),
        (
            "https://muestra.example/#parte",
            [("https://muestra.example/#parte", "https://muestra.example/#parte")],
        ),
        ("Boletín #412, C# y a#b", []),
        ("#" + "a" * 65, []),
    ],
)
def test_links_and_hashtags_are_found(text: str, found: list[tuple[str, str]]) -> None:
    assert marked(text) == found


def test_the_foot_leads_to_the_bulletin() -> None:
    text, url = "Leer aquí\n\nLeer aquí", "https://muestra.example/b/"
    [facet] = facets_of(text, foot="Leer aquí", url=url)
    assert (facet["index"], marked(text, foot="Leer aquí", url=url)) == (
        {"byteStart": 12, "byteEnd": 22},
        [("Leer aquí", url)],
    )


def test_a_post_is_shown_with_its_links_and_nothing_of_the_text_is_markup() -> None:
    text = "<b>Agua</b> #Agua\nhttps://muestra.example/?a=1&b=2"
    assert as_html(text, facets_of(text)) == (
        "&lt;b&gt;Agua&lt;/b&gt; <b>#Agua</b><br>"
        '<a href="https://muestra.example/?a=1&amp;b=2">https://muestra.example/?a=1&amp;b=2</a>'
    )
