"""Questions to the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Aggregate, Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.delivery.enums import OUT, WAITING, MessageKind, Mode, State
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber
from pregon.delivery.registry import channel_class, kinds, label_of
from pregon.delivery.values import Audience, Tally

FOLLOW_UPS = (MessageKind.CORRECTION, MessageKind.WITHDRAWAL)
#: What *Hoy* calls going out: the last hours, and no more than a glance takes in.
RECENT = timedelta(hours=6)
SHOWN = 3


def dispatches_about(origin: str) -> QuerySet[Dispatch]:
    return Dispatch.objects.about(origin)


def receivers_by_channel(dispatches: QuerySet[Dispatch]) -> dict[str, int]:
    """How many different receivers got at least one of ``dispatches``, by channel."""
    rows = (
        Delivery.objects.filter(dispatch__in=dispatches, state__in=[*OUT, State.UNCERTAIN, State.WITHHELD])
        .values("channel")
        .annotate(receivers=Count("destination", distinct=True))
        .order_by("channel")
    )
    return {row["channel"]: row["receivers"] for row in rows}


def modes() -> dict[str, Mode]:
    """The mode of each installed channel; one that nobody set up is in sandbox."""
    chosen = dict(ChannelAccount.objects.values_list("kind", "mode"))
    return {kind: Mode(chosen.get(kind, Mode.SANDBOX)) for kind in kinds()}


def open_channels(wanted: Iterable[str] = ()) -> list[str]:
    """Installed channels that are not off, narrowed to ``wanted`` when any are named."""
    asked = set(wanted)
    return [kind for kind, mode in modes().items() if mode != Mode.OFF and (not asked or kind in asked)]


def receivers(audience: Audience) -> QuerySet[Subscriber]:
    """The subscribers of an audience chosen by interests or by name. For a follow-up see :func:`former_receivers`."""
    if audience.subscribers:
        return Subscriber.objects.filter(pk__in=audience.subscribers)
    confirmed = Subscriber.objects.confirmed().filter(channel__in=open_channels(audience.channels))
    return confirmed.interested_in(topics=audience.topics, localities=audience.localities)


def former_receivers(audience: Audience, *, also: Iterable[State] = ()) -> QuerySet[Delivery]:
    """The ledger lines of those who had received the dispatches that ``audience`` follows up.

    What was only rehearsed is followed up by a rehearsal, never by a message to somebody who never had the first. What
    was handed to a provider that knows our keys, and then called off before it was asked again, may have arrived: it is
    followed up too.
    """
    keyed = [kind for kind in kinds() if channel_class(kind).limits.idempotent]
    called_off = Q(state__in=[State.DUE, State.SUPPRESSED], channel__in=keyed, attempts__gt=0)
    rehearsing = [kind for kind, mode in modes().items() if mode != Mode.LIVE]
    received = Q(state__in=[*OUT, State.UNCERTAIN, *also]) | Q(state=State.WITHHELD, channel__in=rehearsing)
    return Delivery.objects.filter(received | called_off, dispatch__in=audience.receivers_of)


def head_count(audience: Audience) -> int:
    """How many will receive, before anything is sent."""
    if audience.receivers_of:
        return former_receivers(audience).values("channel", "destination").distinct().count()
    return receivers(audience).count()


def tallies(dispatch: Dispatch | Iterable[Dispatch]) -> dict[str, Tally]:
    """The standing of a dispatch (or of several together) on each channel, in one query."""
    dispatches = [dispatch] if isinstance(dispatch, Dispatch) else list(dispatch)
    ledger = Delivery.objects.filter(dispatch__in=dispatches)
    rows = ledger.values("channel").annotate(**counts()).order_by("channel")
    totals: list[dict[str, Any]] = [dict(row) for row in rows]
    return {row.pop("channel"): Tally(**row) for row in totals}


def counts() -> dict[str, Aggregate]:
    """What a tally counts, by the names of its fields."""
    return {
        "due": Count("pk"),
        "sent": Count("pk", filter=Q(state__in=OUT)),
        "withheld": Count("pk", filter=Q(state__in=[State.WITHHELD, State.SUPPRESSED])),
        "suppressed": Count("pk", filter=Q(state=State.SUPPRESSED)),
        "failed": Count("pk", filter=Q(state=State.FAILED)),
        "waiting": Count("pk", filter=Q(state__in=WAITING)),
        "uncertain": Count("pk", filter=Q(state=State.UNCERTAIN)),
        "first_at": Min("settled_at"),
        "last_at": Max("settled_at"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How one dispatch stands on one channel."""

    kind: str
    label: str
    tally: Tally

    @property
    def rehearsed(self) -> bool:
        """Whether nothing of it was ever meant to leave."""
        return 0 < self.tally.rehearsed == self.tally.due

    @property
    def tone(self) -> str:
        if self.tally.failed or self.tally.uncertain:
            return "warn"
        if self.tally.waiting:
            return "live"
        return "soft" if self.rehearsed else "ok"

    @property
    def words(self) -> str:
        """The number beside the bar: "812 de 900", or "174 en ensayo" while the channel only rehearses."""
        if self.rehearsed:
            return _("%(count)s en ensayo") % {"count": intcomma(self.tally.due)}
        told = {"done": intcomma(self.tally.arrived), "all": intcomma(self.tally.due)}
        return _("%(done)s de %(all)s") % told

    @property
    def remarks(self) -> list[str]:
        """What a person should know beside the number."""
        tally = self.tally
        said = [
            (tally.uncertain, ngettext("%(count)s en duda", "%(count)s en duda", tally.uncertain)),
            (tally.failed, ngettext("%(count)s falló", "%(count)s fallaron", tally.failed)),
            (
                0 if self.rehearsed else tally.rehearsed,
                ngettext("%(count)s en ensayo", "%(count)s en ensayo", tally.rehearsed),
            ),
            (
                tally.suppressed,
                ngettext("%(count)s ya no hizo falta", "%(count)s ya no hicieron falta", tally.suppressed),
            ),
        ]
        return [words % {"count": intcomma(count)} for count, words in said if count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A dispatch with its bars."""

    dispatch: Dispatch
    bars: list[Bar]

    @property
    def waiting(self) -> bool:
        """Whether anything may still change by itself."""
        return self.dispatch.prepared_at is None or any(bar.tally.waiting for bar in self.bars)

    @property
    def first_after(self) -> float | None:
        """Seconds from asking to the first answer."""
        answers = [bar.tally.first_at for bar in self.bars if bar.tally.first_at]
        return max(0.0, (min(answers) - self.dispatch.created_at).total_seconds()) if answers else None


def progress_of(dispatches: Iterable[Dispatch]) -> list[Progress]:
    """Each dispatch with its bars, in one query however many they are."""
    asked = list(dispatches)
    ledger = Delivery.objects.filter(dispatch__in=asked)
    rows = ledger.values("dispatch_id", "channel").annotate(**counts()).order_by("dispatch_id", "channel")
    bars: defaultdict[int, list[Bar]] = defaultdict(list)
    totals: list[dict[str, Any]] = [dict(row) for row in rows]
    for row in totals:
        dispatch, kind = row.pop("dispatch_id"), row.pop("channel")
        bars[dispatch].append(Bar(kind=kind, label=label_of(kind), tally=Tally(**row)))
    return [Progress(dispatch=dispatch, bars=bars[dispatch.pk]) for dispatch in asked]


def going_out(at: datetime) -> list[Progress]:
    """The dispatches of the last hours; letters about a subscription are nobody's news."""
    recent = Dispatch.objects.filter(created_at__gte=at - RECENT).exclude(kind=MessageKind.SERVICE)
    return progress_of(recent.defer("message_json").order_by("-created_at", "-pk")[:SHOWN])


def earlier_references(lines: Iterable[Delivery]) -> dict[int, str]:
    """What the provider last answered to the receivers of these follow-ups about the same thing, by line."""
    asking = [line for line in lines if line.dispatch.kind in FOLLOW_UPS]
    if not asking:
        return {}
    answered = (
        Delivery.objects.filter(
            dispatch__origin__in={line.dispatch.origin for line in asking},
            channel__in={line.channel for line in asking},
            destination__in={line.destination for line in asking},
        )
        .exclude(reference="")
        .order_by("pk")
        .values_list("dispatch__origin", "channel", "destination", "reference")
    )
    last = {(origin, channel, destination): reference for origin, channel, destination, reference in answered}
    found = {line.pk: last.get((line.dispatch.origin, line.channel, line.destination), "") for line in asking}
    return {pk: reference for pk, reference in found.items() if reference}


def superseded(lines: Iterable[Delivery]) -> set[int]:
    """Of ``lines``, those about which something newer was said meanwhile: a correction that also goes to whoever
    still waited, or a withdrawal. What they carry must not leave any more."""
    waiting = [line for line in lines if line.dispatch.kind != MessageKind.SERVICE]
    newer = Dispatch.objects.filter(
        Q(kind=MessageKind.WITHDRAWAL) | Q(kind=MessageKind.CORRECTION, prepared_at__isnull=False),
        origin__in={line.dispatch.origin for line in waiting},
    )
    latest = dict(newer.order_by("pk").values_list("origin", "pk"))
    return {line.pk for line in waiting if latest.get(line.dispatch.origin, 0) > line.dispatch_id}


def permitted(destination: str) -> bool:
    """Whether the allow-list lets this destination receive although its channel is in sandbox."""
    return destination.lower() in {address.lower() for address in settings.PREGON_ALLOW_LIST}
