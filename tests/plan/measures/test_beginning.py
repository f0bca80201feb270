"""The day on which an office begins to keep records."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from factories.library import AlbumFactory
from factories.measures import LATER
from factories.plan import ZONE, ActFactory, PlanFactory, act, bulletin, moment, page, photo_row
from pregon.agenda.enums import Settlement
from pregon.newsroom.models import Campaign, Episode, LiveBlog, Piece, Service, Video
from pregon.plan.measures import records_begin
from pregon.plan.queries import Asking

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_records_begin_on_the_day_of_the_first_act_or_bulletin() -> None:
    assert records_begin(moment(LATER), ZONE) is None
    bulletin("2026-11-12")
    act("2026-11-10 23:30", Settlement.DUE)
    act("2026-12-24 09:00", Settlement.DUE)
    assert records_begin(moment(LATER), ZONE) == date(2026, 11, 10)


def test_a_future_act_begins_nothing() -> None:
    ActFactory.create(start=moment("2026-12-01"))
    assert records_begin(moment(LATER), ZONE) is None


@pytest.mark.parametrize("kind", [Campaign, Episode, Service, Video])
def test_an_office_may_begin_with_any_page(kind: type[Piece]) -> None:
    page(kind, "2026-11-03", title="Agua")
    bulletin("2026-11-12")
    assert records_begin(moment(LATER), ZONE) == date(2026, 11, 3)


def test_a_live_coverage_begins_them_too() -> None:
    told = act("2026-11-10 09:00", Settlement.DUE)
    LiveBlog.objects.create(act=told, title="Feria", slug="feria", opened_at=moment("2026-11-09 20:00"))
    assert records_begin(moment(LATER), ZONE) == date(2026, 11, 9)


def test_a_photo_begins_them_on_the_day_it_came_in_and_not_on_the_one_it_shows() -> None:
    with time_machine.travel(moment("2026-11-05"), tick=False):
        photo_row(AlbumFactory.create(day=date(2009, 5, 1)))
    bulletin("2026-11-12")
    assert records_begin(moment(LATER), ZONE) == date(2026, 11, 5)


def test_what_came_out_before_the_first_act_counts() -> None:
    page(Video, "2026-10-03", title="Obra")
    act("2026-11-10 09:00", Settlement.COVERED)
    assert Asking(PlanFactory.create(), at=moment(LATER)).since == date(2026, 10, 3)
