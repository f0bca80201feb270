"""Views of pages, never of people: how often a page was answered, on which day, and from what kind of place."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pregon.analytics.enums import Source


class PageViews(models.Model):
    """Views of one page on one day of the office, from one kind of place."""

    path = models.CharField(_("dirección"), max_length=500)
    day = models.DateField(_("día"), db_index=True)
    source = models.CharField(_("procedencia"), max_length=12, choices=Source)
    views = models.PositiveBigIntegerField(_("vistas"))

    class Meta:
        verbose_name = _("vistas de una página")
        verbose_name_plural = _("vistas de las páginas")
        constraints = [
            models.UniqueConstraint(fields=["path", "day", "source"], name="one_count_per_page_day_source")
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.day}: {self.views}"


class HourlyViews(models.Model):
    """Views of one page in one hour: kept a few days, while the first hours of a bulletin are of interest."""

    path = models.CharField(_("dirección"), max_length=500)
    hour = models.DateTimeField(_("hora"), db_index=True)
    views = models.PositiveBigIntegerField(_("vistas"))

    class Meta:
        verbose_name = _("vistas por hora")
        verbose_name_plural = _("vistas por hora")
        constraints = [models.UniqueConstraint(fields=["path", "hour"], name="one_count_per_page_hour")]

    def __str__(self) -> str:
        return f"{self.path} {self.hour:%Y-%m-%d %H}: {self.views}"


class LogReading(models.Model):
    """How far each file of the views log was counted. One row: whoever reads holds it, so that counts and places are
    written in one commit and never by two at once."""

    #: By the file's number on its disk: where the next line begins, and a mark of the bytes before it.
    places = models.JSONField(default=dict)
    read_at = models.DateTimeField(_("leído"), null=True, blank=True)

    class Meta:
        verbose_name = _("lectura de las vistas")
        verbose_name_plural = _("lecturas de las vistas")

    def __str__(self) -> str:
        return f"{self.read_at}"
