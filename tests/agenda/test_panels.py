from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from factories.accounts import UserFactory
from factories.newsroom import NOON, act
from pregon.accounts.enums import Role
from pregon.agenda.panels import TodayPanel, local_midnight, summary

pytestmark = pytest.mark.django_db


def shown(role: Role = Role.EDITOR) -> str:
    request = RequestFactory().get("/")
    request.user = UserFactory.create(roles=[role])
    return str(TodayPanel(NOON).render_html({"request": request}))


def test_a_local_day_begins_at_the_local_midnight() -> None:
    midnight = local_midnight(NOON)
    assert (timezone.localtime(midnight).hour, timezone.localdate(midnight)) == (0, timezone.localdate(NOON))


def test_a_day_without_acts_says_so_and_offers_to_add_one() -> None:
    page = shown()
    assert ("Hoy no hay actos en la agenda." in page, "Anota uno" in page, summary([]) == "") == (
        True,
        True,
        True,
    )


def test_todays_acts_come_first_and_tomorrows_below() -> None:
    act("Torneo de básquetbol")
    act("Jornada de salud", start=NOON + timedelta(days=1))
    act("De la semana entrante", start=NOON + timedelta(days=7))
    page = shown()
    places = [page.find(words) for words in ("Torneo de básquetbol", "Mañana", "Jornada de salud")]
    assert places == sorted(places)
    assert (min(places) > 0, "De la semana entrante" in page) == (True, False)


def test_the_day_says_how_many_have_nobody() -> None:
    act("Uno")
    act("Dos")
    assert "2 · 2 sin quien los cubra" in shown()


def test_who_may_only_look_gets_no_links() -> None:
    act("Torneo de básquetbol")
    page = shown(Role.READER)
    assert ("Torneo de básquetbol" in page, "<a href" in page) == (True, False)


def test_what_former_days_still_owe_is_not_forgotten_for_a_week() -> None:
    act("De hace dos días", start=NOON - timedelta(days=2))
    act("De hace un mes", start=NOON - timedelta(days=30))
    page = shown()
    assert ("De días pasados" in page, "De hace dos días" in page, "De hace un mes" in page) == (
        True,
        True,
        False,
    )
