"""The archive of versions: a page that is a record is kept as it was, each time what it says has changed.

A version is a row and a file that is named after its content, so the same page twice is one file. The archive is
the office's memory and no second site: it lies outside the public folder, and only the desk opens it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import brotli
from django.db import IntegrityError, transaction

from pregon.accounts.models import Office
from pregon.core.files import squeezed, write_atomically
from pregon.website.actions.share import home
from pregon.website.models import PageVersion
from pregon.website.queries import AGENDA, AGENDA_MONTH, ALERTS, COVERAGES, HOME, LATEST, LISTS, PLANS
from pregon.website.values import Answer

#: For so long every version of a page that changes all the time is kept; of days before it, the last one.
EVERY_VERSION = timedelta(days=7)


def is_record(path: str) -> bool:
    """Whether the office answers for what stood at ``path``: its bulletins, live coverages, acts and plan, its
    campaigns, services and recordings, its front page and its alerts, but no list of them."""
    if path == HOME or (path.startswith((PLANS, ALERTS)) and path.endswith("/")):
        return True
    if path.startswith(COVERAGES):
        return path != COVERAGES
    if path.startswith(LISTS):
        return path not in LISTS and path.endswith("/")
    if path.startswith(AGENDA):
        return path != AGENDA and path.endswith("/") and not AGENDA_MONTH.fullmatch(path)
    return path.startswith(LATEST) and path != LATEST and not is_list(path)


def is_list(path: str) -> bool:
    """A month or a topic; a bulletin's own address has a word after its number."""
    return path.startswith("/boletines/tema/") or path.count("/") > len("///")


def archive(path: str, answer: Answer, *, at: datetime) -> PageVersion | None:
    """Keep what ``path`` answers now, if it says something new. Called with the lock of ``path`` held."""
    if not is_record(path):
        return None
    there = answer.status in (HTTPStatus.OK, HTTPStatus.GONE)
    current = PageVersion.objects.filter(path=path, until=None)
    meaning = answer.meaning if there else ""
    if "".join(current.values_list("meaning", flat=True)) == meaning:
        return None
    name = put_away(answer.body) if there else ""
    try:
        with transaction.atomic():
            current.update(until=at)
            if there:
                return PageVersion.objects.create(
                    path=path,
                    status=answer.status,
                    since=at,
                    digest=name,
                    meaning=meaning,
                    size=len(answer.body),
                )
    except IntegrityError:  # a baker on another machine was faster
        pass
    return None


def put_away(body: bytes) -> str:
    """``body`` in the archive; the name it has there."""
    digest = hashlib.sha256(body).hexdigest()
    file = file_of(digest)
    if not file.exists():
        write_atomically(file, squeezed(body), mode=0o640)
    return digest


def file_of(digest: str) -> Path:
    return home().archive / digest[:2] / f"{digest}.br"


def read_version(version: PageVersion) -> bytes | None:
    """The page as it was; nothing when its file was lost, or is not what was put away."""
    try:
        body: bytes = brotli.decompress(file_of(version.digest).read_bytes())
    except (OSError, brotli.error):
        return None
    return body if hashlib.sha256(body).hexdigest() == version.digest else None


def thin_out(*, at: datetime) -> int:
    """Of pages that change with every other page, keep the last version of each day that is past; how many went."""
    zone = Office.load().zone
    changing = (
        PageVersion.objects.filter(until__lt=at - EVERY_VERSION, thinned=False)
        .exclude(path__startswith=LATEST)
        .exclude(path__startswith=AGENDA)
        .exclude(path__startswith="/alertas/")
    )
    gone: list[PageVersion] = []
    kept: list[int] = []
    last: dict[tuple[str, object], PageVersion] = {}
    for version in changing.order_by("path", "-since", "-pk"):
        day = (version.path, version.since.astimezone(zone).date())
        if day in last:
            gone.append(version)
        else:
            last[day] = version
            kept.append(version.pk)
    with transaction.atomic():
        PageVersion.objects.filter(pk__in=[version.pk for version in gone]).delete()
        PageVersion.objects.filter(pk__in=kept).update(thinned=True)
    for digest in {version.digest for version in gone}:
        if not PageVersion.objects.filter(digest=digest).exists():
            file_of(digest).unlink(missing_ok=True)
    return len(gone)
