"""Photos and albums: an album weighs as many photos as it holds."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.library import AlbumFactory
from factories.measures import ask, days, tagged
from factories.plan import act, moment, photo_row
from pregon.agenda.enums import Kind
from pregon.library.models import Album
from pregon.plan.measures.library import albums_published, photos_described, photos_in_memory

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def album(day: int, *photos: str, released: bool = True) -> Album:
    """One of that day in November with a photo for each alternative text."""
    made: Album = AlbumFactory.create(day=date(2026, 11, day))
    for text in photos:
        photo_row(made, alt_text=text, released_at=moment(f"2026-11-{day}") if released else None)
    return made


def test_the_memory_counts_photos_and_its_evidence_are_albums() -> None:
    album(10, "", "", "")
    album(11, "")
    album(12)
    reading = photos_in_memory(ask())
    assert (reading.text, reading.unit) == ("4", "fotos")
    assert [(record.when.day, record.detail) for record in reading.records] == [
        (10, "3 fotos"),
        (11, "1 foto"),
    ]


def test_an_album_of_tomorrow_does_not_count_yet() -> None:
    album(12, "")
    assert photos_in_memory(ask(at="2026-11-11")).records == ()
    assert photos_in_memory(ask(at="2026-11-12")).numerator == 1


def test_photos_are_described_one_by_one() -> None:
    album(10, "Una plaza", "", "Una banda")
    reading = photos_described(ask())
    assert reading.text == "2 de 3"
    assert [(missing.amount, missing.detail) for missing in reading.missing] == [(1, "1 foto sin describir")]


def test_nobody_is_behind_with_the_photos_of_today() -> None:
    album(10, "", "")
    assert photos_described(ask(at="2026-11-10 20:00")).missing == ()
    assert photos_described(ask(at="2026-11-11 08:00")).denominator == 2


def test_an_album_without_a_released_photo_is_kept_and_not_published() -> None:
    album(10, "Una plaza", released=False)
    album(11, "Una plaza")
    assert days(albums_published(ask())) == [11]
    assert [record.public for record in photos_in_memory(ask()).records] == [False, True]


def test_albums_are_narrowed_by_the_act_they_are_of() -> None:
    tagged(act("2026-11-10 09:00", album=album(10, "", ""), kind=Kind.WORKS))
    album(11, "")
    narrowed = [
        {"department": "obras-publicas"},
        {"kind": Kind.WORKS.value},
        {"locality": "epenche-chico"},
        {"topic": "agua"},
    ]
    assert [photos_in_memory(ask(**scope)).numerator for scope in narrowed] == [2] * 4


def test_six_albums_cost_two_queries() -> None:
    for day in range(10, 16):
        album(day, "")
    with CaptureQueriesContext(connection) as queries:
        photos_described(ask())
    assert len(queries) == 2
