"""One mailbox, one spelling; what is none is refused before any server sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.email.address import bare, domain_of
from pregon.delivery.errors import Rejected


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Vecina@Muestra.EXAMPLE", "Vecina@muestra.example"),
        (" vecina+boletin@muestra.example ", "vecina+boletin@muestra.example"),
        ("vecina@mañana.example", "vecina@xn--maana-pta.example"),
        ("begon\u0303a@muestra.example", "begoña@muestra.example"),
        ("o'higgins@muestra.example", "o'higgins@muestra.example"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert bare(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "vecina",
        "@muestra.example",
        "vecina@",
        "vecina@localhost",
        "vecina@127.0.0.1",
        "vecina@-muestra.example",
        "vecina@muestra..example",
        ".vecina@muestra.example",
        "ve..cina@muestra.example",
        "ve cina@muestra.example",
        "vecina@muestra.example\r\nBcc: otra@muestra.example",
        "vecina\r\n@muestra.example",
        "Vecina <vecina@muestra.example>",
        "<vecina@muestra.example>",
        "vecina@muestra.example,otra@muestra.example",
        '"a b"@muestra.example',
        f"{'a' * 65}@muestra.example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Rejected):
        bare(typed)


@given(st.text(max_size=60))
def test_nothing_typed_brings_a_space_or_a_bracket_through(typed: str) -> None:
    try:
        kept = bare(typed)
    except Rejected:
        return
    assert (set(kept) & set(' \t\r\n<>,;:"()[]\x00'), bare(kept), "." in domain_of(kept)) == (
        set(),
        kept,
        True,
    )
