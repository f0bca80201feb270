"""Counts the views log, each line exactly once, and removes what was counted.

Place and counts are one commit: killed before it, the reader begins at the same line again; killed after it, behind it.
A file is known by its number on the disk, whatever it is called since a rotation, and by the bytes before the place: a
file that was cut off or replaced is read from its beginning.
"""

from __future__ import annotations

import logging
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.conf import settings
from django.db import transaction

from pregon.accounts.models import Office
from pregon.analytics.models import HourlyViews, LogReading, PageViews
from pregon.analytics.reading import Seen, counted

logger = logging.getLogger(__name__)

#: Bytes counted in one commit: a few thousand lines, so that nobody waits long for the lock.
PORTION = 256 * 1024
#: Bytes before the place that tell a file from another one.
REMEMBERED = 256
#: Rows asked for or written by one statement.
AT_A_TIME = 400
#: Nobody writes into a file any more so long after its hour, or after it was rotated away.
SETTLED = timedelta(minutes=5)
KEEP_HOURS = timedelta(days=3)
#: nginx keeps this one open for as long as it is called so. It lies in a folder of root's, for root opens it: who could
#: put a link in its place would have root write elsewhere.
OPEN = "views.log"
NGINX = "nginx"
#: Our own front writes each hour into a file of that hour.
HOUR = re.compile(r"^(\d{10})-.+\.log$")

T = TypeVar("T")


def count_views(*, at: datetime, limit: int = 16) -> int:
    """Count up to ``limit`` portions of what was written meanwhile; returns how many views there were."""
    total = 0
    for file in log_files():
        while limit > 0 and has_more(file):
            limit -= 1
            total += count_portion(file, at=at)
    remove_counted(at=at)
    return total


def forget_hours(*, at: datetime) -> None:
    HourlyViews.objects.filter(hour__lt=at - KEEP_HOURS).delete()


def log_files() -> list[Path]:
    folder: Path = settings.HOME.views
    return sorted(file for place in (folder, folder / NGINX) for file in place.glob("*") if file.is_file())


def has_more(file: Path) -> bool:
    """Told without the lock, so that an idle reader holds nobody up."""
    with opened(file) as log:
        if log is None:
            return False
        start = beginning(log, places().get(str(os.fstat(log.fileno()).st_ino)))
        log.seek(start)
        return b"\n" in log.read(PORTION) or os.fstat(log.fileno()).st_size - start >= PORTION


def count_portion(file: Path, *, at: datetime) -> int:
    """The next lines of ``file``, and the place behind them, in one commit."""
    LogReading.objects.bulk_create([LogReading(pk=1)], ignore_conflicts=True)
    with transaction.atomic(), opened(file) as log:
        if log is None:
            return 0
        reading = LogReading.objects.select_for_update().get(pk=1)
        number = str(os.fstat(log.fileno()).st_ino)
        start = beginning(log, reading.places.get(number))
        log.seek(start)
        portion = log.read(PORTION)
        whole = portion.rfind(b"\n") + 1
        if not whole and len(portion) < PORTION:
            return 0  # somebody is still writing it
        # What has no end within a portion is no line of ours.
        end = start + (whole or len(portion))
        seen = counted(portion[:whole])
        known = pages_among({one.path for one in seen})
        views = Counter({one: times for one, times in seen.items() if one.path in known})
        add(views)
        reading.places = living(reading.places) | {number: [end, mark(log, end)]}
        reading.read_at = at
        reading.save()
    return views.total()


# --- Files --------------------------------------------------------------------------------------------------


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO | None]:
    """``file``, or nothing when another reader has removed it, or it may not be read: «pregon doctor» says so."""
    try:
        log = file.open("rb")
    except (FileNotFoundError, PermissionError):
        yield None
        return
    with log:
        yield log


def places() -> dict[str, list[int]]:
    found: dict[str, list[int]] | None = (
        LogReading.objects.filter(pk=1).values_list("places", flat=True).first()
    )
    return found or {}


def living(kept: dict[str, list[int]]) -> dict[str, list[int]]:
    """The places of files that are there: the number of one that is gone may become another's."""
    there = {str(file.stat().st_ino) for file in log_files()}
    return {number: place for number, place in kept.items() if number in there}


def beginning(log: BinaryIO, place: Sequence[int] | None) -> int:
    """Where to read on: at the noted place, when it is still the same file."""
    if not place:
        return 0
    end, noted = place
    same = os.fstat(log.fileno()).st_size >= end and mark(log, end) == noted
    return end if same else 0


def mark(log: BinaryIO, end: int) -> int:
    """What stands before ``end``."""
    log.seek(max(0, end - REMEMBERED))
    return zlib.crc32(log.read(min(end, REMEMBERED)))


def remove_counted(*, at: datetime) -> None:
    """Take away the files that are counted to their end and that nobody writes into any more."""
    noted = places()
    for file in log_files():
        with opened(file) as log:
            if log is None or not is_settled(file, at=at):
                continue
            facts = os.fstat(log.fileno())
            counted_to = beginning(log, noted.get(str(facts.st_ino)))
            log.seek(counted_to)
            if b"\n" not in log.read():  # at most the half of a line whose writer was killed
                with suppress(PermissionError):  # what is root's, root's own rotation removes
                    file.unlink(missing_ok=True)


def is_settled(file: Path, *, at: datetime) -> bool:
    """Whether nobody writes into ``file`` any more."""
    if file.name == OPEN:
        return False
    if hour := HOUR.match(file.name):
        over = datetime.strptime(hour[1], "%Y%m%d%H").replace(tzinfo=UTC) + timedelta(hours=1)
        return at - over > SETTLED
    # nginx has let go of what was rotated away once it has opened the next one.
    try:
        last = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return file.with_name(OPEN).exists() and at - last > SETTLED
    except FileNotFoundError:
        return False


# --- Counts -------------------------------------------------------------------------------------------------


def pages_among(paths: set[str]) -> set[str]:
    """Of ``paths`` those that are pages, or were: nobody can make the table grow by asking for what is not there."""
    baked: Path = settings.HOME.baked
    return {
        path
        for path in paths
        if any((baked / path.strip("/") / name).is_file() for name in ("index.html", "gone.html"))
    }


def add(views: Counter[Seen]) -> None:
    """Add ``views`` to what is there. Nobody else does meanwhile: the caller holds the reading."""
    zone = Office.load().zone
    by_day: Counter[tuple[str, date, str]] = Counter()
    by_hour: Counter[tuple[str, datetime]] = Counter()
    for seen, times in views.items():
        by_day[seen.path, seen.hour.astimezone(zone).date(), seen.source.value] += times
        by_hour[seen.path, seen.hour] += times
    for days in slices(sorted(by_day)):
        there = PageViews.objects.filter(path__in={key[0] for key in days}, day__in={key[1] for key in days})
        before = {(row.path, row.day, row.source): row.views for row in there}
        PageViews.objects.bulk_create(
            [
                PageViews(path=key[0], day=key[1], source=key[2], views=before.get(key, 0) + by_day[key])
                for key in days
            ],
            update_conflicts=True,
            unique_fields=["path", "day", "source"],
            update_fields=["views"],
        )
    for hours in slices(sorted(by_hour)):
        recent = HourlyViews.objects.filter(
            path__in={key[0] for key in hours}, hour__in={key[1] for key in hours}
        )
        so_far = {(row.path, row.hour): row.views for row in recent}
        HourlyViews.objects.bulk_create(
            [HourlyViews(path=key[0], hour=key[1], views=so_far.get(key, 0) + by_hour[key]) for key in hours],
            update_conflicts=True,
            unique_fields=["path", "hour"],
            update_fields=["views"],
        )


def slices(keys: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(keys), AT_A_TIME):
        yield keys[start : start + AT_A_TIME]
