"""A video may be the office's own file, no longer only an address."""

import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bulletin',
            name='body',
            field=wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('quote', 5), ('figures', 10), ('items', 14), ('photo', 16), ('gallery', 19), ('video', 23), ('attachment', 26)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'label': 'Subtítulo', 'max_length': 160, 'template': 'newsroom/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link'], 'icon': 'pilcrow', 'label': 'Párrafo', 'template': 'newsroom/blocks/paragraph.html'}), 2: ('wagtail.blocks.TextBlock', (), {'label': 'Cita'}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Quién lo dijo', 'max_length': 160}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'Cargo', 'max_length': 160, 'required': False}), 5: ('wagtail.blocks.StructBlock', [[('text', 2), ('person', 3), ('office', 4)]], {}), 6: ('wagtail.blocks.CharBlock', (), {'help_text': 'Con su unidad: 320 m, 18, 4.2 millones.', 'label': 'Dato', 'max_length': 40}), 7: ('wagtail.blocks.CharBlock', (), {'label': 'Qué es', 'max_length': 120}), 8: ('wagtail.blocks.StructBlock', [[('value', 6), ('label', 7)]], {}), 9: ('wagtail.blocks.ListBlock', (8,), {'label': 'Datos', 'max_num': 6, 'min_num': 1}), 10: ('wagtail.blocks.StructBlock', [[('items', 9)]], {}), 11: ('wagtail.blocks.CharBlock', (), {'max_length': 300}), 12: ('wagtail.blocks.ListBlock', (11,), {'label': 'Puntos', 'min_num': 1}), 13: ('wagtail.blocks.BooleanBlock', (), {'label': 'Numerada', 'required': False}), 14: ('wagtail.blocks.StructBlock', [[('items', 12), ('numbered', 13)]], {}), 15: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Foto'}), 16: ('wagtail.blocks.StructBlock', [[('photo', 15)]], {}), 17: ('wagtail.images.blocks.ImageChooserBlock', (), {}), 18: ('wagtail.blocks.ListBlock', (17,), {'label': 'Fotos', 'min_num': 2}), 19: ('wagtail.blocks.StructBlock', [[('photos', 18)]], {}), 20: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'help_text': 'Se ve en la página y sale en las redes que llevan video. De 100 MB a lo más.', 'label': 'Archivo MP4', 'required': False}), 21: ('wagtail.blocks.URLBlock', (), {'help_text': 'De un video que está en otro sitio.', 'label': 'O su dirección', 'required': False}), 22: ('wagtail.blocks.CharBlock', (), {'help_text': 'Para quien no puede verlo: se lee en su lugar.', 'label': 'Qué se ve', 'max_length': 160}), 23: ('wagtail.blocks.StructBlock', [[('file', 20), ('url', 21), ('title', 22)]], {}), 24: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Documento'}), 25: ('wagtail.blocks.CharBlock', (), {'label': 'Qué es', 'max_length': 160, 'required': False}), 26: ('wagtail.blocks.StructBlock', [[('document', 24), ('title', 25)]], {})}, verbose_name='cuerpo'),
        ),
    ]
