"""A live coverage: posted once however often it is sent, corrected in the open, and in the end a bulletin's draft."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from factories.library import jpeg
from factories.newsroom import act, shelf
from pregon.agenda.enums import Product, Settlement
from pregon.core.visibility import Reader, may_see
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions import Shot, Words
from pregon.newsroom.enums import LiveState, PostKind
from pregon.newsroom.errors import (
    EditedMeanwhile,
    LiveOver,
    NotAnnounced,
    NoteNeeded,
    NothingToPost,
    PersonWithoutWords,
    PhotoWithoutWords,
)
from pregon.newsroom.models import Bulletin, LiveBlog, LivePost
from pregon.newsroom.signals import live_changed
from servers.beside import beside

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NOW = timezone.now()
HOUR = timedelta(hours=1)


def blog() -> LiveBlog:
    shelf()
    return newsroom.open_live(act(start=NOW), by=None, at=NOW)


def say(where: LiveBlog, text: str = "Pasa la banda.", **words: str) -> LivePost:
    return newsroom.post(where, Words(text=text, **words), key=uuid4(), by=None, at=NOW + HOUR)


def shot(folder: Path, *, seen: str = "La banda de guerra.") -> Shot:
    path = folder / "foto.jpg"
    path.write_bytes(jpeg())
    return Shot(path=path, name="foto.jpg", seen=seen)


# --- Opening ------------------------------------------------------------------------------------------------


def test_an_act_has_one_coverage_however_often_it_is_opened() -> None:
    first = blog()
    again = newsroom.open_live(first.act, by=None, at=NOW + HOUR)
    assert (again.pk, again.opened_at) == (first.pk, NOW)


@pytest.mark.parametrize("hidden", [{"public": False}, {"public_from": NOW + HOUR}])
def test_an_act_that_is_not_announced_is_not_covered_live(hidden: dict[str, object]) -> None:
    with pytest.raises(NotAnnounced, match="no se anuncia"):
        newsroom.open_live(act(start=NOW, **hidden), by=None, at=NOW)


def test_a_coverage_is_seen_no_more_once_its_act_is_internal() -> None:
    made = blog()
    assert may_see(made, at=NOW)
    made.act.public = False
    made.act.save()
    assert (may_see(made, at=NOW), may_see(made, to=Reader.DESK, at=NOW)) == (False, True)


# --- Posting ------------------------------------------------------------------------------------------------


def test_a_post_that_is_sent_again_is_posted_once() -> None:
    made, key = blog(), uuid4()
    first = newsroom.post(made, Words(text="Arranca."), key=key, by=None, at=NOW)
    again = newsroom.post(made, Words(text="Arranca."), key=key, by=None, at=NOW + HOUR)
    assert (again.pk, made.posts.count()) == (first.pk, 1)


@pytest.mark.django_db(transaction=True)
def test_twins_that_arrive_together_are_one_post() -> None:
    made, key = blog(), uuid4()

    def send() -> None:
        newsroom.post(made, Words(text="Arranca."), key=key, by=None, at=NOW)

    assert beside([send, send, send]) == []
    assert made.posts.count() == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (Words(text="Arranca."), PostKind.TEXT),
        (Words(text="Gracias a todos.", person="Presidencia"), PostKind.QUOTE),
        (Words(video="https://video.ejemplo.invalid/1"), PostKind.VIDEO),
    ],
)
def test_what_it_says_tells_what_it_is(words: Words, kind: PostKind) -> None:
    made = newsroom.post(blog(), words, key=uuid4(), by=None, at=NOW)
    assert made.kind == kind


def test_a_photo_goes_to_the_album_of_the_act_and_out(tmp_path: Path) -> None:
    where = blog()
    made = newsroom.post(where, Words(), key=uuid4(), shot=shot(tmp_path), by=None, at=NOW)
    album = LiveBlog.objects.get().act.album
    assert album is not None
    assert made.photo is not None
    assert (made.kind, made.photo.album, made.photo.released_at) == (PostKind.PHOTO, album, None)
    assert Photo.objects.get(pk=made.photo.pk).released_at == NOW


def test_a_photo_of_which_nobody_says_what_is_seen_stays(tmp_path: Path) -> None:
    where = blog()
    with pytest.raises(PhotoWithoutWords, match="qué se ve"):
        newsroom.post(where, Words(text="x"), key=uuid4(), shot=shot(tmp_path, seen=" "), by=None, at=NOW)
    assert not Photo.objects.exists()


def test_an_empty_post_is_refused() -> None:
    with pytest.raises(NothingToPost):
        newsroom.post(blog(), Words(text="  ", person="Alguien"), key=uuid4(), by=None, at=NOW)


def test_whoever_said_it_said_something() -> None:
    where = blog()
    with pytest.raises(PersonWithoutWords, match="lo que dijo esa persona"):
        newsroom.post(where, Words(headline="Arranca", person="Alguien"), key=uuid4(), by=None, at=NOW)
    said = newsroom.post(where, Words(text="Arranca.", person="Alguien"), key=uuid4(), by=None, at=NOW)
    with pytest.raises(PersonWithoutWords):
        newsroom.correct_post(
            said, Words(headline="Arranca", person="Alguien"), note="Sobraba.", version=1, by=None, at=NOW
        )


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        newsroom.post(blog(), Words(video="javascript:alert(1)"), key=uuid4(), by=None, at=NOW)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (NOW + HOUR / 2, NOW + HOUR / 2),
        (NOW - HOUR, NOW),
        (NOW + 2 * HOUR, NOW + HOUR),
        (None, NOW + HOUR),
    ],
)
def test_the_hour_is_that_of_writing_as_far_as_it_can_be(written: object, kept: object) -> None:
    made = newsroom.post(
        blog(),
        Words(text="Sin señal."),
        key=uuid4(),
        written_at=written,  # type: ignore[arg-type]  # the table mixes hours and none
        by=None,
        at=NOW + HOUR,
    )
    assert (made.at, made.arrived_at) == (kept, NOW + HOUR)


def test_a_closed_coverage_takes_nothing_more() -> None:
    made = blog()
    newsroom.close_live(made, by=None, at=NOW)
    with pytest.raises(LiveOver, match="se escribe en el boletín"):
        say(made)
    with pytest.raises(LiveOver):
        newsroom.resume(made, at=NOW)
    with pytest.raises(LiveOver):
        newsroom.pin(made, "Algo", version=1, at=NOW)


# --- Correcting ---------------------------------------------------------------------------------------------


def test_a_correction_stays_in_its_place_and_keeps_what_was_said() -> None:
    posted = say(blog(), "El tránsito vuelve a las 11:30.")
    fixed = newsroom.correct_post(
        posted, Words(text="Vuelve a las 12:00."), note="Era a las 12:00.", version=1, by=None, at=NOW + HOUR
    )
    assert (fixed.at, fixed.version, fixed.text) == (posted.at, 2, "Vuelve a las 12:00.")
    assert fixed.correction == "Era a las 12:00."
    assert fixed.changes.get().before["text"] == "El tránsito vuelve a las 11:30."


def test_of_two_who_correct_the_same_post_the_second_hears_of_the_first() -> None:
    posted = say(blog())
    newsroom.correct_post(posted, Words(text="Uno."), note="Uno.", version=1, by=None, at=NOW)
    with pytest.raises(EditedMeanwhile, match="Alguien más"):
        newsroom.correct_post(posted, Words(text="Dos."), note="Dos.", version=1, by=None, at=NOW)
    assert LivePost.objects.get().text == "Uno."


def test_nothing_is_changed_in_silence() -> None:
    posted = say(blog())
    with pytest.raises(NoteNeeded):
        newsroom.correct_post(posted, Words(text="Otro."), note=" ", version=1, by=None, at=NOW)
    with pytest.raises(NoteNeeded):
        newsroom.remove_post(posted, note="", version=1, by=None, at=NOW)


def test_a_post_that_is_taken_away_takes_its_photo_along(tmp_path: Path) -> None:
    where = blog()
    posted = newsroom.post(where, Words(), key=uuid4(), shot=shot(tmp_path), by=None, at=NOW)
    newsroom.remove_post(posted, note="No era de este acto.", version=1, by=None, at=NOW)
    assert (where.posts.standing().count(), Photo.objects.get().released_at) == (0, None)
    with pytest.raises(EditedMeanwhile):
        newsroom.remove_post(posted, note="Otra vez.", version=2, by=None, at=NOW)


def test_of_two_who_pin_what_is_essential_the_second_hears_of_the_first() -> None:
    made = blog()
    newsroom.pin(made, "- Reforma cerrada\n\n• Hidratación frente a la presidencia", version=1, at=NOW)
    with pytest.raises(EditedMeanwhile):
        newsroom.pin(made, "Otra cosa", version=1, at=NOW)
    assert LiveBlog.objects.get().points == ["Reforma cerrada", "Hidratación frente a la presidencia"]


# --- Closing ------------------------------------------------------------------------------------------------


def test_closing_makes_the_draft_of_a_bulletin_with_its_album(tmp_path: Path) -> None:
    where = blog()
    say(where, "Arranca el desfile.", headline="Comienza")
    newsroom.post(where, Words(headline="La banda"), key=uuid4(), shot=shot(tmp_path), by=None, at=NOW + HOUR)
    say(where, "Gracias por venir.", person="Presidencia")
    gone = say(where, "Esto no.")
    newsroom.remove_post(gone, note="No era así.", version=1, by=None, at=NOW + HOUR)
    say(where, "<b>Fin</b>", video="https://video.ejemplo.invalid/1")
    newsroom.pin(where, "- Reforma reabre a las 12:00\n- ¡Gracias!", version=1, at=NOW + HOUR)
    closed = newsroom.close_live(where, by=None, at=NOW + 2 * HOUR)
    draft = Bulletin.objects.get()
    assert (closed.bulletin, closed.state, draft.live) == (draft, LiveState.CLOSED, False)
    assert (draft.lead, draft.album, draft.cover) == (
        "Reforma reabre a las 12:00. ¡Gracias!",
        where.act.album or draft.act.album,
        Photo.objects.get(),
    )
    assert [block.block_type for block in draft.body] == [
        *("heading", "paragraph"),
        *("heading", "photo"),
        *("heading", "quote"),
        *("heading", "paragraph", "video"),
    ]
    assert "&lt;b&gt;Fin&lt;/b&gt;" in str(draft.body[7].value)
    assert "Esto no." not in draft.plain_body
    covered = where.act.coverages.get(product=Product.LIVE)
    assert (covered.settlement, covered.evidence) == (Settlement.COVERED, where.get_absolute_url())
    assert newsroom.close_live(where, by=None, at=NOW).bulletin == draft


def test_a_coverage_without_posts_leaves_no_draft() -> None:
    made = newsroom.close_live(blog(), by=None, at=NOW)
    assert (made.bulletin, Bulletin.objects.count()) == (None, 0)


def test_each_verb_tells_the_floors_above_once() -> None:
    heard: list[str] = []

    def hear(event: object, **told: object) -> None:
        heard.append(str(event))

    live_changed.connect(hear)
    try:
        where = blog()
        posted = say(where)
        newsroom.correct_post(posted, Words(text="Otro."), note="Era otro.", version=1, by=None, at=NOW)
        newsroom.correct_post(posted, Words(text="Otro."), note="Nada nuevo.", version=2, by=None, at=NOW)
        newsroom.remove_post(posted, note="No era.", version=2, by=None, at=NOW)
        newsroom.pin(where, "Algo", version=1, at=NOW)
        for verb in (newsroom.pause, newsroom.pause, newsroom.resume):
            verb(where, at=NOW)
        newsroom.close_live(where, by=None, at=NOW)
    finally:
        live_changed.disconnect(hear)
    assert heard == ["state", "post", "correction", "removal", "summary", "state", "state", "state"]
