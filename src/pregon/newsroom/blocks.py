"""The building parts of a bulletin's body. Text is plain or rich with a short list of features: nothing here can
carry script, and a video is an address, never an embed that calls out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

INLINE = ["bold", "italic", "link"]


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Cita"))
    person = blocks.CharBlock(label=_("Quién lo dijo"), max_length=160)
    office = blocks.CharBlock(label=_("Cargo"), max_length=160, required=False)

    class Meta:
        icon = "openquote"
        label = _("Cita")
        template = "newsroom/blocks/quote.html"


class FigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(
        label=_("Dato"), max_length=40, help_text=_("Con su unidad: 320 m, 18, 4.2 millones.")
    )
    label = blocks.CharBlock(label=_("Qué es"), max_length=120)

    class Meta:
        icon = "order"
        label = _("Dato")


class FiguresBlock(blocks.StructBlock):
    items = blocks.ListBlock(FigureBlock(), label=_("Datos"), min_num=1, max_num=6)

    class Meta:
        icon = "order"
        label = _("Datos")
        template = "newsroom/blocks/figures.html"


class ItemsBlock(blocks.StructBlock):
    items = blocks.ListBlock(blocks.CharBlock(max_length=300), label=_("Puntos"), min_num=1)
    numbered = blocks.BooleanBlock(label=_("Numerada"), required=False)

    class Meta:
        icon = "list-ul"
        label = _("Lista")
        template = "newsroom/blocks/items.html"


class PhotoBlock(blocks.StructBlock):
    photo = ImageChooserBlock(label=_("Foto"))

    class Meta:
        icon = "image"
        label = _("Foto")
        template = "newsroom/blocks/photo.html"


class GalleryBlock(blocks.StructBlock):
    photos = blocks.ListBlock(ImageChooserBlock(), label=_("Fotos"), min_num=2)

    class Meta:
        icon = "grip"
        label = _("Galería")
        template = "newsroom/blocks/gallery.html"


class VideoBlock(blocks.StructBlock):
    url = blocks.URLBlock(label=_("Dirección del video"))
    title = blocks.CharBlock(label=_("Qué se ve"), max_length=160)

    class Meta:
        icon = "media"
        label = _("Video")
        template = "newsroom/blocks/video.html"


class AttachmentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Documento"))
    title = blocks.CharBlock(label=_("Qué es"), max_length=160, required=False)

    class Meta:
        icon = "doc-full"
        label = _("Documento")
        template = "newsroom/blocks/attachment.html"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(
        label=_("Subtítulo"), max_length=160, icon="title", template="newsroom/blocks/heading.html"
    )
    paragraph = blocks.RichTextBlock(
        label=_("Párrafo"), features=INLINE, icon="pilcrow", template="newsroom/blocks/paragraph.html"
    )
    quote = QuoteBlock()
    figures = FiguresBlock()
    items = ItemsBlock()
    photo = PhotoBlock()
    gallery = GalleryBlock()
    video = VideoBlock()
    attachment = AttachmentBlock()
