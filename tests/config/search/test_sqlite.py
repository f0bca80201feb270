"""No word of a question is taken for an order to the index: SQLite's has a language of its own, as has its rival."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from wagtail.search.backends import get_search_backend

from factories.newsroom import draft
from pregon.core.searching import Beginning
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize("typed", ["near", "or", "and", "not"])
def test_words_of_the_index_s_own_language_are_words(typed: str) -> None:
    found = draft(f"Palabra {typed}")
    assert list(Bulletin.objects.search(Beginning(typed))) == [found]


@pytest.mark.parametrize(
    "asked", ['"', '""', '"puente', 'puente"', '"puente*(', 'pue"nte', "'", "*", "%s", "   "]
)
@pytest.mark.parametrize("way", ["search", "autocomplete"])
def test_signs_are_no_orders_either(asked: str, way: str) -> None:
    found = draft("Puente")
    results = getattr(get_search_backend(), way)(
        asked, Bulletin._base_manager.all(), order_by_relevance=False
    )
    assert list(results) == ([found] if asked.strip('"*(') == "puente" else [])
    assert results.count() == len(results)


def test_a_sign_in_the_search_of_the_desk_finds_what_the_words_find(admin_client: Client) -> None:
    draft("Puente")
    for place in ("boletines", "pages/search", "documents", "images", "campanas"):
        for asked in ('"', '"puente', 'puente"'):
            assert admin_client.get(f"/escritorio/{place}/", {"q": asked}).status_code == 200
    assert "Puente" in admin_client.get("/escritorio/boletines/", {"q": '"puente"'}).content.decode()


def test_an_index_of_hundreds_is_asked_once_and_not_for_each_entry() -> None:
    """SQLite tells how it will go about it; PostgreSQL has no such trap, and only finds the same."""
    found = draft("Puente")
    results = get_search_backend().search("puente", Bulletin._base_manager.all(), order_by_relevance=False)
    assert list(results) == [found]
    if connection.vendor == "sqlite":
        results.start, results.stop = 0, 10
        steps = results.get_queryset().explain()
        assert "VIRTUAL TABLE INDEX 0:M3" in steps  # «:=M3» would be once for each entry
