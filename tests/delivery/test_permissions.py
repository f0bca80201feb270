"""Who may look after what: the head all, an editor look, a reader only what was sent."""

from __future__ import annotations

import pytest

from factories.accounts import UserFactory
from pregon.accounts.enums import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.HEAD, [True, True, True, True]),
        (Role.EDITOR, [True, True, False, False]),
        (Role.READER, [True, False, False, False]),
        (Role.LIAISON, [False, False, False, False]),
    ],
)
def test_what_each_role_may(role: Role, may: list[bool]) -> None:
    person = UserFactory(roles=[role])
    asked = ["view_dispatch", "view_subscriber", "change_channelaccount", "delete_subscriber"]
    assert [person.has_perm(f"delivery.{name}") for name in asked] == may
