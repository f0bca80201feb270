"""Where something is: a point on the earth, read from what people paste, and said in words.

People write coordinates as their telephone shows them, or copy the link of a map; each of these says the same point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

from pregon.core.errors import PregonError

EARTH = 6_371_008.8  # metres: the mean radius (IUGG)
#: Mexico with its seas, roughly: what lies there when a sign was forgotten or two numbers changed places.
NORTH, WEST = (12.0, 34.0), (-120.0, -84.0)
NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
PAIR = rf"({NUMBER})\s*(?:,|;|\s)\s*({NUMBER})"
#: In the order in which a link is asked: the pin of a map first, then what was searched, then its middle.
IN_LINKS = (
    rf"!3d({NUMBER})!4d({NUMBER})",
    rf"[?&]mlat=({NUMBER})&mlon=({NUMBER})",
    rf"[?&#](?:q|query|ll|sll|destination|daddr|center|cp|to)=(?:loc:|ll\.|\s)*{PAIR}",
    rf"/(?:place|search|dir)/(?:[^@]*/)?\s*{PAIR}",
    rf"@({NUMBER}),({NUMBER})",
    rf"#map=\d+(?:\.\d+)?/({NUMBER})/({NUMBER})",
)
GEO = re.compile(rf"geo:({NUMBER}),({NUMBER})", re.IGNORECASE)
GEO_QUERY = re.compile(rf"[?&]q={PAIR}", re.IGNORECASE)
DEGREES = re.compile(
    r"(\d{1,3})\s*°\s*(?:(\d{1,2}(?:\.\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|''))?\s*([NSEOW])",
    re.IGNORECASE,
)
COMMAS = re.compile(r"([-+]?\d{1,3}),(\d{3,})\s*[;,\s]\s*([-+]?\d{1,3}),(\d{3,})")
SHORT_LINK = re.compile(r"(?:goo\.gl|osm\.org/go|waze\.com/ul/h)", re.IGNORECASE)
LONGEST = 2000


class NotAPlace(PregonError):
    """Eso no dice dónde queda: escribe las coordenadas, por ejemplo 20.3514, -102.7681, o pega el enlace del mapa."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees of the WGS 84."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"{self.latitude:.6f}, {self.longitude:.6f}"

    def metres_to(self, other: Point) -> float:
        """Along the great circle."""
        here, there = radians(self.latitude), radians(other.latitude)
        across = radians(other.longitude - self.longitude)
        chord = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
        return 2 * EARTH * asin(sqrt(chord))

    def bearing_to(self, other: Point) -> float:
        """Degrees from the north by the east, as one sets out."""
        here, there = radians(self.latitude), radians(other.latitude)
        across = radians(other.longitude - self.longitude)
        east = sin(across) * cos(there)
        north = cos(here) * sin(there) - sin(here) * cos(there) * cos(across)
        return degrees(atan2(east, north)) % 360


def point_of(record: Any) -> Point | None:
    """The point of a record with ``latitude`` and ``longitude``; nothing when either is missing."""
    if record.latitude is None or record.longitude is None:
        return None
    return Point(float(record.latitude), float(record.longitude))


def read_point(text: str) -> Point:
    """The point that ``text`` names; raises :class:`NotAPlace`."""
    told = unquote(text.strip()[:LONGEST]).replace("\u2212", "-").replace("+", " ")
    if SHORT_LINK.search(told):
        raise NotAPlace(
            _("Ese enlace corto no dice dónde queda: ábrelo y copia el enlace largo o las coordenadas.")
        )
    for first, second in _pairs(told):
        if point := _sound(first, second):
            return point
    raise NotAPlace


def _pairs(told: str) -> Iterator[tuple[float, float]]:
    """Every pair of numbers that may be meant, the likeliest first."""
    if geo := GEO.match(told):
        named = GEO_QUERY.search(told)
        chosen = named if named and float(geo[1]) == float(geo[2]) == 0 else geo
        yield float(chosen[1]), float(chosen[2])
        return
    if "://" in told or told.startswith("www."):
        for form in IN_LINKS:
            for found in re.finditer(form, told):
                yield float(found[1]), float(found[2])
        return
    if len(parts := DEGREES.findall(told)) == 2:
        yield _in_order([(_degrees(part), part[3].upper()) for part in parts])
    elif comma := COMMAS.fullmatch(told):
        yield float(f"{comma[1]}.{comma[2]}"), float(f"{comma[3]}.{comma[4]}")
    elif plain := re.fullmatch(PAIR, told.strip("()[] ")):
        yield float(plain[1]), float(plain[2])


def _degrees(part: tuple[str, str, str, str]) -> float:
    whole, minutes, seconds, side = part
    value = int(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -value if side.upper() in "SOW" else value


def _in_order(values: list[tuple[float, str]]) -> tuple[float, float]:
    first, second = values
    return (second[0], first[0]) if first[1] not in "NS" else (first[0], second[0])


def _sound(first: float, second: float) -> Point | None:
    """A point on the earth, with the two slips of Mexico put right: no minus, or the longitude first."""
    for latitude, longitude in ((first, second), (second, first)):
        for west in (longitude, -abs(longitude)):
            if NORTH[0] <= latitude <= NORTH[1] and WEST[0] <= west <= WEST[1]:
                return Point(latitude, west)
    if -90 <= first <= 90 and -180 <= second <= 180 and (first or second):
        return Point(first, second)
    return None
