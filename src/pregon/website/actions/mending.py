"""The clock of the machine was put back: a page that was due must not wait until it is that late again, nor one whose
baker is gone until a lease of another hour ends.

Doing it twice bakes at most a page in vain. Pages ask for the hour themselves, so none says anything before its time.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.core.work import Lane, ring
from pregon.website.actions.baking import LEASE
from pregon.website.actions.marking import REPORTS_FOLLOW
from pregon.website.models import BakedPage, BakingMark


def clock_was_put_back(*, was: datetime, at: datetime) -> int:
    """It was ``was`` and is ``at`` now; returns how many pages would have waited."""
    waits = BakedPage.objects.filter(due_at__gt=at, due_at__lte=was + REPORTS_FOLLOW)
    leased = BakedPage.objects.filter(lease_until__gt=at + LEASE)
    with transaction.atomic():
        BakingMark.objects.filter(due_at__gt=at, due_at__lte=was + REPORTS_FOLLOW).update(due_at=at)
        # In one order, as the bakers take them.
        list((waits | leased).select_for_update().order_by("path").values_list("pk"))
        many = waits.update(due_at=at) + leased.update(lease_until=at + LEASE)
    ring(Lane.PAGES)
    return many
