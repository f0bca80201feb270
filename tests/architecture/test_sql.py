"""SQL that only one database understands stands in modules that are named here, and nowhere else."""

from __future__ import annotations

import re

from architecture.project import SOURCE

#: What each of them asks of a database in its own language.
NAMED = {
    "config/integrity.py",  # whether its files and its encoding are sound
    "config/search/__init__.py",  # which index
    "config/search/postgresql.py",  # how that of PostgreSQL is fed
    "config/settings/__init__.py",  # how a connection is opened
    "core/stirring.py",  # whether anything was written
    "delivery/ledger.py",  # what runs for every receiver, in the SQL that both share
    "delivery/migrations/0007_states_move_forward.py",  # that no line of the ledger steps back
    "website/oven.py",  # what runs for every page, the same
    "plan/migrations/0005_seals_stand.py",  # that nobody changes a closing or takes one away
}
OWN_SQL = re.compile(
    r"\.cursor\(|vendor [!=]=|\bRawSQL\(|\bRunSQL\(|\.raw\(|\.extra\("
    r"|contrib\.postgres|database\.postgres|backends\.(?:sqlite3|postgresql)|PRAGMA"
)


def test_sql_of_one_database_lives_in_named_modules() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if OWN_SQL.search(path.read_text(encoding="utf-8"))
    }
    assert found == NAMED
