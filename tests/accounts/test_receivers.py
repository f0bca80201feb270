"""A migrated database has its roles, with what the installed apps grant and nothing else."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal

from pregon.accounts.enums import Role
from pregon.accounts.receivers import ensure_roles_exist
from pregon.accounts.registry import GRANTS

pytestmark = pytest.mark.django_db


def held(role: Role) -> set[str]:
    rows = Permission.objects.filter(group__name=role.value)
    return {f"{app}.{name}" for app, name in rows.values_list("content_type__app_label", "codename")}


@pytest.mark.parametrize("role", list(Role))
def test_after_migrate_a_role_holds_exactly_what_is_granted(role: Role) -> None:
    assert held(role) == GRANTS[role]


def test_after_migrate_there_is_a_group_for_each_role() -> None:
    assert set(Group.objects.filter(name__in=Role.values).values_list("name", flat=True)) == set(Role.values)


def test_no_grant_names_a_permission_that_does_not_exist() -> None:
    known = {
        f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert set().union(*GRANTS.values()) - known == set()


def test_a_first_migration_gives_all_however_the_apps_are_ordered() -> None:
    """Permissions are written app by app: the last word belongs to the last app."""
    Group.objects.filter(name__in=Role.values).delete()
    Permission.objects.filter(content_type__app_label__in=["agenda", "newsroom", "plan"]).delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert {role: held(role) for role in Role} == {role: GRANTS[role] for role in Role}


def test_what_was_taken_away_comes_back_and_what_was_given_by_hand_stays() -> None:
    group = Group.objects.get(name=Role.READER.value)
    extra = Permission.objects.get(content_type__app_label="agenda", codename="delete_act")
    group.permissions.set([extra])
    ensure_roles_exist(sender=apps.get_app_config("accounts"))
    assert held(Role.READER) == GRANTS[Role.READER] | {"agenda.delete_act"}
