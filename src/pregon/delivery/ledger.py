"""The few statements that run for every receiver: lines are written, marked as handed over, and settled.

Each one only touches a line whose claim is the caller's, so that a worker that was too slow changes nothing. They are
written in the SQL that SQLite and PostgreSQL share, because a mapper's pace is the pace of the whole engine here. They
find a line by its number and claim alone: asked for its state too, PostgreSQL searches the small index of leased lines,
which is full of those that were leased a moment ago.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, QuerySet

from pregon.core.sql import moment, table
from pregon.delivery.enums import MessageKind, Standing, State
from pregon.delivery.models import Delivery, Dispatch, Milestone, Subscriber, Suppression

#: Where the lines of a dispatch wait that a person holds back: no worker looks so far ahead.
FAR = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
#: How far ahead of its turn goes what one person asked for and waits for: before all that many receive.
AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line."""

    state: State
    reference: str = ""
    url: str = ""
    reason: str = ""
    due_at: datetime | None = None


# --- Lines are written --------------------------------------------------------------------------------------


def insert_lines(dispatch: Dispatch, receivers: QuerySet[Any], *, at: datetime) -> None:
    """One line for each row of ``receivers``, whose values are channel, destination and subscriber; a receiver who
    has one already keeps it. Nothing but a word for each passes through this process, to be counted."""
    sql, values = receivers.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table(Delivery)} (channel, destination, subscriber_id, dispatch_id, lane, state, attempts, "  # noqa: S608 - names
            f"due_at, reference, url, reason) SELECT line.*, %s, %s, '{State.DUE}', 0, %s, '', '', '' "
            f"FROM ({sql}) line WHERE TRUE ON CONFLICT DO NOTHING RETURNING channel",
            [dispatch.pk, dispatch.lane, moment(turn_of(dispatch, at=at)), *values],
        )
        written = Counter(channel for (channel,) in cursor)
    for channel, lines in written.items():
        milestone, new = Milestone.objects.get_or_create(
            dispatch=dispatch, channel=channel, defaults={"total": lines}
        )
        if not new:
            Milestone.objects.filter(pk=milestone.pk).update(total=F("total") + lines)


def turn_of(dispatch: Dispatch, *, at: datetime) -> datetime:
    """Since when its lines are due, as far as their order goes."""
    return at - AHEAD if dispatch.trial or dispatch.kind == MessageKind.SERVICE else at


def recount(dispatches: Collection[int]) -> None:
    """Begin to count anew: lines have moved from one of ``dispatches`` to another."""
    Milestone.objects.filter(dispatch__in=dispatches).delete()
    lines = Delivery.objects.filter(dispatch__in=dispatches).order_by()
    totals = lines.values_list("dispatch", "channel").annotate(lines=Count("pk"))
    Milestone.objects.bulk_create(
        Milestone(dispatch_id=pk, channel=kind, total=total) for pk, kind, total in totals
    )


# --- Lines leave --------------------------------------------------------------------------------------------


def wanted(lines: Iterable[Delivery]) -> set[int]:
    """The numbers of those of ``lines`` that may still leave."""
    numbers = [line.pk for line in lines]
    if not numbers:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table(Delivery)} WHERE id IN ({places(numbers)}) AND {still_wanted()}",  # noqa: S608 - names
            numbers,
        )
        return {number for (number,) in cursor.fetchall()}


def still_wanted() -> str:
    """That nobody held the dispatch back or erased its text, and that the receiver still wants it. A farewell reaches
    who has just left, a letter who asks to come back, and a trial whoever asked for it."""
    dispatches, subscribers, suppressions = (
        connection.ops.quote_name(model._meta.db_table) for model in (Dispatch, Subscriber, Suppression)
    )
    return (
        f"EXISTS (SELECT 1 FROM {dispatches} d LEFT JOIN {subscribers} s "  # noqa: S608 - names
        f"ON s.id = {table(Delivery)}.subscriber_id WHERE d.id = {table(Delivery)}.dispatch_id "
        "AND d.paused_at IS NULL AND d.cancelled_at IS NULL AND d.emptied_at IS NULL "
        f"AND (d.kind = '{MessageKind.SERVICE}' OR NOT EXISTS (SELECT 1 FROM {suppressions} p "
        "WHERE p.channel = s.channel AND p.mark = s.mark)) "
        f"AND (s.standing = '{Standing.CONFIRMED}' OR d.trial "
        f"OR (d.kind = '{MessageKind.SERVICE}' AND s.standing <> '{Standing.GONE}')))"
    )


def places(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def settle(outcomes: list[tuple[Delivery, Outcome]], *, claim: int, at: datetime) -> None:
    """Write down what became of lines that are in our hands; those that are no longer ours are left as they are.

    What a provider said still counts when it comes after its line was given up for lost.
    """
    write(outcomes, [], claim=claim, at=at)


def write(
    outcomes: list[tuple[Delivery, Outcome]], leaving: list[Delivery], *, claim: int, at: datetime
) -> list[Delivery]:
    """What became of some lines, and that others go to the provider now, in one commit; returns those of ``leaving``
    that really may."""
    alike: defaultdict[Outcome, list[tuple[int, str]]] = defaultdict(list)
    for line, outcome in outcomes:
        alike[replace(outcome, reference="")].append((line.pk, outcome.reference[:300]))
    statements = [settling(outcome, lines, claim=claim, at=at) for outcome, lines in alike.items()]
    if leaving:
        statements.append(marking([line.pk for line in leaving], claim=claim, at=at))
    changed = at_once(statements)
    marked = changed.pop() if leaving else 0
    if sum(changed) < len(outcomes):
        settle_late(outcomes, at=at)
    for line in leaving:
        line.attempts += 1
    if marked == len(leaving):
        return leaving
    ours = Delivery.objects.filter(pk__in=[line.pk for line in leaving], claim=claim, attempted_at=at)
    really = set(ours.values_list("pk", flat=True))
    return [line for line in leaving if line.pk in really]


def marking(numbers: list[int], *, claim: int, at: datetime) -> Statement:
    return Statement(
        f"UPDATE {table(Delivery)} SET attempted_at = %s, attempts = attempts + 1 "  # noqa: S608 - names
        f"WHERE id IN ({places(numbers)}) AND claim = %s AND {still_wanted()}",
        [moment(at), *numbers, claim],
    )


def settling(outcome: Outcome, lines: list[tuple[int, str]], *, claim: int, at: datetime) -> Statement:
    """The same for all ``lines``, which are told apart by the provider's references."""
    references = " ".join(["WHEN %s THEN %s"] * len(lines))
    return Statement(
        f"UPDATE {table(Delivery)} SET state = %s, reference = CASE id {references} ELSE '' END, "  # noqa: S608 - names
        "url = %s, reason = %s, settled_at = %s, due_at = COALESCE(%s, due_at), "
        "lease_until = NULL, attempted_at = NULL, claim = NULL "
        f"WHERE id IN ({places(lines)}) AND claim = %s",
        [
            outcome.state.value,
            *chain.from_iterable(lines),
            outcome.url[:500],
            outcome.reason[:300],
            None if outcome.state == State.DUE else moment(at),
            moment(outcome.due_at) if outcome.due_at else None,
            *(number for number, _reference in lines),
            claim,
        ],
    )


def settle_late(outcomes: list[tuple[Delivery, Outcome]], *, at: datetime) -> None:
    """For lines that were taken from us, and for whose fate nobody else has an answer."""
    for line, outcome in outcomes:
        if outcome.state in {State.SENT, State.FAILED, State.DUE}:
            Delivery.objects.filter(pk=line.pk, state=State.UNCERTAIN).update(
                state=outcome.state,
                reference=outcome.reference[:300],
                url=outcome.url[:500],
                reason=outcome.reason[:300],
                settled_at=None if outcome.state == State.DUE else at,
                due_at=outcome.due_at or F("due_at"),
            )


class Statement(NamedTuple):
    sql: str
    values: list[Any]


def at_once(statements: list[Statement]) -> list[int]:
    """Do all of it or nothing; returns how many rows each changed. PostgreSQL gets it in one message, which is a
    transaction by itself: a round for each statement, and two for the transaction, take longer than the mail."""
    if connection.vendor == "postgresql" and statements:
        with connection.cursor() as cursor:
            cursor.execute(
                "; ".join(one.sql for one in statements), [*chain(*(one.values for one in statements))]
            )
            changed = [cursor.rowcount]
            while cursor.nextset():
                changed.append(cursor.rowcount)
            return changed
    with transaction.atomic(), connection.cursor() as cursor:
        return [cursor.execute(one.sql, one.values).rowcount for one in statements]


# --- Lines are counted --------------------------------------------------------------------------------------

END = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The lines of one dispatch in one state on one channel, numbered after ``after`` and up to ``upto``."""

    dispatch: int
    channel: str
    state: str
    after: int = 0
    upto: int = END


#: Each is answered along the ledger's own index. The first answer is among the first lines, for they leave in the
#: order of their numbers.
COUNT = "SELECT COUNT(*) FROM {lines}"
LAST = "SELECT MAX(t.id) FROM {lines}"
FIRST_ANSWER = (
    "SELECT MIN(early.settled_at) FROM (SELECT t.settled_at FROM {lines} ORDER BY t.id LIMIT 200) early"
)


def channels_of(dispatches: Collection[int]) -> list[tuple[int, str]]:
    """Which channels each dispatch has lines on, found by leaping through the index."""
    if not dispatches:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE leap (dispatch, channel) AS ("  # noqa: S608 - names
            f"SELECT d.column1, (SELECT MIN(channel) FROM {table(Delivery)} WHERE dispatch_id = d.column1) "
            f"FROM (VALUES {rows(len(dispatches), 1)}) d "
            f"UNION ALL SELECT leap.dispatch, (SELECT MIN(t.channel) FROM {table(Delivery)} t "
            "WHERE t.dispatch_id = leap.dispatch AND t.channel > leap.channel) "
            "FROM leap WHERE leap.channel IS NOT NULL) "
            "SELECT dispatch, channel FROM leap WHERE channel IS NOT NULL ORDER BY dispatch, channel",
            list(dispatches),
        )
        return list(cursor.fetchall())


def answers(question: str, spans: Iterable[Span]) -> dict[Span, Any]:
    """What each of ``spans`` answers to one of the questions above, all in one statement."""
    asked = dict(enumerate(spans))
    if not asked:
        return {}
    lines = (
        f"{table(Delivery)} t WHERE t.dispatch_id = g.column2 AND t.channel = g.column3 AND t.state = g.column4 "
        "AND t.id > g.column5 AND t.id <= g.column6"
    )
    values = [
        value
        for number, span in asked.items()
        for value in (number, span.dispatch, span.channel, span.state, span.after, span.upto)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT g.column1, ({question.format(lines=lines)}) FROM (VALUES {rows(len(asked), 6)}) g",  # noqa: S608 - names
            values,
        )
        return {asked[number]: answer for number, answer in cursor.fetchall()}


def rows(count: int, width: int) -> str:
    return ", ".join([f"({', '.join(['%s'] * width)})"] * count)
