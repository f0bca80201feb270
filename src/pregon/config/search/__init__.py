"""Wagtail's search in the office's own database, whichever it is, with the same answers."""

from __future__ import annotations

from typing import Any

from django.db import connection


# The name is what Wagtail asks a backend's module for.
def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802
    """The backend of the database that this office has."""
    if connection.vendor != "postgresql":
        from pregon.config.search.sqlite import (
            SqliteBackend,
        )  # each refuses to be read with the other's database

        return SqliteBackend(params)
    from pregon.config.search.postgresql import PostgresBackend  # psycopg is only for whoever has PostgreSQL

    return PostgresBackend(params)
