"""A failure of listening is told apart from one of sending: it is over as soon as somebody is heard."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0008_how_far_was_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="channelaccount",
            name="deaf",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
