"""Maps drawn from coordinates: what lies where, whether it can be read, and what it says in words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image

from pregon.core.http import client
from pregon.core.places import Point
from pregon.website import maps
from pregon.website.maps import Mark, NoTiles, described, picture_name, schematic, stitch
from servers.http import Answer
from servers.tiles import TileServer, tiles_serving

HOME = Point(20.351389, -102.768056)
NORTH, EAST = Point(20.381389, -102.768056), Point(20.351389, -102.738056)
SEAT = Mark(HOME, "Cabecera")


def spots(svg: str, kind: str) -> list[tuple[float, float]]:
    placed = r'(?:cx="([\d.]+)" cy="([\d.]+)"|transform="translate\(([\d.]+) ([\d.]+)\))'
    found = re.findall(f'class="{kind}" {placed}', svg)
    return [(float(one or three), float(two or four)) for one, two, three, four in found]


def test_north_is_up_and_east_is_right_at_one_scale() -> None:
    svg = schematic(pin=Mark(HOME, "Plaza"), around=[Mark(NORTH, "Arriba"), Mark(EAST, "Derecha")])
    [pin], places = spots(svg, "map-pin"), spots(svg, "map-place")
    above, right = sorted(places)
    assert (above[0] == pytest.approx(pin[0], abs=0.2), above[1] < pin[1]) == (True, True)
    assert (right[1] == pytest.approx(pin[1], abs=0.2), right[0] > pin[0]) == (True, True)
    ratio = HOME.metres_to(EAST) / HOME.metres_to(NORTH)
    assert (right[0] - pin[0]) / (pin[1] - above[1]) == pytest.approx(ratio, rel=0.02)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    svg = schematic(pin=Mark(HOME, "Plaza"), around=[Mark(EAST, "Derecha")])
    [pin], [place] = spots(svg, "map-pin"), spots(svg, "map-place")
    unit = HOME.metres_to(EAST) / abs(place[0] - pin[0])
    long, words = re.findall(r'v5h([\d.]+)v-5"/><text[^>]*>([^<]+)', svg)[0]
    assert words == "1 km"
    assert float(long) * unit == pytest.approx(1000, rel=0.02)


def test_everything_lies_on_the_sheet_and_no_name_covers_another() -> None:
    around = [
        Mark(Point(20.35 + step % 3 * 0.002, -102.77 + step * 0.0015), f"Localidad número {step}")
        for step in range(12)
    ]
    svg = schematic(pin=Mark(HOME, "Plaza"), around=around)
    assert len(spots(svg, "map-place")) == maps.AROUND
    boxes = []
    named = re.findall(r'class="map-name" x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]+)', svg)
    for x, y, anchor, name in named:
        long = len(name) * maps.LETTER_WIDTH
        left = float(x) - {"start": 0, "middle": long / 2, "end": long}[anchor]
        boxes.append(maps.Box(left, float(y) - 11, left + long, float(y) + 3))
    assert boxes
    assert all(box.left >= 0 and box.right <= maps.WIDTH for box in boxes)
    assert [one for at, one in enumerate(boxes) if any(map(one.meets, boxes[at + 1 :]))] == []


def test_a_sheet_that_would_say_nothing_is_not_drawn() -> None:
    assert schematic(pin=Mark(HOME, "Plaza")) == ""
    assert schematic(around=[]) == ""
    assert schematic(pin=Mark(Point(20.352, -102.768), "Plaza"), around=[SEAT]) == ""


def test_areas_are_drawn_whole_with_their_localities() -> None:
    area = [Point(20.36, -102.78), Point(20.36, -102.75), Point(20.33, -102.765)]
    svg = schematic(areas=[area], around=[SEAT])
    [points] = re.findall(r'<polygon class="map-area" points="([^"]+)"', svg)
    corners = [tuple(map(float, pair.split(","))) for pair in points.split()]
    assert len(corners) == 3
    assert all(0 < x < maps.WIDTH and 0 < y < maps.HEIGHT for x, y in corners)
    assert 'aria-label="Croquis de la zona: Cabecera."' in svg


def test_names_cannot_break_out_of_the_drawing() -> None:
    svg = schematic(pin=Mark(EAST, '"><script>alert(1)</script>'), around=[Mark(HOME, "<b>Loma</b> & Cía")])
    assert ("<script" in svg, "<b>" in svg, "&lt;b&gt;" in svg) == (False, False, True)


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (HOME, "Plaza, en Cabecera."),
        (NORTH, "Plaza, a 3.3 km al norte de Cabecera en línea recta."),
        (EAST, "Plaza, a 3.1 km al este de Cabecera en línea recta."),
        (Point(20.345, -102.774), "Plaza, a 940 m al suroeste de Cabecera en línea recta."),
        (Point(20.451389, -102.668056), "Plaza, a 15 km al noreste de Cabecera en línea recta."),
    ],
)
def test_the_map_is_said_in_words(point: Point, words: str) -> None:
    assert described(Mark(point, "Plaza"), [SEAT]) == words


# --- Tiles --------------------------------------------------------------------------------------------------


@pytest.fixture
def tiles() -> Iterator[TileServer]:
    with tiles_serving() as server:
        yield server


def test_a_picture_takes_only_the_tiles_that_it_shows_and_is_centred(tiles: TileServer) -> None:
    with client(allow_private=True) as http:
        drawn = Image.open(io.BytesIO(stitch(tiles.template, HOME, http=http))).convert("RGB")
    assert drawn.size == maps.PICTURE
    assert len(tiles.asked) == len(set(tiles.asked)) <= 12
    assert {z for z, _x, _y in tiles.asked} == {maps.ZOOM}
    # Each tile of the double is of a colour of its own: the one in the middle holds the point.
    across, down = maps._pixels(HOME)
    x, y = int(across // maps.TILE), int(down // maps.TILE)
    near = (maps.PICTURE[0] // 2 + 3, maps.PICTURE[1] // 2 + 4)
    inside = int((across + 3) // maps.TILE), int((down + 4) // maps.TILE)
    wanted = tiles.colour(*inside)
    assert (x, y) in {(one[1], one[2]) for one in tiles.asked}
    assert all(abs(got - want) <= 6 for got, want in zip(drawn.getpixel(near), wanted, strict=True))
    assert drawn.getpixel((maps.PICTURE[0] // 2, maps.PICTURE[1] // 2 - 8))[0] > 150  # the pin stands on it


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=404),
        Answer(body=b"<html>login</html>"),
        Answer(body=b"\x89PNG\r\n\x1a\n"),
        Answer(hang_up=True),
        Answer(body=b"0" * (maps.LARGEST_TILE + 1)),
    ],
)
def test_a_server_that_gives_no_pictures_gives_no_map(tiles: TileServer, answer: Answer) -> None:
    tiles.broken = answer
    with client(allow_private=True) as http, pytest.raises(NoTiles):
        stitch(tiles.template, HOME, http=http)
    assert len(tiles.asked) == 1


def test_nobody_is_asked_inside_the_offices_own_network(tiles: TileServer) -> None:
    with client() as http, pytest.raises(NoTiles):
        stitch(tiles.template, HOME, http=http)
    assert tiles.asked == []


def test_another_place_or_another_server_is_another_picture() -> None:
    names = {picture_name(server, point) for server in ("a{z}{x}{y}", "b{z}{x}{y}") for point in (HOME, EAST)}
    assert (len(names), all(name.endswith(".webp") for name in names)) == (4, True)
