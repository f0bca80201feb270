"""Verbs of alerts. One message goes out once, whoever presses at the same moment, and leaves its record."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import Office, User
from pregon.alerts import cap
from pregon.alerts.briefs import asking_for, audience_of, drawn_area, message_about
from pregon.alerts.enums import (
    STEPS,
    Certainty,
    MessageType,
    Response,
    State,
    Status,
    Urgency,
)
from pregon.alerts.errors import (
    AlertError,
    Changed,
    NotActive,
    NotReady,
    NotTakenBack,
    NotWaiting,
    OwnWord,
    Sealed,
    TooSoon,
    WrongWord,
)
from pregon.alerts.models import HEADLINE, Alert, AlertOffice, AlertTemplate, ExtraordinaryMessage
from pregon.alerts.queries import (
    TEXTS,
    alone_from,
    asking,
    asking_key,
    dispatch_key,
    may_be_taken_back,
    problems,
    reached,
    seconds_for,
)
from pregon.alerts.signals import alert_changed
from pregon.core.text import shorten, slug
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import queries as ledger

logger = logging.getLogger(__name__)

#: What has to be typed before something real goes out; a drill asks for nothing.
WORD = "ALERTA"
#: How long the page of a cancelled alert says what it says, at the least.
FAREWELL = timedelta(hours=12)
#: How long after it was sent somebody may still be reached.
COUNTED = timedelta(days=7)
FIELDS = ("event", "category", "response", "urgency", "severity", "certainty")


# --- Writing ------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(
    template: AlertTemplate,
    *,
    status: Status,
    by: User,
    at: datetime,
    words: Mapping[str, str] | None = None,
    localities: tuple[int, ...] = (),
) -> Alert:
    """A draft out of what was thought out beforehand, with ``words`` in its slots."""
    alert = Alert(
        status=Status(status),
        author=by,
        created_at=at,
        expires=at + timedelta(hours=template.hours),
        contact=AlertOffice.load().contact,
        **{name: getattr(template, name) for name in FIELDS},
        **{name: filled(getattr(template, name), words or {}) for name in TEXTS if name != "event"},
    )
    alert.headline = shorten(alert.headline, HEADLINE)
    alert.save()
    alert.localities.set(localities)
    return alert


def filled(text: str, words: Mapping[str, str]) -> str:
    for slot, word in words.items():
        if word.strip():
            text = text.replace(f"{{{slot}}}", word.strip())
    return text


@transaction.atomic
def update(alert: Alert, *, by: User, at: datetime) -> Alert:
    """A draft that will take the place of what holds."""
    must_hold(alert, at=at)
    return follow(alert, MessageType.UPDATE, by=by, at=at)


@transaction.atomic
def cancel(alert: Alert, *, by: User, at: datetime) -> Alert:
    """A draft that will end what holds, in words that may be changed."""
    must_hold(alert, at=at)
    draft = follow(alert, MessageType.CANCEL, by=by, at=at)
    draft.urgency, draft.response, draft.certainty = Urgency.PAST, Response.ALL_CLEAR, Certainty.OBSERVED
    draft.description = _("La situación que dio lugar a esta alerta terminó.")
    draft.instruction = _("Ya no hay peligro. Si necesitas ayuda, llama a emergencias.")
    draft.expires = max(alert.expires, at + FAREWELL)
    draft.save()
    return draft


def must_hold(alert: Alert, *, at: datetime) -> None:
    if alert.state != State.ACTIVE or alert.expires <= at:
        raise NotActive


def follow(alert: Alert, kind: MessageType, *, by: User, at: datetime) -> Alert:
    draft = Alert.objects.create(
        message_type=kind,
        replaces=alert,
        thread=alert.first,
        status=alert.status,
        author=by,
        created_at=at,
        onset=alert.onset,
        expires=alert.expires,
        **{name: getattr(alert, name) for name in (*FIELDS, "headline", "description", "instruction")},
        **{name: getattr(alert, name) for name in ("area", "polygon", "circle", "contact")},
    )
    draft.localities.set(alert.localities.all())
    return draft


@transaction.atomic
def rehearse(alert: Alert, *, by: User, at: datetime) -> Alert:
    """The same as a drill: a new chain, which nothing turns into the real one."""
    draft = Alert.objects.create(
        status=Status.EXERCISE,
        author=by,
        created_at=at,
        expires=at + max(alert.expires - (alert.sent or alert.created_at), timedelta(hours=1)),
        **{name: getattr(alert, name) for name in (*FIELDS, "headline", "description", "instruction")},
        **{name: getattr(alert, name) for name in ("area", "polygon", "circle", "contact")},
    )
    draft.localities.set(alert.localities.all())
    return draft


@transaction.atomic
def discard(alert: Alert) -> None:
    """Throw a draft away."""
    locked(alert).delete()


# --- Two persons --------------------------------------------------------------------------------------------


@transaction.atomic
def propose(alert: Alert, *, by: User, at: datetime, word: str = "") -> Alert:
    """Ask for it to go out: what one person may send goes at once, a grave one waits for the second, who is written to
    in the lane of alerts."""
    alert = locked(alert)
    if alert.state != State.DRAFT:
        raise Sealed if alert.sent else NotReady(_("Esta alerta ya se propuso: espera a la segunda persona."))
    check(alert, word=word, at=at)
    alert.proposer, alert.proposed_at = by, at
    if not alert.is_grave:
        return send(alert, at=at)
    alert.state = State.WAITING
    alert.save()
    seconds = list(seconds_for(by))
    alert.asked.set(seconds)
    if seconds:
        delivery.tell_staff(
            asking_for(alert),
            channel="email",
            addresses=[second.email for second in seconds],
            key=asking_key(alert),
            origin=asking(alert),
            lane=Lane.ALERT,
            at=at,
        )
    logger.info("Alert proposed", extra={"alert": alert.pk, "status": alert.status})
    alert_changed.send(sender=Alert, alert=alert, at=at)
    return alert


@transaction.atomic
def confirm(alert: Alert, *, by: User, at: datetime, word: str = "", read: datetime | None = None) -> Alert:
    """The second person's yes: it goes out. ``read`` is when what they read was proposed; other words proposed since
    then are not what they said yes to."""
    alert = locked(alert)
    if alert.state != State.WAITING or alert.proposed_at is None:
        raise NotWaiting
    if by.pk == alert.proposer_id:
        raise OwnWord
    if read is not None and read != alert.proposed_at:
        raise Changed
    check(alert, word=word, at=at)
    alert.second = by
    alert.waited = max(0, round((at - alert.proposed_at).total_seconds()))
    return send(alert, at=at)


@transaction.atomic
def send_alone(alert: Alert, *, by: User, at: datetime, word: str = "") -> Alert:
    """Nobody answered in time: the one who proposed it sends it, and that is written down."""
    alert = locked(alert)
    if alert.state != State.WAITING or alert.proposed_at is None:
        raise NotWaiting
    if by.pk != alert.proposer_id:
        raise AlertError(_("Solo quien la propuso puede enviarla sola; tú puedes confirmarla."))
    earliest = alone_from(alert)
    if earliest is None or at < earliest:
        raise TooSoon
    check(alert, word=word, at=at)
    alert.alone = True
    alert.waited = round((at - alert.proposed_at).total_seconds())
    return send(alert, at=at)


@transaction.atomic
def give_back(alert: Alert, *, at: datetime) -> Alert:
    """Not like this: it is a draft again."""
    alert = locked(alert)
    if alert.state != State.WAITING:
        raise NotWaiting
    alert.state, alert.proposer, alert.proposed_at = State.DRAFT, None, None
    alert.save()
    alert.asked.clear()
    ask_no_more(alert, at=at)
    return alert


def ask_no_more(alert: Alert, *, at: datetime) -> None:
    """Nothing is asked of anybody by now: a letter that still waits must not leave."""
    delivery.stop(ledger.dispatches_about(asking(alert)), reason=_("Ya no hace falta confirmarla."), at=at)


@transaction.atomic
def it_was_a_drill(alert: Alert, *, by: User, at: datetime) -> Alert:
    """A drill went out as real: one person takes it back at once, on every channel, and that is written down. Also when
    it ended meanwhile: whoever received it does not know."""
    alert = locked(alert)
    if not may_be_taken_back(alert, at=at):
        raise NotTakenBack
    farewell = follow(alert, MessageType.CANCEL, by=by, at=at)
    farewell.was_drill = True
    farewell.headline = _("Fue un simulacro: no hay emergencia")
    farewell.description = _("Por error salió como real un simulacro: «%(headline)s».") % {
        "headline": alert.headline
    }
    farewell.instruction = _(
        "No hay emergencia. No tienes que hacer nada. Avisa a quien te la haya compartido."
    )
    farewell.urgency, farewell.response, farewell.certainty = (
        Urgency.PAST,
        Response.ALL_CLEAR,
        Certainty.OBSERVED,
    )
    farewell.expires = max(alert.expires, at + FAREWELL)
    farewell.proposer, farewell.proposed_at, farewell.alone, farewell.waited = by, at, True, 0
    return send(farewell, at=at)


# --- Going out ----------------------------------------------------------------------------------------------


def locked(alert: Alert) -> Alert:
    """The row as it stands, which nobody else changes until the transaction is over."""
    return Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)


def check(alert: Alert, *, word: str, at: datetime) -> None:
    """Raises what keeps it from going out."""
    if found := problems(alert, at=at):
        raise NotReady(" ".join(found))
    if not alert.is_drill and word.strip().upper() != WORD:
        raise WrongWord


def send(alert: Alert, *, at: datetime) -> Alert:
    """Everything that follows from an alert going out, in the transaction that holds its row."""
    before = locked(alert.replaces) if alert.replaces else None
    becomes = State.CANCELLED if alert.is_cancel else State.UPDATED
    if before is not None and becomes not in STEPS[State(before.state)]:
        raise NotActive
    if not alert.area.strip() and not alert.localities.exists():
        alert.area = drawn_area(alert)  # as it is read now, whatever localities there are one day
    alert.sent = at
    alert.state = State.CANCELLED if alert.is_cancel else State.ACTIVE
    alert.ended_at = at if alert.is_cancel else None
    alert.sender, alert.identifier = cap.sender(), cap.identifier(alert, at=at)
    if alert.thread_id is None:
        alert.slug = address_for(alert, at=at)
    alert.xml = cap.written(alert)
    alert.save()
    ask_no_more(alert, at=at)
    if before is not None:
        end(before, becomes, at=at)
        delivery.stop(
            ledger.dispatches_about(alert.origin),
            reason=_("Ya salió algo más nuevo sobre esta alerta."),
            at=at,
        )
    delivery.dispatch(
        message_about(alert),
        key=dispatch_key(alert),
        origin=alert.origin,
        lane=Lane.ALERT,
        audience=audience_of(alert),
        at=at,
    )
    if not alert.is_drill:
        record(alert, at=at)
    logger.info("Alert sent", extra={"alert": alert.pk, "status": alert.status, "alone": alert.alone})
    alert_changed.send(sender=Alert, alert=alert, at=at)
    return alert


def end(alert: Alert, state: State, *, at: datetime) -> None:
    alert.state, alert.ended_at = state, alert.ended_at or at
    alert.save(update_fields=["state", "ended_at"])


def address_for(alert: Alert, *, at: datetime) -> str:
    day = at.astimezone(Office.load().zone)
    mode = "simulacro-" if alert.is_drill else ""
    return f"{day:%Y-%m-%d}-{mode}{slug(alert.headline, limit=60)}-{alert.pk}"


def record(alert: Alert, *, at: datetime) -> ExtraordinaryMessage:
    """What a message that went out before any authorisation has to be justified with."""
    due = at.astimezone(Office.load().zone).date() + timedelta(days=AlertOffice.load().days)
    text = "\n\n".join(part for part in (alert.headline, alert.description, alert.instruction) if part)
    return ExtraordinaryMessage.objects.create(
        alert=alert,
        kind=f"{alert.get_message_type_display()} · {alert.event}"[:80],
        text=text,
        sent_at=at,
        due_on=due,
    )


def expire_due(*, at: datetime) -> int:
    """End what the hour has ended; returns how many."""
    ended = 0
    for pk in Alert.objects.lapsed(at).values_list("pk", flat=True):
        with transaction.atomic():
            alert = Alert.objects.select_for_update(of=("self",)).lapsed(at).filter(pk=pk).first()
            if alert is None:
                continue
            end(alert, State.EXPIRED, at=at)
            alert_changed.send(sender=Alert, alert=alert, at=at)
            ended += 1
    return ended


@transaction.atomic
def justify(message: ExtraordinaryMessage, *, text: str, by: User, at: datetime) -> ExtraordinaryMessage:
    """Write down why it had to go out before it was authorised."""
    message = ExtraordinaryMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not text.strip():
        raise AlertError(_("Escribe por qué no podía esperar: es la justificación."))
    message.justification, message.justified_at, message.justified_by = text.strip(), at, by
    message.save(update_fields=["justification", "justified_at", "justified_by"])
    return message


def note_reach(*, at: datetime) -> int:
    """Write down how far the latest messages came, before the ledger forgets; returns how many changed."""
    changed = 0
    for message in ExtraordinaryMessage.objects.filter(sent_at__gt=at - COUNTED).select_related("alert"):
        found = reached(message.alert)
        if found and found != message.reach:
            ExtraordinaryMessage.objects.filter(pk=message.pk).update(reach=found)
            changed += 1
    return changed
