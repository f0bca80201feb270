"""A baked page is what the view answers to a stranger, kept as a file.

A baker claims a row with a lease and notes its version. Whoever changes something leaves a mark, and a mark taken
up counts the version up, so a baker that finds either throws away what it made; the check and the writing happen
under one lock, which a withdrawal takes too: what was taken down is never written again from an older reading.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.db.models import F
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from pregon.core.files import is_published, remove, write_published
from pregon.core.remembering import remembering
from pregon.website import oven
from pregon.website.actions.archiving import archive
from pregon.website.actions.counting import count_months, months_among
from pregon.website.actions.marking import mark, take_up_marks
from pregon.website.actions.share import alone, home, is_shared, share
from pregon.website.enums import Baking
from pregon.website.models import BakedPage
from pregon.website.queries import next_change
from pregon.website.values import Answer

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BATCH = 32
LONGEST_REST = timedelta(minutes=5)


class NotForEverybody(RuntimeError):
    """A view put a person's token or cookie into a page that is kept for all."""


# --- Asking -------------------------------------------------------------------------------------------------


def ask(path: str) -> Answer:
    """What the view behind ``path`` answers to somebody unknown."""
    request = stranger_at(path)
    try:
        match = resolve(path)
        request.resolver_match = match
        response = match.func(request, *match.args, **match.kwargs)
        if hasattr(response, "render"):
            response.render()
    except (Resolver404, Http404):
        return Answer(status=HTTPStatus.NOT_FOUND)
    kept_back = response.get("Cache-Control", "")
    if response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        raise NotForEverybody(path)
    if "no-store" in kept_back or "private" in kept_back:
        return Answer(status=HTTPStatus.NOT_FOUND)
    return Answer(status=response.status_code, body=response.getvalue())


def stranger_at(path: str) -> HttpRequest:
    """The request of a reader who brings nothing along."""
    site = urlsplit(settings.BASE_URL)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
        }
    )
    request.user = AnonymousUser()
    return request


# --- Baking -------------------------------------------------------------------------------------------------


def bake_due(at: datetime) -> int:
    """Take up what was marked and bake what is due, a bounded batch of each; returns how many pages were taken, or
    marks when no page was due."""
    marked = take_up_marks()
    claimed = claim(at=at)
    with remembering():  # pages of one batch share what they ask; what changes meanwhile throws them away
        for page in claimed:
            try:
                finish(page, at=at)
            except Exception:  # one page that fails must not hold up the others of its batch
                put_off(page, at=at)
                logger.exception("Page not baked", extra={"path": page.path, "attempts": page.attempts})
    return len(claimed) or marked


def put_off(page: BakedPage, *, at: datetime) -> None:
    """Let a page that cannot be baked rest, longer each time."""
    rest = min(timedelta(seconds=2 ** min(page.attempts, 10)), LONGEST_REST)
    BakedPage.objects.filter(pk=page.pk, version=page.version).update(
        state=Baking.DUE, due_at=at + rest, lease_until=None
    )


def bake(path: str, *, at: datetime) -> Baking:
    """Bake ``path`` now, whoever else may be at it; how it ended."""
    mark([path], at=at)
    while take_up_marks([path]):
        pass
    with transaction.atomic():
        [page] = take(BakedPage.objects.select_for_update().filter(path=path), at=at, lease=LEASE)
    finish(page, at=at)
    page.refresh_from_db()
    return Baking(page.state)


def claim(*, at: datetime, size: int = BATCH, lease: timedelta = LEASE) -> list[BakedPage]:
    """Take the next pages that are due, for as long as ``lease``."""
    if not BakedPage.objects.waiting(at).exists():
        return []  # told by a read: an idle worker must not take the lock that writers queue for
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        due = BakedPage.objects.select_for_update(skip_locked=skip).waiting(at)
        return take(due.in_turn()[:size], at=at, lease=lease)


def take(rows: Iterable[BakedPage], *, at: datetime, lease: timedelta) -> list[BakedPage]:
    pages = list(rows)
    BakedPage.objects.filter(pk__in=[page.pk for page in pages]).update(
        state=Baking.LEASED,
        lease_until=at + lease,
        due_at=None,
        version=F("version") + 1,
        attempts=F("attempts") + 1,
    )
    for page in pages:
        page.version += 1
        page.attempts += 1
    return pages


def finish(page: BakedPage, *, at: datetime) -> None:
    """Ask the view and keep its answer, unless the page changed meanwhile."""
    if is_shared(page.path):
        settle(page, Baking.BAKED if share(page.path, at=at) else Baking.GONE, "", at=at)
        return
    answer = ask(page.path)
    with alone(page.path):
        if not oven.is_wanted(page):
            return
        state = keep(page.path, answer)
        archive(page.path, answer, at=at)
        settle(page, state, answer.digest, at=at)


def settle(page: BakedPage, state: Baking, digest: str, *, at: datetime) -> None:
    """Note how it ended, and when the hour alone will make it stale."""
    oven.settle(page, state, digest, at=at, later=next_change(page.path, at))


def keep(path: str, answer: Answer) -> Baking:
    """Put ``answer`` where the front and nginx find it. Called with the lock of ``path`` held."""
    page, gone = files_of(path)
    if answer.status == HTTPStatus.OK:
        if not is_published(page, answer.body):
            write_published(page, answer.body)
        remove(gone)
        return Baking.BAKED
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise RuntimeError(f"The view of {path} answered {answer.status}.")
    remove(page)
    if answer.status == HTTPStatus.GONE and path.endswith("/"):
        if not is_published(gone, answer.body):
            write_published(gone, answer.body)
    else:
        remove(gone)
    return Baking.GONE


def files_of(path: str) -> tuple[Path, Path]:
    """The file of a page, and the one that says it is gone."""
    target = home().baked / path.lstrip("/")
    if path.endswith("/"):
        return target / "index.html", target / "gone.html"
    return target, target.with_name(f"{target.name}.gone")  # never written: only pages can be gone


# --- Taking down --------------------------------------------------------------------------------------------


def take_down(paths: Sequence[str], *, at: datetime, gone: str = "") -> None:
    """Let no file say any longer what was just taken back: to be called when the transaction is over.

    The pages that listed it are asked of Django until they are baked again. ``gone`` says at once that it is.
    """
    for path in dict.fromkeys(paths):
        if is_shared(path):
            share(path, at=at)
        else:
            with alone(path):
                remove(files_of(path)[0])
    count_months(months_among(paths))  # for the lists that are asked of Django now
    if gone and (answer := ask(gone)).status == HTTPStatus.GONE:
        with alone(gone):
            write_published(files_of(gone)[1], answer.body)
