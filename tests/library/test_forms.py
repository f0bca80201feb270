"""Every photo that the desk takes in passes the same checks as the command line's."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from factories.library import NOON, AlbumFactory, as_bytes, exif, iim, jpeg, picture, with_segment
from pregon.accounts.models import User
from pregon.library import actions as library
from pregon.library.enums import Development
from pregon.library.models import Photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("jefatura@example.org"))
    return client


def upload(desk: Client, name: str, data: bytes) -> Any:
    answer = desk.post(
        reverse("wagtailimages:add_multiple"),
        {"title": name, "files[]": SimpleUploadedFile(name, data)},
        headers={"x-requested-with": "XMLHttpRequest"},
    )
    assert answer.status_code == 200
    return answer.json()


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture((320, 240))).save(out)
    return out.getvalue()


def test_wagtails_own_uploader_fills_the_words_and_asks_for_the_copies(desk: Client) -> None:
    data = with_segment(jpeg(exif=exif(artist="Firma")), 0xED, iim({120: b"El puente"}))
    assert upload(desk, "puente.jpg", data)["success"] is True
    taken = Photo.objects.get()
    assert (taken.caption, taken.credit, len(taken.digest), taken.file_size, taken.development) == (
        "El puente",
        "Firma",
        64,
        len(data),
        Development.DUE,
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.heic", heic()),
        ("a.tif", as_bytes(picture((320, 240)), "TIFF")),
        ("a.webp", as_bytes(picture((320, 240)), "WEBP")),
        ("un nombre que engaña.png", jpeg((320, 240))),
    ],
)
def test_every_format_that_is_taken_in_may_be_uploaded(desk: Client, name: str, data: bytes) -> None:
    answer = upload(desk, name, data)
    assert (answer.get("error_message"), Photo.objects.get().width) == (None, 320)


@pytest.mark.parametrize("name", ["escudo.svg", "escudo.png"])
def test_a_drawing_is_refused_whatever_its_name(desk: Client, name: str) -> None:
    answer = upload(desk, name, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    assert answer == {
        "success": False,
        "error_message": f"«{name}» es un dibujo SVG, que puede llevar programas dentro: expórtalo como PNG.",
    }
    assert Photo.objects.count() == 0


def test_an_extension_that_is_not_of_a_photo_is_refused(desk: Client) -> None:
    assert (upload(desk, "pagina.html", jpeg((32, 24)))["success"], Photo.objects.count()) == (False, 0)


def test_too_many_pixels_are_refused_at_the_desk_too(desk: Client, settings: Settings) -> None:
    settings.PREGON_PHOTO_MAX_PIXELS = 1_000_000
    assert upload(desk, "a.jpg", jpeg((1200, 900)))["error_message"] == (
        "«a.jpg» tiene más de 1 millones de píxeles: redúcela y vuelve a intentarlo."
    )


def edit(desk: Client, photo: Photo, **fields: Any) -> None:
    shown = {
        "title": photo.title,
        "caption": photo.caption,
        "alt_text": photo.alt_text,
        "tags": "",
        "collection": "1",
    }
    answer = desk.post(
        reverse("wagtailimages:edit", args=[photo.pk]), {**shown, "credit": photo.credit, **fields}
    )
    assert answer.status_code == 302


def test_editing_the_words_asks_for_new_copies_and_keeps_what_was_typed(desk: Client) -> None:
    upload(desk, "a.jpg", with_segment(jpeg(), 0xED, iim({120: b"Del archivo"})))
    library.claim_photo(at=NOON)
    edit(desk, Photo.objects.get(), caption="Escrito a mano", album=AlbumFactory().pk)
    taken = Photo.objects.get()
    assert (taken.caption, taken.development, taken.attempts) == ("Escrito a mano", Development.DUE, 0)


def test_a_new_file_for_the_same_photo_is_described_anew(desk: Client) -> None:
    upload(desk, "a.jpg", jpeg((320, 240)))
    before = Photo.objects.get()
    edit(desk, before, file=SimpleUploadedFile("b.jpg", jpeg((640, 480))))
    after = Photo.objects.get()
    assert (after.width, after.digest == before.digest, after.development) == (640, False, Development.DUE)
