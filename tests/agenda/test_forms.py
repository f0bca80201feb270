from __future__ import annotations

import pytest

from factories.newsroom import NOON, act
from pregon.agenda.forms import ExcuseForm, free_slug
from pregon.agenda.models import Act

pytestmark = pytest.mark.django_db


def test_an_address_says_the_day_and_the_act() -> None:
    assert free_slug(Act(title="Día del Árbol", start=NOON)) == "2026-11-20-dia-del-arbol"


def test_a_second_act_of_the_same_name_gets_the_next_number() -> None:
    act(slug="2026-11-20-dia-del-arbol")
    act("Otro", slug="2026-11-20-dia-del-arbol-2")
    assert free_slug(Act(title="Día del Árbol", start=NOON)) == "2026-11-20-dia-del-arbol-3"


def test_leaving_an_act_uncovered_needs_a_reason() -> None:
    assert ExcuseForm({"reason": " "}).errors == {
        "reason": ["Para no cubrir un acto hay que escribir el motivo."]
    }
