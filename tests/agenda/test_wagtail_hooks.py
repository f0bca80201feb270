from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from factories.accounts import UserFactory
from factories.newsroom import act
from pregon.accounts.enums import Role
from pregon.agenda.panels import TodayPanel
from pregon.agenda.wagtail_hooks import agenda_menu, agenda_panel

pytestmark = pytest.mark.django_db


def test_the_menu_says_how_many_acts_of_today_are_uncovered() -> None:
    request = RequestFactory().get("/")
    assert agenda_menu().render_component(request).attrs == {}
    act(start=timezone.localtime().replace(hour=12))
    assert agenda_menu().render_component(request).attrs == {"data-desk-badge": "1"}


def test_the_panel_is_for_those_who_may_see_acts() -> None:
    request = RequestFactory().get("/")
    shown: list[Any] = []
    request.user = UserFactory.create(roles=[Role.READER])
    agenda_panel(request, shown)
    request.user = UserFactory.create()
    agenda_panel(request, shown)
    assert [type(panel) for panel in shown] == [TodayPanel]
