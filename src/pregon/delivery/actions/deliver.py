"""Claim, send, write down. The only place where anything leaves.

A line is claimed inside a transaction, the world is spoken to outside of it, and the answer is written at once. Just
before a parcel is handed over its line says so (``attempted_at``): a worker that dies there leaves a line in doubt,
which is asked again where the provider knows our key and shown to a person where it does not. ``lease_until`` is also
the token of the claim: a worker that was too slow finds another one there and keeps its hands off.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from pregon.core.files import safe_name, write_atomically
from pregon.core.sealing import SealBroken
from pregon.core.work import Lane
from pregon.delivery.contract import Channel, Parcel
from pregon.delivery.enums import MessageKind, Mode, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.links import links_for
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber
from pregon.delivery.queries import earlier_references, may_receive, permitted, superseded
from pregon.delivery.registry import build, channel_class, kinds, rehearse
from pregon.delivery.values import Message

logger = logging.getLogger(__name__)

#: A claimed line that its worker does not begin to send within this time is free again.
LEASE = timedelta(seconds=60)
#: Longer than handing one parcel over can take, with every time limit of a channel used up.
HANDING = timedelta(minutes=3)
BATCH = 50
#: A line that killed its worker so often is not tried again without a person.
DEADLY = 5
#: Nobody gives up before having tried so often, however late it is.
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 15, 3600

#: How long a channel that uploads the picture waits for it, and how often it looks.
PATIENCE, BLINK = timedelta(seconds=10), timedelta(milliseconds=300)

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line."""

    state: State
    reference: str = ""
    reason: str = ""
    due_at: datetime | None = None


def deliver_due(lane: Lane, *, now: Now, size: int = BATCH) -> int:
    """Send one batch of ``lane`` on each channel; returns how many lines were settled, postponed or put in doubt."""
    done = reap(lane, at=now())
    for kind in kinds():
        if lines := claim(lane, kind, at=now(), size=size):
            deliver_on(kind, lines, now=now)
            done += len(lines)
    return done


# --- Whose line it is ---------------------------------------------------------------------------------------


def claim(lane: Lane, kind: str, *, at: datetime, size: int) -> list[Delivery]:
    """Lease up to ``size`` lines to this worker, no more than the channel's pace lets out."""
    due = Delivery.objects.claimable(at).filter(lane=lane, channel=kind)
    if not due.exists():
        return []
    with transaction.atomic():
        account = ChannelAccount.objects.select_for_update().filter(kind=kind).first()
        if account and account.busy_until and account.busy_until > at:
            return []
        pace = channel_class(kind).limits.per_minute if account and account.mode == Mode.LIVE else None
        skip = connection.features.has_select_for_update_skip_locked
        first = due.select_for_update(skip_locked=skip).order_by("due_at", "pk")
        ids = list(first.values_list("pk", flat=True)[: min(size, share(pace)) if pace else size])
        Delivery.objects.filter(pk__in=ids).update(
            state=State.LEASED, lease_until=at + LEASE, attempted_at=None
        )
        if account and pace:
            account.busy_until = at + timedelta(minutes=1) * len(ids) / pace
            account.save(update_fields=["busy_until"])
    lines = Delivery.objects.filter(pk__in=ids).select_related("subscriber").prefetch_related("dispatch")
    return list(lines.order_by("due_at", "pk"))


def share(pace: int) -> int:
    """How much of a minute's pace leaves at once: two seconds' worth, so that no minute ever holds much more."""
    return max(1, pace // 30)


def reap(lane: Lane, *, at: datetime) -> int:
    """Take lines from workers that stopped answering.

    One that was not begun is simply due again. One whose worker died in the very act is asked again where the
    provider knows our key, and shown to a person elsewhere; so is one that keeps killing its workers.
    """
    lapsed = Delivery.objects.lapsed(at).filter(lane=lane)
    ids = list(lapsed.values_list("pk", flat=True)[: 10 * BATCH])
    if not ids:
        return 0
    lapsed = Delivery.objects.lapsed(at).filter(pk__in=ids)
    safe = [kind for kind in kinds() if channel_class(kind).limits.idempotent]
    again = Q(attempted_at__isnull=True) | Q(channel__in=safe, attempts__lt=DEADLY)
    back = lapsed.filter(again).update(state=State.DUE, lease_until=None, attempted_at=None)
    doubtful = lapsed.exclude(again).update(
        state=State.UNCERTAIN,
        lease_until=None,
        attempted_at=None,
        settled_at=at,
        reason=_("El envío se interrumpió antes de saber si llegó."),
    )
    if doubtful:
        logger.warning("Deliveries in doubt", extra={"lane": lane.value, "deliveries": doubtful})
    return back + doubtful


def hand_over(line: Delivery, *, at: datetime) -> bool:
    """Write down that the parcel goes to the provider now; False when the line is no longer ours."""
    until = at + HANDING
    ours = Delivery.objects.filter(pk=line.pk, state=State.LEASED, lease_until=line.lease_until).update(
        attempted_at=at, attempts=F("attempts") + 1, lease_until=until
    )
    line.lease_until, line.attempts = until, line.attempts + 1
    return ours == 1


def settle(line: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """Write down what became of a line that is in our hands; one that is no longer ours is left as it is."""
    answer: dict[str, Any] = {
        "state": outcome.state,
        "reference": outcome.reference[:300],
        "reason": outcome.reason[:300],
        "settled_at": None if outcome.state == State.DUE else at,
    }
    ours = Delivery.objects.filter(pk=line.pk, state=State.LEASED, lease_until=line.lease_until)
    written = ours.update(**answer, due_at=outcome.due_at or line.due_at, lease_until=None, attempted_at=None)
    if not written and outcome.state == State.SENT:
        # We were so slow that it was taken for lost; the provider's yes has come after all.
        Delivery.objects.filter(pk=line.pk, state=State.UNCERTAIN).update(**answer)


# --- A batch on one channel ---------------------------------------------------------------------------------


def deliver_on(kind: str, lines: list[Delivery], *, now: Now) -> None:
    """Send ``lines`` over one channel; what a channel in sandbox may not send is kept in the outbox."""
    account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
    mode = Mode(account.mode)
    if mode == Mode.OFF:
        for line in lines:
            settle(line, Outcome(state=State.WITHHELD, reason=_("El canal está apagado.")), at=now())
        return
    late = superseded(lines)
    for line in lines:
        if line.pk in late:
            reason = _("Antes de que saliera se corrigió o se retiró.")
            settle(line, Outcome(state=State.SUPPRESSED, reason=reason), at=now())
    lines = [line for line in lines if line.pk not in late]
    parcels = parcels_for(lines)
    leaving = [line for line in lines if mode == Mode.LIVE or permitted(line.destination)]
    send_all(account, leaving, parcels, now=now)
    staying = [line for line in lines if line not in leaving]
    keep_all(account, staying, parcels, now=now)


def parcels_for(lines: list[Delivery]) -> dict[int, Parcel]:
    """The parcel of each line; a message is read once, however many receive it."""
    references = earlier_references(lines)
    messages: dict[int, Message] = {}
    for line in lines:
        if line.dispatch_id not in messages:
            messages[line.dispatch_id] = line.dispatch.message
    return {
        line.pk: parcel_of(line, messages[line.dispatch_id], in_reply_to=references.get(line.pk, ""))
        for line in lines
    }


def parcel_of(line: Delivery, message: Message, *, in_reply_to: str) -> Parcel:
    person = line.subscriber if line.subscriber and not line.subscriber.broadcast else None
    links = links_for(person) if person else None
    asked = person is not None and person.standing == Standing.PENDING and message.kind == MessageKind.SERVICE
    return Parcel(
        key=line.key,
        destination=line.destination,
        message=message,
        preferences_url=links.preferences if links else "",
        unsubscribe_url=links.unsubscribe if links else "",
        confirm_url=links.confirm if links and asked else "",
        in_reply_to=in_reply_to,
        urgent=line.lane == Lane.ALERT,
    )


def send_all(account: ChannelAccount, lines: list[Delivery], parcels: dict[int, Parcel], *, now: Now) -> None:
    """Hand the parcels over, one connection held for all of them. What cannot leave now waits, and nothing is lost."""
    if not lines:
        return
    waiting = list(lines)
    try:
        channel = build(account.kind, account.options)
        with channel.session():
            while waiting:
                outcome = attempt(waiting[0], channel, parcels[waiting[0].pk], now=now)
                line = waiting.pop(0)
                if outcome is not None:
                    settle(line, outcome, at=now())
    except (Misconfigured, Postponed, SealBroken) as problem:
        give_back(waiting, problem, at=now())
        note_failure(account, problem, at=now())
    else:
        ChannelAccount.objects.filter(kind=account.kind).update(last_success_at=now())


def attempt(line: Delivery, channel: Channel[Any], parcel: Parcel, *, now: Now) -> Outcome | None:
    """Hand one parcel over and name what happened; ``None`` when the line is no longer ours.

    Raises ``Misconfigured``, or ``Postponed`` for all: that stops the channel, not the line.
    """
    if not may_receive(line):
        return Outcome(state=State.SUPPRESSED, reason=_("Se dio de baja antes de que saliera."))
    if still_in_the_making(line, channel, parcel, at=now()):
        return Outcome(state=State.DUE, due_at=now() + BLINK)
    if not hand_over(line, at=now()):
        return None
    try:
        receipt = channel.send(parcel)
    except DestinationGone as refusal:
        if line.subscriber_id is not None:
            person = Subscriber.objects.filter(pk=line.subscriber_id, broadcast=False)
            person.update(standing=Standing.GONE)
        return Outcome(state=State.FAILED, reason=str(refusal))
    except Rejected as refusal:
        return Outcome(state=State.FAILED, reason=str(refusal))
    except Unanswered as silence:
        if channel.limits.idempotent:
            delay = Postponed(str(silence))
            return postponed(line, delay, give_up_after=channel.limits.give_up_after, at=now())
        return Outcome(state=State.UNCERTAIN, reason=str(silence))
    except Postponed as delay:
        if delay.whole:
            raise
        return postponed(line, delay, give_up_after=channel.limits.give_up_after, at=now())
    return Outcome(state=State.SENT, reference=receipt.reference)


def still_in_the_making(line: Delivery, channel: Channel[Any], parcel: Parcel, *, at: datetime) -> bool:
    """Whether a picture that the channel would upload is about to be there; nobody waits long for one."""
    picture = parcel.message.picture
    if picture is None or not channel.limits.uploads_picture or at - line.dispatch.created_at > PATIENCE:
        return False
    return not (settings.HOME.baked / picture.path).is_file()


def postponed(line: Delivery, delay: Postponed, *, give_up_after: timedelta, at: datetime) -> Outcome:
    """Try again later: when the provider says, twice as late each time, until giving up."""
    if line.attempts >= TRIES and at - line.dispatch.created_at > give_up_after:
        reason = _("%(problem)s Se dejó de intentar.") % {"problem": delay}
        return Outcome(state=State.FAILED, reason=reason)
    pause = min(FIRST_PAUSE * 2 ** min(line.attempts, 10), LONGEST_PAUSE)
    return Outcome(state=State.DUE, reason=str(delay), due_at=at + max(delay.wait, timedelta(seconds=pause)))


def give_back(
    lines: list[Delivery], problem: Misconfigured | Postponed | SealBroken, *, at: datetime
) -> None:
    """Nothing leaves on this channel now: its lines wait without losing a try.

    Wrong settings are waited for without end, for they wait for us; a provider is given up in the end.
    """
    held = until_when(problem, at=at)
    for line in lines:
        limit = channel_class(line.channel).limits.give_up_after
        outcome = Outcome(state=State.DUE, reason=str(problem), due_at=held)
        if isinstance(problem, Postponed) and at - line.dispatch.created_at > limit:
            reason = _("%(problem)s Se dejó de intentar.") % {"problem": problem}
            outcome = Outcome(state=State.FAILED, reason=reason)
        settle(line, outcome, at=at)


def until_when(problem: Misconfigured | Postponed | SealBroken, *, at: datetime) -> datetime:
    return at + (problem.wait if isinstance(problem, Postponed) else timedelta(minutes=1))


def note_failure(
    account: ChannelAccount, problem: Misconfigured | Postponed | SealBroken, *, at: datetime
) -> None:
    """Hold the whole channel, in every lane and for every worker, and show why on the desk."""
    logger.warning("Channel cannot send", extra={"channel": account.kind, "problem": type(problem).__name__})
    ChannelAccount.objects.filter(kind=account.kind).update(
        busy_until=until_when(problem, at=at), last_failure_at=at, last_failure=str(problem)[:300]
    )


# --- Sandbox ------------------------------------------------------------------------------------------------


def keep_all(account: ChannelAccount, lines: list[Delivery], parcels: dict[int, Parcel], *, now: Now) -> None:
    """The whole path, and what would have left is kept in the outbox instead."""
    if not lines:
        return
    try:
        channel = rehearse(account.kind, account.options)
    except (Misconfigured, SealBroken) as problem:
        give_back(lines, problem, at=now())
        note_failure(account, problem, at=now())
        return
    for line in lines:
        if may_receive(line):
            settle(line, keep_in_outbox(line, channel, parcels[line.pk]), at=now())
        else:
            reason = _("Se dio de baja antes de que saliera.")
            settle(line, Outcome(state=State.SUPPRESSED, reason=reason), at=now())


def keep_in_outbox(line: Delivery, channel: Channel[Any], parcel: Parcel) -> Outcome:
    try:
        preview = channel.preview(parcel)
    except Rejected as refusal:
        return Outcome(state=State.FAILED, reason=str(refusal))
    address = line.destination.replace("/", "-")  # of a path, only the last part would be left
    name = safe_name(f"{line.dispatch_id:06d}-{line.pk:09d}-{address}")
    path = settings.HOME.outbox / channel.kind / f"{name}{preview.suffix}"
    write_atomically(path, preview.raw or preview.text.encode())
    reason = _("El canal está en ensayo: se guardó lo que habría salido.")
    return Outcome(state=State.WITHHELD, reason=reason)
