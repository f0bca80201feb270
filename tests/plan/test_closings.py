"""How the months of a plan stand, and what changed in their records since they were signed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from factories.accounts import UserFactory
from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, act, bulletin, moment
from pregon.accounts.models import User
from pregon.agenda.enums import Settlement
from pregon.agenda.models import Act
from pregon.plan import actions
from pregon.plan.closings import drift, months_of, unexplained
from pregon.plan.enums import Closing
from pregon.plan.models import Plan
from pregon.plan.queries import Asking

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def plan() -> Plan:
    plan = PlanFactory.create(year=2026)
    IndicatorFactory.create(plan=plan, code="actos", name="Actos", measure="acts_covered", target=100)
    ActivityFactory.create(plan=plan, number=1, description="Boletines", measure="bulletins_on_working_days")
    bulletin("2026-08-03")
    act("2026-10-05 09:00", Settlement.COVERED, title="Arranque de obra")
    act("2026-10-06 09:00", Settlement.DUE, title="Entrega de becas")
    return plan


@pytest.fixture
def head() -> User:
    made: User = UserFactory.create()
    return made


def asking(plan: Plan) -> Asking:
    return Asking(plan, at=AT)


def test_each_month_says_how_it_stands(plan: Plan, head: User) -> None:
    actions.close_month(plan, 9, by=head, at=AT)
    actions.close_month(plan, 10, by=head, at=AT)
    actions.reopen_month(plan, 10, reason="Faltaba un acto.", by=head, at=AT)
    months = months_of(plan, asking(plan))
    assert [month.state for month in months[7:]] == [
        Closing.OPEN,
        Closing.CLOSED,
        Closing.REOPENED,
        Closing.RUNS,
        Closing.AHEAD,
    ]
    assert [(link.act.value, link.reason) for link in months[9].links] == [
        ("cierre", ""),
        ("reapertura", "Faltaba un acto."),
    ]


def test_where_records_agree_nothing_is_told(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    act("2026-11-05 09:00", Settlement.COVERED, title="De otro mes")
    assert drift(plan, asking(plan)) == ()


def test_what_came_what_went_and_what_changed_is_told_by_line(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    act("2026-10-07 09:00", Settlement.COVERED, title="Llegó tarde")
    Act.objects.filter(title="Arranque de obra").delete()
    Act.objects.get(title="Entrega de becas").coverages.update(settlement=Settlement.COVERED)
    [told] = drift(plan, asking(plan))
    assert told.month == 10
    [line] = told.lines
    assert (line.name, line.added, line.gone, line.changed) == (
        "Actos",
        ("Llegó tarde",),
        ("Arranque de obra",),
        ("Entrega de becas",),
    )


def test_an_explanation_that_is_not_the_signed_one_is_told(plan: Plan, head: User) -> None:
    indicator = plan.indicators.get()
    actions.explain(indicator, 10, actions.Explanation(cause="Sin vehículo."), by=head, at=AT)
    actions.close_month(plan, 10, by=head, at=AT)
    assert drift(plan, asking(plan)) == ()
    indicator.deviations.update(cause="Otra cosa.")  # as a document that is loaded anew can
    [told] = drift(plan, asking(plan))
    assert [line.note for line in told.lines] == ["Su explicación ya no es la que se firmó."]


def test_a_line_that_left_or_asks_something_else_is_told(plan: Plan, head: User) -> None:
    actions.close_month(plan, 10, by=head, at=AT)
    plan.indicators.all().delete()
    plan.activities.update(measure="days_with_publication")
    [told] = drift(plan, asking(plan))
    assert [line.note for line in told.lines] == ["Ya no está en el plan.", "Ahora se mide de otra manera."]


def test_a_late_month_asks_for_an_explanation_until_it_has_one(plan: Plan, head: User) -> None:
    assert [(line.slug, line.word) for line in unexplained(plan, 10, asking(plan))] == [
        ("actos", "Fuera de meta"),
        ("actividad-1", "Planeado, sin registros"),
    ]
    indicator = plan.indicators.get()
    actions.explain(indicator, 10, actions.Explanation(cause="Sin vehículo."), by=head, at=AT)
    assert [line.slug for line in unexplained(plan, 10, asking(plan))] == ["actividad-1"]
