"""Marking pages as due, inside the transaction of whatever changed them, and taking the marks up afterwards.

A mark is a row of its own, only ever added: a transaction that marks the home page ten times holds nothing that
another one waits for, however long it lasts and in whatever order both go on. The bakers turn marks into due
rows, in short transactions that take the rows in one order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Least

from pregon.core.work import Lane, ring
from pregon.website.actions.counting import LISTS_OF_MONTHS, count_months, months_among
from pregon.website.enums import Baking
from pregon.website.models import EVERY_PAGE, BakedPage, BakedPageQuerySet, BakingMark
from pregon.website.queries import PLANS, is_report

AT_A_TIME = 500
#: What counts records counts them once for all of a busy moment: a bulletin, and that each channel took it.
FIGURES_FOLLOW = timedelta(seconds=10)
#: What tells of a quarter or a year is told once for all records of a busy hour.
REPORTS_FOLLOW = timedelta(minutes=5)


def mark(paths: Iterable[str], *, at: datetime, due: datetime | None = None, bulk: bool = False) -> None:
    """Make ``paths`` due at ``due``, or now. A page in the oven is due again; a later moment never puts off a nearer
    one. ``bulk`` is for whole editions, which news overtakes."""
    moment = due or at
    marks = [
        BakingMark(path=path, due_at=moment, ahead=moment > at, bulk=bulk)
        for path in dict.fromkeys(path for path in paths if is_address(path))
    ]
    BakingMark.objects.bulk_create(marks, batch_size=AT_A_TIME)
    ring(Lane.PAGES)


def mark_in_turn(paths: Iterable[str], *, at: datetime, due: datetime | None = None) -> None:
    """Make those of ``paths`` due that tell of a new record; a moment later the pages that count it, and the reports
    after them."""
    told: dict[timedelta, list[str]] = {}
    for path in paths:
        told.setdefault(follows_after(path), []).append(path)
    for wait, together in sorted(told.items()):
        mark(together, at=at, due=(due or at) + wait)


def follows_after(path: str) -> timedelta:
    """How long the page at ``path`` waits for more records to tell of."""
    if is_report(path):
        return REPORTS_FOLLOW
    return FIGURES_FOLLOW if path.startswith(PLANS) else timedelta(0)


def mark_everything(*, at: datetime) -> None:
    """Make every page there is due: its colours, its words or its templates changed."""
    BakingMark.objects.create(path=EVERY_PAGE, due_at=at, ahead=False, bulk=True)
    ring(Lane.PAGES)


def take_up_marks(only: Sequence[str] = (), *, size: int = AT_A_TIME) -> int:
    """Turn the next marks, news first, into due rows; returns how many marks there were.

    Marks that another baker is taking up are left to it, but for those of ``only``, which are waited for.
    """
    marks = BakingMark.objects.order_by("bulk", "pk")
    if only:
        marks = marks.filter(path__in=[*only, EVERY_PAGE])
    if not marks.exists():
        return 0  # told by a read: an idle baker must not take the lock that writers queue for
    skip = connection.features.has_select_for_update_skip_locked and not only
    with transaction.atomic():
        taken = list(marks.select_for_update(skip_locked=skip)[:size])
        put_on_the_list(taken)
        BakingMark.objects.filter(pk__in=[mark.pk for mark in taken]).delete()
    return len(taken)


def put_on_the_list(marks: Sequence[BakingMark]) -> None:
    """Make the rows of ``marks`` due, those that are not there yet among them."""
    new: dict[str, BakedPage] = {}
    for one in marks:
        if one.path != EVERY_PAGE:
            new.setdefault(one.path, BakedPage(path=one.path, due_at=one.due_at, bulk=one.bulk))
    # In one order everywhere, so that two bakers never wait for each other.
    BakedPage.objects.bulk_create([new[path] for path in sorted(new)], ignore_conflicts=True)
    lists = BakedPage.objects.filter(path__in=LISTS_OF_MONTHS)
    months = months_among(one.path for one in marks)
    rows = rows_of(marks) | lists if months else rows_of(marks)
    list(rows.select_for_update().order_by("path").values_list("path"))
    for bulk in (False, True):
        if now := [one for one in marks if one.bulk == bulk and not one.ahead]:
            make_due(rows_of(now), due=min(one.due_at for one in now), bulk=bulk)
    if count_months(months):
        make_due(lists, due=min(one.due_at for one in marks), bulk=False)
    ahead = [one for one in marks if one.ahead]
    for moment in {one.due_at for one in ahead}:
        named = rows_of([one for one in ahead if one.due_at == moment])
        named.update(due_at=Least(Coalesce("due_at", Value(moment)), Value(moment)))


def rows_of(marks: Sequence[BakingMark]) -> BakedPageQuerySet:
    paths = {one.path for one in marks}
    rows: BakedPageQuerySet = BakedPage.objects.all()
    if EVERY_PAGE not in paths:
        return rows.filter(path__in=paths)
    # Photos and documents look the same in other colours and other words.
    pages = ~Q(path__startswith="/fotos/") & ~Q(path__startswith="/documentos/")
    return rows.filter(pages | Q(path__in=paths))


def make_due(rows: BakedPageQuerySet, *, due: datetime, bulk: bool) -> None:
    """Now; and whatever a baker is just making of them is no longer wanted."""
    changes: dict[str, Any] = {
        "state": Baking.DUE,
        "due_at": Least(Coalesce("due_at", Value(due)), Value(due)),
        "lease_until": None,
        "version": F("version") + 1,
        "attempts": 0,
    }
    if bulk:
        rows.exclude(state=Baking.DUE).update(**changes, bulk=True)
        rows.filter(state=Baking.DUE).update(**changes)
    else:
        rows.update(**changes, bulk=False)


def is_address(path: str) -> bool:
    """Whether ``path`` can be kept as a file: from the root, without detours or hidden names."""
    plain = path.startswith("/") and "//" not in path and "/." not in path
    return plain and "\x00" not in path and "\\" not in path and len(path) <= 500
