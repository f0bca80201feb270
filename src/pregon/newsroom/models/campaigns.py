"""A campaign: what the government wants to achieve, from when to when, and what each person can do."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField

from pregon.newsroom.blocks import AttachmentBlock
from pregon.newsroom.models.bulletins import Bulletin
from pregon.newsroom.models.pieces import Piece


class Campaign(Piece):
    folder = "/campanas/"
    section = "campaigns"

    since = models.DateField(_("desde"))
    until = models.DateField(_("hasta"), null=True, blank=True, help_text=_("Vacío: no tiene fin."))
    call = models.TextField(
        _("qué puedes hacer"), blank=True, help_text=_("Lo que se le pide a la gente, en una o dos frases.")
    )
    call_url = models.URLField(_("dirección para hacerlo"), blank=True)
    call_label = models.CharField(
        _("palabras del botón"), max_length=60, blank=True, help_text=_("«Registrar a mi mascota».")
    )
    documents = StreamField(
        [("document", AttachmentBlock())], verbose_name=_("documentos para descargar"), blank=True
    )
    bulletins = ParentalManyToManyField(
        Bulletin,
        verbose_name=_("boletines"),
        blank=True,
        related_name="campaigns",
        help_text=_("Vacío: los más recientes de sus temas."),
    )

    edit_handler = Piece.editor(
        (
            [
                FieldPanel("title", heading=_("Nombre")),
                FieldPanel("summary", heading=_("Para qué, en una frase")),
                FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
                FieldPanel("cover"),
                FieldPanel("body"),
                FieldPanel("documents"),
            ],
            _("Campaña"),
        ),
        (
            [
                MultiFieldPanel(
                    [
                        FieldPanel("call"),
                        FieldRowPanel([FieldPanel("call_url"), FieldPanel("call_label")]),
                    ],
                    heading=_("Qué puede hacer la gente"),
                ),
                Piece.whom_panel,
                FieldPanel("bulletins"),
            ],
            _("Datos"),
        ),
    )

    class Meta:
        verbose_name = _("campaña")
        verbose_name_plural = _("campañas")

    @property
    def more_words(self) -> str:
        return self.call

    def runs_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def clean(self) -> None:
        super().clean()
        self.not_before(self.since, self.until, "until", _("La campaña termina antes de empezar."))
