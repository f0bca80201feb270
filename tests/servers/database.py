"""The database of the tests: migrated once for each content of the migrations, then copied.

A first ``migrate`` takes many seconds. So one migrated copy is kept in ``.cache/`` (SQLite) or in the server
of the run (PostgreSQL), every worker begins from it, and a test that really commits hands back a fresh copy
instead of flushed tables: the root page and the groups that migrations made are always there.
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.backends.utils import CursorWrapper

CACHE = Path(__file__).parents[2] / ".cache"


class WorkerDatabase:
    """The database of one worker."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.fingerprint = fingerprint()
        CACHE.mkdir(exist_ok=True)

    def prepare(self) -> None:
        """Begin from the migrated copy, and set aside how every test finds it."""
        with one_at_a_time():
            if not self.is_migrated():
                self.migrate()
        self.begin()
        # Permissions and roles follow the code of today, which no migration mentions.
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
        connection.close()
        self.set_aside()

    def is_migrated(self) -> bool:
        raise NotImplementedError

    def migrate(self) -> None:
        raise NotImplementedError

    def begin(self) -> None:
        raise NotImplementedError

    def set_aside(self) -> None:
        raise NotImplementedError

    def restore(self) -> None:
        """What the test before committed is gone."""
        raise NotImplementedError

    def remove(self) -> None:
        raise NotImplementedError


class SqliteFile(WorkerDatabase):
    """A file in the home of the run, filled through SQLite's own backup, which minds open connections."""

    def __init__(self, worker: str) -> None:
        super().__init__(worker)
        self.migrated = CACHE / f"migrated-{self.fingerprint}.sqlite3"
        self.path = Path(connection.settings_dict["NAME"])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.kept = self.path.with_suffix(".kept")

    def is_migrated(self) -> bool:
        return self.migrated.exists()

    def migrate(self) -> None:
        for older in CACHE.glob("migrated-*.sqlite3"):
            older.unlink()
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        growing = self.migrated.with_suffix(".growing")
        pour(self.path, growing)
        growing.rename(self.migrated)

    def begin(self) -> None:
        pour(self.migrated, self.path)

    def set_aside(self) -> None:
        pour(self.path, self.kept)

    def restore(self) -> None:
        connection.close()
        pour(self.kept, self.path)

    def remove(self) -> None:
        connection.close()
        for path in self.path.parent.glob(f"{self.path.stem}.*"):
            path.unlink()


class PostgresDatabase(WorkerDatabase):
    """A database of this worker, made by the server itself from a template."""

    def __init__(self, worker: str) -> None:
        super().__init__(worker)
        self.migrated = f"pregon_migrated_{self.fingerprint}"
        self.name = f"pregon_test_{worker}"
        self.kept = f"{self.name}_kept"

    def is_migrated(self) -> bool:
        with self.server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.migrated])
            return cursor.fetchone() is not None

    def migrate(self) -> None:
        growing = f"{self.migrated}_growing"
        self.make(growing, template="template0")
        self.use(growing)
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        with self.server() as cursor:
            cursor.execute(f"ALTER DATABASE {growing} RENAME TO {self.migrated}")

    def begin(self) -> None:
        self.make(self.name, template=self.migrated)
        self.use(self.name)

    def set_aside(self) -> None:
        self.make(self.kept, template=self.name)

    def restore(self) -> None:
        connection.close()
        self.make(self.name, template=self.kept)

    def remove(self) -> None:
        connection.close()
        with self.server() as cursor:
            for name in (self.name, self.kept):
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def make(self, name: str, *, template: str) -> None:
        with self.server() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")

    def use(self, name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    @contextmanager
    def server(self) -> Iterator[CursorWrapper]:
        with connection._nodb_cursor() as cursor:  # the way Django itself makes its test databases
            yield cursor


def database_of(worker: str) -> WorkerDatabase:
    return {"sqlite": SqliteFile, "postgresql": PostgresDatabase}[connection.vendor](worker)


def fingerprint() -> str:
    """Changes with any migration, ours or a library's, and with the libraries that run them."""
    content = hashlib.sha256()
    for name in ("django", "wagtail", "modelsearch"):
        content.update(version(name).encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            content.update(f"{app.label}/{path.name}".encode())
            content.update(path.read_bytes())
    return content.hexdigest()[:16]


def pour(source: Path, target: Path) -> None:
    """Make ``target`` hold what ``source`` holds."""
    reading, writing = sqlite3.connect(source), sqlite3.connect(target, timeout=30)
    try:
        reading.backup(writing)
    finally:
        reading.close()
        writing.close()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Workers wait for the one that migrates."""
    with (CACHE / "migrating.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
