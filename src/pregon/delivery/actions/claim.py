"""Whose line it is: claimed with a lease, kept by a heartbeat, taken back from workers that stopped answering.

A claim is one random number on all its lines. Whoever writes asks for it, so that a worker that was too slow finds
another number there and keeps its hands off.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pregon.core.work import Lane
from pregon.delivery.actions import pace
from pregon.delivery.enums import State
from pregon.delivery.models import ChannelAccount, Delivery
from pregon.delivery.registry import channel_class, kinds

logger = logging.getLogger(__name__)

#: A line whose worker gives no sign of life within this time is taken back: lost work is at work again within a minute.
LEASE = timedelta(seconds=40)
BEAT = LEASE / 4
#: A line that killed its worker so often is not tried again without a person.
DEADLY = 5
#: What sending asks of a line and its reader.
NEEDED = (
    "channel",
    "destination",
    "dispatch",
    "attempts",
    "subscriber__nonce",
    "subscriber__standing",
    "subscriber__broadcast",
    "subscriber__last_heard_at",
)
#: Lines taken back in one step.
REAPED = 1_000

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Lines of one channel in the hands of one worker, out of ``passed`` that it went through: the others wait for
    their own pace."""

    token: int
    account: ChannelAccount
    lines: list[Delivery]
    passed: int


def has_work(lane: Lane, kind: str, *, at: datetime) -> bool:
    """Whether a line of this channel could leave now."""
    if not Delivery.objects.claimable(at).filter(lane=lane, channel=kind).exists():
        return False
    account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
    resting = account.busy_until is not None and account.busy_until > at
    return not resting and pace.room(account, lane, wanted=1, at=at) > 0


def claim(lane: Lane, kind: str, *, at: datetime, size: int) -> Claim | None:
    """Lease up to ``size`` lines to this worker, no more than the channel's paces let out."""
    due = Delivery.objects.claimable(at).filter(lane=lane, channel=kind)
    if not due.exists():
        return None
    token = secrets.randbits(63)
    with transaction.atomic():
        account = ChannelAccount.objects.select_for_update().filter(kind=kind).first()
        account = account or ChannelAccount(kind=kind)
        if account.busy_until and account.busy_until > at:
            return None
        skip = connection.features.has_select_for_update_skip_locked
        first = due.select_for_update(skip_locked=skip).order_by("due_at", "pk")
        candidates = list(
            first.values_list("pk", "destination")[: pace.allowance(account, lane, wanted=size, at=at)]
        )
        chosen = pace.choose(account, candidates, at=at)
        Delivery.objects.filter(pk__in=chosen).update(
            state=State.LEASED, claim=token, lease_until=at + LEASE, attempted_at=None
        )
        pace.note_leaving(account, len(chosen), at=at)
    ours = Delivery.objects.filter(pk__in=chosen, claim=token)  # by their numbers: no index knows a claim
    lines = ours.select_related("subscriber").prefetch_related("dispatch")
    lines = lines.only(*NEEDED)  # reading the other columns of a thousand lines takes longer than sending ten
    return Claim(
        token=token, account=account, lines=list(lines.order_by("due_at", "pk")), passed=len(candidates)
    )


def reap(lane: Lane, *, at: datetime) -> int:
    """Take lines from workers that stopped answering.

    One that was not begun is simply due again. One whose worker died in the very act is asked again where the
    provider knows our key, behind all that is due, for it may be what killed the worker; elsewhere it is shown to a
    person, and so is one that keeps killing its workers.
    """
    if not Delivery.objects.lapsed(at).filter(lane=lane).exists():
        return 0
    with transaction.atomic():
        ids = free(Delivery.objects.lapsed(at).filter(lane=lane)[:REAPED])
        back, doubtful = take_back(Delivery.objects.lapsed(at).filter(pk__in=ids), at=at)
    if doubtful:
        logger.warning("Deliveries in doubt", extra={"lane": lane.value, "deliveries": doubtful})
    return back + doubtful


def take_back(lapsed: QuerySet[Delivery], *, at: datetime) -> tuple[int, int]:
    """How many are due again, and how many are in doubt."""
    safe = [kind for kind in kinds() if channel_class(kind).limits.idempotent]
    nobodys = {"lease_until": None, "attempted_at": None, "claim": None}
    back = lapsed.filter(attempted_at__isnull=True).update(state=State.DUE, **nobodys)
    back += lapsed.filter(channel__in=safe, attempts__lt=DEADLY).update(state=State.DUE, due_at=at, **nobodys)
    doubtful = lapsed.update(
        state=State.UNCERTAIN,
        settled_at=at,
        reason=_("El envío se interrumpió antes de saber si llegó."),
        **nobodys,
    )
    return back, doubtful


def free(lines: QuerySet[Delivery]) -> list[int]:
    """Those of ``lines`` that nobody is just writing to, held until the transaction ends. Whoever holds some and waits
    for others might be waited for by their holder: the database would end one of the two, in the middle of a batch."""
    skip = connection.features.has_select_for_update_skip_locked
    return list(lines.select_for_update(skip_locked=skip).values_list("pk", flat=True))


@contextmanager
def kept(held: Claim, *, now: Now) -> Iterator[None]:
    """Give signs of life for the claim while it is worked on, however long that takes."""
    over = threading.Event()
    numbers = [line.pk for line in held.lines]

    def beat() -> None:
        try:
            while not over.wait(BEAT.total_seconds()):
                try:
                    with transaction.atomic():
                        mine = free(Delivery.objects.filter(pk__in=numbers, claim=held.token))
                        Delivery.objects.filter(pk__in=mine).update(lease_until=now() + LEASE)
                except (
                    DatabaseError
                ):  # it may come back before the lease ends; if not, the line is taken back
                    logger.warning("No sign of life could be given", extra={"claim": held.token})
                    connection.close()
        finally:
            connection.close()

    beating = threading.Thread(target=beat, name="signs-of-life", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()
