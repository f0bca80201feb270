"""An alert is a chain of messages, each as CAP 1.2 knows it, each written once and never changed after it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from pregon.accounts.models import Locality
from pregon.alerts.enums import (
    GRAVE,
    UNSENT,
    Category,
    Certainty,
    MessageType,
    Response,
    Severity,
    State,
    Status,
    Urgency,
)
from pregon.alerts.errors import AnotherMode, Sealed

#: With what stands around it, still whole on a locked phone.
HEADLINE = 80
#: What may still change in a message that went out: how it ended.
OF_ITS_END = frozenset({"state", "ended_at"})


@register_setting(icon="warning", order=30)
class AlertOffice(BaseGenericSetting):
    """Who gives the alerts, and how long a second person is waited for. One row."""

    name = models.CharField(_("quién da las alertas"), max_length=160, default="Protección Civil", blank=True)
    contact = models.CharField(_("teléfono de emergencias"), max_length=120, default="911", blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutos que se espera a la segunda persona"),
        default=5,
        validators=[MaxValueValidator(60)],
        help_text=_("Pasados, quien propuso una alerta severa puede enviarla sola; queda anotado."),
    )
    locality_km = models.DecimalField(
        _("radio de una localidad, en kilómetros"),
        max_digits=4,
        decimal_places=1,
        default=1,
        validators=[MinValueValidator(0.1)],
        help_text=_("El círculo que se anuncia de una localidad con coordenadas."),
    )
    days = models.PositiveSmallIntegerField(
        _("días para escribir la justificación"),
        default=10,
        help_text=_("Del mensaje extraordinario (LGCS, art. 31). Pon el plazo que rija en tu municipio."),
    )

    panels = [FieldPanel(name) for name in ("name", "contact", "minutes", "locality_km", "days")]

    class Meta:
        verbose_name = _("alertas")

    def __str__(self) -> str:
        return self.name


class Kind(models.Model):
    """What every message and every template tell in the words of CAP."""

    event = models.CharField(_("qué ocurre"), max_length=60)
    category = models.CharField(_("categoría"), max_length=10, choices=Category, default=Category.SAFETY)
    response = models.CharField(_("qué hacer"), max_length=10, choices=Response, default=Response.MONITOR)
    urgency = models.CharField(_("urgencia"), max_length=10, choices=Urgency, default=Urgency.IMMEDIATE)
    severity = models.CharField(_("gravedad"), max_length=10, choices=Severity, default=Severity.MODERATE)
    certainty = models.CharField(_("certeza"), max_length=10, choices=Certainty, default=Certainty.OBSERVED)
    headline = models.CharField(_("título"), max_length=HEADLINE)
    description = models.TextField(_("qué pasa"), max_length=1000)
    instruction = models.TextField(_("qué hacer, en frases cortas"), max_length=1000)

    class Meta:
        abstract = True


class AlertTemplate(Kind):
    """What an office has thought out beforehand. Words in braces are filled in when it is used: {lugar}."""

    name = models.CharField(_("nombre"), max_length=60, unique=True)
    slug = models.SlugField(_("identificador"), max_length=60, unique=True)
    hours = models.PositiveSmallIntegerField(
        _("horas que dura"), default=6, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )
    position = models.PositiveSmallIntegerField(_("orden"), default=0)
    #: Which edition of what comes with Pregón it was taken from; 0 for the office's own.
    edition = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("plantilla de alerta")
        verbose_name_plural = _("plantillas de alerta")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class AlertQuerySet(models.QuerySet["Alert"]):
    def sent(self) -> Self:
        return self.filter(sent__isnull=False)

    def active(self, at: datetime) -> Self:
        """What holds at that moment."""
        return self.filter(state=State.ACTIVE, expires__gt=at)

    def lapsed(self, at: datetime) -> Self:
        """What nobody ended, and the hour did."""
        return self.filter(state=State.ACTIVE, expires__lte=at)

    def heads(self) -> Self:
        """The last message of each chain that went out."""
        later = Alert.objects.filter(replaces=models.OuterRef("pk"), sent__isnull=False)
        return self.sent().filter(~models.Exists(later))


class Alert(Kind):
    """One message."""

    state = models.CharField(_("estado"), max_length=10, choices=State, default=State.DRAFT, db_index=True)
    status = models.CharField(_("real o simulacro"), max_length=10, choices=Status)
    message_type = models.CharField(
        _("tipo"), max_length=8, choices=MessageType, default=MessageType.ALERT, editable=False
    )
    #: The message that this one takes the place of.
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="followed_by"
    )
    #: The first message of the chain; none for itself.
    thread = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="messages"
    )
    #: The cancellation of what went out as real and was a drill.
    was_drill = models.BooleanField(default=False, editable=False)

    onset = models.DateTimeField(_("empieza"), null=True, blank=True)
    expires = models.DateTimeField(_("termina"))
    localities = models.ManyToManyField(
        Locality, verbose_name=_("localidades"), blank=True, related_name="alerts"
    )
    area = models.CharField(_("el área en palabras"), max_length=200, blank=True)
    polygon = models.TextField(_("polígono"), blank=True, max_length=8000)
    circle = models.CharField(_("círculo"), blank=True, max_length=80)
    contact = models.CharField(_("a dónde llamar"), max_length=120, blank=True)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("quién la escribió"), related_name="+"
    )
    created_at = models.DateTimeField(_("empezada"))
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("quién la propuso"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("propuesta"), null=True, blank=True, editable=False)
    #: Who was asked to be the second person.
    asked = models.ManyToManyField(settings.AUTH_USER_MODEL, editable=False, related_name="+")
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("quién la confirmó"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    #: Sent by one person, after so many seconds in which nobody else answered.
    alone = models.BooleanField(_("enviada por una sola persona"), default=False, editable=False)
    waited = models.PositiveIntegerField(_("segundos de espera"), null=True, editable=False)

    sent = models.DateTimeField(_("enviada"), null=True, blank=True, editable=False, db_index=True)
    ended_at = models.DateTimeField(_("terminó"), null=True, blank=True, editable=False)
    identifier = models.CharField(max_length=200, blank=True, editable=False)
    sender = models.CharField(max_length=200, blank=True, editable=False)
    #: Its public address; only the first message of a chain has one.
    slug = models.SlugField(max_length=120, null=True, unique=True, editable=False)
    #: The message as machines take it, as it was sent.
    xml = models.TextField(blank=True, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerta")
        verbose_name_plural = _("alertas")
        ordering = ["-created_at", "-pk"]
        permissions = [("confirm_alert", _("Puede confirmar como segunda persona"))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="alert_state_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="alert_status_known"),
            models.CheckConstraint(condition=Q(message_type__in=MessageType.values), name="alert_type_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="alert_severity_known"),
            models.CheckConstraint(
                condition=Q(sent__isnull=True, state__in=UNSENT)
                | (Q(sent__isnull=False) & ~Q(state__in=UNSENT) & ~Q(identifier="") & ~Q(xml="")),
                name="alert_sent_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent__isnull=True)
                | ~Q(severity__in=GRAVE)
                | Q(second__isnull=False)
                | Q(alone=True, waited__isnull=False),
                name="alert_grave_has_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("proposer")), name="alert_second_is_another"
            ),
            models.CheckConstraint(
                condition=Q(sent__isnull=True) | Q(expires__gt=F("sent")), name="alert_expires_after_sent"
            ),
            models.CheckConstraint(
                condition=Q(message_type=MessageType.ALERT, replaces__isnull=True, thread__isnull=True)
                | (~Q(message_type=MessageType.ALERT) & Q(replaces__isnull=False, thread__isnull=False)),
                name="alert_follow_up_has_its_chain",
            ),
            models.UniqueConstraint(
                fields=["identifier"], condition=~Q(identifier=""), name="alert_identifier_unique"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(sent__isnull=False), name="alert_followed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """What went out stays as it is, and a drill stays a drill."""
        if self.pk and not self._state.adding:
            before = Alert.objects.filter(pk=self.pk).values("sent", "status").first()
            if before and before["status"] != self.status:
                raise AnotherMode
            if before and before["sent"] and not (update_fields and OF_ITS_END.issuperset(update_fields)):
                raise Sealed
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.sent:
            raise Sealed
        return super().delete(*args, **kwargs)

    @property
    def first(self) -> Alert:
        """The first message of its chain."""
        return self.thread or self

    @property
    def origin(self) -> str:
        """What the delivery engine calls the chain."""
        return f"alerts.alert/{self.thread_id or self.pk}"

    @property
    def is_drill(self) -> bool:
        return self.status == Status.EXERCISE

    @property
    def is_grave(self) -> bool:
        """Whether it takes two persons."""
        return self.severity in GRAVE

    @property
    def is_cancel(self) -> bool:
        return self.message_type == MessageType.CANCEL

    def get_absolute_url(self) -> str:
        return f"/alertas/{self.first.slug}/"

    @property
    def cap_path(self) -> str:
        return f"/alertas/cap/{self.identifier}.xml"


class ExtraordinaryMessage(models.Model):
    """The record that an emergency message leaves, to be justified afterwards (LGCS, art. 31)."""

    alert = models.OneToOneField(Alert, models.PROTECT, related_name="record", verbose_name=_("alerta"))
    kind = models.CharField(_("tipo"), max_length=80)
    text = models.TextField(_("texto"))
    sent_at = models.DateTimeField(_("salió"))
    #: How many it reached on each channel, which outlives the ledger.
    reach = models.JSONField(_("alcance"), default=dict, editable=False)
    due_on = models.DateField(_("se justifica antes del"))
    justification = models.TextField(_("justificación"), blank=True)
    justified_at = models.DateTimeField(_("justificado"), null=True, blank=True, editable=False)
    justified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("quién lo justificó"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("mensaje extraordinario")
        verbose_name_plural = _("mensajes extraordinarios")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(justified_at__isnull=True, justification="")
                | (Q(justified_at__isnull=False, justified_by__isnull=False) & ~Q(justification="")),
                name="justified_message_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.alert.headline}"
