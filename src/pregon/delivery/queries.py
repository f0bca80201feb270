"""Questions to the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet

from pregon.delivery.enums import OUT, WAITING, MessageKind, Mode, State
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber
from pregon.delivery.registry import kinds
from pregon.delivery.values import Audience, Tally


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


def former_receivers(audience: Audience) -> QuerySet[Delivery]:
    """The ledger lines of those who had received the dispatches that ``audience`` follows up."""
    return Delivery.objects.filter(
        dispatch__in=audience.receivers_of, state__in=[*OUT, State.UNCERTAIN, State.WITHHELD]
    )


def head_count(audience: Audience) -> int:
    """How many will receive, before anything is sent."""
    if audience.receivers_of:
        return former_receivers(audience).values("channel", "destination").distinct().count()
    return receivers(audience).count()


def tallies(dispatch: Dispatch | Iterable[Dispatch]) -> dict[str, Tally]:
    """The standing of a dispatch (or of several together) on each channel, in one query."""
    dispatches = [dispatch] if isinstance(dispatch, Dispatch) else list(dispatch)
    rows = (
        Delivery.objects.filter(dispatch__in=dispatches)
        .values("channel")
        .annotate(
            due=Count("pk"),
            sent=Count("pk", filter=Q(state__in=OUT)),
            withheld=Count("pk", filter=Q(state__in=[State.WITHHELD, State.SUPPRESSED])),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            waiting=Count("pk", filter=Q(state__in=WAITING)),
            uncertain=Count("pk", filter=Q(state=State.UNCERTAIN)),
            first_at=Min("settled_at"),
            last_at=Max("settled_at"),
        )
        .order_by("channel")
    )
    return {row.pop("channel"): Tally(**row) for row in rows}


def earlier_reference(delivery: Delivery) -> str:
    """What the provider answered when this receiver got the first message about the same thing; "" when none did."""
    if delivery.dispatch.kind not in {MessageKind.CORRECTION, MessageKind.WITHDRAWAL}:
        return ""
    earlier = (
        Delivery.objects.filter(
            dispatch__origin=delivery.dispatch.origin,
            dispatch__kind=MessageKind.NEWS,
            channel=delivery.channel,
            destination=delivery.destination,
        )
        .exclude(reference="")
        .order_by("pk")
        .first()
    )
    return earlier.reference if earlier else ""


def permitted(destination: str) -> bool:
    """Whether the allow-list lets this destination receive although its channel is in sandbox."""
    return destination.lower() in {address.lower() for address in settings.PREGON_ALLOW_LIST}
