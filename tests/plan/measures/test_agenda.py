"""Acts and what they were owed. November 2026: the 16th is a holiday, the 20th a Friday."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.library import AlbumFactory
from factories.measures import ask, days, lacking
from factories.plan import DepartmentFactory, act, moment, photo_row
from pregon.accounts.models import Locality, Topic
from pregon.agenda.enums import Kind, Settlement, State
from pregon.plan.measures.agenda import acts_covered, acts_held, acts_with_photos
from pregon.plan.registry import Take

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DUE, COVERED, EXCUSED = Settlement.DUE, Settlement.COVERED, Settlement.EXCUSED


# --- Acts covered ---


def test_an_act_is_covered_when_all_it_owed_is_covered() -> None:
    act("2026-11-10 09:00", COVERED, COVERED)
    act("2026-11-11 09:00", COVERED, DUE)
    reading = acts_covered(ask())
    assert (reading.text, days(reading), lacking(reading)) == ("1 de 2", [10], [11])


def test_a_missing_act_says_what_lacks_and_how_late_it_is() -> None:
    act("2026-11-10 09:00", DUE, COVERED, DUE, title="Arranque de obra")
    (missing,) = acts_covered(ask(at="2026-11-13")).missing
    assert (missing.title, missing.detail, missing.days_late) == (
        "Arranque de obra",
        "Falta: Boletín, Video.",
        3,
    )


def test_an_act_excused_whole_stands_apart_and_one_excused_in_part_may_be_covered() -> None:
    act("2026-11-10 09:00", EXCUSED)
    act("2026-11-11 09:00", EXCUSED, COVERED)
    reading = acts_covered(ask())
    assert (reading.text, days(reading)) == ("1 de 1", [11])
    assert [(excused.when.day, excused.detail) for excused in reading.excused] == [
        (10, "Se suspendió el acceso por lluvia.")
    ]


@pytest.mark.parametrize("state", [State.CANCELLED, State.POSTPONED])
def test_an_act_that_did_not_take_place_is_not_due(state: State) -> None:
    act("2026-11-10 09:00", DUE, state=state)
    assert acts_covered(ask()).denominator == 0


def test_a_future_act_is_not_due_and_one_that_runs_is_due_when_it_ends() -> None:
    act("2026-11-12 09:00", DUE)
    act("2026-11-13 09:00", COVERED)
    assert acts_covered(ask(at="2026-11-12 09:30")).denominator == 0
    assert acts_covered(ask(at="2026-11-12 10:00")).text == "0 de 1"


def test_an_act_covered_while_it_runs_counts_at_once() -> None:
    act("2026-11-12 09:00", COVERED)
    assert acts_covered(ask(at="2026-11-12 09:30")).text == "1 de 1"


def test_an_act_without_an_end_is_over_when_it_begins() -> None:
    act("2026-11-12 09:00", DUE, end=None)
    assert acts_covered(ask(at="2026-11-12 09:01")).text == "0 de 1"


def test_an_act_that_owes_nothing_is_not_counted() -> None:
    act("2026-11-12 09:00")
    assert acts_covered(ask()).denominator == 0


def test_an_act_late_at_night_belongs_to_the_local_day() -> None:
    act("2026-11-15 23:30", COVERED)
    act("2026-11-16 00:00", COVERED)
    assert days(acts_covered(ask())) == [15]


def test_an_internal_act_counts_and_is_marked_as_not_for_the_public() -> None:
    act("2026-11-10 09:00", COVERED, public=False)
    act("2026-11-11 09:00", DUE, public=False)
    reading = acts_covered(ask())
    assert reading.text == "1 de 2"
    assert [record.public for record in reading.records] == [False]
    assert [missing.public for missing in reading.missing] == [False]


def test_acts_are_narrowed_by_department_kind_locality_and_topic() -> None:
    topic = Topic.objects.create(name="Informe de gobierno", slug="informe-de-gobierno")
    locality = Locality.objects.create(name="San Martín de Zula", slug="san-martin-de-zula")
    wanted = act("2026-11-10 09:00", COVERED, kind=Kind.SESSION)
    wanted.topics.set([topic])
    wanted.localities.set([locality])
    wanted.save()
    other = DepartmentFactory.create(name="Turismo", slug="turismo")
    act("2026-11-11 09:00", COVERED, department=other)
    narrowed = [
        {"department": "obras-publicas"},
        {"kind": Kind.SESSION.value},
        {"locality": "san-martin-de-zula"},
        {"topic": "informe-de-gobierno"},
    ]
    assert [days(acts_covered(ask(**scope))) for scope in narrowed] == [[10]] * 4


# --- Acts held, and with photos ---


def test_acts_held_are_those_that_have_begun_and_took_place() -> None:
    act("2026-11-10 09:00")
    act("2026-11-11 09:00", state=State.CANCELLED)
    act("2026-11-14 09:00", public=False)
    assert acts_held(ask(at="2026-11-12")).text == "1"
    assert [record.public for record in acts_held(ask()).records] == [True, False]


def test_an_act_has_photos_when_its_album_holds_one() -> None:
    album = AlbumFactory.create()
    photo_row(album, released_at=moment("2026-11-10"))
    act("2026-11-10 09:00", album=album)
    act("2026-11-11 09:00", album=AlbumFactory.create())  # empty
    reading = acts_with_photos(ask())
    assert (reading.text, days(reading), lacking(reading)) == ("1 de 2", [10], [11])
    assert [record.public for record in reading.records] == [True]


def test_photos_that_nobody_released_are_kept_and_not_shown() -> None:
    album = AlbumFactory.create()
    photo_row(album)
    act("2026-11-10 09:00", album=album)
    assert [record.public for record in acts_with_photos(ask()).records] == [False]


def test_an_act_whose_photos_were_excused_stands_apart_and_one_of_today_owes_none_yet() -> None:
    act("2026-11-10 09:00", Settlement.COVERED, EXCUSED)
    act("2026-11-12 09:00")
    reading = acts_with_photos(ask(at="2026-11-12 20:00"))
    assert (reading.denominator, [excused.when.day for excused in reading.excused]) == (0, [10])


# --- Cost ---


@pytest.mark.parametrize("take", [acts_held, acts_covered, acts_with_photos])
def test_three_acts_cost_as_many_queries_as_one(take: Take) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            take(ask())
        return len(queries)

    act("2026-11-10 09:00", COVERED, DUE)
    one = cost()
    act("2026-11-11 09:00", COVERED, DUE)
    act("2026-11-12 09:00", COVERED, DUE)
    assert cost() == one <= 5
