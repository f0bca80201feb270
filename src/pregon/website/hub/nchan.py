"""From the rows of the outbox to nginx, whose nchan holds the readers where one process is not enough.

Pregón only posts (``deploy/nginx/live.conf`` is the other half). nchan counts messages in a way of its own, so each
telling carries its own place, by which a page knows what it has heard and what it missed. Two workers may post the
same one, and nobody minds: each posts a stream in its order, and a page passes over what it has.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from pregon.core.http import Http, OutboundError
from pregon.website.hub.window import Mark, Told
from pregon.website.models import Broadcast

logger = logging.getLogger(__name__)

BATCH = 50
PATIENCE = timedelta(seconds=3)


def post_due(address: str, http: Http, *, at: datetime) -> int:
    """Post what was told and is not posted yet to ``address``; returns how many tellings nginx took."""
    due = (
        Broadcast.objects.filter(posted_at__isnull=True).select_related("stream").order_by("stream", "number")
    )
    posted: list[int] = []
    for _stream, tellings in groupby(due[:BATCH], key=lambda telling: telling.stream_id):
        posted += in_order(tellings, address, http)
    Broadcast.objects.filter(pk__in=posted).update(posted_at=at)
    return len(posted)


def in_order(tellings: Iterable[Broadcast], address: str, http: Http) -> list[int]:
    """Those of one stream that nginx took: after one that it did not, none."""
    posted: list[int] = []
    for telling in tellings:
        told = Told(mark=Mark(telling.stream.epoch, telling.number), kind=telling.kind, data=telling.data)
        try:
            answer = http.post(
                f"{address}{telling.stream.name}",
                content=told.text.encode(),
                headers={"X-EventSource-Event": told.kind, "Content-Type": "application/json"},
                timeout=PATIENCE,
            )
        except OutboundError:
            logger.warning("nginx does not take what is told", extra={"stream": telling.stream.name})
            break
        if answer.status_code not in {200, 201, 202}:
            logger.warning("nginx refuses what is told", extra={"status": answer.status_code})
            break
        posted.append(telling.pk)
    return posted
