"""A row of columns, laid out so that a template only draws it: no script, no style, at any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: The drawing's own height; its width is one for each column, with a little air on both sides.
HEIGHT = 100
MARGIN = 0.12
LEAST = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One moment of the row: what it is called and how high it stands."""

    moment: date | datetime
    views: int
    x: float
    height: float

    @property
    def y(self) -> float:
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The row. ``top`` is what the highest is measured by; ``ticks`` name the moments of the axis, which goes on beyond
    a few columns so that these are no walls."""

    columns: tuple[Column, ...]
    ticks: tuple[date, ...]
    top: int
    width: int
    hourly: bool = False

    @property
    def total(self) -> int:
        return sum(column.views for column in self.columns)

    @property
    def highest(self) -> Column | None:
        return max(self.columns, key=lambda column: column.views, default=None) if self.total else None

    @classmethod
    def of(cls, series: Sequence[tuple[date, int]], *, step: timedelta) -> Columns:
        """``series`` has a moment for each ``step``."""
        top = rounded_up(max((views for _moment, views in series), default=0))
        width = max(len(series), LEAST)
        ends = (0, width // 2, width - 1)
        return cls(
            columns=tuple(
                Column(moment=moment, views=views, x=place + MARGIN, height=HEIGHT * views / top)
                for place, (moment, views) in enumerate(series)
            ),
            ticks=tuple(series[0][0] + step * place for place in ends) if series else (),
            top=top,
            width=width,
            hourly=step < timedelta(days=1),
        )


def rounded_up(most: int) -> int:
    """The next figure that reads well at the top of a plot: 4, 10, 20, 50, 100 …"""
    step = 1
    while True:
        for figure in (step * 4, step * 10, step * 20):
            if most <= figure:
                return figure
        step *= 10
