"""What was signed of a plan in the months that are closed."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from pregon.plan.chain import Fault, Link, faults_alone, faults_of, uncovered
from pregon.plan.contract import Reading
from pregon.plan.enums import SEAL_LOGGED, SealAct
from pregon.plan.models import Activity, Indicator, Plan, Seal
from pregon.plan.registry import question_of

logger = logging.getLogger(__name__)

#: What a closing raises that somebody else wrote.
UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class Signed:
    """What was signed of a plan in the months that are closed.

    It answers the question that was asked then: a line that has another code or number since finds its answer, and one
    that asks something else does not get an answer to another question.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], dict[date, Reading | None]] = {}
        self._questions: dict[tuple[str, str], dict[date, Reading | None]] = {}
        #: The months whose closing is no longer as it was signed.
        self.touched: list[int] = []

    def add(self, first: date, row: Mapping[str, Any]) -> None:
        reading = Reading.from_signed(row["reading"]) if row["reading"] else None
        asked = question_of(row["measure"], row["parameters"])
        self._lines.setdefault((row["slug"], *asked), {})[first] = reading
        if row["measure"] and not (reading and reading.by_hand):
            self._questions.setdefault(asked, {})[first] = reading

    def about(self, item: Indicator | Activity) -> dict[date, Reading | None]:
        asked = question_of(item.measure, item.parameters)
        return self._questions.get(asked, {}) | self._lines.get((item.slug, *asked), {})


def signed_readings(plan: Plan) -> Signed:
    """What stands signed of ``plan``. A closing that was touched is believed no more: its month counts its records."""
    signed = Signed()
    for month, seal in sorted(standing_seals(plan).items()):
        rows = _rows_as_signed(seal)
        if rows is None:
            signed.touched.append(month)
            continue
        try:
            for row in rows:
                signed.add(date(plan.year, month, 1), row)
        except UNREADABLE:  # signed anew by whoever holds the database
            signed.touched.append(month)
            logger.exception("Closing cannot be read", extra={"plan": plan.pk, "number": seal.number})
    return signed


def signed_rows(seal: Seal) -> list[dict[str, Any]]:
    """The lines of a closing with their records; none of one that is not as it was signed."""
    return _rows_as_signed(seal) or []


def _rows_as_signed(seal: Seal) -> list[dict[str, Any]] | None:
    if faults_alone(link_row(seal)):
        logger.error("Closing was touched", extra={"plan": seal.plan_id, "number": seal.number})
        return None
    rows: list[dict[str, Any]] = uncovered(json.loads(seal.content)["rows"], seal.openings)
    return rows


def standing_seals(plan: Plan) -> dict[int, Seal]:
    """The closings that stand, by month."""
    last = {seal.month: seal for seal in plan.seals.order_by("number").defer("content")}
    closed = [seal.pk for seal in last.values() if seal.act == SealAct.CLOSED]
    return {seal.month: seal for seal in Seal.objects.filter(pk__in=closed).select_related("plan")}


def chain_faults(plan: Plan) -> list[Fault]:
    """What is wrong with the chain of ``plan``; nothing when every link is as it was signed.

    A chain cannot tell that its end was cut off, or that its last link was signed anew: the office's log does.
    """
    links = [link_row(seal) for seal in plan.seals.select_related("plan")]
    hanging = {(link.number, link.digest) for link in links}
    return faults_of(links) + [
        Fault(number=number, sentence=_("La bitácora dice que se firmó y ya no está como se firmó."))
        for number, digest in logged_seals(plan)
        if (number, digest) not in hanging
    ]


def logged_seals(plan: Plan) -> list[tuple[int, str]]:
    """The number and the digest of every link, as the log of the office names them."""
    entries = ModelLogEntry.objects.for_instance(plan).filter(action__in=SEAL_LOGGED.values())
    return sorted((entry.data["number"], entry.data["digest"]) for entry in entries)


def link_row(seal: Seal) -> Link:
    return Link(
        number=seal.number,
        act=seal.act,
        month=seal.month,
        content=seal.content,
        digest=seal.digest,
        at=seal.at,
        plan=(seal.plan.slug, seal.plan.year),
        openings=seal.openings,
    )


def explained(item: Indicator | Activity, month: int) -> list[dict[str, str]]:
    """Why ``month`` of ``item`` went otherwise, as it is signed."""
    return [
        {"cause": went.cause, "effect": went.effect, "remedy": went.remedy}
        for went in item.deviations.all()
        if went.month == month
    ]


def last_seal(plan: Plan, month: int) -> Seal | None:
    return plan.seals.filter(month=month).order_by("number").last()
