"""SQLite's index, asked for the beginning of a word too, and asked once.

modelsearch joins the index to its entries, and SQLite then puts the same question again for each entry: minutes, with
ten thousand bulletins and a common word. Here the question stands by itself and its answer is joined.
"""

from __future__ import annotations

import copy
from typing import Any

from modelsearch.backends.database.sqlite.query import (
    Lexeme,
    MatchExpression,
    SearchQueryExpression,
    normalize,
)
from modelsearch.backends.database.sqlite.sqlite import (
    IndexEntry,
    SQLiteAutocompleteQueryCompiler,
    SQLiteFTSIndexEntry,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)
from modelsearch.query import MatchAll, Not, Phrase, PlainText
from modelsearch.utils import get_descendants_content_types_pks

from pregon.core.searching import Beginning


def unquoted(asked: str) -> str:
    """``asked`` without the sign that ends a word in the index's own language; the index keeps none. What is nothing
    but signs is asked as one that no text has, since a question without a word is an error."""
    return " ".join(asked.replace('"', " ").split()) or "'"


class AskedOnce:
    """Every question but those for the rank of each answer, which modelsearch puts its own way."""

    def build_search_query_content(self, query: Any, config: Any = None) -> Any:
        if isinstance(query, Beginning):
            return SearchQueryExpression(Lexeme(query.query_string, prefix=True), config=config)
        if isinstance(query, PlainText | Phrase):
            query = copy.copy(query)
            query.query_string = unquoted(query.query_string)
        return super().build_search_query_content(query, config=config)  # type: ignore[misc]  # mixed in below

    def search(self, config: Any, start: Any, stop: Any, score_field: Any = None) -> Any:
        asked: Any = self
        question = normalize(asked.query)
        if asked.order_by_relevance or score_field is not None or isinstance(question, MatchAll | Not):
            return super().search(config, start, stop, score_field)  # type: ignore[misc]  # mixed in below
        matching = MatchExpression(
            asked.fields or asked.FTS_TABLE_FIELDS, asked.build_search_query(question, config=config)
        )
        entries = IndexEntry.objects.filter(
            pk__in=SQLiteFTSIndexEntry.objects.filter(matching).values("pk"),
            content_type__in=get_descendants_content_types_pks(asked.queryset.model),
        )
        found = asked.queryset.filter(pk__in=entries.values("object_id"))
        return (found if found.query.order_by else found.order_by("-pk"))[start:stop]


class SearchCompiler(AskedOnce, SQLiteSearchQueryCompiler):
    pass


class AutocompleteCompiler(AskedOnce, SQLiteAutocompleteQueryCompiler):
    pass


class SqliteBackend(SQLiteSearchBackend):
    query_compiler_class = SearchCompiler
    autocomplete_query_compiler_class = AutocompleteCompiler
