"""Verbs over the office and its people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from pregon.accounts.enums import Role
from pregon.accounts.errors import BadAddress, HeadExists, WeakPassword
from pregon.accounts.models import User
from pregon.accounts.registry import GRANTS


def ensure_roles() -> None:
    """Create the role groups and give each the permissions that the apps registered. Runs as often as wanted.

    Permissions given by hand on the desk stay.
    """
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        wanted = GRANTS[role]
        if not wanted:
            continue
        condition = Q()
        for name in wanted:
            app_label, codename = name.split(".")
            condition |= Q(content_type__app_label=app_label, codename=codename)
        group.permissions.add(*Permission.objects.filter(condition))


def hire(email: str, *, password: str, roles: Iterable[Role], name: str = "") -> User:
    """Create a person with ``roles``.

    Raises :class:`BadAddress` or :class:`WeakPassword`, each with a sentence that says what to do.
    """
    try:
        validate_email(email)
    except ValidationError as problem:
        raise BadAddress(
            f"«{email}» no es un correo electrónico: escríbelo como nombre@dominio."
        ) from problem
    if User.objects.filter(email__iexact=email).exists():
        raise BadAddress(
            f"Ya hay una persona con el correo «{email}»: dale el papel que le falta en el escritorio."
        )
    user = User(email=email.lower(), first_name=name)
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise WeakPassword(" ".join(problem.messages)) from problem
    with transaction.atomic():
        user.set_password(password)
        user.save()
        user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user


def appoint_head(email: str, *, password: str, at: datetime) -> User:
    """Create the first head of the office, who may do everything. Raises :class:`HeadExists` the second time."""
    with transaction.atomic():
        if User.objects.filter(is_superuser=True).exists():
            raise HeadExists
        user = hire(email, password=password, roles=[Role.HEAD], name="Titular")
        user.is_staff = user.is_superuser = True
        user.date_joined = at
        user.save(update_fields=["is_staff", "is_superuser", "date_joined"])
    return user
