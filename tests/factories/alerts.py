"""Alerts of a made-up town, and the two persons it takes to give one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from factories.accounts import UserFactory
from factories.newsroom import town
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Severity, Status
from pregon.alerts.models import Alert, AlertTemplate

WORDS = {
    "lugar": "La Loma",
    "albergue": "la secundaria",
    "rumbo": "el sur",
    "salida": "la brecha",
    "hora": "16:20",
    "motivo": "una fuga",
    "desvío": "la calle Juárez",
    "enfermedad": "sarampión",
    "horario": "9 a 14 h",
    "nombre": "una persona de muestra",
    "edad": "70",
    "señas": "camisa azul",
}


def person(*roles: Role) -> User:
    user: User = UserFactory.create(roles=list(roles or (Role.EDITOR,)))
    return user


def draft(
    slug: str = "inundacion", *, status: Status = Status.ACTUAL, by: User | None = None, **fields: Any
) -> Alert:
    """A draft whose slots are all filled, changed as ``fields`` say."""
    town()
    made = alerts.begin(
        AlertTemplate.objects.get(slug=slug),
        status=status,
        by=by or person(),
        at=fields.pop("at", timezone.now()),
        words=WORDS,
        localities=tuple(each.pk for each in fields.pop("localities", ())),
    )
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def sent(slug: str = "inundacion", *, status: Status = Status.ACTUAL, **fields: Any) -> Alert:
    """One that went out as it should: two persons for a grave one."""
    proposer, at = person(), fields.get("at", timezone.now())
    made = alerts.propose(
        draft(slug, status=status, by=proposer, **fields), by=proposer, at=at, word="alerta"
    )
    return alerts.confirm(made, by=person(), at=at, word="alerta") if made.is_grave else made


def minor(**fields: Any) -> Alert:
    """One that a single person may send, sent."""
    return sent(
        "corte-de-agua", severity=Severity.MINOR, expires=timezone.now() + timedelta(hours=2), **fields
    )
