"""The building parts of a bulletin's body. Text is plain or rich with a short list of features: nothing here can
carry script, and a video is the office's own file or an address, never an embed that calls out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
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
    file = DocumentChooserBlock(
        label=_("Archivo MP4"),
        required=False,
        help_text=_("Se ve en la página y sale en las redes que llevan video. De 100 MB a lo más."),
    )
    url = blocks.URLBlock(
        label=_("O su dirección"), required=False, help_text=_("De un video que está en otro sitio.")
    )
    title = blocks.CharBlock(
        label=_("Qué se ve"), max_length=160, help_text=_("Para quien no puede verlo: se lee en su lugar.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        file, url = cleaned["file"], cleaned["url"]
        if bool(file) == bool(url):
            wrong = ValidationError(_("Elige un archivo o escribe una dirección; una sola de las dos cosas."))
            raise blocks.StructBlockValidationError({"file": wrong})
        if file and file.file_extension.lower() != "mp4":
            raise blocks.StructBlockValidationError({"file": ValidationError(_("El archivo no es un MP4."))})
        return cleaned

    def get_prep_value(self, value: Any) -> dict[str, Any]:
        """An address alone is kept as it was before there were files: no old bulletin looks changed."""
        kept: dict[str, Any] = super().get_prep_value(value)
        return {name: part for name, part in kept.items() if name != "file" or part is not None}

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
