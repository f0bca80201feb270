"""The shapes of an answer that measures share."""

from __future__ import annotations

from datetime import date

import pytest

from factories.measures import ask, days, lacking
from factories.plan import act
from pregon.agenda.models import Act
from pregon.plan.contract import Record
from pregon.plan.measures.common import (
    days_kept,
    done,
    in_time,
    missed,
    narrowed,
    number_of,
    share_of,
    undone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def record(day: int, *, public: bool = True) -> Record:
    return Record(when=date(2026, 11, day), title="Calle lista", url=f"/boletines/{day}/", public=public)


def test_a_number_counts_its_records_and_a_weight_counts_more() -> None:
    assert number_of([record(9), record(10)], unit="boletines").text == "2"
    assert done(record(9), 12).amount == 12


def test_a_share_owes_from_the_day_after() -> None:
    judged = [(record(9), True), (record(10), False), (record(11), False)]
    reading = share_of(ask(at="2026-11-11"), judged, unit="boletines", lacks="Sin fotos")
    assert (reading.text, lacking(reading), reading.missing[0].days_late) == ("1 de 2", [10], 1)


def test_what_is_missing_is_as_public_as_its_record() -> None:
    assert not missed(ask(), record(9, public=False), "Sin fotos").public


def test_days_are_kept_by_any_record_and_the_others_stand_beyond() -> None:
    owed = [date(2026, 11, 9), date(2026, 11, 10)]
    records = {date(2026, 11, 9): (record(9),), date(2026, 11, 14): (record(14),)}
    reading = days_kept(ask(), owed, records, unit="días", lacks="Sin boletín")
    assert (days(reading), lacking(reading), [each.when.day for each in reading.beyond]) == ([9], [10], [14])


def test_rows_of_the_period_come_in_the_order_of_their_hours_and_none_from_later_than_now() -> None:
    late, early = act("2026-11-10 18:00"), act("2026-11-10 09:00")
    act("2026-11-12 09:00")
    act("2026-11-16 00:00")
    found = in_time(Act.objects.all(), "start", ask(at="2026-11-11"))
    assert list(found) == [early, late]


def test_what_nobody_asked_about_narrows_nothing() -> None:
    made = act("2026-11-10 09:00")
    assert list(narrowed(Act.objects.all(), kind="", slug=made.slug)) == [made]
    assert list(narrowed(Act.objects.all(), kind="obra", slug="")) == []


def test_what_weighs_more_lacks_more() -> None:
    lacking = missed(ask(), record(9), "Sin describir", amount=3)
    assert (lacking.amount, lacking.days_late, lacking.detail) == (3, 16, "Sin describir")
    assert (undone(record(9), "Se suspendió").amount, undone(record(9), "Se suspendió").days_late) == (1, 0)
