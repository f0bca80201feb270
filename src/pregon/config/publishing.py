"""``pregon publish`` from end to end: take the folder in, work the due rows, and measure each step.

The row is the queue, so this command works the same rows as the workers of ``pregon up``, beside them or alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from pregon.accounts.models import Office, User
from pregon.core.work import Lane, turn
from pregon.delivery import queries as ledger
from pregon.delivery.models import Dispatch
from pregon.delivery.values import Tally
from pregon.library.enums import Development
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from pregon.newsroom.queries import photos_of
from pregon.plan import queries as plans
from pregon.website import queries as website

PAUSE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A figure of the plan before and after."""

    indicator: str
    before: str
    after: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What happened, and how long each step took in seconds since the command began to read."""

    bulletin: Bulletin
    new: bool
    photos: int = 0
    held_back: tuple[str, ...] = ()
    tallies: dict[str, Tally] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    seconds: dict[str, float | None] = field(default_factory=dict)

    @property
    def state(self) -> str:
        if self.bulletin.withdrawn_at:
            return "withdrawn"
        return "published" if self.bulletin.live else "scheduled"

    def to_json(self) -> dict[str, Any]:
        return {
            "bulletin": {
                "number": self.bulletin.folio or None,
                "url": settings.BASE_URL + self.bulletin.get_absolute_url(),
                "state": self.state,
            },
            "act": {
                "url": settings.BASE_URL + self.bulletin.act.get_absolute_url() if self.bulletin.act else None
            },
            "photos": self.photos,
            "channels": {
                kind: {
                    "due": tally.due,
                    "sent": tally.sent,
                    "withheld": tally.withheld,
                    "failed": tally.failed,
                }
                for kind, tally in self.tallies.items()
            },
            "evidence": [
                {"indicator": fact.indicator, "before": fact.before, "after": fact.after}
                for fact in self.evidence
            ],
            "seconds": self.seconds,
        }


def run(path: Path, *, by: User | None, wait: float) -> Report:
    """Publish ``path`` and go on until page, photos and channels are settled or ``wait`` seconds are over."""
    started = time.monotonic()
    before = figures()
    taken = newsroom.take_in(path, by=by, zone=Office.load().zone, at=timezone.now())
    report = Report(bulletin=taken.bulletin, new=taken.new, held_back=taken.held_back)
    report.seconds = {
        "read": taken.read_seconds,
        "published": since(started),
        "page_ready": None,
        "first_sent": None,
        "all_sent": None,
    }
    if taken.bulletin.live and taken.new:
        follow(report, started=started, until=started + wait)
        report.evidence = compare(before, figures())
    report.photos = photos_of(taken.bulletin).count()
    report.tallies = tallies_of(taken.bulletin)
    return report


def follow(report: Report, *, started: float, until: float) -> None:
    """Work what is due, text first: pages and messages, then photos, then the pages that show them."""
    bulletin = report.bulletin
    while time.monotonic() < until:
        sent = turn(Lane.NOW, at=timezone.now())
        done = sent + turn(Lane.PAGES, at=timezone.now())
        if not sent and developing(bulletin):
            done += turn(Lane.PHOTOS, at=timezone.now())
        note_times(report, started)
        if done:
            continue
        if report.seconds["page_ready"] is not None and report.seconds["all_sent"] is not None:
            return
        if not done:
            time.sleep(PAUSE)


def note_times(report: Report, started: float) -> None:
    bulletin = report.bulletin
    if (
        report.seconds["page_ready"] is None
        and website.is_fresh(bulletin.get_absolute_url())
        and not developing(bulletin)
    ):
        report.seconds["page_ready"] = since(started)
    tallies = tallies_of(report.bulletin)
    if report.seconds["first_sent"] is None and any(tally.settled for tally in tallies.values()):
        report.seconds["first_sent"] = since(started)
    prepared = not Dispatch.objects.about(bulletin.origin).filter(prepared_at=None).exists()
    if (
        report.seconds["all_sent"] is None
        and prepared
        and not any(tally.waiting for tally in tallies.values())
    ):
        report.seconds["all_sent"] = since(started)


def developing(bulletin: Bulletin) -> bool:
    return bool(photos_of(bulletin).filter(development__in=[Development.DUE, Development.LEASED]).exists())


def tallies_of(bulletin: Bulletin) -> dict[str, Tally]:
    return ledger.tallies(Dispatch.objects.about(bulletin.origin))


def figures() -> dict[str, str]:
    return {figure.name: figure.text for figure in plans.headline_figures(timezone.now())}


def compare(before: dict[str, str], after: dict[str, str]) -> list[Evidence]:
    return [
        Evidence(indicator=name, before=before.get(name, ""), after=now)
        for name, now in after.items()
        if before.get(name) != now
    ]


def since(started: float) -> float:
    return round(time.monotonic() - started, 3)
