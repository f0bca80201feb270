"""Whole plans, ready to be shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.accounts import UserFactory
from factories.plan import (
    ActivityFactory,
    IndicatorFactory,
    PlanFactory,
    ProgrammeFactory,
    act,
    bulletin,
    moment,
)
from pregon.agenda.enums import Settlement
from pregon.core.remembering import remembering
from pregon.plan import actions, registry
from pregon.plan.enums import Light
from pregon.plan.models import Plan
from pregon.plan.queries import figure_sheet, headline_figures, month_standing, owed, plan_sheet, results_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


def test_headline_figures_are_those_of_the_plan_of_the_year(plan: Plan, records: None) -> None:
    PlanFactory.create(year=2025)
    figures = headline_figures(AT)
    assert [(f.name, f.text, f.percent, f.target, f.light, f.word, f.url) for f in figures] == [
        (
            "Actos", "1 de 2", Decimal("50.0"), Decimal(100), Light.RED, "Fuera de meta",
            f"/plan/{plan.slug}/actos/",
        ),
        (
            "Boletines", "7 de 9", Decimal("77.8"), None, Light.GREEN, "Al corriente",
            f"/plan/{plan.slug}/actividad-1/",
        ),
    ]  # fmt: skip


def test_headlines_are_the_first_figures_of_the_plan_and_ask_for_no_more(
    plan: Plan, records: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, first = (ProgrammeFactory.create(plan=plan, order=order) for order in (2, 1))
    for programme, measure in ((last, "albums_published"), (first, "services_reviewed")):
        IndicatorFactory.create(plan=plan, programme=programme, measure=measure)
    asked = []
    ask = registry.take
    monkeypatch.setattr(
        registry, "take", lambda measure, question: asked.append(measure.name) or ask(measure, question)
    )
    shown = headline_figures(AT, limit=2)
    assert shown == plan_sheet(plan, at=AT).figures[:2]
    assert asked[:2] == ["services_reviewed", "albums_published"]
    assert len(asked) == 2 + 4


def test_a_figure_is_taken_from_the_whole_plan_where_that_is_at_hand(plan: Plan, records: None) -> None:
    alone = figure_sheet(plan, "actos", at=AT).rows
    with remembering():
        whole = plan_sheet(plan, at=AT)
        assert figure_sheet(plan, "actos", at=AT) is whole
    assert alone == tuple(row for row in whole.rows if row.item.slug == "actos")


def test_without_a_plan_there_are_no_headlines() -> None:
    assert headline_figures(AT) == ()


def test_before_the_first_record_there_is_no_figure_rather_than_a_red_one(plan: Plan) -> None:
    figures = headline_figures(AT)
    assert [(figure.text, figure.light, figure.word) for figure in figures] == [
        ("sin dato", Light.GREY, "Sin dato"),
        ("sin dato", Light.GREY, "Sin dato"),
    ]


def test_the_month_says_which_of_its_working_days_it_is(plan: Plan, records: None) -> None:
    standing = month_standing(plan, 11, at=AT)
    assert standing.text == "noviembre, día hábil 14 de 20"
    assert [figure.text for figure in standing.figures] == ["1 de 2", "7 de 9"]


def test_a_month_counts_only_its_own_days(plan: Plan, records: None) -> None:
    act("2026-10-05 09:00", Settlement.COVERED)
    bulletin("2026-10-05", number=90)
    standing = month_standing(plan, 10, at=AT)
    assert (standing.text, standing.figures[0].text) == ("octubre, día hábil 22 de 22", "1 de 1")


def test_a_month_to_come_has_no_figures_yet(plan: Plan, records: None) -> None:
    standing = month_standing(plan, 12, at=AT)
    assert (standing.working_day, {figure.light for figure in standing.figures}) == (0, {Light.GREY})


def test_what_the_plan_lacks_is_listed_once_with_acts_before_days_and_the_latest_first(
    plan: Plan, records: None
) -> None:
    ActivityFactory.create(plan=plan, number=3, measure="acts_covered")
    assert [(item.when.day, item.detail) for item in owed(plan_sheet(plan, at=AT))] == [
        (10, "Falta: Boletín."),
        (19, "Sin boletín"),
        (10, "Sin boletín"),
    ]


def test_programmes_hold_their_own_and_the_rest_comes_last(plan: Plan) -> None:
    programme = ProgrammeFactory.create(plan=plan, name="Comunicación eficiente")
    IndicatorFactory.create(plan=plan, programme=programme, code="propio")
    sheet = plan_sheet(plan, at=AT)
    assert [
        (str(part.programme), [row.indicator.code for row in part.indicators], len(part.activities))
        for part in sheet.programmes
    ] == [("Comunicación eficiente", ["propio"], 0), ("None", ["actos", "opinion"], 2)]


def test_three_of_everything_cost_as_many_queries_as_one(plan: Plan, records: None) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            plan_sheet(plan, at=AT)
        return len(queries)

    ProgrammeFactory.create(plan=plan)
    cost()  # the very first question writes the office's row
    one = cost()
    for number in (3, 4):
        programme = ProgrammeFactory.create(plan=plan)
        IndicatorFactory.create(plan=plan, programme=programme, measure="acts_covered")
        ActivityFactory.create(plan=plan, number=number, measure="bulletins_on_working_days")
        act(f"2026-11-{number + 10} 09:00", Settlement.COVERED)
    assert cost() == one


def test_one_figure_is_opened_without_asking_for_the_others() -> None:
    plan = PlanFactory.create(year=2026)
    IndicatorFactory.create(plan=plan, code="actos", measure="acts_covered")
    IndicatorFactory.create(plan=plan, code="boletines", measure="bulletins_published")
    bulletin("2026-11-10")
    with CaptureQueriesContext(connection) as queries:
        sheet = figure_sheet(plan, "boletines", at=AT)
    assert [(row.item.slug, row.figure.text) for row in sheet.rows if row.figure] == [("boletines", "1")]
    assert not any("agenda_coverage" in query["sql"] for query in queries)
    assert figure_sheet(plan, "nada", at=AT).rows == ()


def test_what_was_reached_is_told_when_every_month_with_records_is_closed() -> None:
    plan = PlanFactory.create(year=2026)
    IndicatorFactory.create(plan=plan, code="actos", measure="acts_covered")
    IndicatorFactory.create(plan=plan, code="opinion")
    act("2026-11-10 09:00", Settlement.COVERED)
    january, by = moment("2027-01-10"), UserFactory.create()
    assert results_of(plan, at=january) == {}
    for month in (11, 12):
        actions.close_month(plan, month, by=by, at=january)
    assert results_of(plan, at=january) == {"actos": Decimal(100)}
