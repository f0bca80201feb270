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
    may = {
        Role.HEAD: {"view", "add", "change", "delete", "close"},
        Role.EDITOR: {"view", "add"},  # what was captured and explained
    }
    assert verbs(role) == may.get(role, {"view"})


@pytest.mark.django_db
def test_the_head_holds_every_permission_of_every_model_and_closes_the_month() -> None:
    held = Group.objects.get(name=Role.HEAD.value).permissions.filter(content_type__app_label="plan")
    of_models = [f"{verb}_{model}" for verb in ("view", "add", "change", "delete") for model in MODELS]
    assert sorted(held.values_list("codename", flat=True)) == sorted(
        [*of_models, "add_capture", "add_deviation", "close_month"]
    )
