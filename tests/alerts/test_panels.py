from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from factories.alerts import draft, minor, person, sent
from pregon.accounts.enums import Role
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Status
from pregon.alerts.panels import AlertPanel

pytestmark = pytest.mark.django_db


def shown(role: Role = Role.EDITOR) -> str:
    request = RequestFactory().get("/")
    request.user = person(role)
    return str(AlertPanel(timezone.now()).render_html({"request": request}))


def test_there_is_no_panel_while_there_is_nothing_to_tell() -> None:
    draft()
    assert AlertPanel(timezone.now()).is_needed is False


def test_what_waits_for_its_second_person_is_told_with_who_proposed_it() -> None:
    editor = person()
    alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    page = shown()
    assert "Espera a otra persona" in page and f"La propuso {editor}" in page


def test_what_holds_and_what_is_to_be_justified_stand_there() -> None:
    minor()
    page = shown()
    assert "Vigente" in page and "Falta su justificación" in page
    assert "Falta su justificación" not in shown(Role.READER)


def test_a_drill_is_called_one_and_owes_no_justification() -> None:
    sent(status=Status.EXERCISE)
    page = shown()
    assert "SIMULACRO" in page and "Falta su justificación" not in page
