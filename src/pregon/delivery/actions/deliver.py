"""Claim, send, write down. The only place where anything leaves.

Lines are claimed in one transaction, the world is spoken to outside of any, and what it answers is written together
with the mark of what goes out next. A worker that dies leaves in doubt what it had handed over and not yet heard of:
that is asked again where the provider knows our key and shown to a person where it does not.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from pregon.core.files import DiskFull, safe_name, write_atomically
from pregon.core.sealing import SealBroken
from pregon.core.work import Lane
from pregon.delivery import ledger
from pregon.delivery.actions import pace
from pregon.delivery.actions.claim import DEADLY, Claim, Now, claim, kept, reap
from pregon.delivery.actions.suppress import never_bounced
from pregon.delivery.contract import Answer, Batch, Channel, Parcel, Receipt
from pregon.delivery.enums import MessageKind, Mode, Standing, State
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered
from pregon.delivery.ledger import FAR, Outcome
from pregon.delivery.links import Links
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber
from pregon.delivery.previews import is_public
from pregon.delivery.queries import earlier, permitted, superseded
from pregon.delivery.registry import build, channel_class, kinds, rehearse
from pregon.delivery.values import Message

logger = logging.getLogger(__name__)

#: Nobody gives up before having tried so often, however late it is.
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 15, 3600
#: How long a channel that uploads the picture waits for it, and how often it looks.
PATIENCE, BLINK = timedelta(seconds=10), timedelta(milliseconds=300)
#: Answers are on the desk within this time, in seconds, and newer texts stop older ones.
FRESH = 0.5
#: Seconds after which a slow batch gives back what it has not begun: something may wait that goes before it.
TURN = 10

#: So many "the address is no more" among the last answers of a batch are the provider's fault, not everybody's.
LAST, SUSPECT = 20, 15

#: How long the ledger is waited for, in seconds, with answers in hand.
STUBBORN = 300

Done = TypeVar("Done")

#: What stops a whole channel.
Trouble = Misconfigured | Postponed | SealBroken


def never() -> bool:
    return False


def deliver_due(lane: Lane, *, now: Now, size: int | None = None) -> int:
    """Send one batch of ``lane`` on each channel, one after the other; returns how many lines were settled, postponed
    or put in doubt."""
    return reap(lane, at=now()) + sum(deliver_on(lane, kind, now=now, size=size) for kind in kinds())


def deliver_on(
    lane: Lane, kind: str, *, now: Now, size: int | None = None, stopping: Callable[[], bool] = never
) -> int:
    """Send one batch over one channel; returns how many lines it went through. Once ``stopping`` says so nothing new is
    handed over, and what was not is given back."""
    held = claim(lane, kind, at=now(), size=size or channel_class(kind).limits.batch)
    if held is None or not held.lines:
        return held.passed if held else 0
    with kept(held, now=now):
        match Mode(held.account.mode):
            case Mode.OFF:
                withhold(held, held.lines, _("El canal está apagado."), now=now)
            case Mode.SANDBOX:
                allowed = [line for line in held.lines if permitted(line.destination)]
                send(held, allowed, now=now, stopping=stopping)
                lay_out(held, [line for line in held.lines if line not in allowed], now=now)
            case Mode.LIVE if channel_class(kind).limits.by_hand:
                lay_out(held, held.lines, now=now)
            case Mode.LIVE:
                send(held, held.lines, now=now, stopping=stopping)
    return held.passed


def withhold(held: Claim, lines: Iterable[Delivery], reason: str, *, now: Now) -> None:
    outcome = Outcome(state=State.WITHHELD, reason=reason)
    ledger.settle([(line, outcome) for line in lines], claim=held.token, at=now())


# --- What leaves --------------------------------------------------------------------------------------------


def send(held: Claim, lines: list[Delivery], *, now: Now, stopping: Callable[[], bool]) -> None:
    """Hand the parcels over, and write down what came of it. What cannot leave now waits, and nothing is lost."""
    if not lines:
        return
    try:
        channel = build(held.account.kind, held.account.options)
    except (Misconfigured, SealBroken) as trouble:
        ledger.settle(given_back(held, lines, trouble, at=now()), claim=held.token, at=now())
        note_trouble(held.account, trouble, at=now())
        return
    batch = Outgoing(held, lines, channel, now=now, stopping=stopping)
    try:
        with channel.session():
            channel.send_batch(batch)
    except (Misconfigured, Postponed) as trouble:
        batch.stop(trouble)
        note_trouble(held.account, trouble, at=now())
    except Exception:  # a fault of ours in a channel: it must not hold up the lines behind it
        logger.exception("Channel failed", extra={"channel": channel.kind})
        batch.close()
    else:
        batch.close()
        if batch.trouble:
            note_trouble(held.account, batch.trouble, at=now())
        else:
            note_answers(held.account, batch, at=now())


class Outgoing(Batch):
    """The lines of one claim on their way out, seen by the channel as parcels."""

    def __init__(
        self,
        held: Claim,
        lines: list[Delivery],
        channel: Channel[Any],
        *,
        now: Now,
        stopping: Callable[[], bool] = never,
    ) -> None:
        self.held, self.channel, self.now, self.stopping = held, channel, now, stopping
        self.waiting = deque(lines)
        self.handed: dict[str, Delivery] = {}
        self.outcomes: list[tuple[Delivery, Outcome]] = []
        self.gone: list[int] = []
        #: The last answers: the line where the address was said to be no more.
        self.last: deque[Delivery | None] = deque(maxlen=LAST)
        self.trouble: Postponed | None = None
        #: What the provider last asked to wait for, and how often it did.
        self.delay: Postponed | None = None
        self.accepted = self.delays = 0
        self.earlier = earlier(lines)
        self.messages: dict[int, Message] = {}
        self._begun: float | None = None
        self._written = self._looked = time.monotonic()
        self._drop_superseded()

    # --- Contract ---

    def take(self, most: int = 1) -> list[Parcel]:
        self._begun = self._begun or time.monotonic()
        while self.waiting and not self._over(since=self._begun):
            if time.monotonic() - self._looked > FRESH:
                self._drop_superseded()
            group = [self.waiting.popleft() for _one in range(min(most, len(self.waiting)))]
            group = [line for line in group if not self._waits_for_its_picture(line)]
            if leaving := self._mark(group):
                self.handed |= {line.key: line for line in leaving}
                return [self.parcel_of(line) for line in leaving]
        return []

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        line = self.handed.pop(parcel.key)
        gone = isinstance(answer, DestinationGone)
        self.last.append(line if gone else None)
        if isinstance(answer, Receipt):
            self.accepted += 1
        elif isinstance(answer, Postponed):
            self.delay, self.delays = answer, self.delays + 1
        elif gone and self.trouble:
            answer = self.trouble
        elif gone and line.subscriber_id:
            self.gone.append(line.subscriber_id)
        self.outcomes.append((line, outcome_of(line, answer, self.channel, at=self.now())))
        if gone and not self.trouble and len(self.last) - self.last.count(None) >= SUSPECT:
            self._doubt()
        if time.monotonic() - self._written > FRESH:
            self._write()

    def parcel_of(self, line: Delivery) -> Parcel:
        """A message is read once, however many receive it."""
        if line.dispatch_id not in self.messages:
            message = line.dispatch.message
            self.messages[line.dispatch_id] = message.marked(self.channel.mark, site=settings.BASE_URL)
        in_reply_to, before = self.earlier.get(line.pk, ("", None))
        return parcel_of(line, self.messages[line.dispatch_id], in_reply_to=in_reply_to, before=before)

    # --- The end of a batch ---

    def stop(self, trouble: Trouble) -> None:
        """Nothing more gets through. What was not answered for has not left."""
        back = [*self.handed.values(), *self.waiting]
        self.outcomes += given_back(self.held, back, trouble, at=self.now())
        self.handed.clear()
        self.waiting.clear()
        self._write()

    def close(self) -> None:
        """The channel is done. What it took and never answered for is in doubt, what it left goes back."""
        silence = Unanswered(_("El envío se interrumpió antes de saber si llegó."))
        for line in self.handed.values():
            self.outcomes.append((line, outcome_of(line, silence, self.channel, at=self.now())))
        if self.trouble:
            self.outcomes += given_back(self.held, self.waiting, self.trouble, at=self.now())
        else:
            back = Outcome(state=State.DUE)
            self.outcomes += [(line, back) for line in self.waiting]
        self.handed.clear()
        self.waiting.clear()
        self._write()

    # --- Steps ---

    def _over(self, *, since: float) -> bool:
        """Whether nothing more may be begun of what was begun then."""
        return self.trouble is not None or self.stopping() or time.monotonic() - since >= TURN

    def _mark(self, group: list[Delivery]) -> list[Delivery]:
        """Write down what was answered and what leaves now, in one commit."""
        return insist(partial(self._commit, group))

    def _write(self) -> None:
        insist(partial(self._commit, []))

    def _commit(self, group: list[Delivery]) -> list[Delivery]:
        at, outcomes, gone = self.now(), list(self.outcomes), list(self.gone)
        if gone:
            known = Subscriber.objects.filter(pk__in=gone, broadcast=False).exclude(standing=Standing.LEFT)
            known.update(standing=Standing.GONE)
        pace.note_handed(self.held.account, len(group), at=at)
        leaving = ledger.write(outcomes, group, claim=self.held.token, at=at)
        if len(leaving) < len(group):
            staying = [line for line in group if line not in leaving]
            ledger.settle(why_not(staying), claim=self.held.token, at=at)
        del self.outcomes[: len(outcomes)], self.gone[: len(gone)]
        self._written = time.monotonic()
        return leaving

    def _doubt(self) -> None:
        """The provider says of nearly everybody that they do not exist. Nobody is given up for that: those of whom it
        said so last are as they were, and their lines wait like the others."""
        self.trouble = Postponed(
            _(
                "El proveedor contesta de casi todos que su dirección no existe: la falla es suya o de los datos de "
                "este canal. Nadie quedó dado de baja; prueba el canal y revisa sus datos."
            ),
            whole=True,
        )
        self._write()
        insist(
            partial(unsay, [line for line in self.last if line], self.trouble, self.channel, at=self.now())
        )

    def _waits_for_its_picture(self, line: Delivery) -> bool:
        """Whether a picture or video that the channel would bring is about to be there; nobody waits long for one."""
        at = self.now()
        if not self.channel.limits.uploads_picture or at - line.dispatch.created_at > PATIENCE:
            return False
        message = line.dispatch.message
        if all(is_public(shown) for shown in (message.picture, message.video) if shown):
            return False
        self.outcomes.append((line, Outcome(state=State.DUE, due_at=at + BLINK)))
        return True

    def _drop_superseded(self) -> None:
        """What was corrected or withdrawn meanwhile must not leave any more."""
        self._looked = time.monotonic()
        late = insist(partial(superseded, self.waiting))
        outcome = Outcome(state=State.SUPPRESSED, reason=_("Antes de que saliera se corrigió o se retiró."))
        self.outcomes += [(line, outcome) for line in self.waiting if line.pk in late]
        self.waiting = deque(line for line in self.waiting if line.pk not in late)


def insist(step: Callable[[], Done]) -> Done:
    """Do ``step`` although the database is gone for a while: what a provider has said must not be forgotten."""
    until, pause = time.monotonic() + STUBBORN, 0.1
    while True:
        try:
            return step()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("The ledger cannot be written; trying again", extra={"pause": pause})
            connection.close()
            time.sleep(pause)
            pause = min(2 * pause, 2.0)


@transaction.atomic
def unsay(lines: list[Delivery], trouble: Postponed, channel: Channel[Any], *, at: datetime) -> None:
    """Take back that the addresses of ``lines`` are no more."""
    for line in lines:
        outcome = postponed(line, trouble, give_up_after=channel.limits.give_up_after, at=at)
        if outcome.state == State.DUE:
            Delivery.objects.filter(pk=line.pk, state=State.FAILED).update(
                state=State.DUE, reason=outcome.reason[:300], due_at=outcome.due_at, settled_at=None
            )
    never_bounced([line.subscriber for line in lines if line.subscriber])


def why_not(lines: list[Delivery]) -> list[tuple[Delivery, Outcome]]:
    """What becomes of lines that were held back at the last moment. Of one that is another worker's by now,
    nothing."""
    dispatches = {
        dispatch.pk: dispatch
        for dispatch in Dispatch.objects.filter(pk__in={line.dispatch_id for line in lines}).only(
            "paused_at", "cancelled_at"
        )
    }
    people = [line.subscriber_id for line in lines if line.subscriber_id]
    gone = set(Subscriber.objects.filter(pk__in=people, standing=Standing.GONE).values_list("pk", flat=True))
    outcomes = []
    for line in lines:
        dispatch = dispatches[line.dispatch_id]
        if dispatch.cancelled_at:
            outcome = Outcome(state=State.SUPPRESSED, reason=_("El envío se canceló."))
        elif dispatch.paused_at:
            outcome = Outcome(state=State.DUE, due_at=FAR)
        elif line.subscriber_id in gone:
            outcome = Outcome(state=State.SUPPRESSED, reason=_("Su dirección ya no recibe."))
        else:
            outcome = Outcome(state=State.SUPPRESSED, reason=_("Se dio de baja antes de que saliera."))
        outcomes.append((line, outcome))
    return outcomes


def parcel_of(line: Delivery, message: Message, *, in_reply_to: str, before: Message | None) -> Parcel:
    person = line.subscriber if line.subscriber and not line.subscriber.broadcast else None
    asked = person is not None and person.standing == Standing.PENDING and message.kind == MessageKind.SERVICE
    links = Links(person) if person else None
    return Parcel(
        key=line.key,
        destination=line.destination,
        message=message,
        preferences_url=links.preferences if links else "",
        unsubscribe_url=links.unsubscribe if links else "",
        confirm_url=links.confirm if links and asked else "",
        in_reply_to=in_reply_to,
        before=before,
        last_heard_at=person.last_heard_at if person else None,
        urgent=line.dispatch.lane == Lane.ALERT,
    )


# --- What came of it ----------------------------------------------------------------------------------------


def outcome_of(line: Delivery, answer: Answer, channel: Channel[Any], *, at: datetime) -> Outcome:
    """The state that an answer leads to."""
    match answer:
        case Receipt():
            return Outcome(state=State.SENT, reference=answer.reference, url=answer.url, reason=answer.todo)
        case Postponed():
            return postponed(line, answer, give_up_after=channel.limits.give_up_after, at=at)
        case Unanswered() if channel.limits.idempotent and line.attempts < DEADLY:
            delay = Postponed(str(answer))
            return postponed(line, delay, give_up_after=channel.limits.give_up_after, at=at)
        case Unanswered():
            return Outcome(state=State.UNCERTAIN, reason=str(answer))
        case Rejected():
            return Outcome(state=State.FAILED, reason=str(answer))
        case _:
            return Outcome(state=State.DUE, reason=str(answer), due_at=at + timedelta(minutes=1))


def postponed(line: Delivery, delay: Postponed, *, give_up_after: timedelta, at: datetime) -> Outcome:
    """Try again later: when the provider says, twice as late each time, until giving up."""
    if line.attempts >= TRIES and at - line.dispatch.created_at > give_up_after:
        reason = _("%(problem)s Se dejó de intentar.") % {"problem": delay}
        return Outcome(state=State.FAILED, reason=reason)
    pause = min(FIRST_PAUSE * 2 ** min(line.attempts, 10), LONGEST_PAUSE)
    return Outcome(state=State.DUE, reason=str(delay), due_at=at + max(delay.wait, timedelta(seconds=pause)))


def given_back(
    held: Claim, lines: Iterable[Delivery], trouble: Trouble, *, at: datetime
) -> list[tuple[Delivery, Outcome]]:
    """Nothing leaves on this channel now: its lines wait without losing a try.

    Wrong settings are waited for without end, for they wait for us; a provider is given up in the end.
    """
    until = until_when(trouble, at=at)
    limit = channel_class(held.account.kind).limits.give_up_after
    outcomes = []
    for line in lines:
        outcome = Outcome(state=State.DUE, reason=str(trouble), due_at=until)
        if isinstance(trouble, Postponed) and at - line.dispatch.created_at > limit:
            reason = _("%(problem)s Se dejó de intentar.") % {"problem": trouble}
            outcome = Outcome(state=State.FAILED, reason=reason)
        outcomes.append((line, outcome))
    return outcomes


def until_when(trouble: Trouble, *, at: datetime) -> datetime:
    return at + (trouble.wait if isinstance(trouble, Postponed) else timedelta(minutes=1))


def note_trouble(account: ChannelAccount, trouble: Trouble, *, at: datetime) -> None:
    """Hold the whole channel, in every lane and for every worker, and show why on the desk."""
    logger.warning("Channel cannot send", extra={"channel": account.kind, "problem": type(trouble).__name__})
    until = until_when(trouble, at=at)
    ChannelAccount.objects.filter(kind=account.kind).update(
        # Another lane may have been told to rest for longer.
        busy_until=Greatest(Coalesce("busy_until", Value(until)), Value(until)),
        last_failure_at=at,
        last_failure=str(trouble)[:300],
        deaf=False,
    )


def note_answers(account: ChannelAccount, batch: Outgoing, *, at: datetime) -> None:
    """That something got through, or what the provider said instead of many, or after an older trouble."""
    known = ChannelAccount.objects.filter(kind=account.kind)
    if batch.accepted:
        known.update(last_success_at=at)
    elif batch.delay and (batch.delays >= LAST or account.trouble):
        known.update(last_failure_at=at, last_failure=str(batch.delay)[:300], deaf=False)


# --- What is laid out instead -------------------------------------------------------------------------------


def lay_out(held: Claim, lines: list[Delivery], *, now: Now) -> None:
    """The whole path, and what would have left is kept in the outbox instead: by a channel in sandbox, and by one
    whose messages a person passes on."""
    if not lines:
        return
    try:
        channel = rehearse(held.account.kind, held.account.options)
    except (Misconfigured, SealBroken) as trouble:
        ledger.settle(given_back(held, lines, trouble, at=now()), claim=held.token, at=now())
        note_trouble(held.account, trouble, at=now())
        return
    batch = Outgoing(held, lines, channel, now=now)
    still = ledger.wanted(batch.waiting)
    batch.outcomes += why_not([line for line in batch.waiting if line.pk not in still])
    batch.waiting = deque(line for line in batch.waiting if line.pk in still)
    try:
        while batch.waiting:
            batch.outcomes.append((batch.waiting[0], keep_in_outbox(batch.waiting[0], batch)))
            batch.waiting.popleft()
    except (DiskFull, OSError):
        no_room = Postponed(_("No se puede guardar lo que saldría: revisa el espacio del disco."), whole=True)
        batch.stop(no_room)
        note_trouble(held.account, no_room, at=now())
        raise  # whoever waits for it is told; a worker writes it down and looks again
    batch.close()


def keep_in_outbox(line: Delivery, batch: Outgoing) -> Outcome:
    channel = batch.channel
    try:
        preview = channel.preview(batch.parcel_of(line))
    except Rejected as refusal:
        return Outcome(state=State.FAILED, reason=str(refusal))
    address = line.destination.replace("/", "-")  # of a path, only the last part would be left
    name = safe_name(f"{line.dispatch_id:06d}-{line.pk:09d}-{address}")
    path = settings.HOME.outbox / channel.kind / f"{name}{preview.suffix}"
    write_atomically(path, preview.raw or preview.text.encode())
    if channel.limits.by_hand and batch.held.account.mode == Mode.LIVE:
        return Outcome(state=State.WITHHELD, reason=_("Está listo: cópialo y publícalo a mano."))
    return Outcome(state=State.WITHHELD, reason=_("El canal está en ensayo: se guardó lo que habría salido."))
