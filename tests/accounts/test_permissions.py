"""The office's own records belong to its head; everybody else only chooses from them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from factories.accounts import UserFactory
from pregon.accounts.enums import Role
from pregon.accounts.permissions import RECORDS

pytestmark = pytest.mark.django_db

VERBS = ("add", "change", "delete", "view")


def held(role: Role) -> set[str]:
    """What the role may do with a record of the office."""
    person = UserFactory.create(roles=[role])
    asked = [f"accounts.{verb}_{record}" for record in (*RECORDS, "office") for verb in VERBS]
    return {name for name in asked if person.has_perm(name)}


def test_the_head_keeps_every_record_and_the_one_office() -> None:
    records = {f"accounts.{verb}_{record}" for verb in VERBS for record in RECORDS}
    assert held(Role.HEAD) == {*records, "accounts.change_office"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HEAD])
def test_nobody_else_changes_a_record(role: Role) -> None:
    assert held(role) == set()


def test_every_record_is_a_model_with_permissions_of_its_own() -> None:
    """A record renamed in the models would be granted to nobody, without a word."""
    known = Permission.objects.filter(content_type__app_label="accounts", content_type__model__in=RECORDS)
    assert sorted(known.values_list("codename", flat=True)) == sorted(
        f"{verb}_{record}" for verb in VERBS for record in RECORDS
    )
