"""The one gate: may this reader see this item now?

Page, listing, feed, sitemap, search, file, rendition, e-mail and social payload all ask here. Each app tells the
rule of its own models once, as a condition on the database; listings filter with it and single items are checked
with the very same condition, so the two can never disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TypeVar

from django.db.models import Model, Q, QuerySet


class Reader(Enum):
    """Who is looking."""

    PUBLIC = "public"
    DESK = "desk"


Rule = Callable[[Reader, datetime], Q]
M = TypeVar("M", bound=Model)

_rules: dict[type[Model], Rule] = {}


def rule_for(model: type[Model], rule: Rule) -> None:
    """Register the rule of a model. A model without a rule is seen by nobody: asking raises ``KeyError``."""
    _rules[model] = rule


def visible(items: QuerySet[M], *, to: Reader = Reader.PUBLIC, at: datetime) -> QuerySet[M]:
    """Those of ``items`` that this reader may see at that moment."""
    return items.filter(_rules[items.model](to, at))


def may_see(item: Model, *, to: Reader = Reader.PUBLIC, at: datetime) -> bool:
    """Whether this reader may see ``item`` at that moment."""
    model = type(item)
    return model._default_manager.filter(_rules[model](to, at), pk=item.pk).exists()


def gated_models() -> frozenset[type[Model]]:
    """Every model behind the gate, for the tests that crawl it."""
    return frozenset(_rules)
