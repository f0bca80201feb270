"""Whoever was away hears what was told meanwhile, once, or is told that nobody knows all of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.website.hub.window import Mark, Told, Window

EPOCH, OTHER = "0a1b2c3d", "99999999"


def told(number: int, *, epoch: str = EPOCH) -> Told:
    return Told(mark=Mark(epoch, number), kind="post", data={"html": f"<p>{number}</p>"})


def numbers(found: list[Told] | None) -> list[int] | None:
    return None if found is None else [one.mark.number for one in found]


@given(last=st.integers(0, 30), heard=st.integers(0, 40), kept=st.integers(1, 12))
def test_who_was_away_hears_exactly_what_followed_or_is_told_that_it_is_not_here(
    last: int, heard: int, kept: int
) -> None:
    window = Window(EPOCH, kept=kept)
    window.extend(told(number) for number in range(1, last + 1))
    expected = list(range(heard + 1, last + 1)) if 0 <= last - heard <= kept else None
    assert numbers(window.since(Mark(EPOCH, heard))) == expected


def test_what_is_told_twice_is_kept_once() -> None:
    window = Window(EPOCH)
    window.extend([told(1), told(2)])
    window.extend([told(1), told(2), told(3)])
    assert numbers(window.since(Mark(EPOCH, 0))) == [1, 2, 3]


def test_words_that_were_taken_back_can_be_asked_for_no_more() -> None:
    def about(number: int, post: int, html: str) -> Told:
        return Told(mark=Mark(EPOCH, number), kind="post", data={"id": post, "html": html})

    window = Window(EPOCH)
    window.extend([about(1, 7, "mal"), about(2, 8, "bien")])
    window.extend([about(3, 7, "")])
    said = window.since(Mark(EPOCH, 0)) or []
    assert [(one.mark.number, one.data["html"]) for one in said] == [(1, ""), (2, "bien"), (3, "")]
    assert b"mal" not in b"".join(one.wire for one in said)


def test_after_a_gap_nobody_is_told_half_of_it() -> None:
    window = Window(EPOCH)
    window.extend([told(1), told(4), told(5)])
    assert (numbers(window.since(Mark(EPOCH, 1))), numbers(window.since(Mark(EPOCH, 4)))) == (None, [5])


def test_numbers_of_another_epoch_mean_nothing() -> None:
    window = Window(EPOCH, 7)
    assert window.since(Mark(OTHER, 7)) is None
    window.extend([told(1, epoch=OTHER)])
    assert (window.mark, numbers(window.since(Mark(OTHER, 0))), window.since(Mark(EPOCH, 7))) == (
        Mark(OTHER, 1),
        [1],
        None,
    )


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "7",
        "0a1b2c3d",
        "0a1b2c3d.",
        "0a1b2c3d.-1",
        "0a1b2c3d.07",
        "0A1B2C3D.7",
        "x" * 9999,
        "0a1b2c3d.7\n",
    ],
)
def test_what_no_stream_said_is_no_mark(forged: str) -> None:
    assert Mark.read(forged) is None
    assert Mark.read("0a1b2c3d.7") == Mark(EPOCH, 7)


def test_a_telling_is_one_event_whatever_it_says() -> None:
    wild = Told(mark=Mark(EPOCH, 3), kind="post", data={"html": "uno\ndos\r\n\n\ndata: tres\u2028"})
    lines = wild.wire.decode().split("\n")
    assert (lines[0], lines[1], lines[3:]) == ("id: 0a1b2c3d.3", "event: post", ["", ""])
    assert json.loads(lines[2].removeprefix("data: ")) == {"epoch": EPOCH, "number": 3, **wild.data}
