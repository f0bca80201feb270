"""What a report is made of, whatever draws it: headings, tables, calendars, plots. A format knows how to draw each of
these and nothing of plans, so no figure can differ between two formats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from pregon.plan.enums import COLOURS, Light, Mark
from pregon.plan.reports.letterhead import Letterhead


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field of a table: the words that people read and, where it is one, the figure or day behind them."""

    text: str = ""
    value: Decimal | date | None = None
    url: str = ""
    light: Light | None = None

    @property
    def tone(self) -> str:
        """The name of its colour on a page."""
        return COLOURS[self.light] if self.light else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``width`` is its share of the page. ``share_of`` names the columns, by their place, whose quotient it is."""

    title: str
    width: float = 1
    figures: bool = False
    share_of: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """``fresh`` begins a page of its own."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    text: str
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names with what they say."""

    kind: ClassVar[str] = "facts"
    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``empty`` is said in the place of a table without rows. Tables of one ``group`` differ in what they are
    ``about``, and share the sheet of a workbook."""

    kind: ClassVar[str] = "table"
    title: str
    group: str = ""
    about: str = ""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure against its target, with where it began. Lengths go from 0 to 100."""

    name: str
    text: str
    target_text: str
    light: Light
    length: float
    target: float | None = None
    baseline: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    kind: ClassVar[str] = "bars"
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One month of a calendar."""

    name: str
    short: str
    mark: Mark
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    number: str
    name: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Twelve months a row, with what was planned and what was done."""

    kind: ClassVar[str] = "calendar"
    title: str
    head: str
    months: tuple[str, ...]
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    name: str
    short: str
    text: str
    #: From 0 to 100; ``None`` where there is no figure, and the line breaks.
    height: float | None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The months of one figure as a line; ``target`` is drawn across it."""

    kind: ClassVar[str] = "curve"
    title: str
    points: tuple[Point, ...]
    top: str
    light: Light
    target: float | None = None

    @property
    def strokes(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        """The stretches without a gap, as places and heights."""
        found: list[list[tuple[int, float]]] = [[]]
        for place, point in enumerate(self.points):
            if point.height is None:
                found.append([])
            else:
                found[-1].append((place, point.height))
        return tuple(tuple(stroke) for stroke in found if stroke)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Places to sign: what each one did, and the office that the person holds."""

    kind: ClassVar[str] = "signatures"
    title: str
    rows: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Facts | Table | Bars | Calendar | Curve | Signatures


def is_named_by(heading: str, title: str) -> bool:
    """Whether the heading over a table says already what the table is."""
    title, above = title.casefold(), heading.casefold()
    return bool(heading) and (title in above or above in title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report laid out, ready for any format."""

    title: str
    subtitle: str
    letterhead: Letterhead
    day: date
    foot: str
    blocks: tuple[Block, ...]
    landscape: bool = False
