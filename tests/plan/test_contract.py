"""The shape of an answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pregon.plan.contract import Kept, Missing, Period, Reading, Record

NOVEMBER = Period.month(2026, 11)


def record(day: date) -> Record:
    return Record(when=day, title=f"Día {day.day}", url="/")


def reading(kept: int, missing: int, *, month: int = 11) -> Reading:
    days = [date(2026, month, number) for number in range(1, kept + missing + 1)]
    return Reading(
        unit="días",
        kept=tuple(Kept(when=day, records=(record(day),)) for day in days[:kept]),
        missing=tuple(Missing(when=day, title="", detail="") for day in days[kept:]),
    )


def test_a_period_counts_both_ends() -> None:
    assert len(list(NOVEMBER)) == 30
    assert (date(2026, 11, 1) in NOVEMBER, date(2026, 11, 30) in NOVEMBER) == (True, True)
    assert (date(2026, 10, 31) in NOVEMBER, date(2026, 12, 1) in NOVEMBER) == (False, False)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on the day it begins or later"):
        Period(date(2026, 11, 2), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 10, 5), NOVEMBER),
        (date(2026, 11, 20), Period(date(2026, 11, 20), date(2026, 11, 30))),
        (date(2026, 12, 1), None),
    ],
)
def test_what_is_left_of_a_period_since_a_day(day: date, left: Period | None) -> None:
    assert NOVEMBER.since(day) == left


@pytest.mark.parametrize(
    ("kept", "missing", "value", "text"),
    [
        (0, 0, None, "0 de 0"),
        (0, 3, Decimal("0.00"), "0 de 3"),
        (3, 0, Decimal("100.00"), "3 de 3"),
        (2, 1, Decimal("66.67"), "2 de 3"),
    ],
)
def test_the_figure_is_the_count_of_the_list(
    kept: int, missing: int, value: Decimal | None, text: str
) -> None:
    answer = reading(kept, missing)
    assert (answer.value, answer.text) == (value, text)


def test_a_month_is_read_out_of_the_years_answer() -> None:
    october, november = reading(2, 1, month=10), reading(1, 3)
    year = Reading(
        unit="días",
        kept=october.kept + november.kept,
        missing=october.missing + november.missing,
        beyond=(record(date(2026, 11, 29)), record(date(2026, 12, 1))),
    )
    month = year.within(NOVEMBER)
    assert month.text == "1 de 4"
    assert [found.when.day for found in month.records] == [1, 29]


def test_records_come_oldest_first_with_those_beyond_what_was_owed() -> None:
    answer = Reading(
        unit="días",
        kept=(Kept(when=date(2026, 11, 9), records=(record(date(2026, 11, 9)),)),),
        beyond=(record(date(2026, 11, 7)),),
    )
    assert [found.when.day for found in answer.records] == [7, 9]
