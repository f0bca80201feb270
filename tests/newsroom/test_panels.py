from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from factories.accounts import UserFactory
from factories.newsroom import draft, published, shelf
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions.workflow import ensure_workflow
from pregon.newsroom.panels import ApprovalPanel, countdown, sheet_or_editor

pytestmark = pytest.mark.django_db


def shown(user: User) -> str:
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    return str(ApprovalPanel(timezone.now()).render_html({"request": request}))


def handed_in(title: str, *, by: User) -> None:
    ensure_workflow(shelf())
    bulletin = draft(title)
    bulletin.save_revision(user=by)
    bulletin.get_workflow().start(bulletin, by)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(days=2, hours=3, minutes=9), "en 2 días y 3 horas"),
        (timedelta(hours=1, minutes=10), "en 1 hora y 10 minutos"),
        (timedelta(minutes=1), "en 1 minuto"),
        (timedelta(seconds=20), "en menos de un minuto"),
        (timedelta(seconds=-5), "en menos de un minuto"),
    ],
)
def test_a_wait_is_told_in_its_two_largest_units(wait: timedelta, words: str) -> None:
    assert countdown(wait) == words


def test_what_awaits_the_head_is_shown_to_the_head_alone() -> None:
    head, editor = UserFactory.create(roles=[Role.HEAD]), UserFactory.create(roles=[Role.EDITOR])
    handed_in("Jornada de mastografías", by=editor)
    assert ("Jornada de mastografías" in shown(head), "Revisar" in shown(head)) == (True, True)
    assert "Nada espera tu visto bueno." in shown(editor)


def test_what_awaits_a_word_shows_its_hour_or_its_day(time_machine_at: Callable[[datetime], None]) -> None:
    noon = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    time_machine_at(noon)
    head, editor = UserFactory.create(roles=[Role.HEAD]), UserFactory.create(roles=[Role.EDITOR])
    handed_in("Jornada de mastografías", by=editor)
    assert '<span class="desk-mark">12:00</span>' in shown(head)
    time_machine_at(noon + timedelta(days=1))
    assert '<span class="desk-mark">20/11</span>' in shown(head)
    assert "—" not in shown(head)


def test_an_embargo_counts_down_in_words() -> None:
    head = UserFactory.create(roles=[Role.HEAD])
    bulletin = draft("Cierre vial", go_live_at=timezone.now() + timedelta(days=1, hours=2, minutes=5))
    newsroom.publish(bulletin, by=None)
    page = shown(head)
    assert ("Salen solos" in page, "Sale en 1 día y 2 horas" in page, "Borradores" in page) == (
        True,
        True,
        False,
    )


def test_a_draft_is_shown_until_it_is_handed_in() -> None:
    head = UserFactory.create(roles=[Role.HEAD])
    draft("Vacunación antirrábica").save_revision()
    assert "Borradores" in shown(head)


def test_the_panel_costs_the_same_with_one_line_and_with_three() -> None:
    head = UserFactory.create(roles=[Role.HEAD])
    spent = []
    for number in range(3):
        handed_in(f"Boletín {number}", by=head)
        draft(f"Borrador {number}").save_revision()
        shown(head)
        with CaptureQueriesContext(connection) as queries:
            shown(head)
        spent.append(len(queries))
    assert spent[0] == spent[2]


def test_what_went_out_opens_its_sheet_and_the_rest_the_editor() -> None:
    out, writing = published(), draft("Otro")
    assert sheet_or_editor(out) == reverse("newsroom_desk:sheet", args=[out.pk])
    assert sheet_or_editor(writing).startswith(reverse("wagtailadmin_pages:edit", args=[writing.pk]))
