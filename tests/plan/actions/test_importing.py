"""A document is kept until somebody confirms it, and becomes a plan once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from factories.accounts import UserFactory
from factories.documents import SEEDS
from factories.plan import moment
from pregon.plan import actions
from pregon.plan.enums import DraftState
from pregon.plan.errors import BrokenPlan, CapturesLost, PlanClosed
from pregon.plan.importing import draft_of
from pregon.plan.models import Activity, Capture, Indicator, Plan, PlanDraft
from pregon.plan.queries import as_written
from pregon.plan.values import ActivityLine, IndicatorLine, MeasureLine, PlanPart

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")
DOCUMENT = (SEEDS / "mazamitla.txt").read_bytes()


def waiting() -> PlanDraft:
    return actions.hand_in(DOCUMENT, name="mazamitla.txt", by=None, at=AT)


def understood(name: str = "mazamitla.txt") -> PlanPart:
    return draft_of((SEEDS / name).read_bytes(), name=name, year=2026).plan


@pytest.mark.parametrize("name", ["mazamitla.txt", "ocotlan.txt"])
def test_what_was_understood_comes_back_from_the_database_to_the_last_word(name: str) -> None:
    part = understood(name)
    assert as_written(actions.take_in(part, at=AT)) == part


def test_the_same_document_waits_once() -> None:
    assert waiting() == waiting()
    assert bytes(PlanDraft.objects.get().content) == DOCUMENT


def test_a_second_press_finds_the_plan_that_the_first_one_loaded() -> None:
    draft = waiting()
    first = actions.load_draft(draft, understood(), at=AT)
    assert actions.load_draft(draft, replace(understood(), key="otra"), at=AT) == first
    draft.refresh_from_db()
    assert (draft.state, draft.plan, draft.settled_at) == (DraftState.LOADED, first, AT)


def test_a_plan_that_cannot_be_loaded_leaves_its_document_waiting() -> None:
    draft, part = waiting(), understood()
    wrong = replace(part.indicators[0], measure=MeasureLine(name="no_existe"))
    with pytest.raises(BrokenPlan):
        actions.load_draft(draft, replace(part, indicators=(wrong,)), at=AT)
    draft.refresh_from_db()
    assert (draft.state, Plan.objects.count()) == (DraftState.WAITING, 0)


def test_what_was_put_aside_is_not_loaded_and_may_be_handed_in_again() -> None:
    draft = waiting()
    actions.drop_draft(draft, at=AT)
    actions.drop_draft(draft, at=AT)
    with pytest.raises(BrokenPlan, match="ya se había descartado"):
        actions.load_draft(draft, understood(), at=AT)
    assert waiting() != draft


def test_a_plan_with_closed_months_is_not_replaced() -> None:
    plan = actions.take_in(understood(), at=AT, year=2026)
    actions.close_month(plan, 10, by=UserFactory.create(), at=AT)
    with pytest.raises(PlanClosed):
        actions.take_in(understood(), at=AT, year=2026)
    assert actions.take_in(understood(), at=AT).year == 2020


def of(*descriptions: str, codes: tuple[str, ...] = ()) -> PlanPart:
    return PlanPart(
        key="prueba",
        title="Plan",
        year=2026,
        unit_name="Comunicación Social",
        indicators=tuple(IndicatorLine(code=code, name=code) for code in codes),
        activities=tuple(ActivityLine(description=said) for said in descriptions),
    )


def captured(item: Indicator | Activity) -> Capture:
    said = actions.Figures(numerator=Decimal(5), note="La bitácora.")
    return actions.capture(item, 10, said, by=UserFactory.create(), at=AT)


def test_what_was_captured_stays_with_its_activity_when_others_come_before_it() -> None:
    plan = actions.take_in(of("Boletines", "Fotos", "Videos"), at=AT)
    figure = captured(plan.activities.get(description="Fotos"))
    actions.take_in(of("Carteles", "Boletines", "Videos", "Fotos"), at=AT)
    figure.refresh_from_db()
    assert (figure.activity.description, figure.activity.number) == ("Fotos", 4)
    assert [row.description for row in plan.activities.all()] == ["Carteles", "Boletines", "Videos", "Fotos"]


def test_the_measures_that_people_chose_stay_where_a_document_names_none() -> None:
    plan = actions.take_in(of("Boletines", "Fotos", codes=("una",)), at=AT)
    plan.activities.filter(description="Fotos").update(
        measure="photos_in_memory", parameters={"kind": "obra"}
    )
    plan.indicators.update(measure="acts_covered")
    named = of("Fotos", "Boletines", codes=("una", "otra"))
    with_bulletins = replace(
        named,
        activities=(
            named.activities[0],
            replace(named.activities[1], measure=MeasureLine(name="page_views")),
        ),
    )
    actions.take_in(with_bulletins, at=AT)
    assert [(row.description, row.measure, row.parameters) for row in plan.activities.all()] == [
        ("Fotos", "photos_in_memory", {"kind": "obra"}),
        ("Boletines", "page_views", {}),
    ]
    assert [(row.code, row.measure) for row in plan.indicators.all()] == [
        ("una", "acts_covered"),
        ("otra", ""),
    ]


def test_an_activity_that_was_written_otherwise_keeps_what_was_captured() -> None:
    plan = actions.take_in(of("Boletines", "Fotos"), at=AT)
    figure = captured(plan.activities.get(number=2))
    actions.take_in(of("Boletines", "Fotografías"), at=AT)
    figure.refresh_from_db()
    assert figure.activity.description == "Fotografías"


@pytest.mark.parametrize("part", [of("Boletines", codes=("una",)), of("Boletines", "Fotos")])
def test_a_document_that_lacks_a_line_with_captured_figures_replaces_nothing(part: PlanPart) -> None:
    plan = actions.take_in(of("Boletines", "Fotos", codes=("una",)), at=AT)
    captured(plan.indicators.get())
    captured(plan.activities.get(number=2))
    with pytest.raises(CapturesLost, match="ya no está en el documento"):
        actions.take_in(part, at=AT)
    assert (plan.activities.count(), plan.indicators.count(), Capture.objects.count()) == (2, 1, 2)


def test_a_document_that_lacks_a_line_that_people_explained_replaces_nothing() -> None:
    plan = actions.take_in(of("Boletines", "Fotos"), at=AT)
    went = actions.Explanation(cause="No hubo cámara.")
    actions.explain(plan.activities.get(number=2), 10, went, by=UserFactory.create(), at=AT)
    with pytest.raises(CapturesLost):
        actions.take_in(of("Boletines"), at=AT)


def test_the_database_knows_only_the_three_states_and_when_each_was_settled() -> None:
    waiting()
    for wrong in ({"state": "perdido", "settled_at": AT}, {"settled_at": AT}, {"state": DraftState.LOADED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanDraft.objects.update(**wrong)
