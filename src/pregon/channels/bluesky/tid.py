"""The key of a record, made from what the record is: sent twice, it is the same record.

Bluesky keys its posts by TID: a moment in microseconds and a number, in 13 letters that sort by time. Ours name a
moment of the past that the content chooses, for nobody takes a post from the future.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
LENGTH = 13
CLOCK_BITS = 10
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)


def tid_of(seed: str) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    clock, moment = number % 2**CLOCK_BITS, number // 2**CLOCK_BITS % microseconds(SPAN)
    return written((microseconds(FIRST - EPOCH) + moment) << CLOCK_BITS | clock)


def microseconds(time: timedelta) -> int:
    return time // timedelta(microseconds=1)


def written(number: int) -> str:
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
