"""Publication: one transaction gives the number, settles the act's coverage, releases the photos, writes the
dispatch, and tells the floors above. Whoever reads the database sees all of it or none."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from wagtail.models import Revision

from pregon.accounts.models import Office, User
from pregon.agenda import actions as agenda
from pregon.agenda.enums import Product
from pregon.agenda.models import Act
from pregon.core.text import slug
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.enums import MessageKind
from pregon.library import actions as library
from pregon.newsroom.briefs import audience_of, message_about
from pregon.newsroom.models import Bulletin, NumberSeries
from pregon.newsroom.models.public import PublicPage
from pregon.newsroom.queries import photos_of
from pregon.newsroom.signals import bulletin_changed

logger = logging.getLogger(__name__)


P = TypeVar("P", bound=PublicPage)


def publish(page: P, *, by: User | None) -> P:
    """Publish the latest draft, or schedule it when its embargo lies ahead."""
    with transaction.atomic():
        revision = page.save_revision(user=by)
        revision.publish(user=by)
    page.refresh_from_db()
    return page


def publish_due(at: datetime) -> int:
    """Publish every page whose embargo has passed; returns how many. One that cannot be holds up no other.

    Two clocks running by mistake do no harm: the revision is looked up again inside the transaction, and the loser
    finds it no longer scheduled.
    """
    due = Revision.objects.filter(approved_go_live_at__lte=at).order_by("approved_go_live_at")
    published = 0
    for pk in due.values_list("pk", flat=True):
        try:
            published += publish_revision(pk, at=at)
        except Exception:
            logger.exception("Page cannot be published", extra={"revision": pk})
    return published


@transaction.atomic
def publish_revision(pk: int, *, at: datetime) -> bool:
    revision = Revision.objects.select_for_update().filter(pk=pk, approved_go_live_at__lte=at).first()
    if revision is None:
        return False
    last = revision.content.get("expire_at")
    if last and datetime.fromisoformat(last) <= at:  # a clock that stood still: its hour has come and gone
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        return False
    revision.publish(log_action="wagtail.publish.scheduled")
    return True


def follow_up(bulletin: Bulletin, *, at: datetime) -> None:
    """All that follows from a bulletin going live. Called inside the publishing transaction; the first publication
    counts, a later one only refreshes what the public sees."""
    first = bulletin.number is None
    if first:
        give_number(bulletin, at=at)
        library.release(photos_of(bulletin), at=at)
        if bulletin.act:
            settle_coverage(bulletin, bulletin.act, at=at)
        send_out(bulletin, at=at)
        logger.info("Bulletin published", extra={"bulletin": bulletin.pk, "number": bulletin.number})
    bulletin_changed.send(sender=Bulletin, bulletin=bulletin, at=at)


def give_number(bulletin: Bulletin, *, at: datetime) -> None:
    """Give the next number of the local year, and the address that carries it."""
    year = at.astimezone(Office.load().zone).year
    NumberSeries.objects.get_or_create(year=year)
    series = NumberSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    bulletin.number, bulletin.year = series.last, year
    bulletin.slug = f"{year}-{series.last:03d}-{slug(bulletin.title, limit=60)}"
    bulletin.set_url_path(bulletin.get_parent())
    bulletin.save(update_fields=["number", "year", "slug", "url_path"], clean=False)
    # Drafts written from now on start from the live text, so they must carry what publication added to it.
    for revision in Revision.objects.for_instance(bulletin):
        revision.content |= {
            "number": bulletin.number,
            "year": year,
            "slug": bulletin.slug,
            "url_path": bulletin.url_path,
        }
        revision.save(update_fields=["content"])


def settle_coverage(bulletin: Bulletin, act: Act, *, at: datetime) -> None:
    agenda.settle(act, product=Product.BULLETIN, evidence=bulletin.get_absolute_url(), at=at)
    if photos_of(bulletin).released().exists():
        agenda.settle(act, product=Product.PHOTOS, evidence=bulletin.get_absolute_url(), at=at)


def send_out(bulletin: Bulletin, *, at: datetime) -> None:
    delivery.dispatch(
        message_about(bulletin, MessageKind.NEWS),
        key=f"{bulletin.origin}/news",
        origin=bulletin.origin,
        lane=Lane.NOW,
        audience=audience_of(bulletin),
        at=at,
    )
