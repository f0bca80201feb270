from __future__ import annotations

import pytest

from pregon.core.places import NotAPlace, Point, point_of, read_point

OCOTLAN = Point(20.351389, -102.768056)
MAZAMITLA = Point(19.915556, -103.019444)


@pytest.mark.parametrize(
    "text",
    [
        "20.351389, -102.768056",
        "20.351389,-102.768056",
        " 20.351389 -102.768056 ",
        "(20.351389; -102.768056)",
        "20,351389; -102,768056",
        "20,351389, -102,768056",
        "20.351389, 102.768056",
        "-102.768056, 20.351389",
        "20.351389, \u2212102.768056",
        "geo:20.351389,-102.768056",
        "geo:20.351389,-102.768056?z=16",
        "geo:0,0?q=20.351389,-102.768056(Plaza)",
        "https://www.openstreetmap.org/?mlat=20.351389&mlon=-102.768056#map=17/20.1/-102.1",
        "https://www.openstreetmap.org/#map=17/20.351389/-102.768056",
        "https://www.google.com/maps/place/Ocotl%C3%A1n/@20.1,-102.1,14z/data=!3m1!4b1!4m5!3m4!1s0x0!8m2!3d20.351389!4d-102.768056",
        "https://www.google.com/maps/@20.351389,-102.768056,17z",
        "https://www.google.com/maps?q=20.351389,-102.768056",
        "https://www.google.com/maps/search/?api=1&query=20.351389%2C-102.768056",
        "https://maps.google.com/?q=loc:20.351389,-102.768056",
        "https://www.google.com/maps/search/20.351389,+-102.768056",
        "https://maps.apple.com/?ll=20.351389,-102.768056&q=Plaza",
        "https://waze.com/ul?ll=20.351389%2C-102.768056&navigate=yes",
    ],
)
def test_a_point_is_read_however_people_say_it(text: str) -> None:
    assert read_point(text) == OCOTLAN


def test_degrees_minutes_and_seconds_are_read_too() -> None:
    found = [read_point(text) for text in ("20°21'05\"N 102°46'05\"O", "102° 46′ 05″ W, 20° 21′ 05″ N")]
    assert [str(point) for point in found] == ["20.351389, -102.768056"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plaza principal",
        "20.35",
        "20.35, -102.76, 3",
        "200.5, -402.1",
        "0, 0",
        "https://www.openstreetmap.org/",
        "javascript:alert(20.35,-102.76)",
        "geo:",
        "9" * 5000,
    ],
)
def test_what_says_no_place_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NotAPlace, match="no dice dónde queda"):
        read_point(text)


def test_a_short_link_is_answered_with_what_to_do() -> None:
    with pytest.raises(NotAPlace, match="copia el enlace largo"):
        read_point("https://maps.app.goo.gl/AbCdEf123")


def test_a_place_far_from_mexico_is_a_place() -> None:
    assert read_point("-33.4378, -70.6504") == Point(-33.4378, -70.6504)


def test_distance_and_direction_are_those_of_the_sphere() -> None:
    assert MAZAMITLA.metres_to(OCOTLAN) == pytest.approx(55_100, rel=0.01)
    assert MAZAMITLA.bearing_to(OCOTLAN) == pytest.approx(28.4, abs=0.5)
    assert Point(0, 0).metres_to(Point(0, 1)) == pytest.approx(111_195, rel=0.001)
    assert [round(Point(0, 0).bearing_to(there)) for there in (Point(1, 0), Point(0, 1), Point(-1, 0))] == [
        0,
        90,
        180,
    ]


def test_a_record_without_both_numbers_is_nowhere() -> None:
    class Record:
        latitude, longitude = "20.5", None

    assert point_of(Record) is None
    Record.longitude = "-102.5"
    assert point_of(Record) == Point(20.5, -102.5)
