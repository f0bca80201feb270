"""How far each dispatch was counted stands in a table, so that no page counts a million lines."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, F, Q

import pregon.delivery.enums


def count_what_is_there(apps: Any, schema_editor: Any) -> None:
    milestone, line = apps.get_model("delivery", "Milestone"), apps.get_model("delivery", "Delivery")
    places = line.objects.order_by().values_list("dispatch", "channel").annotate(lines=Count("pk"))
    milestone.objects.bulk_create(
        (milestone(dispatch_id=pk, channel=kind, total=lines) for pk, kind, lines in places.iterator()),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0007_states_move_forward"),
    ]

    operations = [
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("channel", models.CharField(max_length=20)),
                ("total", models.PositiveIntegerField()),
                ("line", models.BigIntegerField(default=0)),
                ("behind", models.PositiveIntegerField(default=0)),
                (
                    "crowd",
                    models.CharField(
                        choices=pregon.delivery.enums.State.choices, default="sent", max_length=10
                    ),
                ),
                (
                    "dispatch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="delivery.dispatch",
                    ),
                ),
            ],
            options={
                "verbose_name": "cuenta de un envío",
                "verbose_name_plural": "cuentas de los envíos",
                "indexes": [
                    models.Index(
                        condition=Q(behind__lt=F("total")), fields=["dispatch"], name="milestone_to_move"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["dispatch", "channel"], name="one_milestone_per_dispatch"
                    ),
                    models.CheckConstraint(
                        condition=Q(crowd__in=pregon.delivery.enums.State.values), name="milestone_crowd_known"
                    ),
                ],
            },
        ),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop, elidable=True),
    ]
