"""What is told to pages that are open, and the one stream that every office has."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import pregon.website.models


def begin(apps: Any, schema_editor: Any) -> None:
    apps.get_model("website", "Stream").objects.get_or_create(name="sitio")


class Migration(migrations.Migration):
    dependencies = [
        ("website", "0002_baking_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("epoch", models.CharField(default=pregon.website.models.new_epoch, max_length=8)),
                ("last", models.PositiveBigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField()),
                ("kind", models.SlugField(max_length=20)),
                ("data", models.JSONField()),
                ("at", models.DateTimeField(db_index=True)),
                ("posted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "stream",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="broadcasts",
                        to="website.stream",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("posted_at__isnull", True)),
                        fields=["stream", "number"],
                        name="broadcast_to_post",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "number"), name="one_broadcast_per_number")
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
