"""Everything baked anew, page by page: what is left to do is told by the rows, so whoever takes it up after a kill
goes on where it was, and news overtakes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from pregon.core.files import write_atomically
from pregon.website.actions.baking import bake_due
from pregon.website.actions.marking import mark, take_up_marks
from pregon.website.actions.share import home
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, BakingMark
from pregon.website.queries import everything

#: How long nothing may get on before it is given up: a dead worker's pages come back after their lease.
PATIENCE = timedelta(seconds=90)
PAUSE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a rebuild is."""

    total: int
    left: int
    resumed: bool

    @property
    def done(self) -> int:
        return self.total - self.left


def begun() -> Path:
    """Says since when everything is being baked anew, until it is."""
    return home().run / "rebuild"


def rebuild(*, at: datetime, tell: Callable[[Progress], None] = lambda progress: None) -> Progress:
    """Bake everything anew, or go on with what was begun; returns how it ended, with pages left that would not bake."""
    resumed = begun().exists()
    since = datetime.fromisoformat(begun().read_text()) if resumed else at
    write_atomically(begun(), since.isoformat().encode())
    wanted = {*everything(at), *BakedPage.objects.values_list("path", flat=True)}
    done = set(BakedPage.objects.filter(baked_at__gte=since).values_list("path", flat=True))
    mark(wanted - done, at=at, bulk=True)
    while take_up_marks():
        pass
    progress = Progress(total=len(wanted), left=left(since), resumed=resumed)
    tell(progress)
    moved = time.monotonic()
    while progress.left and time.monotonic() - moved < PATIENCE.total_seconds():
        if bake_due(timezone.now()) == 0:
            time.sleep(PAUSE)
        before, progress = progress, Progress(total=len(wanted), left=left(since), resumed=resumed)
        if progress.left != before.left:
            moved = time.monotonic()
            tell(progress)
        elif not coming(timezone.now()):
            break
    if not progress.left:
        begun().unlink(missing_ok=True)
    return progress


def left(since: datetime) -> int:
    """How many pages were not baked since then."""
    return BakedPage.objects.filter(Q(baked_at__lt=since) | Q(baked_at=None)).count()


def coming(at: datetime) -> bool:
    """Whether anything is still in somebody's oven, or on its way there."""
    leased = BakedPage.objects.filter(state=Baking.LEASED).exists()
    return leased or BakedPage.objects.waiting(at).exists() or BakingMark.objects.filter(ahead=False).exists()
