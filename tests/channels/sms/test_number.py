"""A telephone number has one spelling, however it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.channels.sms.number import e164
from pregon.delivery.errors import Rejected


@pytest.mark.parametrize(
    "typed",
    [
        "3312345678",
        " 33 1234 5678 ",
        "(33) 1234-5678",
        "33.1234.5678",
        "+52 33 1234 5678",
        "523312345678",
        "00523312345678",
        "+5213312345678",
        "5213312345678",
        "0443312345678",
        "0453312345678",
        "013312345678",
    ],
)
def test_a_mexican_number_is_kept_with_its_country_and_ten_digits(typed: str) -> None:
    assert e164(typed, country="52") == "+523312345678"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+1 202 555 0100", "52", "+12025550100"),
        ("0034 600 123 456", "52", "+34600123456"),
        ("600 123 456", "34", "+34600123456"),
        ("34600123456", "34", "+34600123456"),
        ("0600123456", "33", "+33600123456"),
    ],
)
def test_a_number_of_another_country_keeps_it(typed: str, country: str, kept: str) -> None:
    assert e164(typed, country=country) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "12",
        "331234567",
        "33123456789",
        "+52331234567",
        "+0123456789",
        "ALTA",
        "33 1234 567x",
        "+52\r\n3312345678",
        "٣٣١٢٣٤٥٦٧٨",
        "1" * 16,
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Rejected):
        e164(typed, country="52")


@given(
    st.text(max_size=20) | st.from_regex(r"\+?[0-9 ]{6,16}", fullmatch=True),
    st.sampled_from(["52", "34", "1"]),
)
def test_one_spelling_stays_one(typed: str, country: str) -> None:
    try:
        once = e164(typed, country=country)
    except Rejected:
        return
    assert e164(once, country=country) == once
