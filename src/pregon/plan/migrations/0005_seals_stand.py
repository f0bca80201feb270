"""Seals are only added: the database itself refuses to change what was signed or to take a link away.

Who signed may be forgotten (a person who leaves) and what a proof stands for may be erased (personal data): neither is
part of what was signed. SQLite makes a table anew when a field of it is altered, and forgets its triggers; a later
migration that does so ends with :func:`watch` again.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "plan_seal"
SIGNED = "plan_id, number, act, month, content, digest, at"
EVENTS = {"plan_seals_stay": "DELETE", "plan_seals_stand": f"UPDATE OF {SIGNED}"}


def watch(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    unwatch(apps, schema_editor)
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name, event in EVENTS.items():
        trigger = f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW"
        if sqlite:
            schema_editor.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, 'a seal stands'); END", params=None)
            continue
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'a seal stands' USING ERRCODE = 'check_violation'; END $$",
            params=None,
        )
        schema_editor.execute(f"{trigger} EXECUTE FUNCTION {name}()", params=None)


def unwatch(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name in EVENTS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {TABLE}"))
        if not sqlite:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):

    dependencies = [
        ('plan', '0004_targets_reviewed'),
        ('wagtaildocs', '0014_alter_document_file_size'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='plan',
            options={'ordering': ['-year', 'title'], 'permissions': [('close_month', 'Puede cerrar un mes y abrirlo de nuevo')], 'verbose_name': 'plan anual', 'verbose_name_plural': 'planes anuales'},
        ),
        migrations.AddField(
            model_name='capture',
            name='public',
            field=models.BooleanField(default=False, help_text='Revisa antes que no lleve datos personales.', verbose_name='cualquiera puede abrir el archivo en el sitio'),
        ),
        migrations.AddField(
            model_name='seal',
            name='openings',
            field=models.JSONField(blank=True, default=dict, help_text='Cada prueba de lo firmado con lo que dice; lo que la ley manda borrar se quita de aquí.', verbose_name='los registros que prueba'),
        ),
        migrations.AddConstraint(
            model_name='capture',
            constraint=models.CheckConstraint(condition=models.Q(('numerator__gte', 0), models.Q(('denominator__isnull', True), models.Q(('denominator__gt', 0), ('denominator__gte', models.F('numerator'))), _connector='OR')), name='capture_part_of_its_whole'),
        ),
        migrations.RunPython(watch, unwatch),
    ]
