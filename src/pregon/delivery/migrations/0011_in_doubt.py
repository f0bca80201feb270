"""One word for one state: a doubt is called so everywhere. Nothing in the database changes, nor is a table made anew."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0010_claimed_while_leased")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("due", "Por enviar"),
                    ("leased", "Saliendo"),
                    ("sent", "Enviado"),
                    ("delivered", "Entregado"),
                    ("failed", "Falló"),
                    ("withheld", "Retenido"),
                    ("suppressed", "Omitido"),
                    ("uncertain", "En duda"),
                ],
                default="due",
                max_length=10,
                verbose_name="estado",
            ),
        )
    ]
