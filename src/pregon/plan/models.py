"""The annual plan as town halls write it: programmes, indicators, activities by month, inputs.

What a plan leaves empty stays empty here: a baseline, result or target nobody wrote is ``None``, never zero.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from pregon.plan.enums import Direction, Frequency, Overshoot

EARLIEST, LATEST = 1990, 2100
YEARS = (MinValueValidator(EARLIEST), MaxValueValidator(LATEST))


def every_month() -> list[bool]:
    return [True] * 12


def check_months(months: object) -> None:
    """Twelve yes-or-no, January first."""
    if not (
        isinstance(months, list) and len(months) == 12 and all(isinstance(month, bool) for month in months)
    ):
        raise ValidationError(_("Los meses son doce valores de sí o no, de enero a diciembre."))


def check_values(values: object) -> None:
    """A list of names, each with what the office means by it."""
    if not isinstance(values, list) or not all(
        isinstance(value, dict)
        and set(value) == {"name", "text"}
        and all(isinstance(part, str) for part in value.values())
        for value in values
    ):
        raise ValidationError(
            _("Cada valor lleva su nombre (name) y lo que significa para la oficina (text).")
        )


def check_goals(goals: object) -> None:
    """A list of sentences."""
    if not isinstance(goals, list) or not all(isinstance(goal, str) and goal for goal in goals):
        raise ValidationError(_("Los propósitos son una lista de frases."))


def check_parameters(parameters: object) -> None:
    """Names and words: which department, kind, locality, topic or channel a measure is asked about."""
    if not isinstance(parameters, dict) or not all(
        isinstance(name, str) and isinstance(value, str) for name, value in parameters.items()
    ):
        raise ValidationError(_("Los parámetros de la medida son pares de nombre y texto."))


class PlanQuerySet(models.QuerySet["Plan"]):
    def of(self, year: int) -> Self:
        return self.filter(year=year)


class Plan(models.Model):  # type: ignore[django-manager-missing]  # Programme has an untyped base
    """What a communication office promised for one year."""

    slug = models.SlugField(_("dirección"), max_length=100, unique=True)
    year = models.PositiveSmallIntegerField(_("año"), validators=YEARS)
    title = models.CharField(_("título"), max_length=200)
    unit_name = models.CharField(_("unidad responsable"), max_length=160)
    description = models.TextField(_("descripción"), blank=True)
    mission = models.TextField(_("misión"), blank=True)
    vision = models.TextField(_("visión"), blank=True)
    values = models.JSONField(_("valores"), default=list, blank=True, validators=[check_values])
    goals = models.JSONField(_("propósitos"), default=list, blank=True, validators=[check_goals])
    source = models.TextField(
        _("de dónde sale"), blank=True, help_text=_("El documento, su fecha, y lo que se cambió al cargarlo.")
    )
    loaded_at = models.DateTimeField(_("cargado"), null=True, blank=True, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan anual")
        verbose_name_plural = _("planes anuales")
        ordering = ["-year", "title"]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"

    def get_absolute_url(self) -> str:
        return f"/plan/{self.slug}/"


class Programme(ClusterableModel):
    """One sheet of the plan: what is sought, and the chain that ties it to the municipal development plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="programmes", verbose_name=_("plan"))
    order = models.PositiveSmallIntegerField(_("orden"), default=1)
    name = models.CharField(_("nombre"), max_length=160)
    general_objective = models.TextField(_("objetivo general"), blank=True)
    particular_objective = models.TextField(_("objetivo particular"), blank=True)
    strategy = models.TextField(_("estrategia"), blank=True)
    line_of_action = models.TextField(_("línea de acción"), blank=True)
    programme_name = models.CharField(
        _("programa"), max_length=200, blank=True, help_text=_("Vacío cuando el plan dice que no aplica.")
    )
    description = models.TextField(_("descripción"), blank=True)
    months = models.JSONField(_("meses"), default=every_month, validators=[check_months])

    class Meta:
        verbose_name = _("programa")
        verbose_name_plural = _("programas")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="one_programme_per_place")]

    def __str__(self) -> str:
        return self.name


class Input(models.Model):
    """What a programme needs. Plans seldom price it: an amount nobody wrote is ``None``."""

    programme = ParentalKey(Programme, on_delete=models.CASCADE, related_name="inputs")
    description = models.CharField(_("insumo"), max_length=300)
    amount = models.DecimalField(
        _("monto en pesos"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )

    class Meta:
        verbose_name = _("insumo")
        verbose_name_plural = _("insumos")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.description


class Measured(models.Model):
    """Anything in a plan that a named measure can answer from the office's own records."""

    measure = models.CharField(
        _("medida"), max_length=60, blank=True, help_text=_("Vacío: los registros de la oficina no lo miden.")
    )
    parameters = models.JSONField(
        _("parámetros de la medida"), default=dict, blank=True, validators=[check_parameters]
    )

    class Meta:
        abstract = True


class Indicator(Measured):
    """A promise with a figure: where it stood, where it should arrive, and how far off is too far."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="indicators", verbose_name=_("plan"))
    programme = models.ForeignKey(
        Programme,
        models.CASCADE,
        related_name="indicators",
        verbose_name=_("programa"),
        null=True,
        blank=True,
    )
    order = models.PositiveSmallIntegerField(_("orden"), default=1)
    code = models.SlugField(_("clave"), max_length=60)
    name = models.CharField(_("nombre"), max_length=160)
    short_name = models.CharField(_("nombre corto"), max_length=40, blank=True)
    definition = models.TextField(_("qué mide"), blank=True)
    unit = models.CharField(_("unidad de medida"), max_length=60, default="Porcentaje")
    baseline = models.DecimalField(_("línea base"), max_digits=9, decimal_places=2, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(
        _("año de la línea base"), null=True, blank=True, validators=YEARS
    )
    previous = models.DecimalField(
        _("resultado del año anterior"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField(_("meta"), max_digits=9, decimal_places=2, null=True, blank=True)
    target_text = models.CharField(_("meta con palabras"), max_length=300, blank=True)
    direction = models.CharField(_("sentido"), max_length=12, choices=Direction, default=Direction.UP)
    green_from = models.DecimalField(
        _("verde desde (por ciento de la meta)"), max_digits=5, decimal_places=2, default=Decimal(95)
    )
    yellow_from = models.DecimalField(
        _("amarillo desde (por ciento de la meta)"), max_digits=5, decimal_places=2, default=Decimal(80)
    )
    overshoot = models.CharField(
        _("si se pasa de la meta"), max_length=10, choices=Overshoot, default=Overshoot.MET
    )
    overshoot_from = models.DecimalField(
        _("pasarse es más de (por ciento de la meta)"), max_digits=6, decimal_places=2, default=Decimal(125)
    )
    frequency = models.CharField(_("frecuencia"), max_length=12, choices=Frequency, default=Frequency.MONTHLY)

    class Meta:
        verbose_name = _("indicador")
        verbose_name_plural = _("indicadores")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="one_indicator_per_code"),
            models.CheckConstraint(
                condition=Q(yellow_from__gt=0) & Q(green_from__gte=F("yellow_from")),
                name="indicator_lights_in_order",
                violation_error_message=_(
                    "El verde empieza donde el amarillo o más arriba; ambos pasan de 0."
                ),
            ),
            models.CheckConstraint(
                condition=Q(overshoot_from__gte=100),
                name="indicator_overshoot_past_target",
                violation_error_message=_("Pasarse de la meta empieza en 100 % o más."),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="indicator_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(overshoot__in=Overshoot.values), name="indicator_overshoot_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return f"/plan/{self.plan.slug}/{self.slug}/"


class Activity(Measured):
    """Something the office does, with the months in which it promised to."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="activities", verbose_name=_("plan"))
    programme = models.ForeignKey(
        Programme,
        models.CASCADE,
        related_name="activities",
        verbose_name=_("programa"),
        null=True,
        blank=True,
    )
    number = models.PositiveSmallIntegerField(_("número"))
    description = models.CharField(_("actividad"), max_length=300)
    short_name = models.CharField(_("nombre corto"), max_length=40, blank=True)
    months = models.JSONField(_("meses planeados"), default=every_month, validators=[check_months])

    class Meta:
        verbose_name = _("actividad")
        verbose_name_plural = _("actividades")
        ordering = ["number", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_activity_per_number")]

    def __str__(self) -> str:
        return self.description

    @property
    def name(self) -> str:
        return self.description

    @property
    def slug(self) -> str:
        return f"actividad-{self.number}"

    def get_absolute_url(self) -> str:
        return f"/plan/{self.plan.slug}/{self.slug}/"
