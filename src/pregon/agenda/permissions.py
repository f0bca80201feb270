"""Who may keep the agenda, and which acts the public sees."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant
from pregon.agenda.models import Act
from pregon.core import visibility
from pregon.core.visibility import Reader


def act_rule(to: Reader, at: datetime) -> Q:
    """The public sees acts that are announced, cancelled and unconfirmed ones too: their page says so."""
    if to is Reader.DESK:
        return Q()
    announced = Q(public_from__isnull=True) | Q(public_from__lte=at)
    return Q(public=True) & announced


def register() -> None:
    visibility.rule_for(Act, act_rule)
    grant(
        Role.EDITOR,
        Role.PHOTOGRAPHER,
        permissions=["agenda.add_act", "agenda.change_act", "agenda.view_act", "agenda.view_coverage"],
    )
    grant(Role.DESIGNER, Role.LIAISON, Role.TRANSPARENCY, Role.READER, permissions=["agenda.view_act"])
