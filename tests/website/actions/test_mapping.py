"""Pictures of tiles: drawn once for each place, shown when they are there, and never missed when they are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from factories.newsroom import act, town
from pregon.accounts.models import Locality, Office
from pregon.core.home import Home
from pregon.core.http import client
from pregon.website import actions as website
from pregon.website.actions import mapping
from pregon.website.models import BakingMark
from servers.http import Answer
from servers.tiles import TileServer, tiles_serving

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql, pytest.mark.usefixtures("home")]
SOON = timezone.now() + timedelta(days=2)


@pytest.fixture
def tiles() -> Iterator[TileServer]:
    with tiles_serving() as server:
        office = town()
        office.tiles, office.tiles_credit = server.template, "© Mapas de muestra, https://muestra.example"
        office.save()
        Locality.objects.filter(name="La Loma").update(latitude="20.36", longitude="-102.76")
        yield server


def draw() -> int:
    return website.draw_maps(at=timezone.now(), http=client(allow_private=True))


def placed(title: str = "Feria", **fields: object) -> object:
    return act(title, start=SOON, **{"latitude": "20.351389", "longitude": "-102.768056", **fields})


def test_a_place_is_drawn_once_and_its_page_shows_it_with_its_credit(
    tiles: TileServer, client: Client
) -> None:
    feria = placed()
    path = feria.get_absolute_url()
    before = client.get(path).content.decode()
    assert (draw(), draw()) == (1, 0)
    after = client.get(path).content.decode()
    picture = client.get(f"{path}mapa.webp")
    assert ("map-sheet" in before, "mapa.webp" in before) == (True, False)
    assert ("map-sheet" in after, f'src="{path}mapa.webp"' in after) == (False, True)
    assert '<a href="https://muestra.example"' in after.split("© Mapas de muestra,")[1][:60]
    assert 'alt="Plaza principal, a 1.3 km al suroeste de La Loma en línea recta."' in after
    assert (picture["Content-Type"], picture.content[8:12]) == ("image/webp", b"WEBP")


def test_two_acts_at_the_same_place_ask_for_its_tiles_once(tiles: TileServer) -> None:
    placed("Feria"), placed("Rifa")
    assert draw() == 1
    assert len(tiles.asked) == len(set(tiles.asked))


def test_what_is_drawn_is_baked_anew(tiles: TileServer) -> None:
    path = placed().get_absolute_url()
    BakingMark.objects.all().delete()
    draw()
    assert set(BakingMark.objects.values_list("path", flat=True)) == {path, f"{path}mapa.webp"}


def test_a_server_that_fails_is_left_alone_for_an_hour_and_the_page_keeps_its_sketch(
    tiles: TileServer, client: Client
) -> None:
    feria = placed()
    tiles.broken = Answer(status=503)
    assert (draw(), draw(), len(tiles.asked)) == (0, 0, 1)
    assert "map-sheet" in client.get(feria.get_absolute_url()).content.decode()
    assert client.get(f"{feria.get_absolute_url()}mapa.webp").status_code == 404
    [failure] = mapping.folder().glob(".*.failed")
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(failure, (long_ago, long_ago))
    tiles.broken = None
    assert draw() == 1


def test_only_acts_that_come_and_are_public_are_drawn(tiles: TileServer) -> None:
    placed("Interno", public=False)
    placed("Después", public_from=SOON)
    placed("Sin punto", latitude=None, longitude=None)
    act("Pasado", start=timezone.now() - timedelta(days=9), latitude="20.3", longitude="-102.7")
    assert (draw(), tiles.asked) == (0, [])


def test_an_office_without_tiles_asks_nobody(tiles: TileServer) -> None:
    placed()
    Office.objects.update(tiles="")
    assert (draw(), tiles.asked) == (0, [])


def test_a_picture_goes_when_nothing_takes_place_there_or_the_server_changes(
    tiles: TileServer, home: Home
) -> None:
    feria = placed()
    draw()
    feria.latitude = "20.4"
    feria.save()
    draw()
    assert len(list((home.derived / "mapas").iterdir())) == 1
    office = Office.load()
    office.tiles = office.tiles + "?otro"
    office.save()
    tiles.broken = Answer(status=503)
    draw()
    assert [file.suffix for file in (home.derived / "mapas").iterdir()] == [".failed"]
