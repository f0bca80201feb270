"""The photo memory shows released photos only, and offers each in full size."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from factories.library import AlbumFactory
from factories.newsroom import act, town
from factories.website import HOSTILE, ready_photo, released_photo

pytestmark = pytest.mark.django_db


def test_albums_with_released_photos_are_listed_with_their_first(client: Client) -> None:
    shown, closed, waiting = AlbumFactory(), AlbumFactory(), AlbumFactory()
    second = released_photo(album=shown, position=2)
    first = released_photo(album=shown, position=1)
    ready_photo(album=shown)
    ready_photo(album=closed)
    released_photo(album=waiting, copies=[])
    answer = client.get("/galerias/")
    albums = answer.context["albums"]
    assert [(album, album.many, album.face) for album in albums] == [(shown, 2, first)]
    assert second != first
    assert answer.cookies == {}


def test_an_empty_memory_says_what_will_be_here(client: Client) -> None:
    town()
    page = client.get("/galerias/").content.decode()
    assert "Aquí aparecerán las fotos de cada acto cuando se publique su boletín." in page


def test_a_gallery_shows_caption_credit_and_full_size(client: Client) -> None:
    album = AlbumFactory(slug="desfile", credit="Redacción")
    photo = released_photo(album=album, caption="Pasa el contingente", credit="")
    page = client.get("/galerias/desfile/").content.decode()
    assert "Pasa el contingente Foto: Redacción." in page
    assert f'href="/fotos/{photo.public_id}/full.jpg" download="desfile-01.jpg"' in page
    assert "1200 × 800" in page


def test_an_unreleased_photo_is_not_in_the_gallery(client: Client) -> None:
    album = AlbumFactory(slug="desfile")
    shown = released_photo(album=album)
    ready_photo(album=album)
    assert list(client.get("/galerias/desfile/").context["photos"]) == [shown]


@pytest.mark.parametrize("slug", ["cerrado", "no-existe"])
def test_a_closed_album_is_not_found(client: Client, slug: str) -> None:
    ready_photo(album=AlbumFactory(slug="cerrado"))
    assert client.get(f"/galerias/{slug}/").status_code == 404


def test_an_internal_act_is_not_named(client: Client) -> None:
    album = AlbumFactory(slug="desfile")
    released_photo(album=album)
    act("Acto secreto", album=album, public=False)
    assert "secret" not in client.get("/galerias/desfile/").content.decode()


def test_hostile_words_stay_words(client: Client) -> None:
    album = AlbumFactory(slug="hostil", title=HOSTILE, place=HOSTILE, credit=HOSTILE)
    released_photo(album=album, caption=HOSTILE, alt_text=HOSTILE)
    for path in ("/galerias/", "/galerias/hostil/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_three_cost_no_more_questions_than_one(questions: Callable[[str], int]) -> None:
    released_photo(album=(album := AlbumFactory(slug="desfile")))
    listed, inside = questions("/galerias/"), questions("/galerias/desfile/")
    for _ in range(2):
        released_photo(album=album)
        released_photo(album=AlbumFactory())
    assert (questions("/galerias/"), questions("/galerias/desfile/")) == (listed, inside)


def test_a_gallery_can_be_shared_and_carries_the_viewer_of_its_photos(client: Client) -> None:
    released_photo(album=AlbumFactory(slug="desfile"))
    page = client.get("/galerias/desfile/").content.decode()
    wanted = ("https://wa.me/?text=", '<dialog class="viewer"', "website/gallery")
    assert [words for words in wanted if words not in page] == []
