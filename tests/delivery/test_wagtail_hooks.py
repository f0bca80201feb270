from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from factories.accounts import UserFactory
from pregon.accounts.enums import Role
from pregon.delivery.panels import GoingOutPanel
from pregon.delivery.wagtail_hooks import delivery_menu, delivery_panel

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.EDITOR, ["Lo que sale", "Suscriptores", "Canales"]),
        (Role.READER, ["Lo que sale"]),
        (Role.LIAISON, []),
    ],
)
def test_the_menu_shows_what_a_role_may_open(role: Role, names: list[str]) -> None:
    request = RequestFactory().get("/")
    request.user = UserFactory.create(roles=[role])
    assert [str(item.label) for item in delivery_menu().menu.menu_items_for_request(request)] == names


def test_the_panel_is_for_those_who_may_see_dispatches() -> None:
    request = RequestFactory().get("/")
    shown: list[Any] = []
    for role in (Role.READER, Role.LIAISON):
        request.user = UserFactory.create(roles=[role])
        delivery_panel(request, shown)
    assert [type(panel) for panel in shown] == [GoingOutPanel]
