"""Subscribers, dispatches and the ledger: a row per message × channel × receiver, under a unique key."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from pregon.accounts.models import Locality, Topic
from pregon.core.sealing import fingerprint, fingerprints, seal, unseal
from pregon.core.work import Lane
from pregon.delivery.enums import Frequency, Handling, MessageKind, Mode, Reason, Standing, State
from pregon.delivery.values import Audience, Message

SENDING_LANES = [Lane.ALERT, Lane.NOW, Lane.BULK]


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def mark_of(channel: str, address: str) -> str:
    """What is kept of an address for comparing when the address itself is gone."""
    return fingerprint(f"{channel}:{address.casefold()}", purpose="suppression")


def marks_of(channel: str, address: str) -> list[str]:
    """The same under every key this office still knows."""
    return fingerprints(f"{channel}:{address.casefold()}", purpose="suppression")


class MarkField(models.CharField[str, str]):
    """The mark of its own row's address, written whenever the row is."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        mark = mark_of(model_instance.channel, model_instance.address)  # type: ignore[attr-defined]  # of a Subscriber
        setattr(model_instance, self.attname, mark)
        return mark


class Suppression(models.Model):
    """An address nothing is sent to, known by its mark alone, so that it outlives the address."""

    channel = models.CharField(_("canal"), max_length=20)
    mark = models.CharField(max_length=64)
    reason = models.CharField(_("motivo"), max_length=10, choices=Reason)
    at = models.DateTimeField(_("desde"))

    class Meta:
        verbose_name = _("dirección a la que no se escribe")
        verbose_name_plural = _("direcciones a las que no se escribe")
        constraints = [
            models.UniqueConstraint(fields=["channel", "mark"], name="one_suppression_per_address")
        ]

    def __str__(self) -> str:
        return f"{self.channel} · {self.get_reason_display()}"


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> Self:
        return self.filter(standing=Standing.CONFIRMED)

    def reachable(self) -> Self:
        """Those whose address is not suppressed."""
        suppressed = Suppression.objects.filter(channel=OuterRef("channel"), mark=OuterRef("mark"))
        return self.filter(~Exists(suppressed))

    def interested_in(self, *, topics: tuple[int, ...], localities: tuple[int, ...]) -> Self:
        """Those who follow one of these, and those who never narrowed their interest."""
        wanted = self.filter(Q(every_topic=True) | Q(topics__in=topics)) if topics else self
        if localities:
            wanted = wanted.filter(Q(every_locality=True) | Q(localities__in=localities))
        return wanted.distinct()


class Subscriber(models.Model):
    """An address that asked to receive, with the proof that it did. Also the office's own public channels."""

    channel = models.CharField(_("canal"), max_length=20)
    #: As long as a browser's push endpoint with its keys.
    address = models.CharField(_("dirección"), max_length=1000)
    name = models.CharField(_("nombre"), max_length=120, blank=True)
    topics = models.ManyToManyField(Topic, verbose_name=_("temas"), blank=True, related_name="+")
    localities = models.ManyToManyField(Locality, verbose_name=_("localidades"), blank=True, related_name="+")
    every_topic = models.BooleanField(_("todos los temas"), default=True)
    every_locality = models.BooleanField(_("todas las localidades"), default=True)
    frequency = models.CharField(
        _("con qué frecuencia"), max_length=8, choices=Frequency, default=Frequency.EACH
    )
    #: What a digest they no longer get still owed them when they chose another frequency: from when, and up to when.
    owed_since = models.DateTimeField(null=True, blank=True, editable=False)
    owed_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: A channel, group or endpoint of the office itself: no one to confirm and no one to unsubscribe.
    broadcast = models.BooleanField(_("canal de la oficina"), default=False)
    standing = models.CharField(_("situación"), max_length=10, choices=Standing, default=Standing.PENDING)
    nonce = models.CharField(max_length=24, default=new_nonce, editable=False)
    consent = models.TextField(_("lo que aceptó"), blank=True)
    asked_at = models.DateTimeField(_("lo pidió"))
    confirmed_at = models.DateTimeField(_("lo confirmó"), null=True, blank=True)
    left_at = models.DateTimeField(_("se dio de baja"), null=True, blank=True)
    #: When they last wrote to us.
    last_heard_at = models.DateTimeField(null=True, blank=True, editable=False)
    mark = MarkField(max_length=64, default="", editable=False)
    #: When the address was put beyond recall; what stands in its place names nobody.
    erased_at = models.DateTimeField(_("dirección borrada"), null=True, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("suscriptor")
        verbose_name_plural = _("suscriptores")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], name="one_subscription_per_address"),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="subscriber_standing_known"
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values), name="subscriber_frequency_known"
            ),
        ]
        indexes = [
            models.Index(fields=["standing", "channel", "id"], name="subscriber_by_standing"),
            models.Index(
                fields=["frequency", "id"],
                condition=~Q(frequency=Frequency.EACH),
                name="subscriber_told_together",
            ),
            models.Index(fields=["id"], condition=Q(owed_since__isnull=False), name="subscriber_owed"),
            models.Index(
                fields=["left_at"],
                condition=Q(left_at__isnull=False, erased_at__isnull=True),
                name="subscriber_to_erase",
            ),
        ]
        permissions = [("export_subscriber", _("Puede exportar suscriptores"))]

    def __str__(self) -> str:
        return self.address

    @property
    def is_out(self) -> bool:
        """Whether nothing goes there until its holder asks again."""
        return self.standing in {Standing.LEFT, Standing.GONE}


class Roster(models.Model):
    """A list of subscribers that somebody handed in: checked first, and taken in exactly as it was checked."""

    name = models.CharField(_("archivo"), max_length=200)
    #: The file, until it was taken in or forgotten. In the database, where the workers of every host find it.
    content = models.BinaryField(null=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    statement = models.TextField(_("cómo aceptaron"), blank=True)
    statement_on = models.DateField(_("cuándo aceptaron"), null=True, blank=True)
    #: Those whose proof has both a date and an origin need no second yes.
    as_confirmed = models.BooleanField(_("ya confirmaron"), default=False)
    with_letters = models.BooleanField(_("pedir la confirmación por carta"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("quién"), related_name="+"
    )
    handling = models.CharField(_("en qué va"), max_length=10, choices=Handling, default=Handling.UPLOADED)
    uploaded_at = models.DateTimeField(_("entregada"))
    settled_at = models.DateTimeField(_("importada"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: How many lines were taken in: it moves in the same transaction that writes them.
    cursor = models.PositiveIntegerField(default=0, editable=False)
    refusal = models.TextField(blank=True)
    #: How many lines of each fate, the first bad ones with their problem, and columns that nobody understood.
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    ignored = models.JSONField(default=list)

    class Meta:
        verbose_name = _("lista de suscriptores")
        verbose_name_plural = _("listas de suscriptores")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(handling__in=Handling.values), name="roster_handling_known")
        ]

    def __str__(self) -> str:
        return self.name


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def to_prepare(self, at: datetime) -> Self:
        return self.filter(prepared_at__isnull=True).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=at)
        )

    def about(self, origin: str) -> Self:
        return self.filter(origin=origin)


class Dispatch(models.Model):
    """One message on its way to many. ``key`` makes asking twice harmless."""

    key = models.CharField(max_length=120, unique=True)
    #: What it is about, as the feature names it: "newsroom.bulletin/12".
    origin = models.CharField(max_length=120, db_index=True)
    kind = models.CharField(_("tipo"), max_length=12, choices=MessageKind, default=MessageKind.NEWS)
    lane = models.CharField(max_length=8, choices=[(lane.value, lane.value) for lane in SENDING_LANES])
    #: To people of the office alone, to see it before it goes out or to be asked for something: it counts for nothing.
    trial = models.BooleanField(_("prueba"), default=False, editable=False)
    headline = models.CharField(_("título"), max_length=300)
    message_json = models.JSONField()
    audience_json = models.JSONField()
    created_at = models.DateTimeField(_("pedido"), db_index=True)
    #: Set once every receiver has its row in the ledger; ``cursor`` is how far that came.
    prepared_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: Since when a person holds it back, or has called it off.
    paused_at = models.DateTimeField(_("en pausa desde"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelado"), null=True, blank=True)
    #: When the text was erased; headline and ledger stay.
    emptied_at = models.DateTimeField(_("texto borrado"), null=True, blank=True, editable=False)
    #: Its waiting lines have still to follow what the person said.
    sweeping = models.BooleanField(default=False, editable=False)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("envío")
        verbose_name_plural = _("envíos")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["lane", "id"], condition=Q(prepared_at__isnull=True), name="dispatch_to_prepare"
            ),
            models.Index(
                fields=["created_at"], condition=Q(emptied_at__isnull=True), name="dispatch_to_empty"
            ),
            models.Index(fields=["id"], condition=Q(sweeping=True), name="dispatch_to_sweep"),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def words(self) -> str:
        """What it is, in a word."""
        if self.trial:
            return str(_("Aviso a la oficina") if self.kind == MessageKind.SERVICE else _("Prueba"))
        return self.get_kind_display()

    @property
    def message(self) -> Message:
        return Message.from_json(self.message_json)

    @property
    def audience(self) -> Audience:
        return Audience.from_json(self.audience_json)


class Digest(models.Model):
    """How far the digests of one frequency came. While a period is being told, ``closing`` is its end, exclusive,
    and ``cursor`` the last subscriber who was asked after."""

    frequency = models.CharField(max_length=8, choices=Frequency, unique=True)
    told_until = models.DateTimeField()
    closing = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("resumen")
        verbose_name_plural = _("resúmenes")
        constraints = [
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="digest_frequency_known")
        ]

    def __str__(self) -> str:
        return self.get_frequency_display()


class Telling(models.Model):
    """One thing that a dispatch tells beside others, so that its correction finds whoever read it there."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="tellings", db_index=False)
    origin = models.CharField(max_length=120, db_index=True)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("noticia de un resumen")
        verbose_name_plural = _("noticias de un resumen")
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "origin"], name="one_telling_per_dispatch")
        ]

    def __str__(self) -> str:
        return self.origin


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def claimable(self, at: datetime) -> Self:
        """Rows whose hour has come."""
        return self.filter(state=State.DUE, due_at__lte=at)

    def lapsed(self, at: datetime) -> Self:
        """Rows whose worker stopped answering; ``attempted_at`` tells whether it had begun to send."""
        return self.filter(state=State.LEASED, lease_until__lt=at)


class Delivery(models.Model):
    """One line of the ledger: this message, on this channel, to this receiver."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(_("canal"), max_length=20)
    destination = models.CharField(_("destino"), max_length=1000)
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    lane = models.CharField(max_length=8)
    state = models.CharField(_("estado"), max_length=10, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    #: Which claim holds the line while it is leased: a worker that was too slow finds another one here and keeps its
    #: hands off.
    claim = models.BigIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Set just before the parcel is handed to the provider, cleared when its answer is written down.
    attempted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(_("resuelto"), null=True, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    url = models.CharField(_("publicación"), max_length=500, blank=True)
    reason = models.CharField(_("motivo"), max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrega")
        verbose_name_plural = _("entregas")
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch", "channel", "destination"], name="one_delivery_per_receiver"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(state=State.LEASED), name="delivery_claimed_while_leased"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "channel", "due_at", "id"],
                condition=Q(state=State.DUE),
                name="delivery_to_send",
            ),
            models.Index(fields=["lease_until"], condition=Q(state=State.LEASED), name="delivery_leased"),
            models.Index(fields=["dispatch", "channel", "state", "id"], name="delivery_by_dispatch"),
            models.Index(
                fields=["channel", "reference"], condition=~Q(reference=""), name="delivery_by_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} → {self.destination}"

    @property
    def key(self) -> str:
        return f"{self.dispatch_id}-{self.pk}"


class Milestone(models.Model):
    """How far one channel of a dispatch was counted: of ``total`` lines, ``behind`` are numbered up to ``line``, and
    most of these are in the state ``crowd``."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="milestones", db_index=False)
    channel = models.CharField(max_length=20)
    total = models.PositiveIntegerField()
    line = models.BigIntegerField(default=0)
    behind = models.PositiveIntegerField(default=0)
    crowd = models.CharField(max_length=10, choices=State, default=State.SENT)

    class Meta:
        verbose_name = _("cuenta de un envío")
        verbose_name_plural = _("cuentas de los envíos")
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "channel"], name="one_milestone_per_dispatch"),
            models.CheckConstraint(condition=Q(crowd__in=State.values), name="milestone_crowd_known"),
        ]
        indexes = [
            models.Index(fields=["dispatch"], condition=Q(behind__lt=F("total")), name="milestone_to_move"),
        ]

    def __str__(self) -> str:
        return f"{self.dispatch_id} → {self.channel}"


class ChannelAccount(models.Model):
    """How one channel is set up at this office. Without a row a channel is in sandbox."""

    kind = models.CharField(_("canal"), max_length=20, unique=True)
    mode = models.CharField(_("modo"), max_length=8, choices=Mode, default=Mode.SANDBOX)
    sealed_options = models.TextField(blank=True, editable=False)
    cursor = models.CharField(max_length=120, blank=True, editable=False)
    #: Nothing leaves before this moment: the provider asked to wait, or its pace is used up until then.
    busy_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(_("último envío logrado"), null=True, blank=True, editable=False)
    last_failure_at = models.DateTimeField(_("último fallo"), null=True, blank=True, editable=False)
    last_failure = models.CharField(max_length=300, blank=True, editable=False)
    #: That failure was one of listening: it is over as soon as somebody is heard.
    deaf = models.BooleanField(default=False, editable=False)
    #: What this office allows itself, or its contract with the provider allows it: only ever less than the channel.
    per_minute = models.PositiveIntegerField(_("mensajes por minuto, a lo más"), null=True, blank=True)
    per_day = models.PositiveIntegerField(_("mensajes por día, a lo más"), null=True, blank=True)
    token_issued_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: When the provider was last asked, and which warning was last given: days before the end.
    token_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_warned = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("canal")
        verbose_name_plural = _("canales")
        constraints = [models.CheckConstraint(condition=Q(mode__in=Mode.values), name="channel_mode_known")]

    def __str__(self) -> str:
        return self.kind

    @property
    def trouble(self) -> str:
        """Why nothing leaves here now; "" once something has left since, or the settings were changed."""
        failed, went = self.last_failure_at, self.last_success_at
        return self.last_failure if failed and not (went and went >= failed) else ""

    @property
    def options(self) -> dict[str, Any]:
        return json.loads(unseal(self.sealed_options)) if self.sealed_options else {}

    @options.setter
    def options(self, values: dict[str, Any]) -> None:
        self.sealed_options = seal(json.dumps(values))


class Bucket(models.Model):
    """A token bucket that all workers share: what may still leave on a channel, or towards one server of many."""

    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=255, blank=True)
    level = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("cupo")
        verbose_name_plural = _("cupos")
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="one_bucket_per_pace")]

    def __str__(self) -> str:
        return f"{self.channel} {self.name}".strip()
