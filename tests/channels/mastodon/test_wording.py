"""A post fits as the server counts, and keeps its link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import message, parcel
from pregon.channels.mastodon.server import Rules
from pregon.channels.mastodon.wording import length, worded
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Block
from servers.mastodon import seen

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400)
LINK = "https://muestra.example/boletines/2026-001/"


@given(TEXT, TEXT, TEXT, st.sampled_from([200, 500, 5000]))
def test_any_message_fits_and_keeps_its_link(headline: str, dek: str, body: str, limit: int) -> None:
    blocks = tuple(Block(kind="paragraph", text=body) for _one in range(12))
    text = worded(parcel(message(headline=headline, dek=dek, blocks=blocks)), rules=Rules(characters=limit))
    assert (seen(text) <= limit, text.endswith(LINK)) == (True, True)


def test_a_bulletin_in_full() -> None:
    assert worded(parcel(), rules=Rules()) == (
        "Reabre el andador con empedrado nuevo\n\n"
        "Tres meses de obra en el corazón del pueblo.\n\n"
        "Villa de Muestra, Jalisco. El andador quedó abierto este viernes al paso peatonal.\n\n"
        "320 m de empedrado\n\n18 luminarias\n\n"
        "«La calle es de quien la camina» — Dirección de Obras Públicas\n\n"
        "• Jardineras en diciembre\n\n"
        f"{LINK}"
    )


def test_a_withdrawal_says_why() -> None:
    gone = message(
        MessageKind.WITHDRAWAL,
        headline="Se retira el boletín 001/2026",
        notice="La fecha era otra.",
        dek="",
        dateline="",
        blocks=(),
        url="",
    )
    assert worded(parcel(gone), rules=Rules()) == "Se retira el boletín 001/2026\n\nLa fecha era otra."


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("hola", 4),
        (LINK, 23),
        ("http://a.mx", 23),
        (f"Ver {LINK} hoy", 31),
        ("andado\u0301", 6),
        ("a.mx/b", 6),
    ],
)
def test_a_link_is_as_long_as_the_server_says(text: str, counted: int) -> None:
    assert length(text, per_link=23) == counted
