"""Before this process forks: no connection to the database may be open in it, whoever opened it.

SQLite keeps its locks in the process, and a child inherits the note of them without the locks. Where a thread of an
earlier test left a connection open, the child writes unguarded, and once that connection is closed here the log goes
with it: whatever the child had committed is lost (https://www.sqlite.org/howtocorrupt.html, section 2.6).
"""

from __future__ import annotations

import gc
import os
import sqlite3
from pathlib import Path

from django.db import connection, connections

FILES = Path("/proc/self/fd")


def close_every_connection() -> None:
    """Those of this thread as Django would, and those that other threads of this process left."""
    connections.close_all()
    if not open_files():
        return
    for left in gc.get_objects():
        if issubclass(type(left), sqlite3.Connection):  # isinstance would wake lazy objects
            left.close()
    assert not open_files(), "Something in this process keeps the database open across a fork."


def open_files() -> list[str]:
    """What of the database's files this process holds open; PostgreSQL's are not ours."""
    if connection.vendor != "sqlite":
        return []
    name = os.path.realpath(connection.settings_dict["NAME"])
    held = [os.path.realpath(file) for file in FILES.iterdir()]
    return [path for path in held if path.startswith(name)]
