"""The index says which bulletins hold the words; the queryset that comes in says which may be seen."""

from __future__ import annotations

from datetime import date

import pytest

from factories.newsroom import draft, published, service
from pregon.newsroom.models import Bulletin, Service
from pregon.website.search import find, holding

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_every_word_must_be_there() -> None:
    both = published("Puente y camino")
    published("Solo puente")
    assert holding("camino puente") == [both.pk]


@pytest.mark.parametrize("words", ["", "   ", "¿?", "ñandú"])
def test_no_words_or_unknown_ones_hold_nothing(words: str) -> None:
    published("Puente")
    assert holding(words) == []


def test_only_what_comes_in_can_come_out() -> None:
    draft("Puente en borrador")
    shown = published("Puente nuevo")
    assert list(find(Bulletin.objects.live(), q="puentes")) == [shown]


def test_the_first_and_the_last_day_of_all_are_days_to_ask_for() -> None:
    shown = published("Puente nuevo")
    public = Bulletin.objects.live()
    assert list(find(public, desde=date.min, hasta=date.max)) == [shown]
    assert list(find(public, desde=date.max)) == list(find(public, hasta=date.min)) == []


def test_services_are_found_by_their_own_words() -> None:
    published("Agua para todos")
    found = service(requirements="Escrituras de la casa")
    assert holding("escritura casas", Service) == [found.pk]
