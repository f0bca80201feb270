"""Addresses nothing is sent to until their holder asks again: noted by mark alone, so that it outlives the address."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.delivery.enums import Reason, Standing
from pregon.delivery.models import Subscriber, Suppression, marks_of

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
