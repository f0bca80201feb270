from __future__ import annotations

from datetime import date, timedelta

import pytest

from pregon.analytics.values import LEAST, Columns, rounded_up

DAY = timedelta(days=1)
FIRST = date(2026, 11, 1)


def days(*views: int) -> Columns:
    return Columns.of([(FIRST + DAY * number, figure) for number, figure in enumerate(views)], step=DAY)


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 4), (4, 4), (5, 10), (11, 20), (21, 40), (99, 100), (322, 400), (1_000_001, 2_000_000)],
)
def test_the_top_of_a_plot_reads_well(most: int, top: int) -> None:
    assert rounded_up(most) == top


def test_columns_stand_on_the_ground_and_under_the_top() -> None:
    drawn = days(0, 5, 10)
    assert [(one.y, one.height) for one in drawn.columns] == [(100, 0), (50, 50), (0, 100)]
    assert (drawn.total, drawn.highest and drawn.highest.moment) == (15, date(2026, 11, 3))


def test_few_columns_are_no_walls_and_the_axis_goes_on() -> None:
    drawn = days(3)
    assert (len(drawn.columns), drawn.width, drawn.ticks) == (
        1,
        LEAST,
        (FIRST, FIRST + DAY * 7, FIRST + DAY * 13),
    )


def test_many_columns_fill_the_width() -> None:
    drawn = days(*range(30))
    assert (drawn.width, drawn.ticks[-1], drawn.hourly) == (30, date(2026, 11, 30), False)


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    drawn = Columns.of([], step=DAY)
    assert (drawn.columns, drawn.ticks, drawn.highest) == ((), (), None)
