"""What ``init`` and ``demo`` share: a database brought up to date, the site laid out, static files in place."""

from __future__ import annotations

from datetime import datetime

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pregon.accounts import actions as accounts
from pregon.core.errors import NotSo
from pregon.library import actions as library
from pregon.newsroom.actions.workflow import ensure_page_permissions, ensure_workflow
from pregon.newsroom.models import BulletinIndex, PieceIndex
from pregon.website import actions as website


class OldDatabase(NotSo):
    """La base de datos es de otra versión: ejecuta «pregon init» con el mismo --home para ponerla al día."""


def pending_changes() -> int:
    """How many migrations this version has that the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_old_database() -> None:
    """Nothing is switched on over a database of another version. Raises :class:`OldDatabase`."""
    if pending_changes():
        raise OldDatabase
    connection.close()


def build(*, at: datetime) -> None:
    """Bring database, roles, workflow, site tree and static files to what this version needs. Repeatable."""
    call_command("migrate", verbosity=0, interactive=False)
    accounts.ensure_roles()
    library.ensure_collection_permissions()
    website.lay_out_site(at=at)
    for shelf in (BulletinIndex.objects.get(), PieceIndex.objects.get()):
        ensure_page_permissions(shelf)
        ensure_workflow(shelf)
    call_command("collectstatic", verbosity=0, interactive=False)
