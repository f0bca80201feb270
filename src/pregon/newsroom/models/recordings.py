"""What people hear and see: an episode of the podcast, a video. Each is a file of the office's own, with its words
written down: whoever cannot hear it reads the same. Without them it does not go out."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.documents import get_document_model_string

from pregon.library import captions as subtitles
from pregon.library import media
from pregon.library.captions import Chapter, Cue, Passage
from pregon.library.errors import BadCaptions, LibraryError
from pregon.newsroom.models.pieces import Piece, PieceForm, lines_of

#: Two hours of speech are some 200 kB of it.
LONGEST_CAPTIONS = 2 * 1024 * 1024


class RecordingForm(PieceForm):
    """The words may come as a file, as programs for subtitles write them; they are kept as text that can be mended."""

    captions_file = forms.FileField(
        label=_("Archivo de subtítulos"),
        required=False,
        help_text=_("WebVTT (.vtt) o SubRip (.srt). Toma el lugar de lo escrito abajo."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if sent := cleaned.get("captions_file"):
            try:
                cleaned["captions"] = subtitles.from_file(sent.read(LONGEST_CAPTIONS))
            except LibraryError as refusal:
                self.add_error("captions_file", str(refusal))
        return cleaned


class Recording(Piece):
    captions = models.TextField(
        _("subtítulos"),
        blank=True,
        help_text=_("Lo que se dice y se oye, en WebVTT: de aquí salen los subtítulos y la transcripción."),
    )
    chapters = models.TextField(
        _("capítulos"), blank=True, help_text=_("Uno por renglón: «02:15 Cómo se pide el agua».")
    )
    #: How long it lasts, read from the file.
    seconds = models.PositiveIntegerField(null=True, blank=True, editable=False)

    base_form_class = RecordingForm

    words_panel = MultiFieldPanel(
        [FieldPanel("captions_file"), FieldPanel("captions"), FieldPanel("chapters")],
        heading=_("Con palabras"),
    )

    class Meta:
        abstract = True

    #: What its file must be.
    wanted: media.Kind = media.Kind.AUDIO

    @property
    def file(self) -> Any:
        raise NotImplementedError

    @property
    def cues(self) -> list[Cue]:
        """None while what is written cannot be read: the editor says why, and nothing goes out."""
        with suppress(BadCaptions):
            return subtitles.parse(self.captions)
        return []

    @property
    def transcript(self) -> list[Passage]:
        return subtitles.passages(self.cues)

    @property
    def chapter_list(self) -> list[Chapter]:
        with suppress(BadCaptions):
            return subtitles.chapters(self.chapters)
        return []

    @property
    def more_words(self) -> str:
        return " ".join(cue.text for cue in self.cues)

    @property
    def media_type(self) -> str:
        return media.content_type(self.file.filename) if self.file else ""

    def clean(self) -> None:
        super().clean()
        wrong: dict[str, Any] = {}
        for field, check in (("captions", subtitles.parse), ("chapters", subtitles.chapters)):
            if written := getattr(self, field):
                try:
                    check(written)
                except LibraryError as refusal:
                    wrong[field] = str(refusal)
        try:
            self.measure()
        except LibraryError as refusal:
            wrong["recording"] = str(refusal)
        if wrong:
            raise ValidationError(wrong)

    def measure(self) -> None:
        """Read from the file what it is and how long it lasts."""
        self.seconds = None
        if self.file:
            with self.file.open_file() as stream:
                facts = media.inspect(stream, name=self.file.filename, wanted=self.wanted)
            self.seconds = facts.seconds and max(1, round(facts.seconds))

    def lacks(self) -> dict[str, str]:
        if self.cues:
            return {}
        return {
            "captions": _now(
                "Faltan los subtítulos: sin ellos quien no oye se queda fuera, y por eso no sale todavía."
            )
        }


class Episode(Recording):
    """One episode of the office's podcast."""

    folder = "/podcast/"
    section = "podcast"
    wanted = media.Kind.AUDIO

    recording = models.ForeignKey(
        get_document_model_string(),
        models.PROTECT,
        verbose_name=_("archivo de audio"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("MP3 o M4A, que oyen todas las aplicaciones; también OGG, OPUS o WAV."),
    )
    number = models.PositiveIntegerField(_("número de episodio"), null=True, blank=True)
    people = models.TextField(
        _("quién participa"),
        blank=True,
        help_text=_("Uno por renglón; el papel tras dos puntos: «Dirección de Salud: invitada»."),
    )

    edit_handler = Piece.editor(
        (
            [
                FieldRowPanel([FieldPanel("title", heading=_("Título")), FieldPanel("number")]),
                FieldPanel("summary", heading=_("De qué trata, en una frase")),
                FieldPanel("recording"),
                Recording.words_panel,
                FieldPanel("people"),
            ],
            _("Episodio"),
        ),
        ([FieldPanel("cover"), FieldPanel("body"), Piece.whom_panel], _("Datos")),
    )

    class Meta:
        verbose_name = _("episodio")
        verbose_name_plural = _("episodios")

    @property
    def file(self) -> Any:
        return self.recording

    @property
    def people_list(self) -> list[tuple[str, str]]:
        """Name and role of whoever takes part."""
        said = (line.rpartition(":") for line in lines_of(self.people))
        return [(name.strip(), role.strip()) if colon else (role.strip(), "") for name, colon, role in said]

    def lacks(self) -> dict[str, str]:
        missing = {} if self.recording_id else {"recording": _now("Elige el archivo de audio.")}
        return missing | super().lacks()


class Video(Recording):
    """A video of the office; or one that lies elsewhere, which is a link and never a player that calls out."""

    folder = "/videos/"
    section = "videos"
    wanted = media.Kind.VIDEO

    recording = models.ForeignKey(
        get_document_model_string(),
        models.PROTECT,
        verbose_name=_("archivo de video"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("MP4 con H.264, que se ve en todas partes; también WEBM."),
    )
    url = models.URLField(
        _("o su dirección"),
        blank=True,
        help_text=_("De un video que está en otro sitio: se enlaza con tu foto."),
    )
    described = models.TextField(
        _("qué se ve"), blank=True, help_text=_("Lo que importa de la imagen, para quien no puede verla.")
    )

    edit_handler = Piece.editor(
        (
            [
                FieldPanel("title", heading=_("Título")),
                FieldPanel("summary", heading=_("De qué trata, en una frase")),
                MultiFieldPanel([FieldPanel("recording"), FieldPanel("url")], heading=_("El video")),
                FieldPanel("cover", heading=_("Foto que se ve antes")),
                FieldPanel("described"),
                Recording.words_panel,
            ],
            _("Video"),
        ),
        ([FieldPanel("body"), Piece.whom_panel], _("Datos")),
    )

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")

    @property
    def file(self) -> Any:
        return self.recording

    @property
    def more_words(self) -> str:
        return f"{self.described} {super().more_words}"

    def clean(self) -> None:
        super().clean()
        if self.recording_id and self.url:
            raise ValidationError(
                {"url": _("Elige un archivo o escribe una dirección; una sola de las dos cosas.")}
            )

    def lacks(self) -> dict[str, str]:
        missing = {}
        if not (self.recording_id or self.url):
            missing["recording"] = _now("Elige el archivo, o escribe la dirección del video.")
        if not self.described.strip():
            missing["described"] = _now("Di qué se ve, para quien no puede verlo.")
        return missing | (super().lacks() if self.recording_id or self.captions else {})
