"""Which photos go out with a bulletin, what it says in a form that can be compared, and what its page shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import PageLogEntry

from factories.accounts import UserFactory
from factories.library import AlbumFactory, jpeg, photo
from factories.newsroom import NOON, act, campaign, draft, episode, published, service, shelf, video
from factories.website import ready_photo
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.core.visibility import Reader
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions.workflow import ensure_page_permissions, ensure_workflow
from pregon.newsroom.models import Bulletin, Correction
from pregon.newsroom.queries import (
    BESIDE,
    TONES,
    Stage,
    kind_words,
    page_of,
    photo_ids_in_body,
    photos_of,
    photos_only_in,
    public_wording,
    stage_words,
    staged,
    wording,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


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


# --- What its page shows ------------------------------------------------------------------------------------


def test_the_public_page_shows_released_photos_with_copies_and_the_desk_sees_them_all() -> None:
    album = AlbumFactory.create()
    released = ready_photo(album=album, released_at=NOON)
    undeveloped = ready_photo(album=album, released_at=NOON, copies=[])
    kept_back = ready_photo(album=album)
    bulletin = draft(cover=kept_back, album=album)
    public = page_of(bulletin, to=Reader.PUBLIC, at=NOON)
    desk = page_of(bulletin, to=Reader.DESK, at=NOON)
    assert public["photos"] == {released.pk: released}
    assert (public["cover"], public["album"], public["album_photos"]) == (None, album, [released])
    assert set(desk["photos"]) == {released.pk, undeveloped.pk, kept_back.pk}
    assert desk["cover"] == kept_back


def test_before_the_hour_of_the_photos_the_page_does_not_name_their_album() -> None:
    album = AlbumFactory.create()
    bulletin = draft(cover=ready_photo(album=album, released_at=NOON), album=album)
    early = page_of(bulletin, to=Reader.PUBLIC, at=NOON - timedelta(seconds=1))
    assert (early["photos"], early["cover"], early["album"], early["album_photos"]) == ({}, None, None, [])


def test_only_photos_of_the_album_stand_beside_the_text_and_not_the_whole_album() -> None:
    album = AlbumFactory.create()
    cover = ready_photo(released_at=NOON)
    of_album = [ready_photo(album=album, released_at=NOON, position=n) for n in range(BESIDE + 2)]
    page = page_of(draft(cover=cover, album=album), to=Reader.PUBLIC, at=NOON)
    assert (len(page["photos"]), page["cover"]) == (BESIDE + 3, cover)
    assert page["album_photos"] == of_album[:BESIDE]


@pytest.mark.parametrize(
    ("public", "reader", "named"),
    [
        (True, Reader.PUBLIC, True),
        (False, Reader.PUBLIC, False),
        (False, Reader.DESK, True),
    ],
)
def test_an_internal_act_is_named_on_the_desk_only(public: bool, reader: Reader, named: bool) -> None:
    told = act(public=public)
    assert page_of(draft(act=told), to=reader, at=NOON)["act"] == (told if named else None)


def test_corrections_stand_in_the_order_they_were_made_and_are_of_this_bulletin() -> None:
    bulletin, other = draft("Uno"), draft("Dos")
    for about, change, hours in ((bulletin, "Dos", 2), (other, "Ajena", 1), (bulletin, "Uno", 1)):
        Correction.objects.create(
            bulletin=about, at=NOON + timedelta(hours=hours), change=change, reason="Decía otra cosa."
        )
    page = page_of(bulletin, to=Reader.PUBLIC, at=NOON)
    assert [correction.change for correction in page["corrections"]] == ["Uno", "Dos"]


def test_the_page_of_an_album_of_thirty_photos_asks_no_more_than_that_of_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for photos in (1, 30):
        album = AlbumFactory.create()
        for number in range(photos):
            ready_photo(album=album, released_at=NOON, position=number)
        bulletin = draft(f"Con {photos}", album=album)
        with django_assert_max_num_queries(3):
            page = page_of(bulletin, to=Reader.PUBLIC, at=NOON)
            assert (len(page["photos"]), list(page["corrections"])) == (photos, [])


def stage(bulletin: Bulletin) -> str:
    found: str = staged(Bulletin.objects.filter(pk=bulletin.pk)).values_list("stage", flat=True).get()
    return found


def test_every_stage_has_a_tone() -> None:
    assert set(TONES) == set(Stage)


def test_a_bulletin_passes_through_its_stages() -> None:
    head: User = UserFactory.create(roles=[Role.HEAD])
    ensure_workflow(shelf())
    ensure_page_permissions(shelf())
    bulletin = draft()
    bulletin.save_revision()
    seen = [stage(bulletin)]
    bulletin.get_workflow().start(bulletin, head)
    seen.append(stage(bulletin))
    newsroom.publish(bulletin, by=head)
    seen.append(stage(bulletin))
    bulletin = Bulletin.objects.get(pk=bulletin.pk)
    bulletin.lead = "El andador reabrió el viernes."
    newsroom.correct(bulletin, change="El día.", reason="Estaba mal.", by=head, at=timezone.now())
    seen.append(stage(bulletin))
    newsroom.withdraw(bulletin, reason="No era cierto.", by=head, at=timezone.now())
    seen.append(stage(bulletin))
    assert seen == [Stage.DRAFT, Stage.REVIEW, Stage.PUBLISHED, Stage.CORRECTED, Stage.WITHDRAWN]


def test_an_embargo_says_until_when() -> None:
    bulletin = draft(go_live_at=timezone.now() + timedelta(days=1))
    newsroom.publish(bulletin, by=None)
    assert stage(bulletin) == Stage.EMBARGOED
    hour = datetime(2026, 11, 23, 12, 57, tzinfo=UTC)
    assert stage_words(Stage.EMBARGOED, hour) == "Embargado hasta el 23 de noviembre, 6:57"


def test_what_readers_last_saw_of_a_hidden_bulletin_is_not_its_draft() -> None:
    bulletin = published()
    seen = wording(bulletin)
    bulletin.unpublish()
    Bulletin.objects.filter(pk=bulletin.pk).update(title="Otro título")
    hidden = Bulletin.objects.get(pk=bulletin.pk)
    remembered = public_wording(hidden)
    PageLogEntry.objects.all().delete()
    assert (remembered, public_wording(hidden)) == (seen, {})


def test_each_kind_of_page_is_called_by_its_name() -> None:
    pages = (campaign(), service(), episode(), video())
    assert [kind_words(page) for page in pages] == ["Campaña", "Trámites y servicios", "Podcast", "Video"]
