"""A closed month stays as it was, and what happens to it afterwards is told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.db.models import JSONField, ProtectedError, Value
from django.test import Client

from factories.accounts import UserFactory
from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, act, bulletin, moment
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.agenda.enums import Settlement
from pregon.agenda.models import Act
from pregon.newsroom.models import Bulletin
from pregon.plan import actions, registry
from pregon.plan.chain import canonical, digest_of
from pregon.plan.closings import link_of
from pregon.plan.contract import Period, Question, Reading
from pregon.plan.errors import (
    AlreadyClosed,
    MeasureFailed,
    MonthNotOver,
    NotClosed,
    PlanError,
    ReasonMissing,
)
from pregon.plan.models import Plan, Seal
from pregon.plan.queries import chain_faults, plan_sheet, standing_seals
from servers.beside import beside

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


@pytest.fixture
def desk(head: User) -> Client:
    head.groups.add(Group.objects.get(name=Role.HEAD.value))
    client = Client()
    client.force_login(head)
    return client


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
    with transaction.atomic():
        first = actions.close_month(plan, 10, by=head, at=AT).content
        transaction.set_rollback(True)
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


def test_a_line_that_has_another_number_since_keeps_its_closed_month(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    bulletin("2026-10-07", title="Llegó tarde")
    before = october(plan, "actividad-1").text
    plan.activities.filter(number=1).update(number=2)
    ActivityFactory.create(plan=plan, number=1, measure="days_with_publication")
    assert october(plan, "actividad-2").text == before
    assert (
        october(plan, "actividad-1").text == "2 de 27"
    )  # nobody signed that question: it counts its records


def test_a_line_that_asks_something_else_gets_no_answer_to_another_question(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    plan.indicators.update(measure="days_with_publication")
    assert october(plan).unit == "días"


def test_a_month_that_was_closed_before_the_first_record_has_no_figure_ever_after(
    plan: Plan, head: User
) -> None:
    Act.objects.all().delete()
    Bulletin.objects.all().delete()
    actions.close_month(plan, 10, by=head, at=AT)
    act("2026-10-07 09:00", Settlement.COVERED)
    act("2026-11-03 09:00", Settlement.COVERED)
    assert october(plan).denominator == 0


def test_what_lacked_in_public_and_became_internal_is_told_to_nobody(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    Act.objects.filter(title="Entrega de becas").update(public=False)
    assert [missing.public for missing in october(plan).missing] == [False]


def test_what_is_signed_names_neither_who_signed_nor_what_is_internal(plan: Plan, head: User) -> None:
    act("2026-10-08 09:00", Settlement.COVERED, title="Reunión reservada", public=False)
    head.groups.add(Group.objects.get(name=Role.HEAD.value))
    seal = actions.close_month(plan, 10, by=head, at=AT)
    said = json.loads(seal.content)
    assert said["signer"]["role"] == "Titular"
    assert [
        word for word in ("Reunión reservada", "Arranque", head.get_username()) if word in seal.content
    ] == []
    assert seal.openings[said["signer"]["proof"]]["said"] == {"user": head.get_username()}


def test_a_record_that_is_erased_by_law_breaks_no_link(plan: Plan, head: User) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    seal.openings = {}
    seal.save(update_fields=["openings"])
    assert chain_faults(plan) == []
    erased = october(plan)
    assert (erased.text, [record.title for record in erased.records]) == ("1 de 2", ["Registro retirado"])


def test_a_record_that_is_exchanged_is_told(plan: Plan, head: User) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    seal.openings = {proof: {"nonce": "", "said": {"title": "Otro"}} for proof in seal.openings}
    seal.save(update_fields=["openings"])
    [fault] = chain_faults(plan)
    assert fault.number == 1


@pytest.mark.parametrize("field", ["content", "digest", "number", "month", "act", "at"])
def test_the_database_changes_no_seal(plan: Plan, head: User, field: str) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    with pytest.raises(DatabaseError, match="a seal stands"), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(**{field: getattr(seal, field)})
    head.delete()
    assert Seal.objects.get().by is None  # a person may be forgotten


def test_the_database_takes_no_seal_away(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    with pytest.raises(DatabaseError, match="a seal stands"), transaction.atomic():
        Seal.objects.all().delete()
    with pytest.raises(ProtectedError):
        plan.delete()


@contextmanager
def without_guard() -> Iterator[None]:
    """Somebody who holds the database itself."""
    migration = import_module("pregon.plan.migrations.0005_seals_stand")
    with connection.schema_editor() if connection.vendor == "postgresql" else nullcontext(Plain()) as editor:
        migration.unwatch(None, editor)
    yield
    with connection.schema_editor() if connection.vendor == "postgresql" else nullcontext(Plain()) as editor:
        migration.watch(None, editor)


class Plain:
    """A schema editor of SQLite works outside of transactions only; triggers do not mind."""

    connection = connection

    def execute(self, sql: str, params: object = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


def test_one_changed_byte_is_caught_and_believed_no_more(plan: Plan, head: User) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    with without_guard():
        Seal.objects.filter(pk=seal.pk).update(
            content=seal.content.replace('"numerator":"1"', '"numerator":"9"')
        )
    assert {fault.number for fault in chain_faults(plan)} == {1}
    assert october(plan).text == "1 de 2"


@pytest.mark.parametrize("rows", ["[1]", '[{"reading":{"numerator":"x","kept":[{}]},"name":1}]', "7", "null"])
def test_whatever_was_written_in_a_seal_is_told_and_breaks_nothing(plan: Plan, head: User, rows: str) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    said = json.loads(seal.content)
    said["rows"] = json.loads(rows)
    content = canonical(said)
    with without_guard():
        Seal.objects.filter(pk=seal.pk).update(content=content, digest=digest_of(content))
    assert {fault.number for fault in chain_faults(plan)} == {1}
    assert october(plan).text == "1 de 2"


@pytest.mark.parametrize("part", ["signer", "reason", "rows", "at", "plan"])
@pytest.mark.parametrize("wrong", [None, [1], 7])
def test_a_link_signed_anew_opens_every_page_and_is_told(
    plan: Plan, head: User, desk: Client, client: Client, part: str, wrong: object
) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    content = canonical(json.loads(seal.content) | {part: wrong})
    openings = {"a": {"said": "b"}}
    with without_guard():
        Seal.objects.filter(pk=seal.pk).update(content=content, digest=digest_of(content), openings=openings)
    assert {fault.number for fault in chain_faults(plan)} == {1}
    pages = ["", "actos/", "actos/10/", "cierres/1-registros.json", "informe/2026-t4/"]
    assert {client.get(f"/plan/plan-2026/{page}").status_code for page in pages} == {200}
    assert {desk.get(f"/escritorio/plan/{plan.pk}/{page}").status_code for page in ("", "meses/")} == {200}


@pytest.mark.parametrize("openings", [None, [], "no"])
def test_records_of_another_shape_are_nobodys(plan: Plan, head: User, openings: object) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    Seal.objects.filter(pk=seal.pk).update(openings=Value(openings, JSONField()))
    assert {fault.number for fault in chain_faults(plan)} == {1}
    assert [record.title for record in october(plan).records] == ["Registro retirado"]


def test_the_log_misses_the_last_link_when_it_is_cut_off_or_signed_anew(plan: Plan, head: User) -> None:
    actions.close_month(plan, 9, by=head, at=AT)
    last = actions.close_month(plan, 10, by=head, at=AT)
    anew = canonical(json.loads(last.content) | {"rows": []})
    with without_guard():
        Seal.objects.filter(pk=last.pk).update(content=anew, digest=digest_of(anew))
        assert [fault.number for fault in chain_faults(plan)] == [2]
        Seal.objects.filter(pk=last.pk).delete()
    assert [fault.number for fault in chain_faults(plan)] == [2]


def test_whoever_signed_is_named_whatever_the_row_says(plan: Plan, head: User) -> None:
    seal = actions.close_month(plan, 10, by=head, at=AT)
    Seal.objects.filter(pk=seal.pk).update(by=UserFactory.create())
    assert link_of(Seal.objects.get()).by == head.get_username()


def test_a_measure_that_nobody_has_any_more_closes_nothing_and_opens_every_page(
    plan: Plan, head: User, desk: Client, client: Client
) -> None:
    plan.indicators.update(measure="se_fue")
    with pytest.raises(PlanError, match="se_fue"):
        actions.close_month(plan, 10, by=head, at=AT)
    assert client.get("/plan/plan-2026/actos/").status_code == 200
    assert desk.get(f"/escritorio/plan/{plan.pk}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_is_told() -> None:
    plan, person = PlanFactory.create(year=2026), UserFactory.create()
    act("2026-10-05 09:00", Settlement.COVERED)
    IndicatorFactory.create(plan=plan, measure="acts_covered")

    def close() -> None:
        actions.close_month(plan, 10, by=person, at=AT)

    [told] = beside([close, close])
    assert "Octubre de 2026 ya está cerrado" in str(told)
    assert Seal.objects.count() == 1
    with without_guard():
        Seal.objects.all().delete()  # what the database is emptied with after this test would be refused
