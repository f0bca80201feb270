"""The annual plan as town halls write it: programmes, indicators, activities by month, inputs.

What a plan leaves empty stays empty here: a baseline, result or target nobody wrote is ``None``, never zero.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.dates import MONTHS as MONTH_NAMES
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.documents import get_document_model_string

from pregon.plan.enums import (
    Dimension,
    Direction,
    DraftState,
    Frequency,
    Kind,
    Level,
    Overshoot,
    PlanKind,
    SealAct,
)
from pregon.plan.values import LONGEST, LONGEST_GOAL, LONGEST_NAME, OWN_CODE

EARLIEST, LATEST = 1990, 2100
MONTHS = (MinValueValidator(1), MaxValueValidator(12))
MONTH_NUMBERS = frozenset(str(month) for month in range(1, 13))
NUMBER = re.compile(r"-?\d{1,7}(\.\d{1,2})?")
#: What the file of a plan reads back.
LONG = (MaxLengthValidator(LONGEST),)
YEARS = (MinValueValidator(EARLIEST), MaxValueValidator(LATEST))


def every_month() -> list[bool]:
    return [True] * 12


def no_month() -> list[bool]:
    return [False] * 12


def check_milestones(milestones: object) -> None:
    """Numbers by the number of their month."""
    if not isinstance(milestones, dict) or not all(
        month in MONTH_NUMBERS and isinstance(value, str) and NUMBER.fullmatch(value)
        for month, value in milestones.items()
    ):
        raise ValidationError(_("Cada cifra por mes lleva el número del mes, de 1 a 12, y cuánto se espera."))


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
    if any(len(value["name"]) > LONGEST_NAME or len(value["text"]) > LONGEST for value in values):
        raise ValidationError(
            _("Un valor lleva un nombre de hasta %(name)s letras y un texto de hasta %(text)s.")
            % {"name": LONGEST_NAME, "text": LONGEST}
        )


def check_goals(goals: object) -> None:
    """A list of sentences."""
    if not isinstance(goals, list) or not all(isinstance(goal, str) and goal for goal in goals):
        raise ValidationError(_("Los propósitos son una lista de frases."))
    if any(len(goal) > LONGEST_GOAL for goal in goals):
        raise ValidationError(_("Un propósito lleva hasta %(most)s letras.") % {"most": LONGEST_GOAL})


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
    kind = models.CharField(_("clase de plan"), max_length=24, choices=PlanKind, default=PlanKind.ANNUAL)
    unit_name = models.CharField(_("unidad responsable"), max_length=160)
    responsible = models.CharField(
        _("quién responde"), max_length=160, blank=True, help_text=_("El cargo, no la persona.")
    )
    calendar_year = models.PositiveSmallIntegerField(
        _("año que dice el calendario"),
        null=True,
        blank=True,
        validators=YEARS,
        help_text=_("El que lleva el documento sobre sus meses, cuando lleva uno."),
    )
    description = models.TextField(_("descripción"), blank=True, validators=LONG)
    mission = models.TextField(_("misión"), blank=True, validators=LONG)
    vision = models.TextField(_("visión"), blank=True, validators=LONG)
    values = models.JSONField(_("valores"), default=list, blank=True, validators=[check_values])
    goals = models.JSONField(_("propósitos"), default=list, blank=True, validators=[check_goals])
    source = models.TextField(
        _("de dónde sale"),
        blank=True,
        validators=LONG,
        help_text=_("El documento, su fecha, y lo que se cambió al cargarlo."),
    )
    loaded_at = models.DateTimeField(_("cargado"), null=True, blank=True, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan anual")
        verbose_name_plural = _("planes anuales")
        ordering = ["-year", "title"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=PlanKind.values), name="plan_kind_known")]
        permissions = [("close_month", _("Puede cerrar un mes y abrirlo de nuevo"))]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"

    def clean(self) -> None:
        if self.year and self.slug and not self.slug.endswith(f"-{self.year}"):
            raise ValidationError(
                {"slug": _("La dirección termina con el año del plan: -%(year)s.") % {"year": self.year}}
            )
        before = Plan.objects.filter(pk=self.pk, seals__isnull=False).first()
        if before and (before.slug, before.year) != (self.slug, self.year):
            raise ValidationError(
                _(
                    "Ya hay meses cerrados con ese año y esa dirección: déjalos, y prepara otro año con su botón."
                )
            )

    def get_absolute_url(self) -> str:
        return f"/plan/{self.slug}/"

    @property
    def key(self) -> str:
        """What the same plan of another year is called too."""
        return self.slug.removesuffix(f"-{self.year}")

    @property
    def comparison_url(self) -> str:
        return f"/plan/comparar/{self.key}/"


class Programme(ClusterableModel):
    """One sheet of the plan: what is sought, and the chain that ties it to the municipal development plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="programmes", verbose_name=_("plan"))
    order = models.PositiveSmallIntegerField(_("orden"), default=1)
    name = models.CharField(_("nombre"), max_length=160)
    general_objective = models.TextField(_("objetivo general"), blank=True, validators=LONG)
    particular_objective = models.TextField(_("objetivo particular"), blank=True, validators=LONG)
    strategy = models.TextField(_("estrategia"), blank=True, validators=LONG)
    line_of_action = models.TextField(_("línea de acción"), blank=True, validators=LONG)
    programme_name = models.CharField(
        _("programa"), max_length=200, blank=True, help_text=_("Vacío cuando no hay uno.")
    )
    axis = models.CharField(_("eje"), max_length=200, blank=True)
    alignment = models.JSONField(_("alineación"), default=list, blank=True, validators=[check_values])
    responsible = models.CharField(_("quién responde"), max_length=160, blank=True)
    description = models.TextField(_("descripción"), blank=True, validators=LONG)
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
    budget_line = models.CharField(_("partida"), max_length=20, blank=True)

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
    reference = models.CharField(_("clave en el documento"), max_length=40, blank=True)
    name = models.CharField(_("nombre"), max_length=160)
    short_name = models.CharField(_("nombre corto"), max_length=40, blank=True)
    definition = models.TextField(_("qué mide"), blank=True, validators=LONG)
    level = models.CharField(_("nivel"), max_length=12, choices=Level, blank=True)
    narrative = models.TextField(_("resumen narrativo"), blank=True, validators=LONG)
    kind = models.CharField(_("tipo"), max_length=12, choices=Kind, blank=True)
    dimension = models.CharField(_("dimensión"), max_length=12, choices=Dimension, blank=True)
    method = models.TextField(_("método de cálculo"), blank=True, validators=LONG)
    numerator = models.CharField(_("numerador"), max_length=300, blank=True)
    denominator = models.CharField(_("denominador"), max_length=300, blank=True)
    verification = models.TextField(_("medios de verificación"), blank=True, validators=LONG)
    supposition = models.TextField(_("supuesto"), blank=True, validators=LONG)
    responsible = models.CharField(_("quién responde"), max_length=160, blank=True)
    unit = models.CharField(_("unidad de medida"), max_length=60, blank=True)
    baseline = models.DecimalField(_("línea base"), max_digits=9, decimal_places=2, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(
        _("año de la línea base"), null=True, blank=True, validators=YEARS
    )
    previous = models.DecimalField(
        _("resultado del año anterior"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField(_("meta"), max_digits=9, decimal_places=2, null=True, blank=True)
    target_text = models.CharField(_("meta con palabras"), max_length=300, blank=True)
    review_due = models.BooleanField(
        _("meta por revisar"),
        default=False,
        help_text=_("Se copió de otro año y nadie la ha revisado todavía."),
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("quién revisó la meta"),
    )
    reviewed_at = models.DateTimeField(_("cuándo se revisó la meta"), null=True, blank=True)
    milestones = models.JSONField(
        _("metas por mes"),
        default=dict,
        blank=True,
        validators=[check_milestones],
        help_text=_('Lo que debe llevarse al final de un mes, por su número: {"3": 25, "6": 50}.'),
    )
    cumulative = models.BooleanField(
        _("la meta se acumula"),
        default=True,
        help_text=_("Sin esto, la meta vale para cada periodo y no para lo que va del año."),
    )
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
    frequency = models.CharField(
        _("frecuencia"),
        max_length=16,
        choices=Frequency,
        blank=True,
        help_text=_("Vacía: el plan no dice cada cuándo se mide."),
    )

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
            models.CheckConstraint(condition=Q(level__in=["", *Level.values]), name="indicator_level_known"),
            models.CheckConstraint(condition=Q(kind__in=["", *Kind.values]), name="indicator_kind_known"),
            models.CheckConstraint(
                condition=Q(dimension__in=["", *Dimension.values]), name="indicator_dimension_known"
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["", *Frequency.values]), name="indicator_frequency_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if OWN_CODE.fullmatch(self.code):
            raise ValidationError({"code": _("Esa dirección es de otra página del plan; escribe otra.")})
        check_owner(self)

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
    reference = models.CharField(_("clave en el documento"), max_length=40, blank=True)
    short_name = models.CharField(_("nombre corto"), max_length=40, blank=True)
    indicator = models.ForeignKey(
        Indicator,
        models.SET_NULL,
        verbose_name=_("indicador al que sirve"),
        null=True,
        blank=True,
        related_name="activities",
    )
    responsible = models.CharField(_("quién responde"), max_length=160, blank=True)
    supposition = models.TextField(_("supuesto"), blank=True, validators=LONG)
    months = models.JSONField(_("meses planeados"), default=every_month, validators=[check_months])
    amounts = models.JSONField(_("cantidad por mes"), default=dict, blank=True, validators=[check_milestones])
    done = models.JSONField(
        _("meses que el documento da por hechos"), default=no_month, blank=True, validators=[check_months]
    )

    class Meta:
        verbose_name = _("actividad")
        verbose_name_plural = _("actividades")
        ordering = ["number", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_activity_per_number")]

    def __str__(self) -> str:
        return self.description

    def clean(self) -> None:
        check_owner(self)
        if self.indicator and self.indicator.plan_id != self.plan_id:
            raise ValidationError({"indicator": _("Ese indicador es de otro plan: elige uno de este.")})

    @property
    def name(self) -> str:
        return self.description

    @property
    def slug(self) -> str:
        return f"actividad-{self.number}"

    @property
    def planned_amounts(self) -> list[tuple[str, str]]:
        """How many are planned in each month that says so, January first."""
        return [
            (str(MONTH_NAMES[int(month)]), amount)
            for month, amount in sorted(self.amounts.items(), key=lambda pair: int(pair[0]))
        ]

    def get_absolute_url(self) -> str:
        return f"/plan/{self.plan.slug}/{self.slug}/"


def check_owner(row: Indicator | Activity) -> None:
    """What hangs from a programme is of its plan: otherwise neither plan would show it."""
    if row.programme and row.programme.plan_id != row.plan_id:
        raise ValidationError({"programme": _("Ese programa es de otro plan: elige uno de este.")})


class Capture(models.Model):
    """A figure that a person writes down where no record can tell it, with the file that proves it. A later one for
    the same month stands in its place; both are kept."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, null=True, blank=True, related_name="captures", verbose_name=_("indicador")
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="captures", verbose_name=_("actividad")
    )
    month = models.PositiveSmallIntegerField(_("mes"), validators=MONTHS)
    numerator = models.DecimalField(_("hecho"), max_digits=12, decimal_places=2)
    denominator = models.DecimalField(_("de cuántos"), max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("de dónde sale"))
    evidence = models.ForeignKey(
        get_document_model_string(),
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("archivo de evidencia"),
    )
    public = models.BooleanField(
        _("cualquiera puede abrir el archivo en el sitio"),
        default=False,
        help_text=_("Revisa antes que no lleve datos personales."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("quién")
    )
    at = models.DateTimeField(_("cuándo"))

    class Meta:
        verbose_name = _("captura")
        verbose_name_plural = _("capturas")
        ordering = ["month", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(indicator__isnull=True) ^ Q(activity__isnull=True), name="capture_of_one_thing"
            ),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="capture_month_known"),
            models.CheckConstraint(
                condition=Q(numerator__gte=0)
                & (Q(denominator__isnull=True) | Q(denominator__gt=0, denominator__gte=F("numerator"))),
                name="capture_part_of_its_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator or self.activity}: {self.month}"


class Deviation(models.Model):
    """Why a month went otherwise than planned, what came of it, and what is done about it."""

    indicator = models.ForeignKey(
        Indicator,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deviations",
        verbose_name=_("indicador"),
    )
    activity = models.ForeignKey(
        Activity,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deviations",
        verbose_name=_("actividad"),
    )
    month = models.PositiveSmallIntegerField(_("mes"), validators=MONTHS)
    cause = models.TextField(_("causa"))
    effect = models.TextField(_("efecto"), blank=True)
    remedy = models.TextField(_("qué se hará"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("quién"),
    )
    at = models.DateTimeField(_("cuándo"), null=True, blank=True)

    class Meta:
        verbose_name = _("desviación")
        verbose_name_plural = _("desviaciones")
        ordering = ["month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(indicator__isnull=True) ^ Q(activity__isnull=True), name="deviation_of_one_thing"
            ),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="deviation_month_known"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator or self.activity}: {self.month}"


class Seal(models.Model):
    """One link of a plan's chain: a month that was closed, or opened again. ``content`` is what was signed, byte for
    byte; ``digest`` is its SHA-256, and the content names the digest of the link before it. Links are only added: the
    database refuses to change or delete one."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="seals", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("número"))
    act = models.CharField(_("acto"), max_length=12, choices=SealAct)
    month = models.PositiveSmallIntegerField(_("mes"), validators=MONTHS)
    content = models.TextField(_("lo que se firmó"))
    digest = models.CharField(_("huella"), max_length=64)
    openings = models.JSONField(
        _("los registros que prueba"),
        default=dict,
        blank=True,
        help_text=_(
            "Cada prueba de lo firmado con lo que dice; lo que la ley manda borrar se quita de aquí."
        ),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("quién")
    )
    at = models.DateTimeField(_("cuándo"))

    class Meta:
        verbose_name = _("cierre")
        verbose_name_plural = _("cierres")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_seal_per_number"),
            models.CheckConstraint(condition=Q(act__in=SealAct.values), name="seal_act_known"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="seal_month_known"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"


class PlanDraft(models.Model):
    """A document that somebody handed in, kept until a person said what it is: a press of a button or a broken
    connection loses nothing of it."""

    name = models.CharField(_("archivo"), max_length=200)
    content = models.BinaryField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("quién")
    )
    at = models.DateTimeField(_("entregado"))
    state = models.CharField(_("en qué va"), max_length=10, choices=DraftState, default=DraftState.WAITING)
    settled_at = models.DateTimeField(_("resuelto"), null=True, blank=True)
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, blank=True, related_name="drafts", verbose_name=_("plan")
    )

    class Meta:
        verbose_name = _("plan por confirmar")
        verbose_name_plural = _("planes por confirmar")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DraftState.values), name="draft_state_known"),
            models.CheckConstraint(
                condition=Q(state=DraftState.WAITING) ^ Q(settled_at__isnull=False), name="draft_settled_once"
            ),
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(state=DraftState.WAITING),
                name="one_waiting_draft_per_document",
            ),
        ]

    def __str__(self) -> str:
        return self.name
