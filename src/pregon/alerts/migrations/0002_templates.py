"""What an office starts with; one that is there already is left as it is."""

from django.db import migrations

from pregon.alerts.reading import templates


def lay_out(apps, schema_editor):
    model = apps.get_model("alerts", "AlertTemplate")
    for template in templates():
        model.objects.get_or_create(slug=template["slug"], defaults=template)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]

    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
