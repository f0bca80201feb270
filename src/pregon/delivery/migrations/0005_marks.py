"""Gives the addresses that are known already their mark."""

from django.db import migrations

from pregon.delivery.models import mark_of

BATCH = 2_000


def give_marks(apps, schema_editor):
    subscribers = apps.get_model("delivery", "Subscriber").objects
    after = 0
    while step := list(subscribers.filter(pk__gt=after).order_by("pk").only("channel", "address")[:BATCH]):
        for subscriber in step:
            subscriber.mark = mark_of(subscriber.channel, subscriber.address)
        subscribers.bulk_update(step, ["mark"])
        after = step[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0004_audiences'),
    ]

    operations = [
        migrations.RunPython(give_marks, migrations.RunPython.noop, elidable=True),
    ]
