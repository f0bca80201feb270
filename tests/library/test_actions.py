"""A photo's life from the folder to the public, including the deaths in between."""

from __future__ import annotations

import errno
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connections
from pytest_django import DjangoAssertNumQueries, Settings
from wagtail.documents.models import Document
from wagtail.permissions import policy_registry

from factories.accounts import UserFactory
from factories.library import NOON, SERIAL, AlbumFactory, exif, iim, jpeg, photo, with_segment
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.library import actions as library
from pregon.library import developing
from pregon.library.enums import Development
from pregon.library.errors import NotAPhoto
from pregon.library.models import Photo
from pregon.library.queries import copies_of, folder_of
from pregon.library.values import Metadata

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
MINUTE = timedelta(minutes=1)


def stored() -> list[str]:
    from django.conf import settings

    return sorted(without_mark(path.name) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def without_mark(name: str) -> str:
    """A file's name without what makes it the only one of its kind."""
    return re.sub(r"-[0-9a-f]{12}(?=\.)", "", name)


def at_work(taken: Photo) -> Photo:
    """``taken`` as the worker that has just claimed it holds it."""
    claimed = library.claim_photo(at=NOON)
    assert claimed is not None
    assert claimed.pk == taken.pk
    return claimed


# Who keeps it


def test_a_writer_uploads_and_chooses_photos_and_documents_and_a_liaison_does_not() -> None:
    library.ensure_collection_permissions()
    library.ensure_collection_permissions()
    may = {
        role: [
            policy_registry.get_by_type(model).user_has_permission(UserFactory(roles=[role]), verb)
            for model in (Photo, Document)
            for verb in ("add", "change", "choose")
        ]
        for role in (Role.EDITOR, Role.PHOTOGRAPHER, Role.DESIGNER, Role.LIAISON)
    }
    assert may == {
        Role.EDITOR: [True] * 6,
        Role.PHOTOGRAPHER: [True] * 6,
        Role.DESIGNER: [True] * 6,
        Role.LIAISON: [False] * 6,
    }


# Taking in


def test_a_photo_is_stored_whole_with_its_own_words_and_its_copies_due(tmp_path: Path) -> None:
    data = with_segment(
        jpeg(exif=exif(artist="Firma", taken="2026:10:04 08:15:00")), 0xED, iim({120: b"El puente"})
    )
    taken = photo(tmp_path, data=data, name="Foto del puente (1).JPG")
    taken.refresh_from_db()
    assert (taken.title, taken.caption, taken.credit, taken.width, taken.development, taken.digest != "") == (
        "Foto del puente (1)",
        "El puente",
        "Firma",
        1200,
        Development.DUE,
        True,
    )
    assert Path(taken.file.path).read_bytes() == data
    assert stored() == ["Foto-del-puente-1.jpg"]


def test_the_callers_words_win_then_the_files_then_the_albums(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(
        with_segment(jpeg(exif=exif(artist="Firma")), 0xED, iim({120: b"Del archivo", 105: b"Titular"}))
    )
    album = AlbumFactory(place="Plaza", credit="Del álbum")
    author = User.objects.create_user("foto@example.org")
    taken = library.ingest(
        path, album=album, by=author, at=NOON, position=3, words=Metadata(caption="De quien llama")
    )
    assert (
        taken.title,
        taken.caption,
        taken.credit,
        taken.place,
        taken.position,
        taken.uploaded_by_user,
    ) == (
        "Titular",
        "De quien llama",
        "Firma",
        "Plaza",
        3,
        author,
    )


def test_the_extension_on_disk_is_that_of_the_content(tmp_path: Path) -> None:
    taken = photo(tmp_path, name="../../índice.html")
    assert without_mark(taken.file.name) == "original_images/indice.jpg"


def test_words_that_are_too_long_are_cut_and_a_date_of_the_future_is_left_out(tmp_path: Path) -> None:
    data = with_segment(
        jpeg(exif=exif(taken="2031:01:01 00:00:00")), 0xED, iim({120: b"x" * 900, 110: b"y" * 300})
    )
    taken = photo(tmp_path, data=data)
    assert (len(taken.caption), len(taken.credit), taken.taken_at) == (500, 120, None)


def test_the_same_file_in_the_same_album_is_one_photo(tmp_path: Path) -> None:
    album, other = AlbumFactory(), AlbumFactory()
    first = photo(tmp_path, album=album, name="a.jpg")
    again = photo(tmp_path, album=album, name="b.jpg")
    elsewhere = photo(tmp_path, album=other, name="c.jpg")
    assert (again.pk, elsewhere.pk == first.pk, stored()) == (first.pk, False, ["a.jpg", "c.jpg"])


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotAPhoto):
        photo(tmp_path, data=b"<svg onload=alert(1)>", name="escudo.png")
    assert (stored(), Photo.objects.count()) == ([], 0)


def test_an_album_that_is_gone_leaves_no_file_behind(tmp_path: Path) -> None:
    album = AlbumFactory()
    type(album).objects.all().delete()
    album.pk = 987_654
    with pytest.raises(type(album).DoesNotExist):
        photo(tmp_path, album=album)
    assert stored() == []


# Letting out


def test_only_photos_with_words_go_out_and_the_first_hour_counts(tmp_path: Path) -> None:
    said = photo(tmp_path, name="a.jpg", data=jpeg((60, 40)), caption="Con pie")
    seen = photo(tmp_path, name="b.jpg", data=jpeg((61, 40)), alt_text="Con alternativo")
    mute = photo(tmp_path, name="c.jpg", data=jpeg((62, 40)))
    assert library.release(Photo.objects.all(), at=NOON) == 2
    assert library.release(Photo.objects.all(), at=NOON + MINUTE) == 0
    hours = dict(Photo.objects.values_list("pk", "released_at"))
    assert hours == {said.pk: NOON, seen.pk: NOON, mute.pk: None}
    assert (library.retract(Photo.objects.filter(pk=said.pk)), Photo.objects.released().get()) == (1, seen)


# Developing


def test_a_claimed_photo_becomes_ready_with_its_copies(tmp_path: Path) -> None:
    taken = photo(tmp_path, data=jpeg((1000, 600), exif=exif()), caption="El puente", credit="Redacción")
    claimed = at_work(taken)
    assert library.develop_photo(claimed, at=NOON) is True
    taken.refresh_from_db()
    assert (taken.development, taken.attempts, taken.lease_until) == (Development.READY, 0, None)
    assert [(copy.width, copy.file) for copy in copies_of(taken)] == [
        (480, "480.webp"),
        (960, "960.webp"),
        (1000, "1000.webp"),
        (1000, "social.jpg"),
        (1000, "full.jpg"),
    ]
    folder = folder_of(taken)
    assert [copy.bytes for copy in copies_of(taken)] == [
        (folder / copy.file).stat().st_size for copy in copies_of(taken)
    ]
    press = (folder / developing.FULL).read_bytes()
    assert (SERIAL.encode() in press, b"El puente" in press) == (False, True)
    assert SERIAL.encode() in Path(taken.file.path).read_bytes()  # the original stays whole


def test_nothing_is_claimed_twice_until_its_lease_is_over(tmp_path: Path) -> None:
    taken = photo(tmp_path)
    first = at_work(taken)
    assert library.claim_photo(at=NOON + library.LEASE) is None
    second = library.claim_photo(at=NOON + library.LEASE + MINUTE)
    assert (second, second and second.attempts, first.attempts) == (taken, 2, 1)


def test_a_worker_that_lost_its_lease_changes_nothing(tmp_path: Path) -> None:
    slow = at_work(photo(tmp_path))
    later = NOON + library.LEASE + MINUTE
    quick = library.claim_photo(at=later)
    assert quick is not None
    assert library.develop_photo(slow, at=later) is False
    quick.refresh_from_db()
    assert (quick.development, quick.lease_until) == (Development.LEASED, later + library.LEASE)


def test_a_disk_that_fills_up_keeps_no_half_of_an_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foto.jpg").write_bytes(jpeg())
    whole = FileSystemStorage._save

    def cut_off(storage: FileSystemStorage, name: str, content: File) -> str:
        whole(storage, name, ContentFile(content.read(100)))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", cut_off)
    with pytest.raises(OSError, match="No space"):
        library.ingest(tmp_path / "foto.jpg", album=None, by=None, at=NOON)
    assert stored() == []


def test_a_photo_edited_meanwhile_is_developed_again(tmp_path: Path) -> None:
    claimed = at_work(photo(tmp_path))
    library.redevelop(Photo.objects.all())
    assert library.develop_photo(claimed, at=NOON) is False
    assert Photo.objects.get().development == Development.DUE


def test_a_photo_that_cannot_be_developed_is_given_up_at_once_and_can_be_asked_for_again(
    tmp_path: Path,
) -> None:
    taken = photo(tmp_path)
    Path(taken.file.path).write_bytes(b"\xff\xd8\xff\xe0" + bytes(500))
    claimed = library.claim_photo(at=NOON)
    assert claimed is not None
    assert library.develop_photo(claimed, at=NOON) is False
    lost = Photo.objects.get()
    assert (lost.development, lost.lease_until) == (Development.FAILED, None)
    assert library.claim_photo(at=NOON + library.LEASE + MINUTE) is None
    assert (library.redevelop(Photo.objects.all()), Photo.objects.get().attempts) == (1, 0)


def test_a_photo_that_kills_its_worker_is_given_up_too(tmp_path: Path) -> None:
    photo(tmp_path)
    at = NOON
    for _ in range(3):
        assert library.claim_photo(at=at) is not None  # and the worker dies
        at += library.LEASE + MINUTE
    assert (library.claim_photo(at=at), Photo.objects.get().development) == (None, Development.FAILED)


def test_a_lost_original_is_a_failed_attempt_and_no_crash(tmp_path: Path) -> None:
    claimed = at_work(photo(tmp_path))
    Path(claimed.file.path).unlink()
    assert library.develop_photo(claimed, at=NOON) is False


def test_a_disk_that_cannot_be_written_waits_for_its_next_turn(tmp_path: Path, settings: Settings) -> None:
    claimed = at_work(photo(tmp_path))
    settings.HOME.derived.rmdir()
    settings.HOME.derived.write_text("in the way")
    assert library.develop_photo(claimed, at=NOON) is False
    waiting = Photo.objects.get()
    assert (waiting.development, waiting.lease_until) == (Development.LEASED, NOON + library.LEASE)
    settings.HOME.derived.unlink()
    again = library.claim_photo(at=NOON + library.LEASE + MINUTE)
    assert again is not None
    assert library.develop_photo(again, at=NOON) is True


@pytest.mark.django_db(transaction=True)
def test_workers_that_ask_at_once_never_get_the_same_photo(tmp_path: Path) -> None:
    for number in range(8):
        photo(tmp_path, name=f"{number}.jpg", data=jpeg((40 + number, 30)))
    claimed: list[int] = []

    def work() -> None:
        while taken := library.claim_photo(at=NOON):
            claimed.append(taken.pk)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == sorted(Photo.objects.values_list("pk", flat=True))


def test_an_idle_turn_takes_no_lock(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert library.claim_photo(at=NOON) is None
