"""The two statements that run for every page that is baked: whether it is still wanted, and how it ended.

They are written in the SQL that SQLite and PostgreSQL share, for a mapper takes longer to write them than a database
to answer. Each touches only the row that its baker has claimed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from pregon.core.sql import moment, table
from pregon.website.enums import Baking
from pregon.website.models import EVERY_PAGE, BakedPage, BakingMark


def is_wanted(page: BakedPage) -> bool:
    """Whether nothing has changed since ``page`` was claimed: nobody marked it, and no mark was taken up."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table(BakedPage)} WHERE id = %s AND version = %s AND NOT EXISTS "  # noqa: S608 - names
            f"(SELECT 1 FROM {table(BakingMark)} WHERE path IN (%s, %s) AND NOT ahead)",
            [page.pk, page.version, page.path, EVERY_PAGE],
        )
        return cursor.fetchone() is not None


def settle(page: BakedPage, state: Baking, digest: str, *, at: datetime, later: datetime | None) -> None:
    """Note how it ended, and make it due ``later`` if it is not due before; a page that changed meanwhile is left."""
    due: list[Any] = [] if later is None else [moment(later)] * 2
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table(BakedPage)} SET state = %s, digest = %s, baked_at = %s, lease_until = NULL, "  # noqa: S608 - names
            f"{'due_at = CASE WHEN due_at <= %s THEN due_at ELSE %s END, ' if due else ''}"
            "bulk = FALSE, attempts = 0 WHERE id = %s AND version = %s",
            [state.value, digest, moment(at), *due, page.pk, page.version],
        )
