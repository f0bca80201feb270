"""Figures, lights and months of a plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
from pregon.plan.contract import Kept, Missing, Reading
from pregon.plan.enums import Direction, Light, Mark, Overshoot, Part, PlanKind
from pregon.plan.models import Activity, Indicator, Plan
from pregon.plan.queries import (
    as_written,
    current_plan,
    current_plans,
    figure_sheet,
    headline_figures,
    lacks_of,
    month_standing,
    owed,
    plan_sheet,
    rows_by_place,
    share_of_target,
    traffic_light,
)

pytestmark = pytest.mark.postgresql

AT = moment("2026-11-20")
WEEK_MARKS = [Mark.BEFORE] * 9


def reading(kept: int, missing: int) -> Reading:
    day = date(2026, 11, 20)
    return Reading(
        unit="actos",
        kept=(Kept(when=day, records=()),) * kept,
        missing=(Missing(when=day, title="", detail=""),) * missing,
    )


@pytest.mark.parametrize(
    ("target", "kept", "missing", "light"),
    [
        (100, 100, 0, Light.GREEN),
        (100, 95, 5, Light.GREEN),  # the very threshold
        (100, 94, 6, Light.YELLOW),
        (100, 80, 20, Light.YELLOW),
        (100, 79, 21, Light.RED),
        (100, 0, 10, Light.RED),
        (80, 76, 24, Light.GREEN),  # 95 per cent of 80
        (80, 75, 25, Light.YELLOW),
        (60, 100, 0, Light.GREEN),  # past the target, which is to meet it
        (100, 0, 0, Light.GREY),  # nothing was owed yet
        (None, 10, 0, Light.GREY),  # nobody wrote a target
        (0, 0, 10, Light.GREEN),
    ],
)
def test_the_light_is_the_share_of_the_target(
    target: int | None, kept: int, missing: int, light: Light
) -> None:
    indicator = Indicator(target=None if target is None else Decimal(target))
    assert traffic_light(indicator, reading(kept, missing)) == light


def test_without_a_reading_the_light_is_grey_and_never_red() -> None:
    assert traffic_light(Indicator(target=Decimal(100)), None) == Light.GREY


@pytest.mark.parametrize(("overshoot", "light"), [(Overshoot.MET, Light.GREEN), (Overshoot.DOUBT, Light.RED)])
def test_passing_the_target_by_far_may_mean_that_the_target_was_badly_set(
    overshoot: str, light: Light
) -> None:
    indicator = Indicator(target=Decimal(50), overshoot=overshoot)
    assert traffic_light(indicator, reading(7, 3)) == light  # 140 per cent of the target
    assert traffic_light(indicator, reading(6, 4)) == Light.GREEN  # 120: within the rule


@pytest.mark.parametrize(
    ("target", "value", "share"),
    [(10, 10, 100), (10, 20, 50), (10, 5, 200), (0, 0, 100), (10, 0, 100), (0, 5, 0)],
)
def test_where_less_is_better_the_share_is_the_reverse(target: int, value: int, share: int) -> None:
    indicator = Indicator(target=Decimal(target), direction=Direction.DOWN)
    assert share_of_target(indicator, Decimal(value)) == Decimal(share)


@pytest.fixture
def plan(db: None) -> Plan:
    made = PlanFactory.create(title="Plan operativo")
    IndicatorFactory.create(
        plan=made, code="actos", name="Actos", measure="acts_covered", target=Decimal(100), order=1
    )
    IndicatorFactory.create(plan=made, code="opinion", name="Opinión", baseline=Decimal(60), order=2)
    ActivityFactory.create(plan=made, number=1, short_name="Boletines", measure="bulletins_on_working_days")
    ActivityFactory.create(plan=made, number=2, short_name="Carteles")
    return made


def records() -> None:
    """Two working weeks that began on Monday the 9th: one act lacks, two days have no bulletin, the 16th is free."""
    act("2026-11-09 09:00", Settlement.COVERED)
    act("2026-11-10 09:00", Settlement.DUE, title="Sin cubrir")
    for day in (9, 11, 12, 13, 17, 18, 20):
        bulletin(f"2026-11-{day:02d} 11:00")


def test_headline_figures_are_those_of_the_plan_of_the_year(plan: Plan) -> None:
    records()
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


@pytest.mark.django_db
def test_without_a_plan_there_are_no_headlines() -> None:
    assert headline_figures(AT) == ()


def test_the_current_plan_is_that_of_the_local_year_or_the_latest_before_it(plan: Plan) -> None:
    later = PlanFactory.create(year=2027)
    assert current_plan(moment("2026-12-31 23:30")) == plan  # already 2027 in UTC
    assert current_plan(moment("2027-01-01 00:00")) == later
    assert current_plan(moment("2029-01-01")) == later
    assert current_plan(moment("2020-01-01")) is None


def test_before_the_first_record_there_is_no_figure_rather_than_a_red_one(plan: Plan) -> None:
    figures = headline_figures(AT)
    assert [(figure.text, figure.light, figure.word) for figure in figures] == [
        ("sin dato", Light.GREY, "Sin dato"),
        ("sin dato", Light.GREY, "Sin dato"),
    ]


def test_the_month_says_which_of_its_working_days_it_is(plan: Plan) -> None:
    records()
    standing = month_standing(plan, 11, at=AT)
    assert standing.text == "noviembre, día hábil 14 de 20"
    assert [figure.text for figure in standing.figures] == ["1 de 2", "7 de 9"]


def test_a_month_counts_only_its_own_days(plan: Plan) -> None:
    records()
    act("2026-10-05 09:00", Settlement.COVERED)
    bulletin("2026-10-05", number=90)
    standing = month_standing(plan, 10, at=AT)
    assert (standing.text, standing.figures[0].text) == ("octubre, día hábil 22 de 22", "1 de 1")


def test_a_month_to_come_has_no_figures_yet(plan: Plan) -> None:
    records()
    standing = month_standing(plan, 12, at=AT)
    assert (standing.working_day, {figure.light for figure in standing.figures}) == (0, {Light.GREY})


def test_the_calendar_of_an_activity_tells_planned_done_and_today(plan: Plan) -> None:
    records()
    Activity.objects.filter(number=1).update(months=[True] * 10 + [True, True])
    months = plan_sheet(plan, at=AT).activities[0].months
    assert [cell.mark for cell in months] == [Mark.BEFORE] * 10 + [Mark.DONE, Mark.AHEAD]
    assert [(cell.name, cell.count) for cell in months if cell.now] == [("noviembre", 7)]


def test_a_planned_month_that_passed_without_records_is_shown_and_turns_the_activity_yellow(
    plan: Plan,
) -> None:
    bulletin("2026-08-03")
    row = plan_sheet(plan, at=AT).activities[0]
    assert [cell.mark for cell in row.months][6:] == [
        Mark.BEFORE, Mark.DONE, Mark.LATE, Mark.LATE, Mark.NOW, Mark.AHEAD,
    ]  # fmt: skip
    assert row.figure is not None
    assert (row.figure.light, row.figure.word) == (Light.YELLOW, "Hay meses sin registros")


def test_records_in_a_month_nobody_planned_are_shown_too(plan: Plan) -> None:
    records()
    Activity.objects.filter(number=1).update(months=[False] * 12)
    row = plan_sheet(plan, at=AT).activities[0]
    assert {cell.mark for cell in row.months} == {Mark.NONE, Mark.EXTRA}
    assert row.months[10].mark == Mark.EXTRA
    assert row.figure is not None
    assert (row.figure.light, row.figure.word) == (Light.GREY, "Hecho sin estar planeado")


def test_an_activity_nobody_measures_shows_what_was_planned_and_nothing_else(plan: Plan) -> None:
    row = plan_sheet(plan, at=AT).activities[1]
    assert {cell.mark for cell in row.months} == {Mark.UNMEASURED}
    assert row.figure is None


def test_what_a_plan_leaves_empty_is_shown_as_empty(plan: Plan) -> None:
    opinion = plan_sheet(plan, at=AT).indicators[1]
    assert [(level.label, level.text, level.length) for level in opinion.levels] == [
        ("Línea base", "60 %", Decimal("60.0")),
        ("Resultado 2025", "sin dato", Decimal(0)),
        ("Ahora", "sin dato", Decimal(0)),
        ("Meta 2026", "sin meta", Decimal(0)),
    ]
    assert (opinion.figure.light, opinion.figure.word) == (Light.GREY, "Sin dato")


def test_a_figure_without_target_says_so(plan: Plan) -> None:
    records()
    Indicator.objects.filter(code="actos").update(target=None)
    figure = plan_sheet(plan, at=AT).indicators[0].figure
    assert (figure.light, figure.word) == (Light.GREY, "Sin meta")


def test_what_the_plan_lacks_is_listed_once_with_acts_before_days_and_the_latest_first(plan: Plan) -> None:
    records()
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


def test_three_of_everything_cost_as_many_queries_as_one(plan: Plan) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            plan_sheet(plan, at=AT)
        return len(queries)

    records()
    ProgrammeFactory.create(plan=plan)
    cost()  # the very first question writes the office's row
    one = cost()
    for number in (3, 4):
        programme = ProgrammeFactory.create(plan=plan)
        IndicatorFactory.create(plan=plan, programme=programme, measure="acts_covered")
        ActivityFactory.create(plan=plan, number=number, measure="bulletins_on_working_days")
        act(f"2026-11-{number + 10} 09:00", Settlement.COVERED)
    assert cost() == one


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_of_several_plans_of_a_year_that_of_a_campaign_comes_last() -> None:
    campaign = PlanFactory.create(year=2026, kind=PlanKind.CAMPAIGN)
    whole = PlanFactory.create(year=2026)
    PlanFactory.create(year=2027)
    PlanFactory.create(year=2025)
    assert current_plans(AT) == [whole, campaign]
    assert current_plan(AT) == whole


@pytest.mark.django_db
def test_what_a_plan_lacks_is_told_beside_the_other_plans_of_its_year() -> None:
    plan = PlanFactory.create(year=2026)
    PlanFactory.create(year=2026, title="Otro plan")
    PlanFactory.create(year=2025, title="Plan viejo")
    assert ["Otro plan" in lack.what for lack in lacks_of(plan)] == [True]


@pytest.mark.django_db
def test_a_finding_names_the_row_that_a_file_lists_at_its_number() -> None:
    plan = PlanFactory.create()
    programme = ProgrammeFactory.create(plan=plan)
    inside = IndicatorFactory.create(plan=plan, programme=programme, order=1)
    loose = IndicatorFactory.create(plan=plan, order=2)
    activity = ActivityFactory.create(plan=plan)
    assert rows_by_place(plan) == {
        Part.PLAN: [plan],
        Part.PROGRAMME: [programme],
        Part.INDICATOR: [loose, inside],
        Part.ACTIVITY: [activity],
    }
    assert [line.code for line in as_written(plan).every_indicator] == [loose.code, inside.code]


def test_a_row_of_a_programme_of_another_plan_stops_no_page() -> None:
    plan = PlanFactory.create()
    row = IndicatorFactory.create(plan=plan, programme=ProgrammeFactory.create())
    assert rows_by_place(plan)[Part.INDICATOR] == [row]
