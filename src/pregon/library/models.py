"""A photo with what a press office must know of it, and the album of an act."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.images.models import AbstractImage, AbstractRendition, ImageQuerySet
from wagtail.search import index

from pregon.library.enums import Development


class Album(models.Model):  # type: ignore[django-manager-missing]  # Photo's base carries no types
    """The photos of one act, in the order of the story."""

    title = models.CharField(_("título"), max_length=200)
    slug = models.SlugField(_("dirección"), max_length=120, unique=True)
    day = models.DateField(_("fecha"))
    place = models.CharField(_("lugar"), max_length=200, blank=True)
    credit = models.CharField(_("crédito"), max_length=120, blank=True)

    panels = [
        TitleFieldPanel("title", targets=["slug"]),
        FieldPanel("slug"),
        MultiFieldPanel([FieldPanel("day"), FieldPanel("place"), FieldPanel("credit")], _("Datos comunes")),
    ]

    class Meta:
        verbose_name = _("álbum")
        verbose_name_plural = _("álbumes")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.title


class PhotoQuerySet(ImageQuerySet):
    def released(self) -> Self:
        """Photos that went out with a piece and were not taken back."""
        return self.filter(released_at__isnull=False)  # type: ignore[no-any-return]

    def to_develop(self, at: datetime) -> Self:
        """Photos whose copies are due, or whose worker stopped answering."""
        return self.filter(  # type: ignore[no-any-return]
            models.Q(development=Development.DUE)
            | models.Q(development=Development.LEASED, lease_until__lt=at)
        )


class Photo(AbstractImage):
    """One photograph. The original stays private and whole; copies made ready for publication carry no GPS,
    no serial number and nothing that is not written in these fields."""

    public_id = models.UUIDField(_("identificador público"), default=uuid.uuid4, unique=True, editable=False)
    album = models.ForeignKey(
        Album, models.SET_NULL, verbose_name=_("álbum"), null=True, blank=True, related_name="photos"
    )
    position = models.PositiveIntegerField(_("orden"), default=0)
    caption = models.CharField(_("pie de foto"), max_length=500, blank=True)
    alt_text = models.CharField(
        _("texto alternativo"),
        max_length=300,
        blank=True,
        help_text=_(
            "Lo que se ve, para quien no puede verlo. Sin él se usa el pie; sin ninguno la foto no sale."
        ),
    )
    credit = models.CharField(_("crédito"), max_length=120, blank=True)
    place = models.CharField(_("lugar"), max_length=200, blank=True)
    taken_at = models.DateTimeField(_("tomada"), null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    released_at = models.DateTimeField(_("publicada"), null=True, blank=True, editable=False)
    development = models.CharField(
        max_length=8, choices=Development, default=Development.DUE, editable=False, db_index=True
    )
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # [{"width": 960, "height": 640, "file": "960.webp", "bytes": 81234}, …], smallest first.
    copies = models.JSONField(default=list, editable=False)

    admin_form_fields = (
        "title",
        "file",
        "caption",
        "alt_text",
        "credit",
        "place",
        "taken_at",
        "album",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    search_fields = [
        *AbstractImage.search_fields,
        index.SearchField("caption", boost=3),
        index.AutocompleteField("caption"),
        index.SearchField("alt_text"),
        index.SearchField("credit"),
        index.SearchField("place"),
        index.FilterField("album"),
    ]

    objects = PhotoQuerySet.as_manager()

    class Meta(AbstractImage.Meta):
        verbose_name = _("foto")
        verbose_name_plural = _("fotos")
        ordering = ["position", "pk"]
        permissions = [("choose_image", "Can choose image")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(development__in=Development.values), name="photo_development_known"
            )
        ]

    @property
    def alternative(self) -> str:
        """What a screen reader says: the alternative text, else the caption; with neither it stays."""
        return self.alt_text or self.caption

    @property
    def may_go_out(self) -> bool:
        return bool(self.alternative)

    @property
    def default_alt_text(self) -> str:
        return self.alternative


class PhotoRendition(AbstractRendition):
    """Wagtail's own small copies for the desk; never served to the public."""

    image = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="unique_photo_rendition"
            )
        ]
