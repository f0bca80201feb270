"""PostgreSQL's index, fed so that it finds what SQLite's finds, whatever language and extensions the server has.

Words reach it folded and apart, so «camión» is found as «CAMION» and «2026-001» by its parts. And each object's
entry is its transaction's own affair: modelsearch evens out the ranks of all new entries after each one, and two
publications would wait for each other's.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Model
from modelsearch.backends.database.postgres.postgres import (
    ObjectIndexer,
    PostgresAutocompleteQueryCompiler,
    PostgresIndex,
    PostgresSearchBackend,
    PostgresSearchQueryCompiler,
    get_content_type_pk,
)
from modelsearch.backends.database.postgres.query import Lexeme
from modelsearch.query import Phrase, PlainText

from pregon.core.searching import Beginning
from pregon.core.text import fold

#: PostgreSQL refuses an entry of more than 1 MB, and a question with a word of more than 2 kB.
LONGEST_TEXT, LONGEST_WORD = 150_000, 120
#: The columns of an entry that hold its words.
WRITTEN = ("title", "autocomplete", "body", "title_text", "body_text")
_word = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """``text`` as words and nothing else, without accents or capitals."""
    return " ".join(word[:LONGEST_WORD] for word in _word.findall(fold(text[:LONGEST_TEXT])))


class PlainIndexer(ObjectIndexer):
    """Takes the words out of an object, once: each part of an entry asks for all of them."""

    def __init__(self, obj: Any, backend: Any) -> None:
        super().__init__(obj, backend)
        self._prepared: dict[int, list[Any]] = {}

    def prepare_field(self, obj: Any, field: Any) -> Iterable[Any]:
        if obj is not self.obj:  # a relation of it, met while a field of its own is prepared
            return list(super().prepare_field(obj, field))
        if id(field) not in self._prepared:
            self._prepared[id(field)] = list(super().prepare_field(obj, field))
        return self._prepared[id(field)]

    def prepare_value(self, value: Any) -> str:
        return plain(super().prepare_value(value))


class PlainIndex(PostgresIndex):
    """Writes the entries of what changed, and touches no other: until the index is rebuilt, a new title ranks as one
    of average length."""

    def add_items(self, model: type[Model], objs: Iterable[Any]) -> None:
        if not model.get_search_fields():  # type: ignore[attr-defined]  # it is indexed, or it would not be here
            return
        self.entries.bulk_create(
            [self.entry(PlainIndexer(obj, self.backend), model) for obj in objs],
            update_conflicts=True,
            unique_fields=["content_type", "object_id"],
            update_fields=["title_norm", *WRITTEN],
        )

    def entry(self, indexer: PlainIndexer, model: type[Model]) -> Any:
        written = {name: getattr(indexer, name) for name in WRITTEN}
        return self.entries.model(
            content_type_id=get_content_type_pk(model), object_id=indexer.id, title_norm=1.0, **written
        )


class PlainQuestions:
    """Asks with the words as the index has them."""

    def build_tsquery_content(self, query: Any, config: Any = None, invert: bool = False) -> Any:
        if isinstance(query, Beginning):
            word = Lexeme(plain(query.query_string), prefix=True, invert=invert)
            return SearchQuery(word, search_type="raw", config=config)
        if isinstance(query, PlainText | Phrase):
            query = copy.copy(query)
            query.query_string = plain(query.query_string) or query.query_string
        return super().build_tsquery_content(query, config=config, invert=invert)  # type: ignore[misc]  # mixed in below


class SearchCompiler(PlainQuestions, PostgresSearchQueryCompiler):
    pass


class AutocompleteCompiler(PlainQuestions, PostgresAutocompleteQueryCompiler):
    pass


class PostgresBackend(PostgresSearchBackend):
    query_compiler_class = SearchCompiler
    autocomplete_query_compiler_class = AutocompleteCompiler
    index_class = PlainIndex

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({"SEARCH_CONFIG": "simple", **params})
