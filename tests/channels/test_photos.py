"""A photo goes along where its file is there and taken, and its description always does."""

from __future__ import annotations

from django.conf import settings

from factories.delivery import picture
from pregon.channels.photos import described, file_of, shown


def test_only_a_file_of_the_baked_site_in_a_kind_and_weight_that_is_taken() -> None:
    path = settings.HOME.baked / picture().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    (settings.HOME.root / "secreto.jpg").write_bytes(b"1")
    assert file_of(picture(), formats={".jpg"}, heaviest=5) == path.resolve()
    assert [
        file_of(picture(), formats={".jpg"}, heaviest=4),
        file_of(picture(), formats={".png"}, heaviest=5),
        file_of(picture(path="../secreto.jpg"), formats={".jpg"}, heaviest=5),
        file_of(picture(path="fotos/9/960.jpg"), formats={".jpg"}, heaviest=5),
        file_of(None, formats={".jpg"}, heaviest=5),
    ] == [None] * 5


def test_what_a_photo_shows_is_one_line_that_leaves_room_for_the_text() -> None:
    assert described(picture(alt="El\nandador")) == "En la foto: El andador"
    assert len(described(picture(alt="palabra " * 100))) <= 212


def test_a_preview_says_what_a_photo_shows() -> None:
    assert shown(picture()) == "[Foto: Vecinas y vecinos caminan por el andador]"
