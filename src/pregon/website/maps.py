"""Maps that need nobody else: a schematic one drawn from coordinates we hold, with the localities around, and where
the office gives tiles, the few that one picture takes, stitched once and kept. Readers never ask a third party.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import asinh, cos, floor, log10, pi, radians, tan
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.core.errors import PregonError
from pregon.core.http import Http, OutboundError
from pregon.core.places import EARTH, Point
from pregon.website import icons

#: The sheet, in its own units; its letters can be read when it is as wide as a small phone.
WIDTH, HEIGHT, MARGIN = 400.0, 270.0, 34.0
LETTER, LETTER_WIDTH, ROW = 13.0, 6.9, 16.0
#: How many localities are shown around, the nearest first, and the least that a sheet is across.
AROUND, LEAST_ACROSS = 6, 800.0
#: Nearer than this a place is in its locality, and a sketch of both would show one point.
NEAR = 400.0
BAR = 110.0
#: The picture of tiles, in pixels, and how near it looks: a few streets around.
PICTURE = (640, 432)
ZOOM, TILE = 16, 256
PIN = 64
FORMAT = ".webp"
LARGEST_TILE, PATIENCE = 512 * 1024, timedelta(seconds=8)
DIRECTIONS = (
    gettext_lazy("al norte"),
    gettext_lazy("al noreste"),
    gettext_lazy("al este"),
    gettext_lazy("al sureste"),
    gettext_lazy("al sur"),
    gettext_lazy("al suroeste"),
    gettext_lazy("al oeste"),
    gettext_lazy("al noroeste"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its name."""

    point: Point
    name: str


class NoTiles(PregonError):
    """El servidor de mapas no dio las piezas del mapa: se muestra el croquis mientras tanto."""


# --- The schematic map --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a point lies on the sheet."""

    middle: Point
    #: Metres for one unit.
    scale: float

    def place(self, point: Point) -> tuple[float, float]:
        east, north = _metres(point, self.middle)
        return WIDTH / 2 + east / self.scale, HEIGHT / 2 - north / self.scale


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the sheet that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    @property
    def on_the_sheet(self) -> bool:
        return self.left >= 2 and self.top >= 2 and self.right <= WIDTH - 2 and self.bottom <= HEIGHT - 2


def schematic(
    *, pin: Mark | None = None, around: Iterable[Mark] = (), areas: Sequence[Sequence[Point]] = ()
) -> SafeString:
    """The SVG of a map without tiles, to stand inside a page; "" when nothing on it would say where it is.

    ``areas`` are polygons (of an alert), ``around`` the localities, ``pin`` the one place that it is about.
    """
    corners = [corner for area in areas for corner in area]
    centre = pin.point if pin else _middle(corners) if corners else None
    shown = _nearest(around, centre)
    if not areas and not any(pin is None or mark.point.metres_to(pin.point) >= NEAR for mark in shown):
        return SafeString()
    sheet = _sheet([*corners, *(mark.point for mark in shown), *([pin.point] if pin else [])])
    context = {
        "width": WIDTH,
        "height": HEIGHT,
        "areas": [" ".join(f"{x:.1f},{y:.1f}" for x, y in map(sheet.place, area)) for area in areas],
        "places": _lettered(sheet, shown, pin),
        "pin": _rounded(sheet.place(pin.point)) if pin else None,
        "nearest": _rounded(sheet.place(shown[0].point)) if pin and shown else None,
        "bar": _bar(sheet),
        "title": described(pin, shown),
    }
    return mark_safe(render_to_string("website/parts/map.svg", context))  # noqa: S308 - the template escapes


def described(pin: Mark | None, around: Sequence[Mark]) -> str:
    """The map in words, for who does not see it."""
    if pin is None:
        names = ", ".join(mark.name for mark in around)
        return _("Croquis de la zona: %(names)s.") % {"names": names} if names else _("Croquis de la zona.")
    if not around:
        return _("%(place)s, en el croquis.") % {"place": pin.name}
    nearest = min(around, key=lambda mark: mark.point.metres_to(pin.point))
    metres = nearest.point.metres_to(pin.point)
    words = {"place": pin.name, "nearest": nearest.name}
    if metres < NEAR:
        return _("%(place)s, en %(nearest)s.") % words
    where = str(DIRECTIONS[round(nearest.point.bearing_to(pin.point) / 45) % 8])
    return _("%(place)s, a %(distance)s %(direction)s de %(nearest)s en línea recta.") % {
        **words,
        "distance": in_words(metres),
        "direction": where,
    }


def in_words(metres: float) -> str:
    """A distance as one says it on the road."""
    if metres < 950:
        return _("%(metres)d m") % {"metres": round(metres, -1)}
    kilometres = f"{metres / 1000:.{1 if metres < 9950 else 0}f}".removesuffix(".0")
    return _("%(kilometres)s km") % {"kilometres": kilometres}


def _nearest(around: Iterable[Mark], centre: Point | None) -> list[Mark]:
    marks = list(around)
    if centre is not None:
        marks.sort(key=lambda mark: mark.point.metres_to(centre))
    return marks[:AROUND]


def _middle(points: Sequence[Point]) -> Point:
    latitudes, longitudes = [one.latitude for one in points], [one.longitude for one in points]
    return Point((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)


def _metres(point: Point, origin: Point) -> tuple[float, float]:
    """East and north of ``origin``: a municipality is small enough to be flat."""
    east = radians(point.longitude - origin.longitude) * EARTH * cos(radians(origin.latitude))
    return east, radians(point.latitude - origin.latitude) * EARTH


def _sheet(points: Sequence[Point]) -> Sheet:
    middle = _middle(points)
    spread = [_metres(point, middle) for point in points]
    across = max(2 * max(abs(east) for east, _north in spread), LEAST_ACROSS)
    up = 2 * max(abs(north) for _east, north in spread)
    return Sheet(middle, max(across / (WIDTH - 3 * MARGIN), up / (HEIGHT - 3 * MARGIN)))


def _lettered(sheet: Sheet, shown: Sequence[Mark], pin: Mark | None) -> list[dict[str, Any]]:
    """Each locality with its name where there is room for it; one without room keeps its point."""
    spots = [sheet.place(mark.point) for mark in shown]
    taken = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in spots]
    taken.append(Box(0, HEIGHT - 30, BAR + 60, HEIGHT))  # the scale
    taken.append(Box(WIDTH - 34, 0, WIDTH, 44))  # the north
    if pin:
        x, y = sheet.place(pin.point)
        taken.append(Box(x - 11, y - 30, x + 11, y + 3))
    lettered = []
    for mark, (x, y) in zip(shown, spots, strict=True):
        long = len(mark.name) * LETTER_WIDTH
        tries = (
            (x + 8, y + 4.5, "start", Box(x + 8, y - 8, x + 8 + long, y + 8)),
            (x - 8, y + 4.5, "end", Box(x - 8 - long, y - 8, x - 8, y + 8)),
            (x, y + 20, "middle", Box(x - long / 2, y + 7, x + long / 2, y + 7 + ROW)),
            (x, y - 9, "middle", Box(x - long / 2, y - 7 - ROW, x + long / 2, y - 7)),
        )
        found = next(
            (one for one in tries if one[3].on_the_sheet and not any(map(one[3].meets, taken))), None
        )
        entry: dict[str, Any] = {"x": f"{x:.1f}", "y": f"{y:.1f}", "name": ""}
        if found:
            taken.append(found[3])
            entry |= {
                "name": mark.name,
                "text_x": f"{found[0]:.1f}",
                "text_y": f"{found[1]:.1f}",
                "anchor": found[2],
            }
        lettered.append(entry)
    return lettered


def _bar(sheet: Sheet) -> dict[str, str]:
    """A length of one, two or five, as near to ``BAR`` as one of these comes without being longer."""
    room = BAR * sheet.scale
    power = 10 ** floor(log10(room))
    metres = next(step * power for step in (5, 2, 1) if step * power <= room)
    return {"long": f"{metres / sheet.scale:.1f}", "words": in_words(metres)}


def _rounded(spot: tuple[float, float]) -> tuple[str, str]:
    return f"{spot[0]:.1f}", f"{spot[1]:.1f}"


# --- The picture of tiles -----------------------------------------------------------------------------------


def picture_name(template: str, point: Point) -> str:
    """The name under which the picture of ``point`` is kept: another place or server is another picture."""
    told = f"{template} {point} {ZOOM} {PICTURE}"
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest() + FORMAT


def stitch(template: str, point: Point, *, http: Http) -> bytes:
    """The picture of the streets around ``point`` with a pin in its middle; raises :class:`NoTiles`."""
    import pyvips  # heavy, and only the worker that draws needs it

    vips: Any = pyvips
    across, down = _pixels(point)
    left, top = across - PICTURE[0] / 2, down - PICTURE[1] / 2
    columns = range(floor(left / TILE), floor((left + PICTURE[0] - 1) / TILE) + 1)
    rows = range(floor(top / TILE), floor((top + PICTURE[1] - 1) / TILE) + 1)
    try:
        tiles = [_tile(vips, _ask(template, x, y, http=http)) for y in rows for x in columns]
        whole = vips.Image.arrayjoin(tiles, across=len(columns))
        cut = whole.crop(round(left - columns[0] * TILE), round(top - rows[0] * TILE), PICTURE[0], PICTURE[1])
        pin = icons.pin(height=PIN)
        pinned = cut.composite2(
            pin, "over", x=(PICTURE[0] - pin.width) // 2, y=PICTURE[1] // 2 - pin.height + 2
        )
        drawn: bytes = pinned.flatten().write_to_buffer(f"{FORMAT}[strip,Q=82]")
    except (OutboundError, vips.Error) as problem:
        raise NoTiles from problem
    return drawn


def _ask(template: str, x: int, y: int, *, http: Http) -> bytes:
    wrapped = x % 2**ZOOM
    url = template.replace("{z}", str(ZOOM)).replace("{x}", str(wrapped)).replace("{y}", str(y))
    answer = http.get(url, timeout=PATIENCE, max_bytes=LARGEST_TILE)
    if answer.status_code != 200:
        raise NoTiles
    return bytes(answer.content)


def _tile(vips: Any, data: bytes) -> Any:
    tile = vips.Image.thumbnail_buffer(data, TILE, height=TILE, size="force").colourspace("srgb")
    flat = tile.flatten(background=[255, 255, 255]) if tile.hasalpha() else tile
    return flat.bandjoin(255).copy_memory()


def _pixels(point: Point) -> tuple[float, float]:
    """Web Mercator, from the north-west corner of the world."""
    world = TILE * 2**ZOOM
    across = (point.longitude + 180) / 360 * world
    down = (1 - asinh(tan(radians(point.latitude))) / pi) / 2 * world
    return across, down
