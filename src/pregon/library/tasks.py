"""The photo lane's share of work: one photo a turn, so that a stop is never long in coming."""

from __future__ import annotations

from datetime import datetime

from pregon.core.work import Lane, source
from pregon.library import actions as library
from pregon.library.models import Photo
from pregon.library.signals import photo_ready


@source(Lane.PHOTOS)
def develop_next(at: datetime) -> int:
    photo = library.claim_photo(at=at)
    if photo is None:
        return 0
    if library.develop_photo(photo, at=at):
        photo_ready.send_robust(sender=Photo, photo=photo, at=at)
    return 1
