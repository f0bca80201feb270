"""Whatever the database, a person finds the same bulletins, acts and photos with the same words."""

from __future__ import annotations

import pytest
from django.db import connection
from wagtail.search.backends import get_search_backend

from factories.newsroom import draft
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_the_backend_is_that_of_the_office_s_database() -> None:
    names = {"sqlite": "SqliteBackend", "postgresql": "PostgresBackend"}
    assert type(get_search_backend()).__name__ == names[connection.vendor]


@pytest.mark.parametrize(
    "words", ["camión", "camion", "CAMIÓN", "CAMION", "camión nuevo", "nandu", "ñandú", "ÑANDU"]
)
def test_accents_and_capitals_never_hide_what_is_there(words: str) -> None:
    found = draft("El camión nuevo y el ñandú")
    draft("Otra cosa")
    assert list(Bulletin.objects.search(words)) == [found]


@pytest.mark.parametrize("words", ["basquetbol, torneo", "torneo (basquetbol)"])
def test_signs_between_words_are_no_words(words: str) -> None:
    found = draft("Torneo de básquetbol 3×3")
    draft("Torneo de ajedrez")
    assert list(Bulletin.objects.search(words)) == [found]


def test_the_beginning_of_a_word_completes_it_without_its_accent() -> None:
    found = draft("Vacunación antirrábica")
    assert list(Bulletin.objects.autocomplete("vacunacio")) == [found]


@pytest.mark.parametrize("words", ["¿?", "de", "y" * 4000, "' & | ! ( : *", "<->", "\\"])
def test_strange_questions_find_nothing_and_break_nothing(words: str) -> None:
    draft("Puente")
    assert list(Bulletin.objects.search(words)) == []


def test_a_text_of_more_than_a_megabyte_is_found_by_its_beginning() -> None:
    found = draft("Cuenta pública", lead="Renglones: " + " ".join(f"partida{n:085}" for n in range(12_000)))
    assert list(Bulletin.objects.search(f"partida{7:085}")) == [found]
