"""Telling pages that are open, inside the transaction of whatever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pregon.core.work import Lane, ring
from pregon.website.actions.marking import mark
from pregon.website.hub.window import KEPT
from pregon.website.live import SITE, snapshot_path
from pregon.website.models import Broadcast, Stream

#: Nobody who was away for longer is told piece by piece.
REMEMBERED = timedelta(days=1)


@transaction.atomic
def tell(names: Sequence[str], kind: str, data: dict[str, Any], *, at: datetime) -> None:
    """Tell it on each open stream of ``names``. Last in a transaction: their rows are held until its end."""
    Stream.objects.bulk_create([Stream(name=name) for name in sorted(set(names))], ignore_conflicts=True)
    streams = (
        Stream.objects.select_for_update().filter(name__in=names, closed_at__isnull=True).order_by("name")
    )
    for stream in streams:
        stream.last += 1
        stream.save(update_fields=["last"])
        if "id" in data:  # nobody is told the words any more that it had before
            Broadcast.objects.filter(stream=stream, kind=kind, data__id=data["id"]).update(data=data)
        Broadcast.objects.create(stream=stream, number=stream.last, kind=kind, data=data, at=at)
    mark([snapshot_path(name) for name in names], at=at)
    ring(Lane.NOW)


def tell_all(kind: str, data: dict[str, Any], *, at: datetime) -> None:
    """Tell every page that is open, whatever it shows."""
    listening = Stream.objects.filter(closed_at__isnull=True).values_list("name", flat=True)
    tell([*listening, SITE], kind, data, at=at)


def close_stream(name: str, *, at: datetime) -> None:
    Stream.objects.filter(name=name, closed_at__isnull=True).update(closed_at=at)


def forget_tellings(*, at: datetime) -> int:
    """Let go of what nobody needs any more; returns how many tellings that were."""
    gone = 0
    for stream in Stream.objects.all():
        old = Broadcast.objects.filter(stream=stream, number__lte=stream.last - KEPT)
        aged = Broadcast.objects.filter(stream=stream, at__lt=at - REMEMBERED)
        gone += (old | aged).delete()[0]
    return gone
