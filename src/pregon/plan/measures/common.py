"""What every measure needs: rows of the period, narrowed to what was asked about, and the shapes of an answer.

A year may hold tens of thousands of records, so measures read plain rows and never whole models. One rule of fairness
holds in all: something counts as owed when its time is over, or as soon as it is done. At nine in the morning nobody
is behind with today's bulletin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format

from pregon.plan.contract import Kept, Missing, Question, Reading, Record

#: What a record that belongs to an act, or to a department, can be narrowed by.
ABOUT = ("department", "kind", "locality", "topic")
#: The same of a page that belongs to no act.
OF_A_PAGE = ("department", "locality", "topic")


def narrowed(rows: Any, **conditions: str) -> Any:
    """Only the conditions that were asked for."""
    return rows.filter(**{name: wanted for name, wanted in conditions.items() if wanted})


def in_time(rows: Any, moment: str, question: Question) -> Any:
    """The rows whose ``moment`` lies in the period, and not after the one asked about; oldest first."""
    opens, closes = question.span
    found = rows.filter(
        **{f"{moment}__gte": opens, f"{moment}__lt": closes, f"{moment}__lte": question.at},
    )
    return found.order_by(moment, "pk")


def in_days(rows: Any, day: str, question: Question) -> Any:
    """The same of rows that know their day and not their hour."""
    last = min(question.period.last, question.today)
    return rows.filter(**{f"{day}__gte": question.period.first, f"{day}__lte": last}).order_by(day, "pk")


def done(record: Record, amount: int = 1) -> Kept:
    """``record`` as something that counts for ``amount``."""
    return Kept(when=record.when, records=(record,), amount=Decimal(amount))


def number_of(records: Iterable[Record], *, unit: str) -> Reading:
    """A reading that is only their number."""
    return Reading(unit=unit, share=False, kept=tuple(done(record) for record in records))


def share_of(question: Question, records: Iterable[tuple[Record, bool]], *, unit: str, lacks: str) -> Reading:
    """A reading of how many are as they should be; one of today that is not may still become so."""
    kept: list[Kept] = []
    missing: list[Missing] = []
    for record, fulfilled in records:
        if fulfilled:
            kept.append(done(record))
        elif record.when < question.today:
            missing.append(missed(question, record, lacks))
    return Reading(unit=unit, kept=tuple(kept), missing=tuple(missing))


def missed(question: Question, record: Record, lacks: str, *, amount: int = 1) -> Missing:
    """``record`` as something that is owed since its day."""
    return undone(record, lacks, days_late=(question.today - record.when).days, amount=amount)


def undone(record: Record, why: str, *, days_late: int = 0, amount: int = 1) -> Missing:
    """``record`` as something that counts for ``amount`` and was not done."""
    return Missing(
        when=record.when,
        title=record.title,
        url=record.url,
        public=record.public,
        detail=why,
        days_late=days_late,
        amount=Decimal(amount),
    )


def days_kept(
    question: Question,
    owed: Sequence[date],
    records: Mapping[date, tuple[Record, ...]],
    *,
    unit: str,
    lacks: str,
) -> Reading:
    """A reading in which each day of ``owed`` is kept by any record that falls on it."""
    return Reading(
        unit=unit,
        kept=tuple(Kept(when=day, records=records[day]) for day in owed if day in records),
        missing=tuple(
            Missing(
                when=day,
                title=date_format(day, "l j \\d\\e F").lower(),
                detail=lacks,
                days_late=(question.today - day).days,
            )
            for day in owed
            if day not in records and day < question.today
        ),
        beyond=tuple(record for day in sorted(set(records) - set(owed)) for record in records[day]),
    )
