"""The database itself refuses a line of the ledger that would step back, whoever asks.

The table of steps is a literal one: a migration says what held when it was written. SQLite makes a table anew when a
field of it is altered, and forgets its triggers; a later migration that does so ends with :func:`watch` again, and
PostgreSQL asks for :func:`unwatch` before the type of ``state`` may change.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LEGAL = {
    "due": ("leased", "suppressed"),
    "leased": ("delivered", "due", "failed", "sent", "suppressed", "uncertain", "withheld"),
    "sent": ("delivered", "failed"),
    "uncertain": ("delivered", "due", "failed", "sent"),
    "delivered": (),
    "failed": ("due",),
    "withheld": ("sent",),
    "suppressed": (),
}
NAME, TABLE = "delivery_states_move_forward", "delivery_delivery"


def watch(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    unwatch(apps, schema_editor)
    sqlite = schema_editor.connection.vendor == "sqlite"
    # One search in one word: it runs for every line that is claimed and settled, and a list would be built each time.
    steps = "".join(f"|{old}>{new}" for old, news in LEGAL.items() for new in news) + "|"
    find = "instr" if sqlite else "strpos"
    illegal = f"OLD.state <> NEW.state AND {find}('{steps}', '|' || OLD.state || '>' || NEW.state || '|') = 0"
    trigger = f"CREATE TRIGGER {NAME} AFTER UPDATE OF state ON {TABLE} FOR EACH ROW"
    if sqlite:
        schema_editor.execute(
            f"{trigger} WHEN {illegal} BEGIN SELECT RAISE(ABORT, 'a delivery does not step back'); END",
            params=None,
        )
        return
    schema_editor.execute(
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'a delivery does not step back: % to %', OLD.state, NEW.state "
        "USING ERRCODE = 'check_violation'; END $$",
        params=None,
    )
    schema_editor.execute(f"{trigger} WHEN ({illegal}) EXECUTE FUNCTION {NAME}()", params=None)


def unwatch(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


class Migration(migrations.Migration):
    dependencies = [("delivery", "0006_ledger_in_order")]

    operations = [migrations.RunPython(watch, unwatch)]
