"""Questions to the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from pregon.core.work import Lane
from pregon.delivery.enums import OUT, TOGETHER, Frequency, MessageKind, Mode, State
from pregon.delivery.models import (
    ChannelAccount,
    Delivery,
    Dispatch,
    Subscriber,
    Suppression,
    Telling,
    marks_of,
)
from pregon.delivery.registry import channel_class, kinds, label_of
from pregon.delivery.values import Audience, Message

#: What may come after something else about the same thing, and answers it where a channel can.
FOLLOW_UPS = (MessageKind.CORRECTION, MessageKind.WITHDRAWAL, MessageKind.ALERT)


def dispatches_about(origin: str) -> QuerySet[Dispatch]:
    return Dispatch.objects.about(origin)


def dispatches_telling(origin: str) -> QuerySet[Dispatch]:
    """Every dispatch that said it: those about nothing else, and the digests it stands in."""
    told = Telling.objects.filter(dispatch=OuterRef("pk"), origin=origin)
    return Dispatch.objects.filter(Q(origin=origin) | Exists(told))


def receivers_by_channel(dispatches: QuerySet[Dispatch]) -> dict[str, int]:
    """How many different receivers got at least one of ``dispatches``, by channel; who is in doubt may have."""
    return destinations(Delivery.objects.filter(dispatch__in=dispatches, state__in=[*OUT, State.UNCERTAIN]))


def laid_out_by_channel(dispatches: QuerySet[Dispatch]) -> dict[str, int]:
    """For how many receivers one of ``dispatches`` was only kept, in a rehearsal or for a person to pass on."""
    return destinations(Delivery.objects.filter(dispatch__in=dispatches, state=State.WITHHELD))


def destinations(lines: QuerySet[Delivery]) -> dict[str, int]:
    rows = lines.values("channel").annotate(receivers=Count("destination", distinct=True)).order_by("channel")
    return {row["channel"]: row["receivers"] for row in rows}


def modes() -> dict[str, Mode]:
    """The mode of each installed channel; one that nobody set up is in sandbox."""
    chosen = dict(ChannelAccount.objects.values_list("kind", "mode"))
    return {kind: Mode(chosen.get(kind, Mode.SANDBOX)) for kind in kinds()}


def open_channels(wanted: Iterable[str] = ()) -> list[str]:
    """Installed channels that are not off, narrowed to ``wanted`` when any are named."""
    asked = set(wanted)
    return [kind for kind, mode in modes().items() if mode != Mode.OFF and (not asked or kind in asked)]


def offered_channels() -> list[str]:
    """Channels that the public is offered: those on which something really leaves. A sample office has no public, and
    shows those in rehearsal too."""
    shown = {Mode.LIVE, Mode.SANDBOX} if settings.HOME.sample.exists() else {Mode.LIVE}
    return [kind for kind, mode in modes().items() if mode in shown]


def receivers(audience: Audience, *, lane: Lane = Lane.NOW) -> QuerySet[Subscriber]:
    """The subscribers of an audience chosen by interests or by name. For a follow-up see :func:`former_receivers`.

    Who asked for a digest waits for it, but an alert waits for nobody.
    """
    if audience.subscribers:
        return Subscriber.objects.filter(pk__in=audience.subscribers)
    confirmed = (
        Subscriber.objects.confirmed().reachable().filter(channel__in=open_channels(audience.channels))
    )
    if lane != Lane.ALERT:
        confirmed = confirmed.filter(frequency=audience.frequency or Frequency.EACH)
    return confirmed.interested_in(topics=audience.topics, localities=audience.localities)


def former_receivers(audience: Audience, *, also: Iterable[State] = ()) -> QuerySet[Delivery]:
    """The ledger lines of those who had received the dispatches that ``audience`` follows up.

    What was only rehearsed is followed up by a rehearsal, never by a message to somebody who never had the first. What
    was handed to a provider that knows our keys, and then called off before it was asked again, may have arrived: it is
    followed up too. A digest that still waits is told anew instead, with what holds by then.
    """
    keyed = [kind for kind in kinds() if channel_class(kind).limits.idempotent]
    called_off = Q(state__in=[State.DUE, State.SUPPRESSED], channel__in=keyed, attempts__gt=0)
    rehearsing = [kind for kind, mode in modes().items() if mode != Mode.LIVE]
    received = Q(state__in=[*OUT, State.UNCERTAIN, *also]) | Q(state=State.WITHHELD, channel__in=rehearsing)
    lines = Delivery.objects.filter(received | called_off, dispatch__in=audience.receivers_of)
    return lines.exclude(Exists(Telling.objects.filter(dispatch=OuterRef("dispatch"))), state=State.DUE)


def head_count(audience: Audience, *, lane: Lane = Lane.NOW) -> int:
    """How many will receive, before anything is sent."""
    if audience.receivers_of:
        return former_receivers(audience).values("channel", "destination").distinct().count()
    return receivers(audience, lane=lane).count()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCount:
    """How many will receive on one channel: people, and public channels of the office itself."""

    kind: str
    mode: Mode
    people: int = 0
    own: int = 0

    @property
    def label(self) -> str:
        return label_of(self.kind)

    @property
    def all(self) -> int:
        return self.people + self.own


def head_counts(audience: Audience, *, lane: Lane = Lane.NOW) -> list[HeadCount]:
    """How many will receive on each channel that is not off, exactly, before anything is sent."""
    chosen = Subscriber.objects.filter(pk__in=receivers(audience, lane=lane).order_by().values("pk"))
    rows = chosen.values_list("channel", "broadcast").annotate(receivers=Count("pk"))
    found = {(kind, own): count for kind, own, count in rows.order_by()}
    return [
        HeadCount(kind=kind, mode=mode, people=found.get((kind, False), 0), own=found.get((kind, True), 0))
        for kind, mode in modes().items()
        if mode != Mode.OFF and (not audience.channels or kind in audience.channels)
    ]


def later_count(audience: Audience) -> int:
    """How many will read it later, in the digest that they chose."""
    return sum(receivers(replace(audience, frequency=each)).count() for each in TOGETHER)


def earlier(lines: Iterable[Delivery]) -> dict[int, tuple[str, Message]]:
    """What the provider last answered to the receivers of these follow-ups about the same thing, and to which message,
    by line."""
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
        .values_list("dispatch__origin", "channel", "destination", "reference", "dispatch")
    )
    last = {
        (origin, channel, destination): (reference, number)
        for origin, channel, destination, reference, number in answered
    }
    found = {line.pk: last.get((line.dispatch.origin, line.channel, line.destination)) for line in asking}
    dispatches = Dispatch.objects.in_bulk({number for _reference, number in last.values()})
    told = {number: dispatch.message for number, dispatch in dispatches.items()}
    return {pk: (each[0], told[each[1]]) for pk, each in found.items() if each}


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


def is_suppressed(channel: str, address: str) -> bool:
    return Suppression.objects.filter(channel=channel, mark__in=marks_of(channel, address)).exists()


def permitted(destination: str) -> bool:
    """Whether the allow-list lets this destination receive although its channel is in sandbox."""
    return destination.lower() in {address.lower() for address in settings.PREGON_ALLOW_LIST}
