"""The index says which bulletins hold the words; the queryset that comes in says which may be seen."""

from __future__ import annotations

import pytest

from factories.newsroom import draft, published
from pregon.newsroom.models import Bulletin
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
