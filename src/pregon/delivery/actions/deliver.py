"""Claim, send, write down. The only place where anything leaves.

A line is claimed inside a transaction, the world is spoken to outside of it, and the answer is written at once. Just
before a parcel is handed over its line says so (``attempted_at``): a worker that dies there leaves a line in doubt,
which is asked again where the provider knows our key and shown to a person where it does not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from pregon.core.files import safe_name, write_atomically
from pregon.core.http import Http
from pregon.core.work import Lane
from pregon.delivery.contract import Channel, Parcel
from pregon.delivery.enums import Mode, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected
from pregon.delivery.links import links_for
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber
from pregon.delivery.queries import earlier_reference, permitted
from pregon.delivery.registry import build, channel_class, rehearse

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 50


Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line."""

    state: State
    reference: str = ""
    reason: str = ""
    due_at: datetime | None = None


def deliver_due(lane: Lane, *, now: Now, size: int = BATCH) -> int:
    """Send one batch of ``lane``; returns how many lines were settled, postponed or put in doubt."""
    doubtful = resolve_doubt(lane, at=now())
    batch = claim(lane, at=now(), size=size)
    for kind in sorted({line.channel for line in batch}):
        deliver_on(kind, [line for line in batch if line.channel == kind], now=now)
    return doubtful + len(batch)


def claim(lane: Lane, *, at: datetime, size: int) -> list[Delivery]:
    """Lease up to ``size`` lines to this worker."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        due = Delivery.objects.select_for_update(skip_locked=skip).claimable(at).filter(lane=lane)
        ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:size])
        Delivery.objects.filter(pk__in=ids).update(state=State.LEASED, lease_until=at + LEASE, attempted_at=None)
    lines = Delivery.objects.filter(pk__in=ids).select_related("dispatch", "subscriber")
    return list(lines.order_by("due_at", "pk"))


def resolve_doubt(lane: Lane, *, at: datetime) -> int:
    """Lines whose worker died in the very act: asked again where the provider knows our key, shown elsewhere."""
    count = 0
    for line in Delivery.objects.in_doubt(at).filter(lane=lane)[:BATCH]:
        safe = channel_class(line.channel).limits.idempotent
        count += (
            Delivery.objects.in_doubt(at)
            .filter(pk=line.pk)
            .update(
                state=State.DUE if safe else State.UNCERTAIN,
                lease_until=None,
                attempted_at=None,
                reason="" if safe else "El envío se interrumpió antes de saber si llegó.",
            )
        )
    return count


def deliver_on(kind: str, lines: list[Delivery], *, now: Now) -> None:
    """Send ``lines`` over one channel, one connection held for all of them."""
    account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
    mode = Mode(account.mode)
    with Http() as http, ExitStack() as stack:
        try:
            channel = build(kind, account.options, http=http) if mode == Mode.LIVE else rehearse(kind, account.options, http=http)
            if mode == Mode.LIVE:
                stack.enter_context(channel.session())
        except (Misconfigured, Postponed) as problem:
            give_back(lines, problem, at=now())
            note_failure(account, problem, at=now())
            return
        for number, line in enumerate(lines):
            try:
                settle(line, attempt(line, channel, mode=mode, now=now), at=now())
            except Misconfigured as problem:
                give_back(lines[number:], problem, at=now())
                note_failure(account, problem, at=now())
                return
    if mode == Mode.LIVE:
        ChannelAccount.objects.filter(kind=kind).update(last_success_at=now())


def attempt(line: Delivery, channel: Channel[Any], *, mode: Mode, now: Now) -> Outcome:
    """Hand one parcel over and name what happened. Raises ``Misconfigured``: that stops the channel, not the line."""
    if line.subscriber and line.subscriber.standing in {Standing.LEFT, Standing.GONE}:
        return Outcome(state=State.SUPPRESSED, reason="Se dio de baja antes de que saliera.")
    if mode == Mode.OFF:
        return Outcome(state=State.WITHHELD, reason="El canal está apagado.")
    parcel = parcel_of(line)
    if mode == Mode.SANDBOX and not permitted(line.destination):
        return keep_in_outbox(line, channel, parcel)
    Delivery.objects.filter(pk=line.pk).update(attempted_at=now(), attempts=line.attempts + 1)
    try:
        receipt = channel.send(parcel)
    except DestinationGone as refusal:
        Subscriber.objects.filter(pk=line.subscriber_id, broadcast=False).update(standing=Standing.GONE)
        return Outcome(state=State.FAILED, reason=str(refusal))
    except Rejected as refusal:
        return Outcome(state=State.FAILED, reason=str(refusal))
    except Postponed as delay:
        return postponed(line, delay, give_up_after=channel.limits.give_up_after, at=now())
    return Outcome(state=State.SENT, reference=receipt.reference)


def parcel_of(line: Delivery) -> Parcel:
    links = links_for(line.subscriber) if line.subscriber and not line.subscriber.broadcast else None
    return Parcel(
        key=line.key,
        destination=line.destination,
        message=line.dispatch.message,
        preferences_url=links.preferences if links else "",
        unsubscribe_url=links.unsubscribe if links else "",
        confirm_url=links.confirm if links else "",
        in_reply_to=earlier_reference(line),
    )


def keep_in_outbox(line: Delivery, channel: Channel[Any], parcel: Parcel) -> Outcome:
    """Sandbox: the whole path, and what would have left is kept in the outbox instead."""
    preview = channel.preview(parcel)
    name = safe_name(f"{line.dispatch_id:06d}-{line.pk:09d}-{line.destination}")
    write_atomically(settings.HOME.outbox / channel.kind / f"{name}{preview.suffix}", preview.raw or preview.text.encode())
    return Outcome(state=State.WITHHELD, reason="El canal está en ensayo: se guardó lo que habría salido.")


def postponed(line: Delivery, delay: Postponed, *, give_up_after: timedelta, at: datetime) -> Outcome:
    """Try again later: as long as the provider asks, twice as long each time, until giving up."""
    if at - line.dispatch.created_at > give_up_after:
        return Outcome(state=State.FAILED, reason=f"{delay} Se dejó de intentar.")
    wait = max(delay.wait, timedelta(seconds=min(15 * 2**line.attempts, 3600)))
    return Outcome(state=State.DUE, reason=str(delay), due_at=at + wait)


def settle(line: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """Write down what became of a line that is in our hands; one that is no longer ours is left as it is."""
    Delivery.objects.filter(pk=line.pk, state=State.LEASED).update(
        state=outcome.state,
        reference=outcome.reference[:300],
        reason=outcome.reason[:300],
        due_at=outcome.due_at or line.due_at,
        settled_at=None if outcome.state == State.DUE else at,
        lease_until=None,
        attempted_at=None,
    )


def give_back(lines: list[Delivery], problem: Misconfigured | Postponed, *, at: datetime) -> None:
    """Nothing could leave on this channel: its lines wait, and nothing is lost."""
    wait = problem.wait if isinstance(problem, Postponed) else timedelta(minutes=1)
    Delivery.objects.filter(pk__in=[line.pk for line in lines], state=State.LEASED).update(
        state=State.DUE, due_at=at + wait, reason=str(problem)[:300], lease_until=None, attempted_at=None
    )


def note_failure(account: ChannelAccount, problem: Misconfigured | Postponed, *, at: datetime) -> None:
    logger.warning("Channel cannot send", extra={"channel": account.kind, "problem": str(problem)})
    ChannelAccount.objects.filter(kind=account.kind).update(last_failure_at=at, last_failure=str(problem)[:300])
