"""What an office no longer needs is forgotten, in bounded steps: addresses of who left, texts, and old history.

The history stays without the address: a placeholder that names nobody stands in its place, and the mark of the
address stays in the suppression list, so that no import ever revives it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Replace

from pregon.delivery.actions.suppress import note, note_gone
from pregon.delivery.enums import WAITING, Reason, Standing, State
from pregon.delivery.models import Delivery, Dispatch, Roster, Subscriber
from pregon.delivery.registry import kinds
from pregon.delivery.values import Message, Picture

#: How much one step touches: rows of people or dispatches, and lines of the ledger.
BATCH, LINES = 100, 5_000
#: Not settled yet: their text may still have to leave.
OPEN = (*WAITING, State.UNCERTAIN)
#: Instead of what stood there.
ERASED = "…"


def erase_due(*, at: datetime) -> int:
    """One bounded step of each kind; returns how much was erased, 0 when nothing is due any more."""
    steps: tuple[Callable[..., int], ...] = (
        note_gone,
        erase_addresses,
        erase_bodies,
        erase_outbox,
        erase_rosters,
        erase_history,
        erase_nobodies,
    )
    return sum(step(at=at) for step in steps)


def days(count: int) -> timedelta:
    return timedelta(days=count)


# --- Addresses ----------------------------------------------------------------------------------------------


def erase_addresses(*, at: datetime) -> int:
    """Put beyond recall the addresses of those who left long enough ago and have nothing on its way to them."""
    until = at - days(settings.PREGON_ERASE_ADDRESS_DAYS)
    waiting = Delivery.objects.filter(subscriber=OuterRef("pk"), state__in=OPEN)
    left = Subscriber.objects.filter(
        ~Exists(waiting),
        standing__in=[Standing.LEFT, Standing.GONE],
        broadcast=False,
        left_at__lte=until,
        erased_at__isnull=True,
    )
    people = list(left.order_by("left_at", "pk")[:BATCH])
    for person in people:
        erase_address(person, at=at)
    return len(people)


@transaction.atomic
def erase_address(subscriber: Subscriber, *, at: datetime) -> None:
    """One person's, wherever it stands. Whoever came back at this very moment is left alone."""
    ours = Subscriber.objects.filter(
        pk=subscriber.pk, standing__in=[Standing.LEFT, Standing.GONE], left_at=subscriber.left_at
    )
    person = ours.select_for_update().first()
    if person is None:
        return
    reason = Reason.GONE if person.standing == Standing.GONE else Reason.LEFT
    note(person.channel, person.address, reason=reason, at=at)
    nobody = f"borrado-{secrets.token_hex(12)}"
    for name in ("reason", "url"):
        holding = Delivery.objects.filter(subscriber=person, **{f"{name}__icontains": person.address})
        holding.update(**{name: Replace(F(name), Value(person.address), Value(ERASED))})
        holding.filter(**{f"{name}__icontains": person.address}).update(**{name: ERASED})
    Delivery.objects.filter(subscriber=person).update(destination=nobody, reference="")
    person.topics.clear()
    person.localities.clear()
    ours.update(address=nobody, name="", mark="", last_heard_at=None, erased_at=at)


def erase_nobodies(*, at: datetime) -> int:
    """Rows of which nothing but a date is left, once their history is gone too."""
    until = at - days(settings.PREGON_ERASE_HISTORY_DAYS)
    lines = Delivery.objects.filter(subscriber=OuterRef("pk"))
    empty = Subscriber.objects.filter(~Exists(lines), erased_at__lte=until)
    ids = list(empty.order_by("pk").values_list("pk", flat=True)[:BATCH])
    Subscriber.objects.filter(pk__in=ids).delete()
    return len(ids)


# --- Texts --------------------------------------------------------------------------------------------------


def erase_bodies(*, at: datetime) -> int:
    """Leave the headline of what is settled, and where its photos and video are: a correction needs the ledger and to
    know what to take away, never the text."""
    until = at - days(settings.PREGON_ERASE_BODY_DAYS)
    waiting = Delivery.objects.filter(dispatch=OuterRef("pk"), state__in=OPEN)
    settled = Dispatch.objects.filter(
        ~Exists(waiting), created_at__lte=until, prepared_at__isnull=False, emptied_at__isnull=True
    )
    found = list(settled.order_by("created_at", "pk")[:BATCH])
    for dispatch in found:
        husk = husk_of(dispatch.message)
        with transaction.atomic():
            # Asked again: a person may have sent a line once more at this very moment.
            settled.filter(pk=dispatch.pk).update(message_json=husk.to_json(), emptied_at=at)
    return len(found)


def husk_of(message: Message) -> Message:
    video = replace(message.video, alt="") if message.video else None
    album = tuple(Picture(url=each.url, path=each.path, alt="") for each in message.album)
    return Message(kind=message.kind, headline=message.headline, video=video).with_pictures(album)


def erase_outbox(*, at: datetime) -> int:
    """What channels in sandbox kept holds texts and addresses too."""
    until, erased = (at - days(settings.PREGON_ERASE_BODY_DAYS)).timestamp(), 0
    for kind in kinds():
        folder = settings.HOME.outbox / kind
        for kept in folder.iterdir() if folder.is_dir() else ():
            if erased == LINES:
                return erased
            if kept.is_file() and kept.stat().st_mtime <= until:
                kept.unlink(missing_ok=True)
                erased += 1
    return erased


def erase_rosters(*, at: datetime) -> int:
    """Lists that were handed in and never taken in, and what the problems of any list quote of it."""
    until = at - days(settings.PREGON_ERASE_BODY_DAYS)
    old = Roster.objects.filter(Q(content__isnull=False) | ~Q(problems=[]), uploaded_at__lte=until)
    return old.update(content=None, problems=[])


# --- History ------------------------------------------------------------------------------------------------


def erase_history(*, at: datetime) -> int:
    """Delete the oldest dispatch past its time, a slice of its ledger at a time."""
    until = at - days(settings.PREGON_ERASE_HISTORY_DAYS)
    waiting = Delivery.objects.filter(dispatch=OuterRef("pk"), state__in=WAITING)
    old = Dispatch.objects.filter(~Exists(waiting), created_at__lte=until, prepared_at__isnull=False)
    dispatch = old.order_by("created_at", "pk").defer("message_json", "audience_json").first()
    if dispatch is None:
        return 0
    dispatch.milestones.all().delete()  # they know only how many lines there were
    lines = Delivery.objects.filter(dispatch=dispatch)
    ids = list(lines.order_by("pk").values_list("pk", flat=True)[:LINES])
    Delivery.objects.filter(pk__in=ids).delete()
    if len(ids) < LINES:
        dispatch.delete()
    return max(len(ids), 1)
