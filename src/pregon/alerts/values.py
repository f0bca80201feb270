"""Where an alert holds, as CAP 1.2 writes it: points of WGS 84, latitude first.

A polygon that cannot be is refused in a sentence that says what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise
from math import asin, cos, isfinite, radians, sin, sqrt

from django.utils.translation import gettext as _

from pregon.alerts.errors import BadArea

#: Four points with the last the same as the first: a triangle, the least that CAP takes.
FEWEST, MOST = 4, 200
EARTH_KM = 6371.0088
LARGEST_KM = 100.0
NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,12})?")


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"{written(self.latitude)},{written(self.longitude)}"

    def km_to(self, other: Point) -> float:
        """Along the great circle."""
        up, across = radians(other.latitude - self.latitude), radians(other.longitude - self.longitude)
        chord = (
            sin(up / 2) ** 2
            + cos(radians(self.latitude)) * cos(radians(other.latitude)) * sin(across / 2) ** 2
        )
        return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


@dataclass(frozen=True, slots=True)
class Circle:
    centre: Point
    km: float

    def __str__(self) -> str:
        return f"{self.centre} {written(self.km)}"

    @property
    def middle(self) -> Point:
        return self.centre


@dataclass(frozen=True, slots=True)
class Polygon:
    points: tuple[Point, ...]

    def __str__(self) -> str:
        return " ".join(map(str, self.points))

    @property
    def middle(self) -> Point:
        corners = self.points[:-1]
        return Point(
            sum(point.latitude for point in corners) / len(corners),
            sum(point.longitude for point in corners) / len(corners),
        )


def written(number: float) -> str:
    """A number as XML and people write it: never with an exponent, no more than six places."""
    plain = f"{Decimal(str(number)):.6f}".rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def point(text: str) -> Point:
    """A point written «latitude,longitude»."""
    parts = text.split(",")
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        raise BadArea(
            _("«%(point)s» no es un punto: escribe latitud, coma y longitud, como 19.9153,-103.0208.")
            % {"point": text[:40]}
        )
    latitude, longitude = map(float, parts)
    if not (isfinite(latitude) and abs(latitude) <= 90):
        raise BadArea(
            _("En «%(point)s» la latitud no existe: va primero y está entre −90 y 90.") % {"point": text[:40]}
        )
    if abs(longitude) > 180:
        raise BadArea(
            _("En «%(point)s» la longitud no existe: está entre −180 y 180.") % {"point": text[:40]}
        )
    return Point(latitude, longitude)


def polygon(text: str) -> Polygon:
    """A polygon written as points with spaces between them, the last the same as the first."""
    points = tuple(map(point, text.replace(", ", ",").split()))
    if len(points) < FEWEST:
        raise BadArea(_("Un polígono lleva al menos tres puntos, y el primero repetido al final."))
    if len(points) > MOST:
        raise BadArea(_("El polígono lleva demasiados puntos: con %(most)d basta.") % {"most": MOST})
    if points[0] != points[-1]:
        raise BadArea(_("El polígono no se cierra: repite el primer punto al final."))
    if len(set(points)) < len(points) - 1:
        raise BadArea(_("El polígono pasa dos veces por el mismo punto: quita el que sobra."))
    if crosses(points):
        raise BadArea(_("Las líneas del polígono se cruzan: pon los puntos en el orden en que se recorre."))
    return Polygon(points)


def circle(text: str) -> Circle:
    """A circle written as its centre, a space and its radius in kilometres."""
    parts = text.replace(", ", ",").split()
    if len(parts) != 2 or not NUMBER.fullmatch(parts[1]):
        raise BadArea(_("Un círculo es un punto y su radio en kilómetros, como 19.9153,-103.0208 2.5."))
    km = float(parts[1])
    if not 0 < km <= LARGEST_KM:
        raise BadArea(
            _("El radio de un círculo está entre 0 y %(most)d kilómetros.") % {"most": int(LARGEST_KM)}
        )
    return Circle(point(parts[0]), km)


def turn(a: Point, b: Point, c: Point) -> float:
    """Which way the corner goes: left above zero, right below, straight on at it."""
    return (b.longitude - a.longitude) * (c.latitude - a.latitude) - (b.latitude - a.latitude) * (
        c.longitude - a.longitude
    )


def within(a: Point, b: Point, c: Point) -> bool:
    """Whether ``c``, known to lie on their line, lies between ``a`` and ``b``."""
    return min(a.latitude, b.latitude) <= c.latitude <= max(a.latitude, b.latitude) and min(
        a.longitude, b.longitude
    ) <= c.longitude <= max(a.longitude, b.longitude)


def meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two lines share a point."""
    a, b = one
    c, d = other
    turns = turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
    signs = [(value > 0) - (value < 0) for value in turns]
    if signs[0] != signs[1] and signs[2] != signs[3]:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(sign == 0 and within(*end) for sign, end in zip(signs, ends, strict=True))


def crosses(points: Sequence[Point]) -> bool:
    """Whether a closed line meets itself anywhere but where one side follows another."""
    sides = list(pairwise(points))
    for (first, one), (second, other) in combinations(enumerate(sides), 2):
        neighbours = second - first == 1 or (first == 0 and second == len(sides) - 1)
        if neighbours:
            # They share a corner; they may not lie on one another.
            shared, far = (
                (one[1], (one[0], other[1])) if second - first == 1 else (one[0], (one[1], other[0]))
            )
            if turn(far[0], shared, far[1]) == 0 and not within(far[0], far[1], shared):
                return True
        elif meet(one, other):
            return True
    return all(turn(points[0], points[1], each) == 0 for each in points)
