"""A list of subscribers that somebody hands in: checked line by line without writing anything, then taken in exactly
as it was checked, in steps that can be cut off anywhere.

What it never does: mail bulletins to whoever did not confirm, change a subscription that is there, or bring back
whoever left, whose address is gone, or who was put on the suppression list. Every line keeps its proof of consent.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pregon.accounts.models import Locality, Office, Topic, User
from pregon.core.calendar import local_day
from pregon.core.text import fold, nearest
from pregon.core.work import Lane
from pregon.delivery.actions.dispatch import dispatch
from pregon.delivery.actions.subscribe import please_confirm
from pregon.delivery.enums import Frequency, Handling, Standing
from pregon.delivery.errors import BadRoster, Rejected, RosterMoved
from pregon.delivery.models import ChannelAccount, Roster, Subscriber, Suppression, marks_of, new_nonce
from pregon.delivery.reading import Column, Line, day_of, parts_of, read_table
from pregon.delivery.registry import channel_class, kinds, rehearse
from pregon.delivery.values import Audience

logger = logging.getLogger(__name__)

BATCH = 1_000
#: As many bad lines are named; the others are counted.
NAMED = 200
LEASE = timedelta(minutes=10)
EMAIL = "email"

FREQUENCIES = {
    Frequency.EACH: ("each", "cada", "cada boletin", "al momento", "inmediato", "inmediata"),
    Frequency.DAILY: ("daily", "diario", "diaria", "diariamente", "un resumen al dia"),
    Frequency.WEEKLY: ("weekly", "semanal", "semanalmente", "un resumen a la semana"),
}


class BadLine(Exception):
    """What is wrong with one line and what to do: the message is for whoever handed it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line that may be taken in."""

    number: int
    channel: str
    address: str
    name: str
    topics: frozenset[int]
    localities: frozenset[int]
    frequency: Frequency
    proof: str
    proved_on: date | None


# --- The two steps ------------------------------------------------------------------------------------------


def hand_in(
    content: bytes,
    *,
    name: str,
    statement: str = "",
    statement_on: date | None = None,
    as_confirmed: bool = False,
    with_letters: bool = False,
    by: User | None,
    at: datetime,
    held_until: datetime | None = None,
) -> Roster:
    """Keep a list for checking. Nobody is subscribed by it. Workers leave it alone until ``held_until``."""
    return Roster.objects.create(
        name=name[:200],
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        statement=statement.strip(),
        statement_on=statement_on,
        as_confirmed=as_confirmed,
        with_letters=with_letters,
        by=by,
        uploaded_at=at,
        lease_until=held_until,
    )


def approve(roster: Roster, *, digest: str, held_until: datetime | None = None) -> None:
    """A person has seen what was checked and wants exactly that. Two presses are one."""
    checked = Roster.objects.filter(
        pk=roster.pk, handling=Handling.CHECKED, digest=digest, content__isnull=False
    )
    if not checked.update(handling=Handling.APPROVED, lease_until=held_until):
        raise RosterMoved


def roster_due(*, at: datetime) -> int:
    """Check or take in the oldest list that waits; returns how many lists it worked on, 0 or 1."""
    waiting = Roster.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=at),
        handling__in=[Handling.UPLOADED, Handling.APPROVED],
    )
    pk = waiting.order_by("pk").values_list("pk", flat=True).first()
    if pk is None or not waiting.filter(pk=pk).update(lease_until=at + LEASE):
        return 0
    roster = Roster.objects.get(pk=pk)
    step = check if roster.handling == Handling.UPLOADED else take_in
    step(roster, at=at)
    return 1


def check(roster: Roster, *, at: datetime) -> None:
    """Go through the whole list and write down what would become of each line; nothing else is written."""
    counts: Counter[str] = Counter()
    problems: list[dict[str, Any]] = []
    try:
        clerk = Clerk(roster, at=at)
        for entries, bad in clerk.batches():
            problems += [{"line": number, "problem": words} for number, words in bad][: NAMED - len(problems)]
            counts["bad"] += len(bad)
            counts.update(fate for _entry, fate in clerk.fates(entries))
    except BadRoster as refusal:
        refused = {"handling": Handling.REFUSED, "refusal": str(refusal), "content": None}
        Roster.objects.filter(pk=roster.pk, handling=Handling.UPLOADED).update(**refused, lease_until=None)
        return
    Roster.objects.filter(pk=roster.pk, handling=Handling.UPLOADED).update(
        handling=Handling.CHECKED,
        lease_until=None,
        counts={"checked": counts},
        problems=problems,
        ignored=list(clerk.ignored),
    )


def take_in(roster: Roster, *, at: datetime) -> None:
    """Write what was checked, a batch to a transaction; after a crash it goes on behind the last one written."""
    content = bytes(roster.content or b"")
    if hashlib.sha256(content).hexdigest() != roster.digest:
        refused = {"handling": Handling.CHECKED, "lease_until": None, "content": None}
        Roster.objects.filter(pk=roster.pk).update(**refused)
        logger.warning("Roster is not the one that was checked", extra={"roster": roster.pk})
        return
    clerk = Clerk(roster, at=at)
    read, counts = 0, Counter(roster.counts.get("taken", {}))
    for entries, bad in clerk.batches():
        before, read = read, read + len(entries) + len(bad)
        if read <= roster.cursor:
            continue
        counts["bad"] += len(bad)
        with transaction.atomic():
            fates = list(clerk.fates(entries))
            counts.update(fate for _entry, fate in fates)
            write(
                roster, [entry for entry, fate in fates if fate in {"confirmed", "pending"}], mark=read, at=at
            )
            told = {**roster.counts, "taken": counts}
            ours = Roster.objects.filter(pk=roster.pk, handling=Handling.APPROVED, cursor=before)
            if not ours.update(cursor=read, counts=told):
                transaction.set_rollback(True)
                return  # another worker took it over
    done = Roster.objects.filter(pk=roster.pk, handling=Handling.APPROVED, cursor=read)
    done.update(handling=Handling.IMPORTED, settled_at=at, content=None, lease_until=None)


def write(roster: Roster, entries: list[Entry], *, mark: int, at: datetime) -> None:
    """Subscribers out of entries that are new, and the letters somebody asked for."""
    office = Office.load()
    made = {
        (entry.channel, entry.address): subscriber_of(entry, roster, office=office, at=at)
        for entry in entries
    }
    Subscriber.objects.bulk_create(made.values(), ignore_conflicts=True)
    nonces = {subscriber.nonce for subscriber in made.values()}
    there = Subscriber.objects.filter(
        channel__in={entry.channel for entry in entries}, address__in=[entry.address for entry in entries]
    )
    # One who came in through another door at this very moment has a nonce of their own.
    found = {(s.channel, s.address): s for s in there if s.nonce in nonces}
    chosen = [(found[at_], entry) for entry in entries if (at_ := (entry.channel, entry.address)) in found]
    follow(Subscriber.topics.through, "topic_id", [(s.pk, entry.topics) for s, entry in chosen])
    follow(Subscriber.localities.through, "locality_id", [(s.pk, entry.localities) for s, entry in chosen])
    pending = tuple(sorted(s.pk for s, _entry in chosen if s.standing == Standing.PENDING))
    if roster.with_letters and pending:
        dispatch(
            please_confirm(),
            key=f"delivery.roster/{roster.pk}/{mark}",
            origin=f"delivery.roster/{roster.pk}",
            lane=Lane.BULK,
            audience=Audience(subscribers=pending),
            at=at,
        )


def follow(table: Any, column: str, chosen: Iterable[tuple[int, Iterable[int]]]) -> None:
    rows = [table(subscriber_id=pk, **{column: followed}) for pk, all_ in chosen for followed in all_]
    table.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def subscriber_of(entry: Entry, roster: Roster, *, office: Office, at: datetime) -> Subscriber:
    confirmed = standing_of(entry, roster) == Standing.CONFIRMED
    asked = datetime.combine(entry.proved_on, time(12), tzinfo=office.zone) if entry.proved_on else at
    return Subscriber(
        channel=entry.channel,
        address=entry.address,
        name=entry.name,
        every_topic=not entry.topics,
        every_locality=not entry.localities,
        frequency=entry.frequency,
        standing=Standing.CONFIRMED if confirmed else Standing.PENDING,
        nonce=new_nonce(),
        consent=consent_of(entry, roster, office=office, at=at),
        asked_at=min(asked, at),
        confirmed_at=at if confirmed else None,
    )


def standing_of(entry: Entry, roster: Roster) -> Standing:
    """A second yes is not asked of whose proof says both how and when."""
    proved = roster.as_confirmed and entry.proof and entry.proved_on
    return Standing.CONFIRMED if proved else Standing.PENDING


def consent_of(entry: Entry, roster: Roster, *, office: Office, at: datetime) -> str:
    when = date_format(entry.proved_on, "j/n/Y") if entry.proved_on else _("sin fecha")
    return _(
        "%(proof)s (%(when)s). Lista «%(name)s», línea %(line)s; la importó %(person)s el %(today)s."
    ) % {
        "proof": entry.proof,
        "when": when,
        "name": roster.name,
        "line": entry.number,
        "person": roster.by or _("la línea de órdenes"),
        "today": date_format(local_day(at, office.zone), "j/n/Y"),
    }


# --- Line by line -------------------------------------------------------------------------------------------


class Clerk:
    """Knows what a line may name, and reads one list from its first line to its last."""

    def __init__(self, roster: Roster, *, at: datetime) -> None:
        self.roster = roster
        self.today = local_day(at, Office.load().zone)
        self.table = read_table(bytes(roster.content or b""))
        self.ignored = self.table.ignored
        self.topics = Names(Topic.objects.values_list("pk", "name", "slug"))
        self.localities = Names(Locality.objects.values_list("pk", "name", "slug"))
        self.labels = {str(channel_class(kind).label): kind for kind in kinds()}
        self.channels = {fold(label): kind for label, kind in self.labels.items()} | {k: k for k in kinds()}
        self.spellings: dict[str, Callable[[str], str]] = {}
        self.seen: dict[tuple[str, str], int] = {}

    def batches(self) -> Iterator[tuple[list[Entry], list[tuple[int, str]]]]:
        """Good entries and bad lines, ``BATCH`` lines at a time, in their order."""
        while step := list(islice(self.table.lines, BATCH)):
            good: list[Entry] = []
            bad: list[tuple[int, str]] = []
            for line in step:
                try:
                    good.append(self.entry(line))
                except (BadLine, Rejected) as problem:
                    bad.append((line.number, str(problem)))
            yield good, bad

    def entry(self, line: Line) -> Entry:
        """Raises :class:`BadLine`, or the channel's own ``Rejected``, for a line that cannot be taken in."""
        if not line[Column.ADDRESS]:
            raise BadLine(_("Falta la dirección: escríbela o quita la línea."))
        channel = self.channel(line[Column.CHANNEL])
        address = self.spelling(channel)(line[Column.ADDRESS])
        proof, proved_on = self.proof(line)
        entry = Entry(
            number=line.number,
            channel=channel,
            address=address,
            name=line[Column.NAME][:120],
            topics=self.topics.meant(line[Column.TOPICS], unknown=_("No hay un tema «%(name)s».")),
            localities=self.localities.meant(
                line[Column.LOCALITIES], unknown=_("No hay una localidad «%(name)s».")
            ),
            frequency=self.frequency(line[Column.FREQUENCY]),
            proof=proof,
            proved_on=proved_on,
        )
        first = self.seen.setdefault((channel, address.casefold()), line.number)
        if first != line.number:
            raise BadLine(_("Repite la dirección de la línea %(first)s: deja una sola.") % {"first": first})
        return entry

    def channel(self, word: str) -> str:
        if not word and EMAIL in self.channels:
            return EMAIL
        if (kind := self.channels.get(fold(word))) is None:
            raise BadLine(
                _("No hay un canal «%(name)s»: escribe uno de estos: %(known)s.")
                % {"name": word[:80], "known": ", ".join(sorted(self.labels))}
            )
        return kind

    def spelling(self, kind: str) -> Callable[[str], str]:
        """How the channel spells an address. Capitals make no other mailbox: the form on the site drops them too."""
        if kind not in self.spellings:
            account = ChannelAccount.objects.filter(kind=kind).first() or ChannelAccount(kind=kind)
            normalise = rehearse(kind, account.options).normalise
            self.spellings[kind] = (lambda text: normalise(text).lower()) if kind == EMAIL else normalise
        return self.spellings[kind]

    def frequency(self, word: str) -> Frequency:
        if not word:
            return Frequency.EACH
        for frequency, names in FREQUENCIES.items():
            if fold(word) in {*names, fold(str(frequency.label))}:
                return frequency
        raise BadLine(
            _("No se entiende la frecuencia «%(word)s»: escribe «cada boletín», «diaria» o «semanal».")
            % {"word": word[:80]}
        )

    def proof(self, line: Line) -> tuple[str, date | None]:
        """The line's own proof of consent, else the statement for the whole list."""
        own, day = line[Column.CONSENT], line[Column.CONSENT_ON]
        proved_on = day_of(day) if day else None
        if day and proved_on is None:
            raise BadLine(
                _("«%(day)s» no es una fecha: escríbela como 2026-11-20 o 20/11/2026.") % {"day": day[:40]}
            )
        if proved_on and proved_on > self.today:
            raise BadLine(_("La fecha de consentimiento está en el futuro: corrígela."))
        if own:
            return own, proved_on
        if self.roster.statement:
            return self.roster.statement, proved_on or self.roster.statement_on
        raise BadLine(
            _("Falta cómo aceptó recibir: escríbelo en la columna «consentimiento», o para toda la lista.")
        )

    def fates(self, entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
        """What becomes of each entry as things stand now."""
        channels = {entry.channel for entry in entries}
        there = Subscriber.objects.filter(
            channel__in=channels, address__in=[entry.address for entry in entries]
        )
        standings = {(s.channel, s.address): s.standing for s in there.only("channel", "address", "standing")}
        marks = {entry: marks_of(entry.channel, entry.address) for entry in entries}
        asked = [mark for all_ in marks.values() for mark in all_]
        suppressed = set(Suppression.objects.filter(mark__in=asked).values_list("channel", "mark"))
        for entry in entries:
            standing = standings.get((entry.channel, entry.address))
            if standing in {Standing.LEFT, Standing.GONE}:
                yield entry, "left"
            elif standing is not None:
                yield entry, "known"
            elif any((entry.channel, mark) in suppressed for mark in marks[entry]):
                yield entry, "suppressed"
            else:
                confirmed = standing_of(entry, self.roster) == Standing.CONFIRMED
                yield entry, "confirmed" if confirmed else "pending"


class Names:
    """What people call the topics, or the localities, of this office."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        self.names: list[str] = []
        self.known: dict[str, int] = {}
        for pk, name, slug in rows:
            self.names.append(name)
            self.known[fold(name).strip()] = pk
            self.known.setdefault(slug, pk)

    def meant(self, cell: str, *, unknown: str) -> frozenset[int]:
        """Those that a cell names, one or several. Raises :class:`BadLine` with the nearest name there is."""
        found = set()
        for name in [cell] if fold(cell) in self.known else parts_of(cell):
            if (pk := self.known.get(fold(name))) is None:
                near = nearest(name, self.names)
                advice = (
                    _("¿Quisiste decir «%(near)s»?") % {"near": near}
                    if near
                    else _("Créalo antes o quítalo.")
                )
                raise BadLine(f"{unknown % {'name': name[:80]}} {advice}")
            found.add(pk)
        return frozenset(found)
