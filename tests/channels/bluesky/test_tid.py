"""A key that Bluesky takes, always the same for the same content."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.bluesky.tid import CLOCK_BITS, FIRST, LETTERS, SPAN, tid_of, written


def read(tid: str) -> int:
    number = 0
    for letter in tid:
        number = number * 32 + LETTERS.index(letter)
    return number


@given(st.text())
def test_a_key_is_a_tid_of_the_past(seed: str) -> None:
    tid = tid_of(seed)
    moment = datetime.fromtimestamp((read(tid) >> CLOCK_BITS) / 1_000_000, UTC)
    assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", tid)
    assert FIRST <= moment < FIRST + SPAN


def test_the_same_content_has_the_same_key_and_another_one_another() -> None:
    assert (tid_of("1-2"), len({tid_of(f"1-{number}") for number in range(10_000)})) == (
        tid_of("1-2"),
        10_000,
    )


def test_numbers_are_written_as_the_protocol_says() -> None:
    assert [written(0), written(1), written(read("3jzfcijpj2z2a"))] == [
        "2222222222222",
        "2222222222223",
        "3jzfcijpj2z2a",
    ]
