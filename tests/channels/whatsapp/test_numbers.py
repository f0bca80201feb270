"""However a number is written or reported, there is one spelling of it."""

from __future__ import annotations

import pytest

from pregon.channels.whatsapp.numbers import is_user, one_spelling, reported
from pregon.delivery.errors import Rejected

HOME = "+523331234567"


@pytest.mark.parametrize(
    "written",
    [
        "3331234567",
        "33 3123 4567",
        "(33) 3123-4567",
        "+52 33 3123 4567",
        "+52 1 33 3123 4567",
        "0052 33 3123 4567",
        "523331234567",
        "5213331234567",
        "044 33 3123 4567",
        "045 3331234567",
        "01 33 3123 4567",
        f"  {HOME} ",
        "+52\u00a033\u00a03123\u00a04567",
    ],
)
def test_a_mexican_number_has_one_spelling(written: str) -> None:
    assert one_spelling(written) == HOME


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+1 (310) 555-0123", "+13105550123"),
        ("0034 600 000 000", "+34600000000"),
        ("+549 11 5555 0000", "+5491155550000"),
        ("+33 1 23 45 67 89", "+33123456789"),
        ("5255512345", "+525255512345"),
    ],
)
def test_others_are_kept_as_the_world_dials_them(written: str, kept: str) -> None:
    assert one_spelling(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "33",
        "13105550123",
        "+52 33 3123 456",
        "+52 0331234567",
        "+0123456789",
        "123456789012345678",
        "+52",
        "33a31234567",
        "３３３１２３４５６７",
    ],
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(Rejected):
        one_spelling(written)


def test_whatsapp_still_says_the_1_that_nobody_dials() -> None:
    assert [reported(wa_id) for wa_id in ("5213331234567", "523331234567", "13105550123")] == [
        HOME,
        HOME,
        "+13105550123",
    ]


def test_who_hides_the_number_is_known_by_an_identifier() -> None:
    assert reported("MX.13491208655302741918") == "MX.13491208655302741918"
    assert [is_user(one) for one in ("MX.13491208655302741918", "US.ENT.11815799212886844830", HOME)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("odd", ["", "12", "status@broadcast", "mx.1"])
def test_what_is_neither_is_nobody(odd: str) -> None:
    assert reported(odd) == ""
