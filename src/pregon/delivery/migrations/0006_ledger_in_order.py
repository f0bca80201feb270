"""The lines of one state on one channel are read in the order of their numbers, whatever the database; and a dispatch
may be a trial."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0005_marks"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_by_dispatch"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["dispatch", "channel", "state", "id"], name="delivery_by_dispatch"),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="trial",
            field=models.BooleanField(default=False, editable=False, verbose_name="prueba"),
        ),
    ]
