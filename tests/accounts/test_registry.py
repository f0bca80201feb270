"""Grants are handed up; the head of the office holds all of them."""

from __future__ import annotations

from collections import defaultdict

import pytest

from pregon.accounts import registry
from pregon.accounts.enums import Role


@pytest.fixture(autouse=True)
def no_grants_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "GRANTS", defaultdict(set))


def test_a_grant_goes_to_the_roles_named_and_to_the_head() -> None:
    registry.grant(Role.EDITOR, Role.DESIGNER, permissions=["agenda.view_act"])
    registry.grant(Role.EDITOR, permissions=iter(["agenda.add_act"]))
    assert dict(registry.GRANTS) == {
        Role.EDITOR: {"agenda.view_act", "agenda.add_act"},
        Role.DESIGNER: {"agenda.view_act"},
        Role.HEAD: {"agenda.view_act", "agenda.add_act"},
    }


def test_what_is_granted_to_the_head_goes_to_nobody_else() -> None:
    registry.grant(Role.HEAD, permissions=["plan.change_plan"])
    assert dict(registry.GRANTS) == {Role.HEAD: {"plan.change_plan"}}
