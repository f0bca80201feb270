"""The gate: a list and an item never disagree, whatever state a record is in and whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db.models import Model
from wagtail.models import Page

from factories import alerts, newsroom
from factories.library import AlbumFactory
from factories.newsroom import NOON, act, draft
from pregon.accounts.models import Department
from pregon.agenda.models import Act
from pregon.alerts.enums import Severity
from pregon.alerts.models import Alert
from pregon.core.visibility import Reader, gated_models, may_see, visible
from pregon.library.models import Album, Photo
from pregon.newsroom.models import Bulletin, Campaign, Episode, LiveBlog, Service, Video

pytestmark = pytest.mark.django_db

PAST, FUTURE = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)
MOMENTS: tuple[datetime | None, ...] = (None, PAST, NOON, FUTURE)


def every_bulletin() -> Iterator[tuple[Model, bool]]:
    """A bulletin in each state its columns can take, and whether the public may see it at noon."""
    states = product((True, False), (None, PAST), (True, False), MOMENTS)
    for order, (live, withdrawn_at, numbered, go_live_at) in enumerate(states, start=1):
        bulletin = draft()
        issue: dict[str, Any] = {"number": order, "year": 2026} if numbered else {}
        Bulletin.objects.filter(pk=bulletin.pk).update(
            live=live, withdrawn_at=withdrawn_at, go_live_at=go_live_at, **issue
        )
        yield bulletin, live and not withdrawn_at and numbered and go_live_at != FUTURE


def every_act() -> Iterator[tuple[Model, bool]]:
    for public, public_from in product((True, False), MOMENTS):
        yield act(public=public, public_from=public_from), public and public_from != FUTURE


def photo(released_at: datetime | None, album: Album) -> Photo:
    return Photo.objects.create(
        title="Andador", file="originals/andador.jpg", width=3, height=2, released_at=released_at, album=album
    )


def every_photo() -> Iterator[tuple[Model, bool]]:
    for released_at in MOMENTS:
        yield photo(released_at, AlbumFactory()), released_at not in {None, FUTURE}


def every_album() -> Iterator[tuple[Model, bool]]:
    """Empty, with one photo in each state, and with one that may go and one that may not."""
    yield AlbumFactory(), False
    for released in ((None,), (PAST,), (NOON,), (FUTURE,), (None, PAST), (FUTURE, NOON), (None, FUTURE)):
        album = AlbumFactory()
        for moment in released:
            photo(moment, album)
        yield album, bool({PAST, NOON} & set(released))


def every_live_blog() -> Iterator[tuple[Model, bool]]:
    """As its act is seen, once it was opened."""
    for announced, seen in every_act():
        for opened in (PAST, FUTURE):
            where = announced if opened == PAST else act(public=True)
            number = LiveBlog.objects.count()
            blog = LiveBlog.objects.create(act=where, title="x", slug=f"x-{number}", opened_at=opened)
            yield blog, seen and opened == PAST


def every_piece(make: Callable[..., Page]) -> Iterator[tuple[Model, bool]]:
    """A page of the other kinds, live or not, before and after its embargo."""
    for order, (live, go_live_at) in enumerate(product((True, False), MOMENTS)):
        piece = make(f"Página {order}", public=False)
        type(piece).objects.filter(pk=piece.pk).update(live=live, go_live_at=go_live_at)
        yield piece, live and go_live_at != FUTURE


def every_alert() -> Iterator[tuple[Model, bool]]:
    """As it is written, and sent at each moment: what was sent may be looked up for ever."""
    yield alerts.draft(expires=FUTURE), False
    for moment in (PAST, NOON, FUTURE):
        yield (
            alerts.sent(
                "corte-de-agua", severity=Severity.MINOR, at=moment, expires=moment + timedelta(hours=2)
            ),
            moment != FUTURE,
        )


STATES = {
    Bulletin: every_bulletin,
    Act: every_act,
    Photo: every_photo,
    Album: every_album,
    LiveBlog: every_live_blog,
    Alert: every_alert,
    Campaign: partial(every_piece, newsroom.campaign),
    Service: partial(every_piece, newsroom.service),
    Episode: partial(every_piece, newsroom.episode),
    Video: partial(every_piece, newsroom.video),
}


def test_every_gated_model_is_proved_here() -> None:
    assert set(STATES) == gated_models()


@pytest.mark.parametrize("model", list(STATES), ids=lambda model: model.__name__)
def test_lists_and_items_agree_in_every_state_and_for_every_reader(model: type[Model]) -> None:
    expected = {item.pk: shown for item, shown in STATES[model]()}
    assert set(expected.values()) == {True, False}
    items = list(model._default_manager.filter(pk__in=expected))
    for reader in Reader:
        told = expected if reader is Reader.PUBLIC else dict.fromkeys(expected, True)
        listed = [item.pk for item in visible(model._default_manager.all(), to=reader, at=NOON)]
        assert len(listed) == len(set(listed))
        assert {pk: pk in listed for pk in expected} == told
        assert {item.pk: may_see(item, to=reader, at=NOON) for item in items} == told


@pytest.mark.parametrize("model", list(STATES), ids=lambda model: model.__name__)
def test_who_does_not_say_who_looks_is_the_public(model: type[Model]) -> None:
    items = [item for item, _ in STATES[model]()]
    seen = set(visible(model._default_manager.all(), to=Reader.PUBLIC, at=NOON).values_list("pk", flat=True))
    assert set(visible(model._default_manager.all(), at=NOON).values_list("pk", flat=True)) == seen
    assert {item.pk for item in items if may_see(item, at=NOON)} == seen


@pytest.mark.parametrize(
    "model", [kind for kind in STATES if kind is not Alert], ids=lambda model: model.__name__
)  # what was sent stays
def test_a_record_that_is_gone_is_seen_by_nobody(model: type[Model]) -> None:
    item = next(item for item, shown in STATES[model]() if shown)
    gone = type(item)(pk=item.pk)
    item.delete()
    assert [may_see(gone, to=reader, at=NOON) for reader in Reader] == [False, False]


@pytest.mark.parametrize("model", list(STATES), ids=lambda model: model.__name__)
def test_the_gate_narrows_a_list_and_never_widens_it(model: type[Model]) -> None:
    shown = [item.pk for item, seen in STATES[model]() if seen]
    narrowed = visible(model._default_manager.filter(pk=shown[0]), to=Reader.DESK, at=NOON)
    assert [item.pk for item in narrowed] == [shown[0]]


@pytest.mark.parametrize("model", [Page, Department])
def test_a_model_without_a_rule_is_seen_by_nobody(model: type[Model]) -> None:
    with pytest.raises(KeyError):
        visible(model._default_manager.all(), to=Reader.DESK, at=NOON)
    with pytest.raises(KeyError):
        may_see(model(), to=Reader.DESK, at=NOON)
