"""``pregon publish`` from end to end: take the folder in, work the due rows, and measure each step.

The row is the queue, so this command works the same rows as the workers of ``pregon up``, beside them or alone.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from pregon.accounts.models import Office, User
from pregon.core.errors import PregonError
from pregon.core.work import Lane, Worker, turn
from pregon.delivery import progress as ledger
from pregon.delivery.enums import Mode
from pregon.delivery.models import ChannelAccount, Dispatch
from pregon.delivery.values import Tally
from pregon.library.enums import Development
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from pregon.newsroom.queries import photos_of
from pregon.plan import queries as plans
from pregon.website import queries as website

PAUSE = 0.05
#: A photo of 24 megapixels takes some 150 MB while it is developed.
MOST_HANDS = 3


class CutShort(PregonError):
    """The bulletin is out, and what follows from it could not be finished here."""

    def __init__(self, bulletin: Bulletin) -> None:
        super().__init__(
            f"El boletín {bulletin.folio} ya está publicado, pero sus páginas y envíos quedaron a medias: "
            "revisa que haya espacio en el disco y repite la orden, que los termina sin publicar dos veces."
        )


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
    #: Photos of which no copy could be made.
    undeveloped: tuple[str, ...] = ()
    #: Live channels on which nothing leaves, and why.
    troubles: dict[str, str] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    seconds: dict[str, float | None] = field(default_factory=dict)

    @property
    def state(self) -> str:
        if self.bulletin.withdrawn_at:
            return "withdrawn"
        return "published" if self.bulletin.live else "scheduled"

    @property
    def url(self) -> str | None:
        """The bulletin's address for ever. It holds the number, so one that waits for its hour has none yet."""
        return settings.BASE_URL + self.bulletin.get_absolute_url() if self.bulletin.number else None

    def to_json(self) -> dict[str, Any]:
        return {
            "bulletin": {
                "number": self.bulletin.folio or None,
                "url": self.url,
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
    if taken.bulletin.live and (taken.new or is_unfinished(taken.bulletin)):
        try:
            follow(report, started=started, until=started + wait)
        except (PregonError, OSError, DatabaseError) as problem:
            raise CutShort(taken.bulletin) from problem
    if taken.bulletin.live and taken.new:
        report.evidence = compare(before, figures())
    report.photos = photos_of(taken.bulletin).count()
    failed = photos_of(taken.bulletin).filter(development=Development.FAILED)
    report.undeveloped = tuple(failed.order_by("position").values_list("title", flat=True))
    report.tallies = tallies_of(taken.bulletin)
    waiting = [kind for kind, tally in report.tallies.items() if tally.waiting]
    accounts = ChannelAccount.objects.filter(kind__in=waiting, mode=Mode.LIVE).order_by("kind")
    report.troubles = {account.kind: account.trouble for account in accounts if account.trouble}
    return report


def follow(report: Report, *, started: float, until: float) -> None:
    """Work what is due, text first: pages and messages, then photos, then the pages that show them."""
    bulletin, published = report.bulletin, timezone.now()
    with Hands(spare_cores()) as hands:
        while time.monotonic() < until:
            now, waiting = timezone.now(), developing(bulletin)
            if not waiting:
                hands.rest()  # the last photo has asked for its pages by now
            # Every photo that is ready asks for its pages again: they are baked once, after the last one. And
            # they come before the messages, which lead to them: a mail server may take its time.
            baked = turn(Lane.PAGES, at=published if waiting else now)
            note_times(report, started, illustrated=not waiting)
            if baked and not website.is_fresh(bulletin.get_absolute_url()):
                continue
            sent = turn(Lane.NOW, at=now)
            note_times(report, started, illustrated=not waiting)
            if None not in (report.seconds["page_ready"], report.seconds["all_sent"]):
                return
            done = sent + baked
            if waiting and not baked:
                hands.begin()
                done = done or turn(Lane.PHOTOS, at=timezone.now())
            if not done:
                time.sleep(PAUSE)


class Hands:
    """Threads that develop photos once the text is out: libvips works outside of Python's lock."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.rest()

    def begin(self) -> None:
        """Start, the first time."""
        while len(self.threads) < self.count:
            self.threads.append(threading.Thread(target=self.work, name="photos", daemon=True))
            self.threads[-1].start()

    def rest(self) -> None:
        """Stop for good, each after the photo in its hands."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self) -> None:
        try:
            Worker(Lane.PHOTOS, timezone.now).run(self.over)
        finally:
            connections.close_all()


def spare_cores() -> int:
    """What this machine has beside the core that the text is worked on."""
    return min(len(os.sched_getaffinity(0)) - 1, MOST_HANDS)


def note_times(report: Report, started: float, *, illustrated: bool) -> None:
    """Write down what has just happened for the first time; a page is ready once it shows its photos."""
    seconds, bulletin = report.seconds, report.bulletin
    tallies = tallies_of(bulletin)
    settled = any(tally.settled for tally in tallies.values())
    prepared = not Dispatch.objects.about(bulletin.origin).filter(prepared_at=None).exists()
    happened = {
        "page_ready": illustrated and website.is_fresh(bulletin.get_absolute_url()),
        "first_sent": settled,
        "all_sent": prepared and not any(tally.waiting for tally in tallies.values()),
    }
    for name, yes in happened.items():
        if yes and seconds[name] is None:
            seconds[name] = since(started)


def is_unfinished(bulletin: Bulletin) -> bool:
    """Whether an earlier command was cut off after it had published, and left pages, photos or messages to do."""
    waiting = any(tally.waiting for tally in tallies_of(bulletin).values())
    unprepared = Dispatch.objects.about(bulletin.origin).filter(prepared_at=None).exists()
    page = website.is_fresh(bulletin.get_absolute_url())
    return waiting or unprepared or not page or developing(bulletin)


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
