"""A closed month stays as it was, and what happens to it afterwards is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from factories.accounts import UserFactory
from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, act, bulletin, moment
from pregon.accounts.models import User
from pregon.agenda.enums import Settlement
from pregon.agenda.models import Act
from pregon.plan import actions, registry
from pregon.plan.contract import Period, Question, Reading
from pregon.plan.errors import AlreadyClosed, MeasureFailed, MonthNotOver, NotClosed, ReasonMissing
from pregon.plan.models import Plan, Seal
from pregon.plan.queries import chain_faults, plan_sheet, standing_seals

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")
REASON = "Faltaba un acto que se capturó tarde."


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def plan() -> Plan:
    plan = PlanFactory.create(year=2026, slug="plan-2026")
    IndicatorFactory.create(plan=plan, code="actos", measure="acts_covered", target=100)
    ActivityFactory.create(plan=plan, number=1, measure="bulletins_on_working_days")
    act("2026-10-05 09:00", Settlement.COVERED, title="Arranque de obra")
    act("2026-10-06 09:00", Settlement.DUE, title="Entrega de becas")
    bulletin("2026-10-05", title="Arranca la obra")
    return plan


@pytest.fixture
def head() -> User:
    made: User = UserFactory.create()
    return made


def october(plan: Plan, code: str = "actos") -> Reading:
    [row] = [row for row in plan_sheet(plan, at=AT).rows if row.item.slug == code]
    assert row.reading is not None
    return row.reading.within(Period.month(2026, 10))


def test_a_closed_month_keeps_its_figure_and_its_list(plan: Plan, head: User) -> None:
    before = october(plan)
    seal = actions.close_month(plan, 10, by=head, at=AT)
    assert (seal.number, seal.month, seal.by) == (1, 10, head)
    act("2026-10-07 09:00", Settlement.COVERED, title="Llegó tarde")
    after = october(plan)
    assert (after.text, after.records) == (before.text, before.records) == ("1 de 2", before.records)
    assert standing_seals(plan) == {10: seal}


def test_an_open_month_goes_on_counting(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    act("2026-11-03 09:00", Settlement.COVERED)
    [row] = [row for row in plan_sheet(plan, at=AT).rows if row.item.slug == "actos"]
    assert row.reading is not None
    assert row.reading.text == "2 de 3"


def test_the_same_records_are_signed_the_same_byte_for_byte(plan: Plan, head: User) -> None:
    first = actions.close_month(plan, 10, by=head, at=AT).content
    Seal.objects.all().delete()
    assert actions.close_month(plan, 10, by=head, at=AT).content == first


def test_a_month_that_runs_cannot_be_closed(plan: Plan, head: User) -> None:
    for month in (11, 12):
        with pytest.raises(MonthNotOver):
            actions.close_month(plan, month, by=head, at=AT)
    actions.close_month(plan, 11, by=head, at=moment("2026-12-01 00:00"))
    assert set(standing_seals(plan)) == {11}


def test_who_closes_second_is_told(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    with pytest.raises(AlreadyClosed, match="Octubre de 2026"):
        actions.close_month(plan, 10, by=head, at=AT)
    assert Seal.objects.count() == 1


def test_opening_again_needs_a_closed_month_and_a_reason(plan: Plan, head: User) -> None:
    with pytest.raises(NotClosed):
        actions.reopen_month(plan, 10, reason=REASON, by=head, at=AT)
    actions.close_month(plan, 10, by=head, at=AT)
    with pytest.raises(ReasonMissing):
        actions.reopen_month(plan, 10, reason="   ya   ", by=head, at=AT)
    actions.reopen_month(plan, 10, reason=REASON, by=head, at=AT)
    assert standing_seals(plan) == {}


def test_closing_once_more_keeps_both(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    actions.reopen_month(plan, 10, reason=REASON, by=head, at=AT)
    act("2026-10-07 09:00", Settlement.COVERED)
    actions.close_month(plan, 10, by=head, at=AT + timedelta(hours=1))
    assert october(plan).text == "2 de 3"
    assert [seal.act for seal in plan.seals.all()] == ["cierre", "reapertura", "cierre"]
    assert REASON in plan.seals.get(number=2).content
    assert chain_faults(plan) == []


def test_a_record_that_was_taken_down_since_counts_and_is_not_shown(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    act_of_the_month = october(plan)
    assert [record.public for record in act_of_the_month.records] == [True]
    Act.objects.filter(title="Arranque de obra").update(public=False)
    hidden = october(plan)
    assert (hidden.text, [record.public for record in hidden.records]) == ("1 de 2", [False])


def test_a_measure_that_breaks_closes_nothing_and_spares_the_others(
    plan: Plan, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(question: Question) -> Reading:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        raise AssertionError

    measure = dataclasses.replace(registry.find("acts_covered"), take=broken)
    monkeypatch.setitem(registry._measures, "acts_covered", measure)
    rows = {row.item.slug: row.reading for row in plan_sheet(plan, at=AT).rows}
    assert rows["actos"] is None
    assert rows["actividad-1"] is not None
    with pytest.raises(MeasureFailed, match="Actos cubiertos"):
        actions.close_month(plan, 10, by=head, at=AT)
    assert Seal.objects.count() == 0
