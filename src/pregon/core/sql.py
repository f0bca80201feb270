"""What the few statements share that are written in SQL by hand: the name of a table, and how a moment is kept.

Only modules that tests/architecture/test_sql.py names write any. Of what they put into the text of a statement all
are names and constants of ours; every value goes beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model


def table(model: type[Model]) -> str:
    """The table of ``model``, quoted."""
    return connection.ops.quote_name(model._meta.db_table)


def moment(at: datetime) -> Any:
    """``at`` as this database keeps it."""
    return connection.ops.adapt_datetimefield_value(at)


def read_moment(value: Any) -> datetime:
    """What :func:`moment` wrote."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=connection.timezone)
