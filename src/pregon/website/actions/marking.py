"""Marking pages as due, inside the transaction of whatever changed them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Least

from pregon.website.enums import Baking
from pregon.website.models import BakedPage

AT_A_TIME = 500


@transaction.atomic
def mark(paths: Iterable[str], *, at: datetime, due: datetime | None = None, bulk: bool = False) -> None:
    """Make ``paths`` due at ``due``, or now. A page in the oven is due again; a later moment never puts off a
    nearer one. ``bulk`` is for whole editions, which news overtakes."""
    moment = due or at
    # In one order everywhere, so that two transactions never wait for each other.
    wanted = sorted({path for path in paths if is_address(path)})
    for start in range(0, len(wanted), AT_A_TIME):
        some = wanted[start : start + AT_A_TIME]
        new = [BakedPage(path=path, due_at=moment, bulk=bulk) for path in some]
        BakedPage.objects.bulk_create(new, ignore_conflicts=True)
        rows = BakedPage.objects.filter(path__in=some)
        held = [pk for pk, _ in rows.select_for_update().order_by("path").values_list("pk", "path")]
        rows = BakedPage.objects.filter(pk__in=held)
        if moment > at:
            rows.update(due_at=Least(Coalesce("due_at", Value(moment)), Value(moment)))
            continue
        changes = {
            "state": Baking.DUE,
            "due_at": Least(Coalesce("due_at", Value(moment)), Value(moment)),
            "lease_until": None,
            "version": F("version") + 1,
            "attempts": 0,
        }
        if bulk:
            rows.exclude(state=Baking.DUE).update(**changes, bulk=True)
            rows.filter(state=Baking.DUE).update(**changes)
        else:
            rows.update(**changes, bulk=False)


def mark_everything(*, at: datetime) -> int:
    """Make every page there is due: its colours, its words or its templates changed."""
    changed = {
        "state": Baking.DUE,
        "due_at": at,
        "lease_until": None,
        "version": F("version") + 1,
        "attempts": 0,
    }
    waiting = BakedPage.objects.filter(state=Baking.DUE, due_at__lte=at).update(**changed)
    return waiting + BakedPage.objects.exclude(state=Baking.DUE, due_at__lte=at).update(**changed, bulk=True)


def is_address(path: str) -> bool:
    """Whether ``path`` can be kept as a file: from the root, without detours or hidden names."""
    plain = path.startswith("/") and "//" not in path and "/." not in path
    return plain and "\x00" not in path and "\\" not in path and len(path) <= 500
