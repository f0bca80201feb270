from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from factories import newsroom as news
from pregon.newsroom.errors import NotReady
from pregon.newsroom.models import Service

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amount", "cost", "said"),
    [
        (Decimal(0), "", "Gratuito"),
        (Decimal(1850), "", "1,850 pesos"),
        (Decimal("85.5"), "", "85.50 pesos"),
        (None, "Según los metros.", "Según los metros."),
    ],
)
def test_the_cost_is_said_in_words(amount: Decimal | None, cost: str, said: str) -> None:
    assert Service(title="x", amount=amount, cost=cost).price == said


def test_a_change_is_told_until_its_last_day() -> None:
    service = Service(title="x", change="Desde el lunes por la tarde.", change_until=date(2026, 11, 30))
    assert [service.change_on(date(2026, 11, 30)), service.change_on(date(2026, 12, 1))] == [
        "Desde el lunes por la tarde.",
        "",
    ]


def test_it_goes_out_only_with_who_attends_where_and_for_how_much() -> None:
    service = news.service(public=False, department=None, place="", amount=None)
    assert set(service.lacks()) == {"department", "place", "amount"}
    with pytest.raises(NotReady, match="Di cuánto cuesta"):
        service.save_revision().publish()
    assert Service.objects.get().live is False


def test_one_done_online_needs_no_place() -> None:
    service = news.service(place="", online="https://tramites.muestra.example/")
    assert service.live


def test_a_cost_below_nothing_is_refused() -> None:
    service = news.service(public=False)
    service.amount = Decimal(-1)
    with pytest.raises(ValidationError, match="El costo no puede ser menor que cero"):
        service.full_clean()
