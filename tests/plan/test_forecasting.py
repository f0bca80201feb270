"""The interval holds what it promises, moves with the data, and is silent where nothing is known."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from pregon.plan.forecasting import LEVEL, Forecast, Seen, number_at_the_end, share_at_the_end

ONE = Decimal(1)


def seen(kept: int, missed: int = 0, *, days: int = 100, days_left: int = 100, each: Decimal = ONE) -> Seen:
    return Seen(kept=[each] * kept, missed=[each] * missed, days=days, days_left=days_left)


def told(forecast: Forecast | None) -> tuple[int, int]:
    assert forecast is not None
    return int(forecast.low), int(forecast.high)


@pytest.mark.parametrize(
    "nothing",
    [seen(0), seen(5, days=19), seen(5, days_left=0)],
    ids=["no facts", "fewer than a month of them", "a year that is over"],
)
def test_where_nothing_is_known_nothing_is_said(nothing: Seen) -> None:
    assert share_at_the_end(nothing) is None
    assert number_at_the_end(nothing) is None


def test_a_share_stays_between_none_and_all() -> None:
    assert told(share_at_the_end(seen(60)))[1] == 100
    assert told(share_at_the_end(seen(0, 60)))[0] == 0
    low, high = told(share_at_the_end(seen(60, 40)))
    assert 50 < low < 60 < high < 70


def test_the_more_is_known_the_narrower_it_is() -> None:
    wide, narrow = told(share_at_the_end(seen(18, 2))), told(share_at_the_end(seen(180, 20)))
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    early, late = (
        told(number_at_the_end(seen(50, days=50, days_left=150))),
        told(number_at_the_end(seen(50, days=150, days_left=10))),
    )
    assert late[1] - late[0] < early[1] - early[0]


def test_who_kept_more_is_promised_no_less() -> None:
    shares = [told(share_at_the_end(seen(kept, 100 - kept))) for kept in range(101)]
    numbers = [told(number_at_the_end(seen(kept))) for kept in range(1, 101)]
    for bounds in (shares, numbers):
        assert bounds == sorted(bounds)
        assert [high for _low, high in bounds] == sorted(high for _low, high in bounds)


def test_what_comes_in_clumps_is_less_sure() -> None:
    single, clumps = told(number_at_the_end(seen(120))), told(number_at_the_end(seen(10, each=Decimal(12))))
    assert clumps[1] - clumps[0] > 2 * (single[1] - single[0])


def test_what_is_done_already_is_never_taken_back() -> None:
    assert told(number_at_the_end(seen(3, days=200, days_left=1)))[0] >= 3


def test_the_interval_of_a_share_holds_as_often_as_it_says() -> None:
    chance = random.Random(20261120)
    hits = 0
    for _trial in range(600):
        rate = chance.random()
        kept = sum(chance.random() < rate for _day in range(60))
        ahead = sum(chance.random() < rate for _day in range(60))
        low, high = told(share_at_the_end(seen(kept, 60 - kept, days=60, days_left=60)))
        hits += low <= 100 * (kept + ahead) / 120 <= high
    assert LEVEL - 3 <= 100 * hits / 600 <= LEVEL + 12  # never less; whole numbers make it somewhat wider


def test_the_interval_of_a_number_holds_as_often_as_it_says() -> None:
    chance = random.Random(20261120)
    hits = 0
    for _trial in range(600):
        rate = 0.1 + chance.random()
        done, ahead = (sum(_poisson(chance, rate) for _day in range(80)) for _half in range(2))
        if not done:
            hits += 1
            continue
        low, high = told(number_at_the_end(seen(done, days=80, days_left=80)))
        hits += low <= done + ahead <= high
    assert LEVEL - 3 <= 100 * hits / 600 <= LEVEL + 12


def _poisson(chance: random.Random, rate: float) -> int:
    count, waited = 0, chance.expovariate(rate)
    while waited < 1:
        count, waited = count + 1, waited + chance.expovariate(rate)
    return count
