"""The months of a plan as they are closed: which may be, which are, what each lacks, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from pregon.plan.chain import canonical, faults_alone, proves
from pregon.plan.contract import Missing, Period, Reading, Record
from pregon.plan.enums import Closing, Light, Mark, SealAct
from pregon.plan.models import Activity, Indicator, Plan, Seal
from pregon.plan.queries import (
    UNREADABLE,
    ActivitySheet,
    Asking,
    IndicatorSheet,
    PlanSheet,
    explained,
    link_row,
    sheet_of,
    signed_rows,
    standing_seals,
)

#: How much of a digest people compare by eye.
SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain in words."""

    number: int
    act: SealAct
    month: int
    digest: str
    at: datetime
    by: str
    role: str
    reason: str
    #: Whether it is as it was signed.
    sound: bool

    @property
    def name(self) -> str:
        return str(MONTHS[self.month]).lower()

    @property
    def short(self) -> str:
        return self.digest[:SHORT]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfPlan:
    """One month and how it stands."""

    number: int
    name: str
    state: Closing
    links: tuple[Link, ...]
    #: Whether it was over before the office had a record.
    silent: bool = False

    @property
    def last(self) -> Link | None:
        return self.links[-1] if self.links else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """How one line of a closed month differs from what its records say now."""

    name: str
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    #: What became of the line itself, as a sentence.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What changed in the records of a closed month since it was signed. Its figure did not."""

    month: int
    lines: tuple[Changed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """A line that went otherwise than planned in a month, and of which nobody has written why."""

    slug: str
    name: str
    month: int
    word: str
    tone: str


def months_of(plan: Plan, asking: Asking) -> tuple[MonthOfPlan, ...]:
    """The twelve months of ``plan``, each with what was signed of it."""
    links: dict[int, list[Link]] = {}
    for seal in plan.seals.select_related("by", "plan").order_by("number"):
        links.setdefault(seal.month, []).append(link_of(seal))
    return tuple(
        MonthOfPlan(
            number=number,
            name=str(MONTHS[number]).lower(),
            state=_state(Period.month(plan.year, number), links.get(number, []), asking.today),
            links=tuple(links.get(number, [])),
            silent=asking.since is not None and Period.month(plan.year, number).last < asking.since,
        )
        for number in range(1, 13)
    )


def link_of(seal: Seal) -> Link:
    sound = not faults_alone(link_row(seal))
    said = json.loads(seal.content) if sound else {}
    return Link(
        number=seal.number,
        act=SealAct(seal.act),
        month=seal.month,
        digest=seal.digest,
        at=timezone.localtime(seal.at),
        by=signer_of(seal, said),
        role=said.get("signer", {}).get("role", ""),
        reason=said.get("reason", ""),
        sound=sound,
    )


def signer_of(seal: Seal, said: Mapping[str, Any]) -> str:
    """Who signed, as it was signed: the row may name somebody else, or nobody any more."""
    proof = said.get("signer", {}).get("proof", "")
    opening: Any = seal.openings.get(proof) if isinstance(seal.openings, dict) else None
    if not proves(proof, opening):
        return ""
    signed = str(opening["said"].get("user", ""))
    return str(seal.by) if seal.by and seal.by.get_username() == signed else signed


def may_be_read(seal: Seal, urls: frozenset[str]) -> list[dict[str, str]]:
    """What a citizen may read at one of ``urls`` now of what ``seal`` proves: each proof is the SHA-256 of its text."""
    found = []
    openings = seal.openings if isinstance(seal.openings, dict) else {}
    for proof, opening in sorted(openings.items()):
        said = opening["said"] if proves(proof, opening) else {}
        if said.get("public") and (not said.get("url") or said["url"] in urls):
            found.append({"proof": proof, "text": canonical(opening)})
    return found


def _state(period: Period, links: list[Link], today: date) -> Closing:
    if links:
        return Closing.CLOSED if links[-1].act == SealAct.CLOSED else Closing.REOPENED
    if today < period.first:
        return Closing.AHEAD
    return Closing.RUNS if today <= period.last else Closing.OPEN


def unexplained(plan: Plan, month: int, asking: Asking) -> tuple[Unexplained, ...]:
    """The lines of ``plan`` that are late or off their target in ``month`` and have no deviation written."""
    return tuple(unexplained_in(sheet_of(plan, asking, window=Period.month(plan.year, month)), month))


def unexplained_in(sheet: PlanSheet, month: int) -> Iterator[Unexplained]:
    """The same of a sheet that was narrowed to ``month``."""
    for row in sheet.rows:
        explained = any(went.month == month for went in row.item.deviations.all())
        if went_otherwise(row, month) and not explained:
            yield Unexplained(
                slug=row.item.slug,
                name=row.item.name,
                month=month,
                word=str(row_mark(row, month).label) if isinstance(row, ActivitySheet) else row.figure.word,
                tone="warn" if isinstance(row, ActivitySheet) else row.figure.tone,
            )


def went_otherwise(row: IndicatorSheet | ActivitySheet, month: int) -> bool:
    if isinstance(row, IndicatorSheet):
        return row.figure.light in {Light.YELLOW, Light.RED}
    return row_mark(row, month) is Mark.LATE


def row_mark(row: ActivitySheet, month: int) -> Mark:
    return row.months[month - 1].mark


def drift(plan: Plan, asking: Asking) -> tuple[Drift, ...]:
    """What the records of each closed month say now that they did not when it was signed; nothing where they agree."""
    items: dict[str, Indicator | Activity] = {
        item.slug: item for item in plan.indicators.prefetch_related("deviations")
    }
    items |= {item.slug: item for item in plan.activities.prefetch_related("deviations")}
    found = []
    for month, seal in sorted(standing_seals(plan).items()):
        period = Period.month(plan.year, month)
        lines = []
        for row in signed_rows(seal):
            try:
                changed = _changed(row, items.get(row["slug"]), period, asking)
            except UNREADABLE:
                changed = Changed(name=row["name"], note=_("Lo que se firmó de esta línea no se puede leer."))
            if changed:
                lines.append(changed)
        if lines:
            found.append(Drift(month=month, lines=tuple(lines)))
    return tuple(found)


def _changed(
    row: Mapping[str, Any], item: Indicator | Activity | None, period: Period, asking: Asking
) -> Changed | None:
    name = row["name"]
    if item is None:
        return Changed(name=name, note=_("Ya no está en el plan."))
    if (item.measure, item.parameters) != (row["measure"], row["parameters"]):
        return Changed(name=name, note=_("Ahora se mide de otra manera."))
    _measure, now = asking.now(item)
    if asking.trouble(item):
        return Changed(name=name, note=_("No se pudo medir hoy."))
    before = _items(Reading.from_signed(row["reading"])) if row["reading"] else {}
    after = _items(now.within(period)) if now else {}
    added = tuple(after[key][0] for key in after if key not in before)
    gone = tuple(before[key][0] for key in before if key not in after)
    changed = tuple(after[key][0] for key in after if key in before and after[key] != before[key])
    told = explained(item, period.first.month) == row["deviations"]
    note = "" if told else _("Su explicación ya no es la que se firmó.")
    if not (added or gone or changed or note):
        return None
    return Changed(name=name, added=added, gone=gone, changed=changed, note=note)


Told = tuple[str, str, str, date, str]


def _items(reading: Reading) -> dict[tuple[str, int], Told]:
    """What a reading names, each under its address (or its day and words) and how often that came before."""
    found: dict[tuple[str, int], Told] = {}
    for part, name, named in _named(reading):
        key = name, 0
        while key in found:
            key = name, key[1] + 1
        found[key] = (named.title, part, named.detail, named.when, str(getattr(named, "amount", "")))
    return found


def _named(reading: Reading) -> Iterable[tuple[str, str, Record | Missing]]:
    for kept in reading.kept:
        for record in kept.records:
            yield f"kept {kept.amount.normalize()}", _identity(record), record
    for part, listed in (
        ("missing", reading.missing),
        ("excused", reading.excused),
        ("beyond", reading.beyond),
    ):
        for named in listed:
            yield part, _identity(named), named


def _identity(named: Record | Missing) -> str:
    return named.url or f"{named.when} {named.title}"
