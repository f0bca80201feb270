"""Measures on data small enough to be counted by hand. November 2026: the 16th is a holiday, the 20th a Friday."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.plan import ZONE, ActFactory, DepartmentFactory, act, bulletin, moment, sent
from pregon.accounts.models import Locality, Topic
from pregon.agenda.enums import Kind, Settlement, State
from pregon.delivery.enums import State as Delivered
from pregon.plan.contract import Period, Question, Reading, Scope
from pregon.plan.measures.newsroom import (
    acts_covered,
    bulletins_on_working_days,
    days_with_publication,
    records_begin,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

DUE, COVERED, EXCUSED = Settlement.DUE, Settlement.COVERED, Settlement.EXCUSED
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))  # a whole week, Monday to Sunday
LATER = "2026-11-25"


def ask(period: Period = WEEK, *, at: str = LATER, **scope: str) -> Question:
    return Question(period=period, at=moment(at), zone=ZONE, scope=Scope(**scope))


def days(reading: Reading) -> list[int]:
    return [kept.when.day for kept in reading.kept]


def lacking(reading: Reading) -> list[int]:
    return [missing.when.day for missing in reading.missing]


# --- Bulletins on working days ---


def test_two_bulletins_on_one_day_keep_that_day_once_and_are_both_evidence() -> None:
    bulletin("2026-11-10 09:00")
    bulletin("2026-11-10 18:00")
    reading = bulletins_on_working_days(ask())
    assert (reading.numerator, reading.denominator, reading.value) == (1, 5, Decimal("20.00"))
    assert [record.detail for record in reading.records] == ["Boletín 001/2026", "Boletín 002/2026"]
    assert lacking(reading) == [9, 11, 12, 13]


def test_a_weekend_owes_nothing_and_its_bulletin_is_evidence_beyond_what_was_owed() -> None:
    bulletin("2026-11-14 10:00")
    reading = bulletins_on_working_days(ask())
    assert (reading.numerator, reading.denominator) == (0, 5)
    assert [record.when.day for record in reading.beyond] == [14]


def test_a_holiday_owes_nothing() -> None:
    reading = bulletins_on_working_days(ask(Period(date(2026, 11, 16), date(2026, 11, 20))))
    assert lacking(reading) == [17, 18, 19, 20]


def test_an_embargoed_bulletin_does_not_count_until_its_hour() -> None:
    bulletin("2026-11-10", go_live_at=moment("2026-11-26"), live=True)
    bulletin("2026-11-11", live=False)
    assert bulletins_on_working_days(ask()).numerator == 0
    assert bulletins_on_working_days(ask(at="2026-11-26 12:00")).numerator == 1


def test_a_withdrawn_bulletin_is_no_evidence() -> None:
    bulletin("2026-11-10", number=1, withdrawn_at=moment("2026-11-11"))
    bulletin("2026-11-12", number=2)
    reading = bulletins_on_working_days(ask())
    assert [record.detail for record in reading.records] == ["Boletín 002/2026"]


def test_a_bulletin_half_an_hour_before_midnight_belongs_to_the_local_day() -> None:
    bulletin("2026-11-10 23:30")  # the 11th in UTC
    assert days(bulletins_on_working_days(ask())) == [10]


def test_midnight_begins_the_next_day_and_the_period_ends_before_it() -> None:
    bulletin("2026-11-13 00:00")
    bulletin("2026-11-16 00:00")
    reading = bulletins_on_working_days(ask())
    assert days(reading) == [13]
    assert reading.beyond == ()


def test_a_period_that_runs_counts_up_to_now() -> None:
    bulletin("2026-11-10")
    reading = bulletins_on_working_days(ask(at="2026-11-12 08:00"))
    assert (days(reading), lacking(reading)) == ([10], [9, 11])


def test_today_is_owed_only_when_it_ends_and_counts_as_soon_as_it_is_done() -> None:
    assert lacking(bulletins_on_working_days(ask(at="2026-11-09 23:59"))) == []
    bulletin("2026-11-09 11:00")
    assert bulletins_on_working_days(ask(at="2026-11-09 11:01")).text == "1 de 1"


def test_a_period_that_has_not_begun_has_no_figure() -> None:
    reading = bulletins_on_working_days(ask(at="2026-11-01"))
    assert (reading.value, reading.denominator) == (None, 0)


def test_a_bulletin_published_after_the_moment_asked_about_is_not_seen_yet() -> None:
    bulletin("2026-11-12 18:00")
    assert bulletins_on_working_days(ask(at="2026-11-12 17:59")).records == ()


def test_how_late_a_day_is_counts_from_that_day() -> None:
    reading = bulletins_on_working_days(ask(at="2026-11-12"))
    assert [(missing.when.day, missing.days_late) for missing in reading.missing] == [
        (9, 3),
        (10, 2),
        (11, 1),
    ]


def test_bulletins_are_narrowed_by_department_kind_locality_and_topic() -> None:
    department = DepartmentFactory.create()
    locality = Locality.objects.create(name="Epenche Chico", slug="epenche-chico")
    topic = Topic.objects.create(name="Agua", slug="agua")
    about = bulletin("2026-11-10", department=department, act=act("2026-11-10 09:00", kind=Kind.WORKS))
    about.localities.set([locality])
    about.topics.set([topic])
    about.save()
    bulletin("2026-11-11")
    narrowed = [
        {"department": "obras-publicas"},
        {"kind": Kind.WORKS.value},
        {"locality": "epenche-chico"},
        {"topic": "agua"},
    ]
    assert [days(bulletins_on_working_days(ask(**scope))) for scope in narrowed] == [[10]] * 4
    assert days(bulletins_on_working_days(ask(department="turismo"))) == []


# --- Days with a publication ---


def test_every_day_owes_a_publication_weekends_too() -> None:
    bulletin("2026-11-09")
    bulletin("2026-11-14")
    reading = days_with_publication(ask())
    assert (days(reading), reading.text) == ([9, 14], "2 de 7")


def test_a_named_channel_counts_what_it_really_took_on_the_day_it_took_it() -> None:
    monday = bulletin("2026-11-09 23:50")
    sent(monday, "2026-11-10 00:05")
    sent(bulletin("2026-11-11"), "2026-11-11 12:01", state=Delivered.WITHHELD)
    sent(bulletin("2026-11-12"), "2026-11-12 12:01", channel="email")
    reading = days_with_publication(ask(channel="telegram"))
    assert (days(reading), reading.text) == ([10], "1 de 7")
    assert [record.title for record in reading.records] == [monday.title]


def test_what_a_channel_took_is_no_evidence_once_it_was_withdrawn() -> None:
    sent(bulletin("2026-11-09", withdrawn_at=moment("2026-11-10")), "2026-11-09 12:01")
    assert days_with_publication(ask(channel="telegram")).numerator == 0


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


# --- When records begin ---


def test_records_begin_on_the_day_of_the_first_act_or_bulletin() -> None:
    assert records_begin(moment(LATER), ZONE) is None
    bulletin("2026-11-12")
    act("2026-11-10 23:30", DUE)
    act("2026-12-24 09:00", DUE)
    assert records_begin(moment(LATER), ZONE) == date(2026, 11, 10)


def test_a_future_act_begins_nothing() -> None:
    ActFactory.create(start=moment("2026-12-01"))
    assert records_begin(moment(LATER), ZONE) is None


# --- Cost ---


@pytest.mark.parametrize(
    ("take", "channel"),
    [
        (bulletins_on_working_days, ""),
        (days_with_publication, ""),
        (days_with_publication, "telegram"),
        (acts_covered, ""),
    ],
)
def test_three_items_cost_as_many_queries_as_one(take: object, channel: str) -> None:
    assert callable(take)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            take(ask(channel=channel))
        return len(queries)

    def add(day: int) -> None:
        sent(bulletin(f"2026-11-{day} 10:00"), f"2026-11-{day} 10:01")
        act(f"2026-11-{day} 09:00", COVERED, DUE)

    add(10)
    one = cost()
    add(11)
    add(12)
    assert cost() == one <= 3
