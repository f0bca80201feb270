"""A bulletin may say the essential in short sentences too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0003_live_coverage'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulletin',
            name='easy_reading',
            field=models.TextField(blank=True, help_text='Lo esencial en frases cortas y palabras de todos los días: una idea por frase, un renglón en blanco entre ideas. Se lee en la página, junto al texto completo.', max_length=2000, verbose_name='lectura fácil'),
        ),
    ]
