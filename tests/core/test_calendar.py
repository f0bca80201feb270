"""Working days of an office."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.core.calendar import WorkingCalendar, last_turn, local_day

CALENDAR = WorkingCalendar()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Año Nuevo"),
        (date(2026, 2, 2), "Día de la Constitución"),
        (date(2026, 3, 16), "Natalicio de Benito Juárez"),
        (date(2026, 5, 1), "Día del Trabajo"),
        (date(2026, 9, 16), "Día de la Independencia"),
        (date(2026, 11, 16), "Día de la Revolución"),
        (date(2026, 12, 25), "Navidad"),
        (date(2024, 10, 1), "Transmisión del Poder Ejecutivo Federal"),
        (date(2026, 10, 1), None),
        (date(2026, 2, 5), None),  # kept on the first Monday instead
        (date(2026, 5, 10), None),
    ],
)
def test_the_rest_days_of_the_law_have_their_names(day: date, name: str | None) -> None:
    assert CALENDAR.holiday(day) == name


def test_a_year_has_the_seven_rest_days_of_the_law() -> None:
    days = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    assert sum(CALENDAR.holiday(day) is not None for day in days) == 7


def test_weekends_and_rest_days_are_not_worked() -> None:
    assert CALENDAR.between(date(2026, 4, 29), date(2026, 5, 5)) == [
        date(2026, 4, 29),
        date(2026, 4, 30),
        date(2026, 5, 4),
        date(2026, 5, 5),
    ]


def test_an_office_closes_on_days_of_its_own() -> None:
    fair = WorkingCalendar(closed=frozenset({date(2026, 5, 4)}))
    assert not fair.is_working(date(2026, 5, 4))
    assert fair.holiday(date(2026, 5, 4)) is None
    assert fair.is_working(date(2026, 5, 5))


def test_an_office_may_work_on_saturday() -> None:
    market = WorkingCalendar(weekdays=frozenset({5}))
    assert market.between(date(2026, 11, 1), date(2026, 11, 15)) == [date(2026, 11, 7), date(2026, 11, 14)]


def test_a_term_that_ends_before_it_begins_has_no_days() -> None:
    assert CALENDAR.between(date(2026, 5, 5), date(2026, 5, 4)) == []


@pytest.mark.parametrize("state", ["JAL", "", "no such state"])
def test_the_law_of_the_land_holds_in_every_state(state: str) -> None:
    assert WorkingCalendar(state=state).holiday(date(2026, 12, 25)) == "Navidad"


@given(st.dates(), st.integers(0, 60))
def test_the_days_between_are_the_working_ones_in_order(first: date, length: int) -> None:
    last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    days = CALENDAR.between(first, last)
    assert days == sorted(set(days))
    assert all(first <= day <= last and day.weekday() < 5 and CALENDAR.holiday(day) is None for day in days)


@pytest.mark.parametrize(
    ("year", "month", "bounds"),
    [
        (2026, 2, (date(2026, 2, 1), date(2026, 2, 28))),
        (2028, 2, (date(2028, 2, 1), date(2028, 2, 29))),
        (2026, 12, (date(2026, 12, 1), date(2026, 12, 31))),
        (9999, 12, (date(9999, 12, 1), date(9999, 12, 31))),
    ],
)
def test_a_month_goes_from_its_first_to_its_last_day(
    year: int, month: int, bounds: tuple[date, date]
) -> None:
    assert WorkingCalendar.month(year, month) == bounds


def test_a_moment_falls_on_the_day_of_the_place() -> None:
    moment = datetime(2026, 5, 2, 3, 0, tzinfo=UTC)
    assert local_day(moment, ZoneInfo("America/Mexico_City")) == date(2026, 5, 1)
    assert local_day(moment, UTC) == date(2026, 5, 2)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 5, 2, 3, 0), UTC)  # noqa: DTZ001 - the very thing that is refused


# --- The hour on the wall -----------------------------------------------------------------------------------

#: One without summer time since 2022, and one that keeps that of its neighbour.
ZONES = st.sampled_from([ZoneInfo("America/Mexico_City"), ZoneInfo("America/Tijuana")])
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2031, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the zone comes beside it
WEEKDAYS = st.none() | st.integers(1, 7)


@given(at=MOMENTS, tz=ZONES, hour=st.integers(0, 23), weekday=WEEKDAYS)
def test_a_turn_is_the_last_one_and_falls_on_its_day(
    at: datetime, tz: ZoneInfo, hour: int, weekday: int | None
) -> None:
    turn = last_turn(at, tz=tz, hour=hour, weekday=weekday)
    there = turn.astimezone(tz)
    assert turn <= at < turn + timedelta(days=7 if weekday else 1, hours=1)
    assert weekday in {None, there.isoweekday()}
    assert there.hour - hour in {0, 1}  # 1: the hour that the clocks skipped that day


@given(at=MOMENTS, tz=ZONES, hour=st.integers(0, 23), weekday=WEEKDAYS)
def test_turns_cut_time_without_a_gap_and_each_day_once(
    at: datetime, tz: ZoneInfo, hour: int, weekday: int | None
) -> None:
    turn = last_turn(at, tz=tz, hour=hour, weekday=weekday)
    before = last_turn(turn - timedelta(microseconds=1), tz=tz, hour=hour, weekday=weekday)
    assert last_turn(turn, tz=tz, hour=hour, weekday=weekday) == turn
    apart = local_day(turn, tz) - local_day(before, tz)
    assert apart == timedelta(days=7 if weekday else 1)


@pytest.mark.parametrize(
    ("at", "turn"),
    [
        (
            datetime(2026, 3, 8, 12, tzinfo=UTC),
            datetime(2026, 3, 8, 10, tzinfo=UTC),
        ),  # 2:00 does not come: 3:00
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC)),  # 1:00 comes twice
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC)),
        (
            datetime(2026, 3, 1, 9, tzinfo=UTC),
            datetime(2026, 2, 28, 10, tzinfo=UTC),
        ),  # over the end of a month
    ],
)
def test_where_the_clocks_change(at: datetime, turn: datetime) -> None:
    hour = 1 if at.month == 11 else 2
    assert last_turn(at, tz=ZoneInfo("America/Tijuana"), hour=hour) == turn
