"""A line that is claimed is leased, so that its claim alone tells whose it is."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations, models

steps = import_module("pregon.delivery.migrations.0007_states_move_forward")


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0009_deaf_for_a_while"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("claim__isnull", True), ("state", "leased"), _connector="OR"),
                name="delivery_claimed_while_leased",
            ),
        ),
        migrations.RunPython(steps.watch, migrations.RunPython.noop),
    ]
