"""The act: the one thing typed by hand from which all else follows."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.search import index

from pregon.accounts.models import Department, Locality, Topic
from pregon.agenda.enums import Kind, Product, Settlement, State
from pregon.core.text import stems
from pregon.library.models import Album


class ActQuerySet(models.QuerySet["Act"]):
    def between(self, start: datetime, end: datetime) -> Self:
        """Acts that begin in the half-open interval."""
        return self.filter(start__gte=start, start__lt=end)

    def taking_place(self) -> Self:
        """Acts that count as work due: neither cancelled nor postponed."""
        return self.filter(state__in=[State.CONFIRMED, State.TENTATIVE])


class Act(index.Indexed, ClusterableModel):
    """An official act: where, when, whose, and what coverage it is due."""

    title = models.CharField(_("título"), max_length=200)
    slug = models.SlugField(_("dirección"), max_length=120, unique=True)
    kind = models.CharField(_("tipo"), max_length=12, choices=Kind, default=Kind.OFFICIAL)
    start = models.DateTimeField(_("inicio"), db_index=True)
    end = models.DateTimeField(_("fin"), null=True, blank=True)
    place = models.CharField(_("lugar"), max_length=200)
    latitude = models.DecimalField(_("latitud"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitud"), max_digits=9, decimal_places=6, null=True, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("dependencia"), related_name="acts"
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("temas"), blank=True, related_name="acts")
    localities = ParentalManyToManyField(
        Locality, verbose_name=_("localidades"), blank=True, related_name="acts"
    )
    description = models.TextField(
        _("descripción"),
        blank=True,
        help_text=_("Lo que conviene saber antes de ir: qué llevar, si hay costo."),
    )
    state = models.CharField(_("estado"), max_length=14, choices=State, default=State.CONFIRMED)
    public = models.BooleanField(
        _("se anuncia al público"),
        default=True,
        help_text=_("Un acto interno cuenta para el plan y no aparece en el sitio."),
    )
    public_from = models.DateTimeField(
        _("se anuncia desde"), null=True, blank=True, help_text=_("Vacío: desde que se guarda.")
    )
    album = models.OneToOneField(
        Album, models.SET_NULL, verbose_name=_("álbum"), null=True, blank=True, related_name="act"
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = ActQuerySet.as_manager()

    search_fields = [
        index.SearchField("title", boost=2),
        index.SearchField("place"),
        index.SearchField("description"),
        index.SearchField("shadow"),
        index.AutocompleteField("title"),
        index.FilterField("start"),
    ]

    class Meta:
        verbose_name = _("acto")
        verbose_name_plural = _("actos")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="act_state_known"),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")),
                name="act_ends_after_start",
                violation_error_message=_("El acto no puede terminar antes de empezar: revisa las horas."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shadow(self) -> str:
        """Spanish stems of the text, accents folded, so that a search finds the word in any of its forms."""
        return stems(f"{self.title} {self.place} {self.description}")

    def get_absolute_url(self) -> str:
        return f"/agenda/{self.slug}/"


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def open(self) -> Self:
        return self.filter(settlement=Settlement.DUE)

    def covered(self) -> Self:
        return self.filter(settlement=Settlement.COVERED)


class Coverage(models.Model):
    """One product that an act is due. It settles itself when the piece is published."""

    act = ParentalKey(Act, on_delete=models.CASCADE, related_name="coverages")
    product = models.CharField(_("producto"), max_length=10, choices=Product, default=Product.BULLETIN)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("quién cubre"),
        null=True,
        blank=True,
        related_name="coverages",
    )
    settlement = models.CharField(
        _("estado"), max_length=12, choices=Settlement, default=Settlement.DUE, db_index=True
    )
    settled_at = models.DateTimeField(_("resuelta"), null=True, blank=True)
    evidence = models.CharField(
        _("evidencia"), max_length=300, blank=True, help_text=_("Dirección de la pieza que la cubre.")
    )
    reason = models.CharField(_("motivo"), max_length=300, blank=True)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("firma"),
    )

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("cobertura")
        verbose_name_plural = _("coberturas")
        constraints = [
            models.UniqueConstraint(fields=["act", "product"], name="one_coverage_per_product"),
            models.CheckConstraint(
                condition=models.Q(settlement__in=Settlement.values), name="coverage_settlement_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(settlement=Settlement.EXCUSED) | ~models.Q(reason=""),
                name="excused_coverage_has_reason",
                violation_error_message=_("Para no cubrir un acto hay que escribir el motivo."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_product_display()}: {self.act}"
