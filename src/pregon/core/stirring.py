"""Whether anything was written since one last looked, so that an idle worker costs next to nothing.

SQLite tells it without opening a table (``PRAGMA data_version``); of any other database one simply asks every time.
"""

from __future__ import annotations

from django.db import connection


class Stirring:
    """Says whether another connection committed since the last call; the first call always says yes."""

    def __init__(self) -> None:
        self._seen: int | None = None

    def __call__(self) -> bool:
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version: int = cursor.fetchone()[0]
        stirred, self._seen = version != self._seen, version
        return stirred
