"""Recorded letters of mail servers, each with what it says of ours."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pregon.channels.email.bounces import news_in
from pregon.delivery.contract import Fate, Report

HERE = Path(__file__).parent / "bounces"
RECORDED = {
    "postfix": (Fate.GONE, "<7-41@muestra.example>"),
    "postfix-expired": (Fate.FAILED, "<7-41@muestra.example>"),
    "exchange": (Fate.GONE, "<7-42@muestra.example>"),
    "exchange-full": (Fate.FAILED, "<7-41@muestra.example>"),
    "vague-status": (Fate.GONE, "<7-41@muestra.example>"),
    "of-the-world": (Fate.GONE, "<7-43@muestra.example>"),
    "qmail": (Fate.GONE, "<7-41@muestra.example>"),
    "qmail-full": (Fate.FAILED, "<7-41@muestra.example>"),
    "complaint": (Fate.COMPLAINT, "<7-41@muestra.example>"),
}
SAYING_NOTHING = {"delayed", "arrived", "no-complaint", "out-of-office", "answer", "of-nothing-of-ours"}


def recorded(name: str) -> bytes:
    return (HERE / f"{name}.eml").read_bytes()


def said_by(raw: bytes) -> Report | None:
    return news_in(message_from_bytes(raw))


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_what_a_bounce_says(name: str, line_end: bytes) -> None:
    told = said_by(recorded(name).replace(b"\n", line_end))
    assert told is not None
    assert (told.fate, told.reference, told.destination) == (*RECORDED[name], "")
    assert told.reason


@pytest.mark.parametrize("name", sorted(SAYING_NOTHING))
def test_what_says_nothing_of_ours(name: str) -> None:
    assert said_by(recorded(name)) is None


def test_every_recorded_letter_is_proved() -> None:
    assert {path.stem for path in HERE.iterdir()} == SAYING_NOTHING | set(RECORDED)


def test_the_reason_is_what_the_other_server_said() -> None:
    told = said_by(recorded("postfix"))
    assert told is not None
    assert told.reason == (
        "550 5.1.1 <vecina@lejos.example>: Recipient address rejected: User unknown in virtual mailbox table"
    )


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(RECORDED)),
    at=st.floats(0, 1),
    cut=st.integers(0, 400),
    dirt=st.binary(max_size=30),
)
def test_a_damaged_bounce_is_read_or_says_nothing(name: str, at: float, cut: int, dirt: bytes) -> None:
    raw = recorded(name)
    place = int(at * len(raw))
    told = said_by(raw[:place] + dirt + raw[place + cut :])
    assert told is None or isinstance(told, Report)
