"""People who come to the desk's plan."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from pregon.accounts.enums import Role
from pregon.accounts.models import User


def at_desk(email: str, role: Role | None) -> Client:
    user = User.objects.create_user(email)
    if role:
        user.groups.add(Group.objects.get(name=role.value))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def head(db: None) -> Client:
    return at_desk("titular@muestra.example", Role.HEAD)


@pytest.fixture
def reader(db: None) -> Client:
    return at_desk("consulta@muestra.example", Role.READER)


@pytest.fixture
def stranger(db: None) -> Client:
    return at_desk("otra@muestra.example", None)
