"""Digests: what went out in a day or a week, told together to whoever asked for it that way.

The clock opens a period when its hour strikes; the bulk lane goes through the subscribers in bounded steps that can be
cut off anywhere. Each step asks the features what may be told at that moment, groups the subscribers by the items that
concern them, and writes one dispatch for each distinct set: lines, cursor and all in one transaction. Whether somebody
was told before is read from the ledger, so that no clock, crash or change of mind tells anything twice.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Model, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.accounts.models import Office
from pregon.core.calendar import last_turn, local_day
from pregon.core.work import Lane
from pregon.delivery import ledger
from pregon.delivery.actions.dispatch import dispatch, stop
from pregon.delivery.enums import TOGETHER, WAITING, Frequency, MessageKind, State
from pregon.delivery.models import Delivery, Digest, Dispatch, Subscriber, Telling
from pregon.delivery.queries import open_channels
from pregon.delivery.registry import items_between
from pregon.delivery.values import Audience, Block, Item, Message

STEP = 2_000
#: What was published so late before a period's end that its transaction was still open then is told with the next.
OVERLAP = timedelta(hours=1)
ORIGIN = "delivery.digest"


# --- The clock's share --------------------------------------------------------------------------------------


def open_digests(*, at: datetime) -> int:
    """Open the period of each frequency whose hour has struck; returns how many."""
    return sum(open_period(frequency, at=at) for frequency in TOGETHER)


def end_of_period(frequency: Frequency, *, at: datetime) -> datetime:
    """The last end of a period up to ``at``. Periods are cut by the hour on the office's wall, and never overlap."""
    weekday = settings.PREGON_DIGEST_WEEKDAY if frequency == Frequency.WEEKLY else None
    return last_turn(at, tz=Office.load().zone, hour=settings.PREGON_DIGEST_HOUR, weekday=weekday)


def open_period(frequency: Frequency, *, at: datetime) -> bool:
    """Open what lies between the last period told and the last end; after a long sleep that is one period too."""
    end = end_of_period(frequency, at=at)
    known = Digest.objects.filter(frequency=frequency).first()
    if known and known.told_until <= at and (known.closing or known.told_until >= end):
        return False
    with transaction.atomic():
        Digest.objects.get_or_create(frequency=frequency, defaults={"told_until": end})
        digest = Digest.objects.select_for_update().get(frequency=frequency)
        if digest.closing:
            return False
        # A clock that was put back must not hide what is published before it comes up to its old hour again.
        digest.told_until = min(digest.told_until, at)
        opened = digest.told_until < end
        if opened:
            digest.closing, digest.cursor = end, 0
        digest.save(update_fields=["told_until", "closing", "cursor"])
    return opened


# --- The bulk lane's share ----------------------------------------------------------------------------------


def digest_due(*, at: datetime) -> int:
    """One step of a period under way; returns how many subscribers it went through, at least 1 when there is one."""
    if not Digest.objects.filter(closing__isnull=False).exists():
        return 0
    with transaction.atomic():
        waiting = Digest.objects.select_for_update().filter(closing__isnull=False).order_by("pk")
        digest = waiting.first()
        if digest is None or digest.closing is None:
            return 0
        people = list(those_to_tell(digest).order_by("pk")[:STEP])
        if people:
            tell(digest, people, until=digest.closing, at=at)
            digest.cursor = people[-1].pk
        if len(people) < STEP:
            digest.told_until, digest.closing, digest.cursor = digest.closing, None, 0
        digest.save(update_fields=["told_until", "closing", "cursor"])
        return max(len(people), 1)


def those_to_tell(digest: Digest) -> QuerySet[Subscriber]:
    """Who gets this digest and was not asked after yet; the daily one also pays what another one owed."""
    asked = Q(frequency=digest.frequency)
    if digest.frequency == Frequency.DAILY:
        asked |= Q(owed_since__isnull=False)
    people = Subscriber.objects.confirmed().reachable().filter(asked, broadcast=False, pk__gt=digest.cursor)
    return people.filter(channel__in=open_channels())


def tell(digest: Digest, people: Sequence[Subscriber], *, until: datetime, at: datetime) -> None:
    """One dispatch for each distinct set of items, with the lines of those whom exactly these concern."""
    since, day = digest.told_until - OVERLAP, local_day(until, Office.load().zone)
    owed = [person.owed_since for person in people if person.owed_since]
    items = items_between(min([since, *owed]), until, at=at)
    topics = chosen(Subscriber.topics.through, "topic_id", people)
    localities = chosen(Subscriber.localities.through, "locality_id", people)
    told = told_already(people, items)
    groups: defaultdict[tuple[str, ...], list[Subscriber]] = defaultdict(list)
    for person in people:
        concerning = tuple(
            item.origin
            for item in items
            if (person.pk, item.origin) not in told
            and falls_to(person, item, digest=digest, since=since)
            and concerns(person, item, topics=topics[person.pk], localities=localities[person.pk])
        )
        if concerning:
            groups[concerning].append(person)
    by_origin = {item.origin: item for item in items}
    for origins, group in groups.items():
        theirs = [by_origin[origin] for origin in origins]
        asked = digest_of(theirs, frequency=Frequency(digest.frequency), day=day, at=at)
        write_lines(asked, group, at=at)
    if owed and digest.frequency == Frequency.DAILY:
        paid = Subscriber.objects.filter(pk__in=[person.pk for person in people if person.owed_since])
        paid.update(owed_since=None, owed_until=None)


def write_lines(asked: Dispatch, group: Sequence[Subscriber], *, at: datetime) -> None:
    people = Subscriber.objects.filter(pk__in=[person.pk for person in group])
    ledger.insert_lines(asked, people.values_list("channel", "address", "pk"), at=at)


def falls_to(person: Subscriber, item: Item, *, digest: Digest, since: datetime) -> bool:
    """Whether ``item`` is of the person's own period, or of the time that another digest owed them."""
    if person.frequency == digest.frequency and item.published_at >= since:
        return True
    if digest.frequency != Frequency.DAILY or person.owed_since is None or person.owed_until is None:
        return False
    return person.owed_since <= item.published_at < person.owed_until


def concerns(person: Subscriber, item: Item, *, topics: set[int], localities: set[int]) -> bool:
    """The same rule by which a single bulletin chooses its receivers."""
    return (
        (not item.channels or person.channel in item.channels)
        and (not item.topics or person.every_topic or bool(item.topics & topics))
        and (not item.localities or person.every_locality or bool(item.localities & localities))
    )


def chosen(table: type[Model], column: str, people: Sequence[Subscriber]) -> defaultdict[int, set[int]]:
    """What each of ``people`` follows, in one question."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = table._default_manager.filter(subscriber_id__in=[person.pk for person in people])
    for subscriber, followed in rows.values_list("subscriber_id", column):
        found[subscriber].add(followed)
    return found


def told_already(people: Sequence[Subscriber], items: Sequence[Item]) -> set[tuple[int, str]]:
    """Who was told what, alone or in a digest, whatever became of it."""
    origins = [item.origin for item in items]
    lines = Delivery.objects.filter(subscriber_id__in=[person.pk for person in people])
    alone = lines.filter(dispatch__origin__in=origins).values_list("subscriber_id", "dispatch__origin")
    beside = lines.filter(dispatch__tellings__origin__in=origins)
    return {
        (subscriber, origin)
        for subscriber, origin in [
            *alone,
            *beside.values_list("subscriber_id", "dispatch__tellings__origin"),
        ]
        if subscriber is not None
    }


# --- The message --------------------------------------------------------------------------------------------


def digest_of(items: Sequence[Item], *, frequency: Frequency, day: date, at: datetime) -> Dispatch:
    """The dispatch that tells exactly ``items`` in exactly these words. Its lines are written as they are found, so
    nobody prepares it."""
    words = [(item.origin, item.headline, item.dek, item.url) for item in items]
    mark = sha256(json.dumps(words).encode()).hexdigest()[:24]
    asked = dispatch(
        message_of(items, frequency=frequency),
        key=f"digest/{frequency.value}/{day.isoformat()}/{mark}",
        origin=f"{ORIGIN}/{frequency.value}/{day.isoformat()}",
        lane=Lane.BULK,
        audience=Audience(frequency=frequency.value),
        at=at,
    )
    if asked.prepared_at is None:
        Dispatch.objects.filter(pk=asked.pk).update(prepared_at=at)
        tellings = [
            Telling(dispatch=asked, origin=one.origin, published_at=one.published_at) for one in items
        ]
        Telling.objects.bulk_create(tellings, ignore_conflicts=True)
    return asked


def message_of(items: Sequence[Item], *, frequency: Frequency) -> Message:
    """Headline, summary and address of each; a digest of one is headed by it."""
    office = Office.load()
    count = ngettext("%(count)d boletín", "%(count)d boletines", len(items)) % {"count": len(items)}
    days = [local_day(item.published_at, office.zone) for item in items]
    first, last = (date_format(day, "j \\d\\e F").lower() for day in (days[0], days[-1]))
    when = last if first == last else _("%(first)s al %(last)s") % {"first": first, "last": last}
    headline = _("Resumen de la semana") if frequency == Frequency.WEEKLY else _("Resumen del día")
    return Message(
        kind=MessageKind.NEWS,
        kicker=f"{headline} · {when}",
        headline=items[0].headline if len(items) == 1 else f"{headline}: {count}",
        url=items[0].url if len(items) == 1 else f"{settings.BASE_URL}/",
        dek=items[0].dek if len(items) == 1 else "",
        blocks=tuple(block for item in items for block in blocks_of(item)) if len(items) > 1 else (),
        action=_("Leer en el sitio"),
        sender=str(office),
        sender_detail=" · ".join(part for part in (office.address, office.telephones) if part),
        brand=office.brand,
        accent=office.accent,
        contact=office.email,
    )


def blocks_of(item: Item) -> list[Block]:
    """The address stands in a line of its own: every channel leaves such a one whole."""
    lines = [("heading", item.headline), ("paragraph", item.dek), ("paragraph", item.url)]
    return [Block(kind=kind, text=text) for kind, text in lines if text]


# --- What changed before it left ----------------------------------------------------------------------------


@transaction.atomic
def retell(origin: str, *, at: datetime) -> int:
    """Tell anew what still waits in digests beside ``origin``, which was corrected or withdrawn; returns to how many.

    Called in the transaction of the change. Whoever was told already is reached by the change's own message, so the
    lines that still wait move to a digest of its own: nobody is told of a change to what they never read.
    """
    list(Digest.objects.select_for_update().order_by("pk"))  # no step is half-way through with the old words
    waiting = Delivery.objects.filter(dispatch__tellings__origin=origin, state__in=WAITING)
    return sum(
        retell_one(asked, at=at) for asked in Dispatch.objects.filter(pk__in=waiting.values("dispatch_id"))
    )


def retell_one(asked: Dispatch, *, at: datetime) -> int:
    """One digest. A line that was handed over once keeps its dispatch, for its key must stay the same."""
    untouched = Delivery.objects.filter(dispatch=asked, state=State.DUE, attempts=0)
    span = asked.tellings.aggregate(first=Min("published_at"), last=Max("published_at"))
    told = set(asked.tellings.values_list("origin", flat=True))
    found = items_between(span["first"], span["last"] + timedelta(microseconds=1), at=at)
    items = [item for item in found if item.origin in told]
    if not items:
        return stop(Dispatch.objects.filter(pk=asked.pk), reason=_("Lo que contaba fue retirado."), at=at)
    frequency, day = asked.origin.removeprefix(f"{ORIGIN}/").split("/")
    anew = digest_of(items, frequency=Frequency(frequency), day=date.fromisoformat(day), at=at)
    if anew.pk == asked.pk:
        return 0
    Dispatch.objects.filter(pk=asked.pk).update(message_json=anew.message_json)
    if asked.paused_at or asked.cancelled_at:  # a person holds it, and goes on holding it
        return 0
    moved = untouched.update(dispatch=anew)
    ledger.recount([asked.pk, anew.pk])
    return moved
