"""Letters as a reader sees them, never fewer than Unicode counts, and never cut."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from pregon.core.graphemes import first_graphemes, graphemes

PIECES = "a ñ e\u0301 \r \n \t 🇲🇽 🇲 👩 ❤️ 🏽 \u200d \ufe0f 1️⃣ ก\u0e33 \u0903 क\u094d한 ᄀ \u1161 \u200b \ufeff"
PIECES += " … 🏴\U000e0067\U000e007f © ☃"
MIXED = st.lists(st.one_of(st.sampled_from(PIECES.split(" ")), st.characters())).map("".join)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", 0),
        ("Año", 3),
        ("Cafe\u0301", 4),
        ("\r\n", 1),
        ("🇲🇽🇲🇽", 2),
        ("👋🏽", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("👩‍❤️‍👨", 1),
        ("🏳️‍🌈", 1),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 1),
        ("1️⃣", 1),
    ],
)
def test_what_is_seen_as_one_counts_as_one(text: str, seen: int) -> None:
    assert graphemes(text) == seen


@given(MIXED)
def test_the_count_is_never_below_that_of_unicode(text: str) -> None:
    assert graphemes(text) >= len(regex.findall(r"\X", text))


@given(st.text("abcdefghijklmnñopqrstuvwxyzáéíóúü ¡!¿?«»“”—…\n", max_size=60))
def test_spanish_is_counted_exactly(text: str) -> None:
    assert graphemes(text) == len(text)


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("Año", 2, "Añ"),
        ("Cafe\u0301s", 4, "Caf"),
        ("Cafe\u0301s", 5, "Cafe\u0301"),
        ("👩\u200d🚒👩\u200d🚒", 4, "👩\u200d🚒"),
        ("🇲🇽🇲🇽", 3, "🇲🇽"),
        ("क\u094dक\u094d", 3, "क\u094d"),
        ("Año", 0, ""),
        ("Año", -1, ""),
        ("Año", 9, "Año"),
    ],
)
def test_a_cut_leaves_letters_whole(text: str, most: int, kept: str) -> None:
    assert first_graphemes(text, most) == kept


@given(MIXED, st.integers(0, 40))
def test_a_cut_is_the_beginning_and_never_begins_what_follows_with_a_mark(text: str, most: int) -> None:
    kept = first_graphemes(text, most)
    assert (text.startswith(kept), len(kept) <= most) == (True, True)
    assert not kept or kept == text or not regex.match(r"\p{M}", text[len(kept) :])
