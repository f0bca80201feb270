"""A folder goes out whole and once, or not at all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from factories.library import as_bytes, jpeg, picture
from factories.newsroom import act as planned_act
from factories.newsroom import folder, shelf
from pregon.agenda.models import Act
from pregon.core.errors import PregonError
from pregon.core.visibility import may_see
from pregon.library.enums import Development
from pregon.library.models import Album, Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions import intake
from pregon.newsroom.actions.intake import Taken
from pregon.newsroom.errors import BadFolder, FolderChanged, NothingChanged, Twin
from pregon.newsroom.folders import Folder
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
ZONE = ZoneInfo("America/Mexico_City")


def take(path: Path) -> Taken:
    shelf()
    return newsroom.take_in(path, by=None, zone=ZONE, at=timezone.now())


def originals() -> set[str]:
    return {file.name for file in settings.HOME.media.rglob("*") if file.is_file()}


def counts() -> tuple[int, int, int, int]:
    return Bulletin.objects.count(), Act.objects.count(), Album.objects.count(), Photo.objects.count()


def test_a_folder_becomes_act_album_bulletin_and_settled_coverage(tmp_path: Path) -> None:
    taken = take(folder(tmp_path / "acto", photos=2))
    bulletin = taken.bulletin
    assert (taken.new, bulletin.live, counts()) == (True, True, (1, 1, 1, 2))
    assert bulletin.act is not None
    assert bulletin.act.department.name == "Dirección de Obras Públicas"
    assert [topic.name for topic in bulletin.topics.all()] == ["Obra pública"]
    assert bulletin.cover == Photo.objects.get(caption="El andador, toma 1.")
    assert set(bulletin.act.coverages.values_list("product", "settlement")) == {
        ("boletin", "cubierta"),
        ("fotos", "cubierta"),
    }


EASY = "lectura_facil: |\n  La calle ya abrió.\n  Pasa a pie.\n\n\n\n  El lunes pasan coches.\n"


def test_easy_reading_keeps_its_lines_and_the_one_of_the_desk_stays_when_the_folder_has_none(
    tmp_path: Path,
) -> None:
    bulletin = take(folder(tmp_path / "acto", more=EASY)).bulletin
    assert bulletin.easy_reading == "La calle ya abrió.\nPasa a pie.\n\nEl lunes pasan coches."
    changed = folder(tmp_path / "acto", text="Las cuadrillas terminaron ayer.")
    newsroom.correct_from(changed, change="Fue ayer.", reason="Error.", by=None, zone=ZONE, at=timezone.now())
    bulletin.refresh_from_db()
    assert "Las cuadrillas terminaron ayer." in bulletin.plain_body
    assert bulletin.easy_reading.startswith("La calle ya abrió.")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("lectura_facil: [a, b]\n", "En acto.md, «lectura_facil» es un texto: escribe «lectura_facil: |»"),
        (
            f"lectura_facil: {'a' * 2001}\n",
            "En acto.md, «lectura_facil» es demasiado largo: caben 2000 letras.",
        ),
    ],
)
def test_easy_reading_that_cannot_be_taken_says_how(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(BadFolder) as refused:
        take(folder(tmp_path / "acto", more=more))
    assert str(refused.value).startswith(said)


def test_the_same_folder_again_publishes_nothing_and_answers_with_the_same_address(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto", photos=1)
    first, second = take(path), take(path)
    assert (second.new, second.bulletin.get_absolute_url()) == (False, first.bulletin.get_absolute_url())
    assert counts() == (1, 1, 1, 1)


def test_a_copy_of_the_folder_elsewhere_is_the_same_folder(tmp_path: Path) -> None:
    first = take(folder(tmp_path / "uno"))
    assert take(folder(tmp_path / "otro")).bulletin == first.bulletin


@pytest.mark.django_db(transaction=True)
def test_the_same_folder_at_the_same_moment_goes_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, twin = folder(tmp_path / "acto"), folder(tmp_path / "gemelo", text="Las cuadrillas acabaron.")
    shelf()
    first: list[Bulletin] = []
    really = intake.resolve_names

    def meanwhile(read: Folder) -> intake.Names:
        """Both have looked, and found nothing, before either writes."""
        monkeypatch.setattr(intake, "resolve_names", really)
        first.append(take(path).bulletin)
        return really(read)

    monkeypatch.setattr(intake, "resolve_names", meanwhile)
    second = take(path)
    assert ([second.bulletin], second.new, counts()) == (first, False, (1, 1, 1, 0))
    with pytest.raises(Twin):
        take(twin)
    assert counts() == (1, 1, 1, 0)


def test_a_changed_folder_is_refused_with_the_command_that_corrects_it(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto")
    bulletin = take(path).bulletin
    folder(path, text="Las cuadrillas acabaron.")
    with pytest.raises(FolderChanged) as told:
        take(path)
    assert (
        str(told.value)
        == f"La carpeta «acto» ya salió como el boletín {bulletin.folio} y ahora dice otra cosa."
    )
    assert told.value.folder == path


def test_that_command_corrects_it_and_the_folder_is_in_step_again(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto")
    bulletin = take(path).bulletin
    folder(path, text="Las cuadrillas acabaron.")
    newsroom.correct_from(
        path, change="Se ajustó una palabra.", reason="Estilo.", by=None, zone=ZONE, at=timezone.now()
    )
    assert "acabaron" in Bulletin.objects.get(pk=bulletin.pk).plain_body
    assert take(path).new is False


def test_a_photo_that_nobody_had_described_goes_out_once_the_folder_describes_it(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto", photos=1)
    (path / "muda.jpg").write_bytes(jpeg((500, 500)))
    take(path)
    sheet = path / "acto.md"
    note = "fotos:\n  - archivo: muda.jpg\n    pie: La glorieta, vista desde el puente.\n"
    sheet.write_text(sheet.read_text().replace("fotos:\n", note))
    at = timezone.now()
    newsroom.correct_from(path, change="Se agregó un pie.", reason="Faltaba.", by=None, zone=ZONE, at=at)
    photo = Photo.objects.get(caption="La glorieta, vista desde el puente.")
    assert (may_see(photo, at=at), photo.development, counts()) == (True, Development.DUE, (1, 1, 1, 2))
    with pytest.raises(NothingChanged):
        newsroom.correct_from(path, change="Nada.", reason="Nada.", by=None, zone=ZONE, at=at)


def test_that_command_publishes_nothing_of_a_draft_left_on_the_desk(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto")
    bulletin = take(path).bulletin
    bulletin.dateline = "Lo que nadie aprobó"
    bulletin.save_revision()
    folder(path, text="Las cuadrillas terminaron el jueves.")
    newsroom.correct_from(path, change="El jueves.", reason="Error.", by=None, zone=ZONE, at=timezone.now())
    public = Bulletin.objects.get(pk=bulletin.pk)
    assert (public.dateline, "el jueves" in public.plain_body) == ("", True)


def test_a_photo_put_into_the_folder_later_is_a_correction(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto", photos=1)
    bulletin = take(path).bulletin
    (path / "otra.jpg").write_bytes(jpeg((500, 500)))
    newsroom.correct_from(
        path, change="Se agregó una foto.", reason="Llegó tarde.", by=None, zone=ZONE, at=timezone.now()
    )
    assert (Photo.objects.filter(album=bulletin.album).count(), take(path).new) == (2, False)


def test_a_refused_correction_leaves_the_originals_of_the_published_photos(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto", photos=2)
    take(path)
    before = originals()
    with pytest.raises(NothingChanged):
        newsroom.correct_from(path, change="Nada.", reason="Nada.", by=None, zone=ZONE, at=timezone.now())
    assert (len(before), originals()) == (2, before)


def test_an_act_already_in_the_agenda_is_used_and_not_doubled(tmp_path: Path) -> None:
    shelf()
    from datetime import datetime

    act = planned_act("REABRE EL ANDADOR JUAREZ", start=datetime(2026, 11, 20, 10, 0, tzinfo=ZONE))
    taken = take(folder(tmp_path / "acto"))
    assert (taken.bulletin.act, Act.objects.count()) == (act, 1)


def test_two_acts_alike_are_told_apart_by_the_person(tmp_path: Path) -> None:
    take(folder(tmp_path / "uno"))
    with pytest.raises(Twin):
        take(folder(tmp_path / "otro", text="Otro texto del mismo acto."))
    assert counts() == (1, 1, 1, 0)


def test_an_unknown_department_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto")
    sheet = path / "acto.md"
    sheet.write_text(sheet.read_text().replace("dependencia: Obras Públicas", "dependencia: Protecion Sivil"))
    with pytest.raises(BadFolder) as told:
        take(path)
    assert str(told.value) == "No se conoce la dependencia «Protecion Sivil». ¿Será «Protección Civil»?"


def test_a_photo_without_words_stays_in_the_album_and_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path / "acto", photos=1)
    (path / "muda.jpg").write_bytes(jpeg((500, 500)))
    taken = take(path)
    assert taken.held_back == ("muda.jpg",)
    silent = Photo.objects.get(caption="")
    assert (silent.album, may_see(silent, at=timezone.now())) == (taken.bulletin.album, False)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("falsa.jpg", b"esto no es una foto"),
        ("dibujo.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("cortada.jpg", jpeg()[:900]),
        (
            "bomba.png",
            as_bytes(picture((10, 10)), "PNG").replace(
                b"IHDR\x00\x00\x00\x0a\x00\x00\x00\x0a", b"IHDR\x00\x01\x86\xa0\x00\x01\x86\xa0"
            ),
        ),
    ],
    ids=["not a photo", "svg with script", "cut off", "decompression bomb"],
)
def test_one_bad_photo_and_nothing_goes_out(tmp_path: Path, name: str, data: bytes) -> None:
    path = folder(tmp_path / "acto", photos=1)
    (path / name).write_bytes(data)
    before = originals()
    with pytest.raises(PregonError) as told:
        take(path)
    assert name in str(told.value)
    assert (counts(), originals()) == ((0, 0, 0, 0), before)


def test_a_fault_in_the_middle_leaves_neither_rows_nor_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    before = originals()
    monkeypatch.setattr("pregon.newsroom.actions.intake.publish", full_disk)
    with pytest.raises(OSError, match="No space left"):
        take(folder(tmp_path / "acto", photos=2))
    assert (counts(), originals()) == ((0, 0, 0, 0), before)


def test_an_embargo_hides_bulletin_act_album_and_photos(tmp_path: Path) -> None:
    hour = (timezone.localtime(timezone=ZONE) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    bulletin = take(folder(tmp_path / "acto", more=f"embargo: {hour}\n", photos=1)).bulletin
    now = timezone.now()
    assert bulletin.act is not None
    assert bulletin.album is not None
    seen = [may_see(item, at=now) for item in (bulletin, bulletin.act, bulletin.album, bulletin.cover)]
    assert seen == [False, False, False, False]
