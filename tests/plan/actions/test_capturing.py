"""What a person writes down counts, is marked, and never slips into a closed month."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factories.accounts import UserFactory
from factories.plan import IndicatorFactory, PlanFactory, act, moment
from pregon.accounts.models import User
from pregon.agenda.enums import Settlement
from pregon.plan import actions
from pregon.plan.actions import Figures
from pregon.plan.contract import Reading
from pregon.plan.errors import AlreadyClosed, BadCapture, MonthNotOver
from pregon.plan.models import Capture, Indicator
from pregon.plan.queries import plan_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


@pytest.fixture
def opinion() -> Indicator:
    made: Indicator = IndicatorFactory.create(
        plan=PlanFactory.create(year=2026), code="opinion", target=Decimal(60), unit="Porcentaje"
    )
    return made


@pytest.fixture
def editor() -> User:
    made: User = UserFactory.create()
    return made


def figures(done: int, owed: int | None = None, note: str = "Encuesta de salida") -> Figures:
    return Figures(numerator=Decimal(done), denominator=None if owed is None else Decimal(owed), note=note)


def reading(item: Indicator) -> Reading:
    [row] = plan_sheet(item.plan, at=AT).rows
    assert row.reading is not None
    return row.reading


def test_a_captured_figure_counts_and_says_that_it_is_by_hand(opinion: Indicator, editor: User) -> None:
    actions.capture(opinion, 9, figures(70, 100), by=editor, at=AT)
    actions.capture(opinion, 10, figures(50, 100), by=editor, at=AT)
    told = reading(opinion)
    assert (told.text, told.value, told.by_hand) == ("120 de 200", Decimal(60), True)
    assert [(record.title, record.detail, record.url) for record in told.records] == [
        ("Encuesta de salida", "Capturado a mano", "")
    ] * 2
    [row] = plan_sheet(opinion.plan, at=AT).indicators
    assert (row.figure.by_hand, row.figure.light.value) == (True, "verde")


def test_a_later_capture_stands_and_both_are_kept(opinion: Indicator, editor: User) -> None:
    actions.capture(opinion, 9, figures(70, 100), by=editor, at=AT)
    actions.capture(opinion, 9, figures(71, 100), by=editor, at=AT)
    assert reading(opinion).text == "71 de 100"
    assert Capture.objects.count() == 2


def test_where_records_measure_a_capture_stands_for_its_month(editor: User) -> None:
    plan = PlanFactory.create(year=2026)
    item = IndicatorFactory.create(plan=plan, measure="acts_covered")
    act("2026-10-05 09:00", Settlement.DUE)
    act("2026-11-05 09:00", Settlement.COVERED)
    assert reading(item).text == "1 de 2"
    actions.capture(item, 10, figures(4, 5), by=editor, at=AT)
    assert reading(item).text == "5 de 6"


def test_nobody_captures_in_a_closed_month_nor_in_one_to_come(opinion: Indicator, editor: User) -> None:
    actions.close_month(opinion.plan, 10, by=editor, at=AT)
    with pytest.raises(AlreadyClosed, match="Octubre de 2026"):
        actions.capture(opinion, 10, figures(1, 2), by=editor, at=AT)
    with pytest.raises(MonthNotOver):
        actions.capture(opinion, 12, figures(1, 2), by=editor, at=AT)
    assert not Capture.objects.exists()


def test_what_was_captured_is_signed_and_stays(opinion: Indicator, editor: User) -> None:
    actions.capture(opinion, 10, figures(70, 100), by=editor, at=AT)
    actions.close_month(opinion.plan, 10, by=editor, at=AT)
    Capture.objects.update(numerator=1)
    told = reading(opinion)
    assert (told.text, told.by_hand) == ("70 de 100", True)


@pytest.mark.parametrize(
    "wrong", [figures(1, 2, note="  "), figures(3, 2), figures(-1), figures(0, 0)],
    ids=["no source", "more than was owed", "less than none", "out of nothing"],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(opinion: Indicator, editor: User, wrong: Figures) -> None:
    with pytest.raises(BadCapture):
        actions.capture(opinion, 10, wrong, by=editor, at=AT)


def test_a_part_of_a_whole_and_a_number_are_not_added(opinion: Indicator, editor: User) -> None:
    actions.capture(opinion, 9, figures(70, 100), by=editor, at=AT)
    with pytest.raises(BadCapture, match="de cuántos"):
        actions.capture(opinion, 10, figures(70), by=editor, at=AT)
    actions.capture(opinion, 9, figures(70), by=editor, at=AT)  # the only month may change its mind
    with pytest.raises(BadCapture, match="solo cuántos"):
        actions.capture(opinion, 10, figures(70, 100), by=editor, at=AT)
