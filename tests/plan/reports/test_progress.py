from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model

from factories.plan import IndicatorFactory, PlanFactory, act, moment
from plan.reports.conftest import AT, told
from pregon.accounts.models import User
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.enums import Light, Mark
from pregon.plan.errors import UnknownSpan
from pregon.plan.models import Capture, Plan
from pregon.plan.reports.progress import Span


def test_a_span_is_a_quarter_or_a_year() -> None:
    third = Span.named("2026-t3")
    assert (third.period.first, third.period.last) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (third.slug, third.title) == ("2026-t3", "Tercer trimestre de 2026")
    whole = Span.named("2026")
    assert (list(whole.months), whole.slug, whole.title) == (list(range(1, 13)), "2026", "Año 2026")


@pytest.mark.parametrize("slug", ["2026-t5", "2026-t0", "t3", "", "2026-T3", "20260"])
def test_anything_else_is_no_span(slug: str) -> None:
    with pytest.raises(UnknownSpan):
        Span.named(slug)


def test_a_figure_tells_the_period_and_the_year_so_far(plan: Plan) -> None:
    third, fourth = told(plan, Span(year=2026, quarter=3)), told(plan)
    line = fourth.indicators[0]
    assert (line.done, line.owed, line.value, line.light) == (2, 3, Decimal("66.67"), Light.RED)
    assert (line.so_far, [month.value for month in line.months][8:]) == (
        Decimal("66.67"), [None, Decimal(50), Decimal(100), None],
    )  # fmt: skip
    assert (third.indicators[0].text, third.indicators[0].light) == ("sin dato", Light.GREY)


def test_a_report_tells_nothing_of_the_months_after_it(plan: Plan) -> None:
    third = told(plan, Span(year=2026, quarter=3)).activities[0]
    assert [month.mark for month in third.months][8:] == [Mark.BEFORE, Mark.AHEAD, Mark.AHEAD, Mark.AHEAD]


def test_an_internal_act_is_counted_and_not_named(plan: Plan) -> None:
    line = told(plan).indicators[0]
    assert [record.title for record in line.records] == ["Entrega del pozo"]
    assert line.hidden_records == 1


def test_what_was_closed_is_told_as_it_was_signed(plan: Plan) -> None:
    act("2026-10-20", Settlement.COVERED, title="Tardío", slug="tardio")
    assert told(plan).indicators[0].owed == 3
    closing = told(plan).closings[0]
    assert (closing.month, closing.number, closing.digest) == (10, 1, plan.seals.get().digest)


def test_a_closing_tells_the_role_that_signed(plan: Plan) -> None:
    assert told(plan).closings[0].signer == ""
    head = User.objects.create_superuser("otra-titular@muestra.example")
    actions.close_month(plan, 9, by=head, at=AT)
    assert [one.signer for one in told(plan, Span(year=2026)).closings] == ["Titular", ""]


def test_what_proves_a_capture_leads_to_its_file_where_anybody_may_open_it(plan: Plan) -> None:
    file = get_document_model().objects.create(
        title="Lista escaneada", file=ContentFile(b"%PDF", "lista.pdf")
    )
    capture = Capture.objects.get()
    capture.evidence = file
    capture.save()
    assert [(one.evidence, one.path) for one in told(plan).captures] == [("Lista escaneada", "")]
    Capture.objects.update(public=True)
    assert [one.path for one in told(plan).captures] == [f"/documentos/{file.pk}/{file.filename}"]


def test_a_month_for_which_nobody_wrote_a_figure_down_has_none(plan: Plan) -> None:
    counted = plan.indicators.create(code="carteles", name="Carteles", target=Decimal(10), order=8)
    Capture.objects.create(indicator=counted, month=9, numerator=Decimal(3), note="Bitácora.", at=AT)
    line = next(line for line in told(plan).indicators if line.slug == "carteles")
    assert [month.value for month in line.months][7:11] == [None, Decimal(3), None, None]


def test_a_month_that_was_opened_again_is_not_closed(plan: Plan) -> None:
    person = User.objects.get()
    actions.reopen_month(plan, 10, reason="Faltaba un acto.", by=person, at=AT)
    assert told(plan).closings == ()


def test_the_last_capture_of_a_month_stands(plan: Plan) -> None:
    Capture.objects.create(
        activity=plan.activities.get(number=2),
        month=11,
        numerator=Decimal(4),
        note="Se encontró otra lista.",
        at=AT,
    )
    assert [(one.month, one.numerator, one.note) for one in told(plan).captures] == [
        (11, 4, "Se encontró otra lista.")
    ]
    assert [one.cause for one in told(plan).deviations] == ["Llovió dos días."]
    assert told(plan, Span(year=2026, quarter=3)).deviations == ()


@pytest.mark.django_db
def test_a_plan_with_nothing_and_one_of_a_year_to_come_are_told() -> None:
    assert told(PlanFactory.create()).lines == ()
    ahead = PlanFactory.create(year=2027)
    IndicatorFactory.create(plan=ahead, measure="acts_covered")
    report = told(ahead, Span(year=2027, quarter=1), at=moment("2026-12-01"))
    assert report.indicators[0].text == "sin dato"


def test_each_measure_is_asked_once_however_many_lines_there_are(plan: Plan) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            told(plan)
        return len(found)

    before = queries()
    for number in range(3):
        IndicatorFactory.create(plan=plan, code=f"otro-{number}", measure="acts_covered")
    assert queries() == before


@pytest.mark.django_db
def test_the_forecast_of_a_quarter_is_that_of_its_last_day() -> None:
    plan = IndicatorFactory.create(plan__year=2026, measure="acts_covered", target=Decimal(100)).plan
    for month in range(1, 10):
        for day in (2, 9, 16, 23):
            act(f"2026-{month:02d}-{day:02d}", Settlement.COVERED)
    third = Span(year=2026, quarter=3)
    before = told(plan, third).indicators[0].forecast
    for day in range(1, 21):
        act(f"2026-10-{day:02d}", Settlement.DUE)
    assert before is not None
    assert told(plan, third).indicators[0].forecast == before
    now = told(plan, Span(year=2026)).indicators[0].forecast
    assert now is not None
    assert now.high < before.low
