"""The lines of one state on one channel are read in the order of their numbers, whatever the database."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0003_ledger_at_full_strength"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_by_dispatch"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["dispatch", "channel", "state", "id"], name="delivery_by_dispatch"),
        ),
        migrations.AlterField(
            model_name="dispatch",
            name="kind",
            field=models.CharField(
                choices=[
                    ("news", "Boletín"),
                    ("correction", "Corrección"),
                    ("withdrawal", "Retiro"),
                    ("service", "Aviso de la suscripción"),
                    ("trial", "Prueba"),
                ],
                default="news",
                max_length=12,
                verbose_name="tipo",
            ),
        ),
    ]
