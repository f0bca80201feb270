"""Everybody at the desk sees the plan; only the head of the office changes it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from pregon.accounts.enums import Role
from pregon.plan.permissions import MODELS


def verbs(role: Role) -> set[str]:
    held = Group.objects.get(name=role.value).permissions.filter(content_type__app_label="plan")
    return {codename.split("_")[0] for codename in held.values_list("codename", flat=True)}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_with_the_plan_what_its_work_asks(role: Role) -> None:
    assert verbs(role) == ({"view", "add", "change", "delete"} if role == Role.HEAD else {"view"})


@pytest.mark.django_db
def test_the_head_holds_every_permission_of_every_model() -> None:
    held = Group.objects.get(name=Role.HEAD.value).permissions.filter(content_type__app_label="plan")
    assert held.count() == 4 * len(MODELS)
