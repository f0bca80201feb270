"""Addresses nothing is sent to until their holder asks again: noted by mark alone, so that it outlives the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pregon.delivery.enums import MessageKind, Reason, Standing, State
from pregon.delivery.models import Delivery, Subscriber, Suppression, marks_of

BATCH = 500


@transaction.atomic
def suppress(channel: str, address: str, *, reason: Reason, at: datetime) -> None:
    """Nothing goes there any more, subscribed or not. ``address`` is in the channel's one spelling; twice is once."""
    note(channel, address, reason=reason, at=at)
    standing = Standing.GONE if reason == Reason.GONE else Standing.LEFT
    known = Subscriber.objects.filter(channel=channel, address=address, broadcast=False)
    known.filter(standing__in=[Standing.PENDING, Standing.CONFIRMED]).update(standing=standing, left_at=at)


def note(channel: str, address: str, *, reason: Reason, at: datetime) -> None:
    rows = [
        Suppression(channel=channel, mark=mark, reason=reason, at=at) for mark in marks_of(channel, address)
    ]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def note_gone(*, at: datetime) -> int:
    """Suppress the next of those whose provider said that the address is no more; from now on their days count."""
    with transaction.atomic():
        gone = Subscriber.objects.filter(standing=Standing.GONE, left_at__isnull=True, broadcast=False)
        people = list(gone.order_by("pk").only("channel", "address")[:BATCH])
        for person in people:
            note(person.channel, person.address, reason=Reason.GONE, at=at)
        Subscriber.objects.filter(pk__in=[person.pk for person in people]).update(left_at=at)
    return len(people)


# --- The way back -------------------------------------------------------------------------------------------


def never_bounced(people: Iterable[Subscriber]) -> None:
    """The provider's word that these are no more was wrong: each stands again where it stood when ``people`` was
    read."""
    for person in people:
        back = Subscriber.objects.filter(pk=person.pk, standing=Standing.GONE, broadcast=False)
        if person.standing in {Standing.PENDING, Standing.CONFIRMED}:
            forgive(back, standing=Standing(person.standing))


def bounced() -> QuerySet[Subscriber]:
    """Those who had confirmed, and are written to no more only because a provider said that their address is no more.
    Not who had left, complained or only begun to ask: they come back by asking themselves."""
    noted = Suppression.objects.filter(channel=OuterRef("channel"), mark=OuterRef("mark"))
    news = Delivery.objects.filter(
        subscriber=OuterRef("pk"), state=State.FAILED, settled_at__gte=OuterRef("asked_at")
    ).exclude(dispatch__kind=MessageKind.SERVICE)
    return (
        Subscriber.objects.filter(standing=Standing.GONE, broadcast=False, erased_at__isnull=True)
        .filter(Q(left_at__isnull=True) | Exists(noted.filter(reason=Reason.GONE)))
        .exclude(Exists(noted.exclude(reason=Reason.GONE)))
        .filter(Q(confirmed_at__gte=F("asked_at")) | (Q(confirmed_at__isnull=False) & Exists(news)))
    )


@transaction.atomic
def write_again(people: QuerySet[Subscriber]) -> int:
    """A person says that the addresses of ``people`` do receive; returns how many are back."""
    chosen = bounced().filter(pk__in=people.order_by().values("pk"))
    return forgive(chosen, standing=Standing.CONFIRMED)


def forgive(people: QuerySet[Subscriber], *, standing: Standing) -> int:
    known = list(people.values_list("pk", "channel", "address"))
    for begin in range(0, len(known), BATCH):
        some = known[begin : begin + BATCH]
        marks = [mark for _pk, channel, address in some for mark in marks_of(channel, address)]
        Suppression.objects.filter(mark__in=marks, reason=Reason.GONE).delete()
        Subscriber.objects.filter(pk__in=[pk for pk, *_told in some], standing=Standing.GONE).update(
            standing=standing, left_at=None
        )
    return len(known)
