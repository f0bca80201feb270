"""How a channel fares, in a sentence: what the desk, *Hoy* and the doctor say of it.

An alarm is raised only when work waits that could leave (not paused, not held by a pace) and nothing has got through
for ten minutes: a channel that has nothing to do is not ill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.delivery.enums import Mode, State
from pregon.delivery.ledger import FAR
from pregon.delivery.models import SENDING_LANES, ChannelAccount, Delivery, Dispatch
from pregon.delivery.progress import spoken
from pregon.delivery.registry import channel_class, kinds, label_of

PATIENCE = timedelta(minutes=10)
#: Days before the end of a token from which on the desk speaks of it, and how loudly.
WORRY = {2: "bad", 7: "warn", 14: "warn"}
#: What nobody passed on within this time is old news.
RECENT = timedelta(days=2)
SHOWN = 3
#: A queue is counted up to here: beyond, nobody minds the exact number.
MANY = 10_000
#: The first lines of the queue, which tell how old it is.
HEAD = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A channel through which nothing gets although something waits."""

    kind: str
    waiting: int
    #: Since when; ``None`` if nothing ever got through.
    since: datetime | None
    trouble: str

    @property
    def sentence(self) -> str:
        told = {"channel": label_of(self.kind), "count": many(self.waiting)}
        waits = ngettext(
            "%(channel)s no logra enviar y %(count)s mensaje espera",
            "%(channel)s no logra enviar y %(count)s mensajes esperan",
            self.waiting,
        )
        why = self.trouble or _("ningún trabajador los toma; enciende «pregon up».")
        return f"{waits % told}: {why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLife:
    """How long the credentials still live."""

    issued_at: datetime | None
    expires_at: datetime
    at: datetime

    @property
    def days(self) -> int:
        return max(0, (self.expires_at - self.at).days)

    @property
    def tone(self) -> str:
        return next((tone for days, tone in WORRY.items() if self.days < days), "ok")

    @property
    def worrying(self) -> bool:
        return self.tone != "ok"

    @property
    def share_left(self) -> int:
        """What is left of its life, in hundredths."""
        if self.issued_at is None or self.expires_at <= self.issued_at:
            return 100 if self.expires_at > self.at else 0
        left = (self.expires_at - self.at) / (self.expires_at - self.issued_at)
        return round(100 * min(1.0, max(0.0, left)))

    @property
    def sentence(self) -> str:
        day = date_format(timezone.localtime(self.expires_at), "j \\d\\e F").lower()
        if self.expires_at <= self.at:
            return _("La clave venció el %(day)s: consigue otra y escríbela aquí.") % {"day": day}
        if self.days == 0:
            return _("La clave vence hoy: consigue otra y escríbela aquí.")
        lives = ngettext(
            "La clave vence en %(count)s día, el %(day)s.",
            "La clave vence en %(count)s días, el %(day)s.",
            self.days,
        ) % {"count": self.days, "day": day}
        return (
            _("%(lives)s Consigue otra antes y escríbela aquí.") % {"lives": lives}
            if self.worrying
            else lives
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One channel, as its page begins."""

    account: ChannelAccount
    tone: str
    tag: str
    sentence: str
    waiting: int
    token: TokenLife | None

    @property
    def kind(self) -> str:
        return self.account.kind

    @property
    def label(self) -> str:
        return label_of(self.kind)

    @property
    def queue(self) -> str:
        return many(self.waiting)


def many(number: int) -> str:
    if number > MANY:
        return _("más de %(count)s") % {"count": intcomma(MANY)}
    return str(intcomma(number))


# --- Questions ----------------------------------------------------------------------------------------------


def queue_length(kind: str) -> int:
    """How many lines wait on a channel and are not paused, counted up to a limit."""
    return Delivery.objects.filter(state=State.DUE, lane__in=SENDING_LANES, channel=kind, due_at__lt=FAR)[
        : MANY + 1
    ].count()


def alarms(at: datetime) -> list[Alarm]:
    """The channels through which nothing has got for ten minutes although work waits."""
    accounts = ChannelAccount.objects.filter(mode=Mode.LIVE, kind__in=kinds()).order_by("kind")
    quiet = accounts.filter(Q(last_success_at__isnull=True) | Q(last_success_at__lte=at - PATIENCE))
    return [
        Alarm(
            kind=account.kind,
            waiting=queue_length(account.kind),
            since=account.last_success_at,
            trouble=account.trouble,
        )
        for account in quiet
        if not channel_class(account.kind).limits.by_hand and is_stuck(account, at=at)
    ]


def is_stuck(account: ChannelAccount, *, at: datetime) -> bool:
    """Whether something old enough waits that should have left. A channel in trouble puts its lines off again and
    again; one whose pace is used up has no trouble, and is waited for."""
    held = account.busy_until is not None and account.busy_until > at
    if held and not account.trouble:
        return False
    horizon = account.busy_until if held else at if account.trouble else at - PATIENCE
    first = Delivery.objects.filter(
        state=State.DUE, lane__in=SENDING_LANES, channel=account.kind, due_at__lte=horizon
    ).order_by("due_at", "pk")[:HEAD]
    old = Dispatch.objects.filter(
        created_at__lte=at - PATIENCE, paused_at__isnull=True, cancelled_at__isnull=True
    )
    return old.filter(pk__in=set(first.values_list("dispatch_id", flat=True))).exists()


def token_of(account: ChannelAccount, *, at: datetime) -> TokenLife | None:
    if account.token_expires_at is None or account.mode == Mode.OFF:
        return None
    return TokenLife(issued_at=account.token_issued_at, expires_at=account.token_expires_at, at=at)


def dying(at: datetime) -> list[tuple[ChannelAccount, TokenLife]]:
    """The live channels whose token ends within a fortnight, the nearest first."""
    ending = ChannelAccount.objects.filter(
        mode=Mode.LIVE, kind__in=kinds(), token_expires_at__lte=at + timedelta(days=max(WORRY))
    )
    lives = [(account, token_of(account, at=at)) for account in ending.order_by("token_expires_at", "kind")]
    return [(account, life) for account, life in lives if life and life.worrying]


def to_pass_on(at: datetime) -> list[Dispatch]:
    """The dispatches of the last days that are ready and wait for a person to publish them."""
    by_hand = [kind for kind in kinds() if channel_class(kind).limits.by_hand]
    live = ChannelAccount.objects.filter(mode=Mode.LIVE, kind__in=by_hand).values_list("kind", flat=True)
    ready = Delivery.objects.filter(dispatch=OuterRef("pk"), channel__in=list(live), state=State.WITHHELD)
    recent = Dispatch.objects.filter(created_at__gte=at - RECENT)
    return list(recent.filter(Exists(ready)).defer("message_json").order_by("-pk")[:SHOWN]) if live else []


def health_of(account: ChannelAccount, *, at: datetime) -> Health:
    waiting = queue_length(account.kind) if account.pk else 0
    tone, tag, sentence = verdict(account, waiting=waiting, at=at)
    return Health(
        account=account,
        tone=tone,
        tag=tag,
        sentence=sentence,
        waiting=waiting,
        token=token_of(account, at=at),
    )


def verdict(account: ChannelAccount, *, waiting: int, at: datetime) -> tuple[str, str, str]:
    """Its tone, its word and its sentence."""
    held = account.busy_until is not None and account.busy_until > at
    match Mode(account.mode):
        case Mode.OFF:
            return "soft", _("Apagado"), _("Está apagado: lo que se publique no pasa por aquí.")
        case Mode.SANDBOX:
            return "warn", _("Ensayo"), _("En ensayo: recorre todo el camino y guarda lo que habría salido.")
    if account.trouble:
        return "bad", _("En apuros"), account.trouble
    if channel_class(account.kind).limits.by_hand:
        return "ok", _("Listo"), _("Deja cada mensaje listo para que una persona lo publique.")
    if held and account.busy_until is not None and account.busy_until - at > timedelta(minutes=1):
        when = spoken(account.busy_until, at=at)
        return "warn", _("En espera"), _("Llegó a su límite del día y sigue %(when)s.") % {"when": when}
    if waiting:
        said = ngettext("Trabajando: %(count)s por salir.", "Trabajando: %(count)s por salir.", waiting)
        return "live", _("Trabajando"), said % {"count": many(waiting)}
    return "ok", _("En vivo"), _("Está en vivo y al corriente: no espera nada.")
