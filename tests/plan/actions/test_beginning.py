"""A new year begins with last year's plan, and no target goes through unseen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from wagtail.models import ModelLogEntry

from factories.accounts import UserFactory
from factories.plan import bulletin, moment
from pregon.accounts.models import User
from pregon.plan import actions
from pregon.plan.errors import WrongYear, YearBegun
from pregon.plan.models import Capture, Deviation, Plan
from pregon.plan.queries import as_written
from pregon.plan.values import ActivityLine, DeviationLine, IndicatorLine, MeasureLine, PlanPart

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql, pytest.mark.parts]

AT = moment("2027-01-15")
DEVIATION = DeviationLine(month=3, cause="Se descompuso la cámara.")
DAILY = MeasureLine(name="bulletins_on_working_days")
PART = PlanPart(
    key="comunicacion",
    title="Plan 2026 de muestra",
    year=2026,
    calendar_year=2025,
    unit_name="Comunicación Social",
    indicators=(
        IndicatorLine(
            code="diarios", name="Boletines", target=Decimal(95), measure=DAILY, deviations=(DEVIATION,)
        ),
        IndicatorLine(code="opinion", name="Opinión", previous=Decimal(61), baseline=Decimal(60)),
    ),
    activities=(
        ActivityLine(
            description="Boletines", done=(True,) * 12, months=(True,) * 12, deviations=(DEVIATION,)
        ),
    ),
)


@pytest.fixture
def head() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def plan(head: User) -> Plan:
    for day in ("2026-11-10", "2026-11-11", "2026-12-01"):
        bulletin(day)
    made = actions.put_in(PART, at=AT)
    Capture.objects.create(
        indicator=made.indicators.get(code="opinion"),
        month=12,
        numerator=62,
        note="Encuesta.",
        by=head,
        at=AT,
    )
    return made


def close(plan: Plan, *months: int, by: User) -> None:
    for month in months:
        actions.close_month(plan, month, by=by, at=AT)


def test_the_copy_has_the_rows_and_the_dates_of_its_year_and_nothing_that_was_done(
    plan: Plan, head: User
) -> None:
    begun = actions.begin_year(plan, 2027, by=head, at=AT)
    assert (begun.slug, begun.title, begun.year, begun.calendar_year) == (
        "comunicacion-2027",
        "Plan 2027 de muestra",
        2027,
        2027,
    )
    assert [row.months for row in begun.activities.all()] == [[True] * 12]
    assert [row.done for row in begun.activities.all()] == [[False] * 12]
    assert list(begun.indicators.values_list("code", "target", "previous", "review_due")) == [
        ("diarios", Decimal(95), None, True),
        ("opinion", None, None, True),
    ]
    assert not Capture.objects.filter(indicator__plan=begun).exists()
    assert not Deviation.objects.filter(indicator__plan=begun).exists()
    assert not Deviation.objects.filter(activity__plan=begun).exists()
    assert begun.source == ("Copiado del plan de 2026 el 15 de enero de 2027, con sus metas por revisar.")


def test_the_old_plan_stays_as_it_was(plan: Plan, head: User) -> None:
    before = as_written(plan)
    actions.begin_year(plan, 2027, by=head, at=AT)
    plan.refresh_from_db()
    assert as_written(plan) == before
    assert Capture.objects.filter(indicator__plan=plan).count() == 1


def test_what_a_closed_year_reached_is_the_result_of_the_year_before(plan: Plan, head: User) -> None:
    with time_machine.travel(AT, tick=False):
        close(plan, 11, 12, by=head)  # the records begin in November
        begun = actions.begin_year(plan, 2027, by=head, at=AT)
    said = dict(begun.indicators.values_list("code", "previous"))
    assert said["opinion"] == Decimal(62)  # captured by hand, and signed
    assert said["diarios"] is not None
    assert Decimal(0) < said["diarios"] < Decimal(20)


def test_a_year_with_a_month_still_open_tells_no_result(plan: Plan, head: User) -> None:
    close(plan, 11, by=head)
    begun = actions.begin_year(plan, 2027, by=head, at=AT)
    assert list(begun.indicators.exclude(previous=None)) == []


def test_what_a_year_reached_is_told_to_the_next_one_as_soon_as_its_last_month_is_closed(
    plan: Plan, head: User
) -> None:
    close(plan, 11, by=head)
    begun = actions.begin_year(plan, 2027, by=head, at=AT)
    with time_machine.travel(AT, tick=False):
        close(plan, 12, by=head)
    said = dict(begun.indicators.values_list("code", "previous"))
    assert said["opinion"] == Decimal(62)
    assert said["diarios"] is not None


def test_what_somebody_wrote_as_the_result_of_the_year_before_stays(plan: Plan, head: User) -> None:
    begun = actions.begin_year(plan, 2027, by=head, at=AT)
    begun.indicators.filter(code="opinion").update(previous=Decimal(70))
    close(plan, 11, 12, by=head)
    assert begun.indicators.get(code="opinion").previous == Decimal(70)


def test_a_year_is_begun_once_and_only_after_the_plan(plan: Plan, head: User) -> None:
    for year in (2025, 2026, 2101):
        with pytest.raises(WrongYear, match="año posterior"):
            actions.begin_year(plan, year, by=head, at=AT)
    actions.begin_year(plan, 2027, by=head, at=AT)
    with pytest.raises(YearBegun, match="Ya hay un plan de 2027"):
        actions.begin_year(plan, 2027, by=head, at=AT)
    assert Plan.objects.count() == 2


def test_a_plan_may_skip_a_year(plan: Plan, head: User) -> None:
    assert actions.begin_year(plan, 2029, by=head, at=AT).year == 2029


def test_who_began_it_stands_in_the_register(plan: Plan, head: User) -> None:
    begun = actions.begin_year(plan, 2027, by=head, at=AT)
    entry = ModelLogEntry.objects.get(object_id=str(begun.pk), action="wagtail.copy")
    assert (entry.user, entry.data) == (head, {"from": "comunicacion-2026"})


def test_a_target_is_reviewed_by_somebody_whether_it_stays_or_changes(plan: Plan, head: User) -> None:
    begun = actions.begin_year(plan, 2027, by=head, at=AT)
    diarios = begun.indicators.get(code="diarios")
    actions.review_target(diarios, target=diarios.target, target_text="", by=head, at=AT)
    opinion = actions.review_target(
        begun.indicators.get(code="opinion"), target=Decimal(65), target_text="65 de cada 100", by=head, at=AT
    )
    diarios.refresh_from_db()
    assert (diarios.target, diarios.review_due, diarios.reviewed_by, diarios.reviewed_at) == (
        95,
        False,
        head,
        AT,
    )
    assert (opinion.target, opinion.target_text, opinion.review_due) == (Decimal(65), "65 de cada 100", False)


def test_loading_the_file_again_asks_nobody_to_review_again(head: User) -> None:
    moved = actions.put_in(PART, at=AT, year=2027)
    row = moved.indicators.get(code="diarios")
    actions.review_target(row, target=Decimal(95), target_text="", by=head, at=AT)
    actions.put_in(replace(PART, title="Otro título"), at=AT, year=2027)
    row.refresh_from_db()
    assert not row.review_due
