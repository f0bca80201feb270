"""Why a month went otherwise: written once, changed by whoever writes it again, never lost to a document."""

from __future__ import annotations

import pytest

from factories.accounts import UserFactory
from factories.plan import moment
from pregon.accounts.models import User
from pregon.plan import actions
from pregon.plan.actions import Explanation
from pregon.plan.errors import AlreadyClosed, CauseMissing, MonthNotOver
from pregon.plan.models import Deviation

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

AT = moment("2026-11-20")


@pytest.fixture
def editor() -> User:
    made: User = UserFactory.create()
    return made


def test_writing_it_again_changes_it_and_loading_the_plan_anew_keeps_it(editor: User) -> None:
    plan = actions.load_plan("mazamitla", year=2026, at=AT)
    item = plan.indicators.all()[0]
    for cause in ("Sin vehículo.", "  Sin vehículo ni chofer. "):
        actions.explain(item, 10, Explanation(cause=cause, remedy="Se pidió uno."), by=editor, at=AT)
    actions.load_plan("mazamitla", year=2026, at=AT)
    [kept] = Deviation.objects.all()
    assert (kept.cause, kept.remedy, kept.by, kept.month) == (
        "Sin vehículo ni chofer.",
        "Se pidió uno.",
        editor,
        10,
    )


def test_a_cause_is_needed_and_a_month_that_began(editor: User) -> None:
    item = actions.load_plan("mazamitla", year=2026, at=AT).indicators.all()[0]
    with pytest.raises(CauseMissing):
        actions.explain(item, 10, Explanation(cause=" "), by=editor, at=AT)
    with pytest.raises(MonthNotOver):
        actions.explain(item, 12, Explanation(cause="Vendrá."), by=editor, at=AT)


def test_a_closed_month_is_explained_when_it_was_opened_again(editor: User) -> None:
    plan = actions.load_plan("mazamitla", year=2026, at=AT)
    item, said = plan.indicators.all()[0], Explanation(cause="Sin vehículo.")
    actions.close_month(plan, 10, by=editor, at=AT)
    with pytest.raises(AlreadyClosed, match="Octubre de 2026 está cerrado: ábrelo de nuevo, con su motivo"):
        actions.explain(item, 10, said, by=editor, at=AT)
    assert not Deviation.objects.exists()
    actions.reopen_month(plan, 10, reason="Falta explicarlo.", by=editor, at=AT)
    assert actions.explain(item, 10, said, by=editor, at=AT).cause == "Sin vehículo."
