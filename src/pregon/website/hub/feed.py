"""From the rows of the outbox to the readers in this process: one thread looks, whatever their number."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import DatabaseError, connection

from pregon.core.stirring import Stirring
from pregon.website.hub.doors import Doors
from pregon.website.hub.window import KEPT, Mark, Told
from pregon.website.models import Broadcast, Stream

logger = logging.getLogger(__name__)

LOOK = timedelta(milliseconds=100)
#: While the database is away.
REST = timedelta(seconds=1)

News = dict[str, tuple[Mark, Sequence[Told]]]


def follow(doors: Doors) -> None:
    """Tell ``doors`` what is committed, from now until its event loop ends."""
    loop = asyncio.get_running_loop()
    threading.Thread(target=tail, args=(doors, loop), name="hub-feed", daemon=True).start()


def tail(doors: Doors, loop: asyncio.AbstractEventLoop) -> None:
    stirred, known = Stirring(), dict[str, Mark]()
    try:
        while not loop.is_closed():
            try:
                if stirred():
                    news = read(known)
                    known = {name: mark for name, (mark, _told) in news.items()}
                    loop.call_soon_threadsafe(doors.tell, news)
            except DatabaseError:
                logger.warning("The outbox cannot be read; trying again")
                connection.close()
                stirred = Stirring()
                time.sleep(REST.total_seconds())
            except RuntimeError:  # the loop was closed meanwhile
                return
            time.sleep(LOOK.total_seconds())
    finally:
        connection.close()


def read(known: Mapping[str, Mark]) -> News:
    """Every stream, and what was told on it after ``known``; of one that is new here, what a window holds. One that was
    closed is there once more, with its last words."""
    news: News = {}
    for stream in Stream.objects.all():
        mark, heard = Mark(stream.epoch, stream.last), known.get(stream.name)
        if stream.closed_at and (heard is None or heard == mark):
            continue
        after = heard.number if heard and heard.epoch == mark.epoch else 0
        news[stream.name] = mark, told_after(max(after, mark.number - KEPT), stream)
    return news


def told_after(number: int, stream: Stream) -> list[Told]:
    rows = Broadcast.objects.filter(stream=stream, number__gt=number, number__lte=stream.last).order_by(
        "number"
    )
    return [
        Told(mark=Mark(stream.epoch, row.number), kind=row.kind, data=row.data)
        for row in rows.only("number", "kind", "data")
    ]
