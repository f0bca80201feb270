"""Which photos go out with a bulletin, and what it says in a form that can be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from factories.library import AlbumFactory, jpeg, photo
from factories.newsroom import draft, published, shelf
from pregon.newsroom.models import Bulletin
from pregon.newsroom.queries import photo_ids_in_body, photos_of, photos_only_in, wording

pytestmark = pytest.mark.django_db


def body_with(*photos: int) -> object:
    field = Bulletin._meta.get_field("body")
    blocks = [{"type": "photo", "value": {"photo": photos[0]}}]
    if len(photos) > 1:
        blocks.append({"type": "gallery", "value": {"photos": list(photos[1:])}})
    return field.stream_block.to_python(blocks)


def test_cover_body_and_album_are_its_photos_once_each(tmp_path: Path) -> None:
    album = AlbumFactory()
    photos = [photo(tmp_path, name=f"{n}.jpg", data=jpeg((300 + n, 200)), caption="X.") for n in range(5)]
    in_album = photo(tmp_path, album=album, name="a.jpg", caption="X.")
    bulletin = draft(cover=photos[0], album=album, body=body_with(photos[0].pk, photos[1].pk, photos[2].pk))
    assert set(photos_of(bulletin)) == {*photos[:3], in_album}
    assert photo_ids_in_body(bulletin) == {photos[0].pk, photos[1].pk, photos[2].pk}


def test_a_photo_shown_in_the_body_of_another_public_bulletin_is_not_its_alone(tmp_path: Path) -> None:
    shared = photo(tmp_path, name="a.jpg", caption="X.")
    own = photo(tmp_path, name="b.jpg", data=jpeg((500, 300)), caption="X.")
    first = published("Uno", cover=shared, body=body_with(own.pk))
    published("Dos", body=body_with(shared.pk))
    assert list(photos_only_in(first)) == [own]


def test_wording_changes_with_any_word_and_with_nothing_else() -> None:
    shelf()
    bulletin = draft(lead="Son 16.")
    before = wording(bulletin)
    bulletin.seo_title = "Otro"
    assert wording(bulletin) == before
    bulletin.lead = "Son 18."
    assert {name for name, value in wording(bulletin).items() if value != before[name]} == {"lead"}
