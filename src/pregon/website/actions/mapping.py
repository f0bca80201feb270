"""The pictures of tiles for the acts to come: fetched once for each place, kept out of the public folder, and baked
like any other page. While there is none, or the other server fails, the page shows its schematic map."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from pregon.accounts.models import Office
from pregon.agenda.models import Act
from pregon.core.files import write_atomically
from pregon.core.http import Http, client
from pregon.core.places import Point, point_of
from pregon.core.visibility import visible
from pregon.website.actions.marking import mark
from pregon.website.actions.share import home
from pregon.website.maps import NoTiles, picture_name, stitch
from pregon.website.queries import map_path

logger = logging.getLogger(__name__)

#: A server that failed is left alone for a while.
REST = timedelta(hours=1)
RECENT = timedelta(days=1)
AT_ONCE = 20


def picture_of(point: Point, office: Office) -> Path | None:
    """The picture that is kept of ``point``, if there is one from the server that the office uses now."""
    if not office.tiles:
        return None
    file = folder() / picture_name(office.tiles, point)
    return file if file.is_file() else None


def draw_maps(*, at: datetime, http: Http | None = None, stop: Callable[[], bool] = lambda: False) -> int:
    """Draw what is missing for the acts to come; returns how many pictures were drawn."""
    office = Office.load()
    if not office.tiles:
        return 0
    forget_strangers(office)
    drawn = 0
    with http or client() as door:
        for act in missing(office, at=at)[:AT_ONCE]:
            point = point_of(act)
            if stop() or point is None:
                break
            file = folder() / picture_name(office.tiles, point)
            try:
                if not file.exists():  # another act at the same place had it drawn a moment ago
                    write_atomically(file, stitch(office.tiles, point, http=door))
                    drawn += 1
            except NoTiles:
                logger.warning("Map not drawn", extra={"act": act.pk}, exc_info=True)
                folder().mkdir(parents=True, exist_ok=True)
                failure_of(file).touch()
                break
            mark([map_path(act), act.get_absolute_url()], at=at)
    return drawn


def missing(office: Office, *, at: datetime) -> list[Act]:
    """Acts to come whose picture is not there, but for those that failed a short while ago."""
    coming = visible(Act.objects.filter(start__gte=at - RECENT), at=at).order_by("start", "pk")
    found = []
    for act in coming:
        if (point := point_of(act)) is None:
            continue
        file = folder() / picture_name(office.tiles, point)
        if not file.exists() and not rests(file, at=at):
            found.append(act)
    return found


def forget_strangers(office: Office) -> None:
    """Pictures of places where nothing takes place any longer, or of another server."""
    points = [point for act in Act.objects.all() if (point := point_of(act))]
    wanted = {picture_name(office.tiles, point) for point in points}
    for file in folder().glob("*") if folder().is_dir() else ():
        if file.name.removeprefix(".").removesuffix(".failed") not in wanted:
            file.unlink(missing_ok=True)


def rests(file: Path, *, at: datetime) -> bool:
    failure = failure_of(file)
    return failure.exists() and at.timestamp() - failure.stat().st_mtime < REST.total_seconds()


def failure_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.failed")


def folder() -> Path:
    return home().derived / "mapas"
