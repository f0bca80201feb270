"""The tags give what exists and never more."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.template import Context
from django.utils import timezone

from factories.website import COPIES, HOSTILE
from pregon.library.models import Photo
from pregon.website.templatetags import pregon as tags
from pregon.website.values import Picture

pytestmark = pytest.mark.django_db  # a photo that nobody saved asks for its collection too


def photo(*copies: dict[str, object]) -> Photo:
    return Photo(pk=7, caption="Pie", copies=list(copies))


def test_a_picture_without_copies_is_nothing() -> None:
    assert tags.picture_of(photo()) is None
    assert tags.picture_of(None) is None


def test_a_picture_offers_the_light_copies_in_order() -> None:
    one = photo(*reversed(COPIES))
    given = tags.picture_of(one)
    folder = f"/fotos/{one.public_id}"
    assert given == Picture(
        src=f"{folder}/960.webp",
        srcset=f"{folder}/480.webp 480w, {folder}/960.webp 960w",
        width=960,
        height=640,
        alternative=one.alternative,
    )


def test_a_picture_with_a_single_copy_shows_that() -> None:
    one = photo(COPIES[2])
    given = tags.picture_of(one)
    assert given is not None
    assert given.src == f"/fotos/{one.public_id}/full.jpg"


def test_the_full_size_is_the_widest_and_jpeg_wins_a_tie() -> None:
    twin = {**COPIES[2], "file": "1200.webp"}
    full = tags.full_size(photo(COPIES[0], twin, COPIES[2]))
    assert full is not None
    assert (full["file"], full["extension"]) == ("full.jpg", "jpg")
    assert tags.full_size(photo()) is None
    assert tags.full_size_url(photo()) == ""
    assert tags.share_size(photo()) is None


def test_only_photos_that_passed_the_gate_are_shown() -> None:
    one = photo(COPIES[0])
    assert tags.shown(Context({"photos": {7: one}}), one) is one
    assert tags.shown(Context({"photos": {}}), one) is None
    assert tags.shown(Context(), None) is None


def test_data_cannot_end_its_script_and_reads_back_whole() -> None:
    written = tags.data_for_machines({"name": f"{HOSTILE}\u2028"})
    inside = written.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert [sign for sign in "<>&\u2028" if sign in inside] == []
    assert json.loads(inside) == {"name": f"{HOSTILE}\u2028"}


@pytest.mark.parametrize(
    ("source", "cleaned"),
    [
        ("<p>Uno <b>dos</b></p>", "<p>Uno <b>dos</b></p>"),
        ('<p onclick="x()">Uno</p>', "<p>Uno</p>"),
        ('<a href="javascript:alert(1)">ir</a>', "<a>ir</a>"),
        ('<img src="x" onerror="alert(1)">', ""),
        ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_rich_text_keeps_its_few_marks_only(source: str, cleaned: str) -> None:
    assert tags.safe_text(source) == cleaned


def test_names_of_days_and_months_begin_small() -> None:
    assert tags.written(date(2026, 11, 20), r"l j \d\e F \d\e Y") == "viernes 20 de noviembre de 2026"


def test_a_video_names_its_site() -> None:
    assert tags.host("https://www.video.example/ver?v=1") == "video.example"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (r"j \d\e F \d\e Y", "20 de noviembre de 2026"),
        (r"l j \d\e F, G:i", "viernes 20 de noviembre, 18:05"),
        (r"\H\o\y j", "hoy 20"),
    ],
)
def test_a_moment_is_written_with_its_hour_where_that_is_asked_for(form: str, said: str) -> None:
    moment = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    with timezone.override(UTC):
        assert tags.written(moment, form) == said
    assert tags.written(None, form) == ""


def test_a_coordinate_is_written_with_a_point() -> None:
    assert tags.coordinate(19.5) == "19.500000"


@pytest.mark.parametrize(
    ("written", "dialled"), [("000 000 0101", "0000000101"), ("+52 (000) 1 ext. 7", "+520001"), ("<x>", "")]
)
def test_a_telephone_is_dialled_by_its_digits(written: str, dialled: str) -> None:
    assert tags.dialled(written) == dialled


def test_the_telephones_of_an_office_are_told_apart_and_none_breaks() -> None:
    assert tags.telephones("000 000 0101 · 000 000 0102,") == [
        "000\u00a0000\u00a00101",
        "000\u00a0000\u00a00102",
    ]
    assert tags.telephones("") == []


def test_a_player_shows_the_shared_copy_before_it_plays() -> None:
    one = photo(*COPIES)
    assert (tags.poster(one), tags.poster(None)) == (f' poster="/fotos/{one.public_id}/full.jpg"', "")
