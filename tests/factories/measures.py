"""Asking a measure: a week of November 2026, in which the 16th is a holiday and the 20th a Friday."""

from __future__ import annotations

from datetime import date
from typing import Any

from factories.plan import ZONE, moment
from pregon.accounts.models import Locality, Topic
from pregon.plan.contract import Period, Question, Reading, Scope

WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))  # a whole week, Monday to Sunday
LATER = "2026-11-25"


def ask(period: Period = WEEK, *, at: str = LATER, **scope: str) -> Question:
    return Question(period=period, at=moment(at), zone=ZONE, scope=Scope(**scope))


def days(reading: Reading) -> list[int]:
    return [kept.when.day for kept in reading.kept]


def lacking(reading: Reading) -> list[int]:
    return [missing.when.day for missing in reading.missing]


def tagged(item: Any) -> Any:
    """``item`` about Agua and Epenche Chico."""
    item.topics.set([Topic.objects.get_or_create(name="Agua", slug="agua")[0]])
    item.localities.set([Locality.objects.get_or_create(name="Epenche Chico", slug="epenche-chico")[0]])
    item.save()
    return item
