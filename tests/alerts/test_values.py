from __future__ import annotations

from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.alerts.errors import BadArea
from pregon.alerts.values import LARGEST_KM, MOST, Circle, Point, circle, polygon, written

latitudes = st.floats(min_value=-80, max_value=80)
longitudes = st.floats(min_value=-170, max_value=170)


@st.composite
def stars(draw: st.DrawFn) -> list[Point]:
    """Corners around a middle, in the order of their angle: such a line never crosses itself."""
    middle = Point(draw(latitudes), draw(longitudes))
    count = draw(st.integers(min_value=3, max_value=12))
    reach = draw(st.lists(st.floats(min_value=0.1, max_value=2), min_size=count, max_size=count))
    return [
        Point(
            round(middle.latitude + far * sin(2 * pi * n / count), 5),
            round(middle.longitude + far * cos(2 * pi * n / count), 5),
        )
        for n, far in enumerate(reach)
    ]


def text_of(corners: list[Point]) -> str:
    return " ".join(map(str, [*corners, corners[0]]))


@given(stars())
def test_a_line_that_goes_round_once_is_taken_and_written_back_as_it_was(corners: list[Point]) -> None:
    assert str(polygon(text_of(corners))) == text_of(corners)


@given(stars(), st.data())
def test_two_corners_in_each_others_place_never_pass_for_a_way_round(
    corners: list[Point], data: st.DataObject
) -> None:
    if len(corners) < 4:
        corners = [Point(1, 1), Point(1, 2), Point(2, 2), Point(2, 1)]
    regular = [
        Point(round(sin(2 * pi * n / len(corners)), 5), round(cos(2 * pi * n / len(corners)), 5))
        for n in range(len(corners))
    ]
    first = data.draw(st.integers(min_value=0, max_value=len(regular) - 2))
    regular[first], regular[first + 1] = regular[first + 1], regular[first]
    with pytest.raises(BadArea, match="se cruzan"):
        polygon(text_of(regular))


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_polygon_or_is_refused_in_a_sentence(text: str) -> None:
    for read in (polygon, circle):
        try:
            assert str(read(text))
        except BadArea as refusal:
            assert str(refusal).endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("19.9,-103 19.8,-103.1 19.7,-103", "al menos tres puntos"),
        ("19.9,-103 19.8,-103.1 19.7,-103 19.6,-103.2", "no se cierra"),
        ("-103,19.9 -103.1,19.8 -103,19.7 -103,19.9", "la latitud no existe"),
        ("19.9,-203 19.8,-103.1 19.7,-103 19.9,-203", "la longitud no existe"),
        ("19.9;-103 19.8,-103.1 19.7,-103 19.9;-103", "no es un punto"),
        ("1,1 2,2 1,2 2,1 1,1", "se cruzan"),
        ("1,1 2,2 3,3 1,1", "se cruzan"),
        ("1,1 1,3 1,2 2,2 1,1", "se cruzan"),
        ("1,1 1,2 2,2 1,2 2,1 1,1", "pasa dos veces"),
        (" ".join(f"{n / 1000:.3f},{n * n / 9999:.6f}" for n in range(MOST + 1)), "demasiados puntos"),
    ],
)
def test_each_impossible_polygon_is_told_what_is_wrong_with_it(text: str, sentence: str) -> None:
    with pytest.raises(BadArea, match=sentence):
        polygon(text)


@pytest.mark.parametrize(
    "text", ["19.9,-103", "19.9,-103 0", "19.9,-103 -2", f"19.9,-103 {LARGEST_KM + 1}", "a 1"]
)
def test_a_circle_without_a_sensible_radius_is_refused(text: str) -> None:
    with pytest.raises(BadArea):
        circle(text)


def test_a_circle_is_written_as_cap_wants_it() -> None:
    assert str(circle("19.9153, -103.0208 2.50")) == "19.9153,-103.0208 2.5"
    assert str(Circle(Point(0.0000001, -0.0), 1.0)) == "0,0 1"


@given(st.floats(min_value=-180, max_value=180))
def test_a_number_never_has_an_exponent(number: float) -> None:
    assert "e" not in written(number) and float(written(number)) == pytest.approx(number, abs=1e-6)


def test_the_way_between_two_towns_is_about_what_a_map_says() -> None:
    assert Point(20.6736, -103.344).km_to(Point(19.9153, -103.0208)) == pytest.approx(90.8, abs=1)
