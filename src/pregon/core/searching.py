"""What Pregón asks of a search index beyond whole words."""

from __future__ import annotations

from wagtail.search.query import PlainText


class Beginning(PlainText):
    """A word of which only the beginning is typed so far. One word, already folded."""
