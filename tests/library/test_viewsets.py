"""Albums at the desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from factories.library import NOON, AlbumFactory, jpeg, photo
from pregon.accounts.models import User
from pregon.library import actions as library
from pregon.library.models import Album, Photo
from pregon.library.viewsets import standing_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("jefatura@example.org"))
    return client


def test_the_list_says_how_many_photos_each_album_holds(desk: Client, tmp_path: Path) -> None:
    album = AlbumFactory(title="Entrega <de> equipo")
    for number in range(3):
        photo(tmp_path, album=album, data=jpeg((60 + number, 40)), caption="Un pie" if number else "")
    library.release(Photo.objects.all(), at=NOON)
    answer = desk.get(reverse("album:index"))
    row = answer.context["object_list"].get()
    assert (answer.status_code, row.photo_count, row.released_count, row.waiting_count, row.failed_count) == (
        200,
        3,
        2,
        3,
        0,
    )
    page = answer.content.decode()
    assert ("Entrega &lt;de&gt; equipo" in page, "3 fotos" in page, "3 preparándose" in page) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("failed", "waiting", "released", "photos", "told"),
    [
        (1, 2, 0, 3, ("bad", "1 con falla")),
        (0, 2, 1, 3, ("warn", "2 preparándose")),
        (0, 0, 0, 0, ("soft", "Sin fotos")),
        (0, 0, 0, 3, ("soft", "Sin publicar")),
        (0, 0, 2, 3, ("ok", "2 de 3 publicadas")),
        (0, 0, 3, 3, ("ok", "Publicado")),
    ],
)
def test_the_standing_of_an_album_is_one_word_and_the_worst_comes_first(
    failed: int, waiting: int, released: int, photos: int, told: tuple[str, str]
) -> None:
    album = AlbumFactory.build()
    album.failed_count, album.waiting_count = failed, waiting
    album.released_count, album.photo_count = released, photos
    assert standing_of(album) == told


def test_the_list_asks_as_often_for_three_albums_as_for_one(desk: Client, tmp_path: Path) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse("album:index"))
        return len(asked)

    photo(tmp_path, album=AlbumFactory())
    queries()  # content types and permissions are asked for once
    one = queries()
    for _ in range(2):
        photo(tmp_path, album=AlbumFactory())
    assert queries() == one


def test_an_album_is_made_at_the_desk(desk: Client) -> None:
    fields: dict[str, Any] = {
        "title": "Feria",
        "slug": "feria",
        "day": "2026-10-04",
        "place": "Plaza",
        "credit": "",
    }
    answer = desk.post(reverse("album:add"), fields)
    assert (answer.status_code, Album.objects.get().place) == (302, "Plaza")


def test_whoever_has_no_role_does_not_see_the_albums(client: Client) -> None:
    client.force_login(User.objects.create_user("nadie@example.org"))
    assert client.get(reverse("album:index")).status_code == 302
