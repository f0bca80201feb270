"""What follows when a campaign, a service or a recording goes live or leaves: its photos, the message about it, and the
word to the floors above. No number is given, and it is told to the channels once."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import queries as ledger
from pregon.library import actions as library
from pregon.newsroom.briefs import audience_of, message_of
from pregon.newsroom.models import PIECES, Piece, Service
from pregon.newsroom.queries import photos_of, photos_only_in
from pregon.newsroom.signals import piece_changed

logger = logging.getLogger(__name__)


def appear(piece: Piece, *, at: datetime) -> None:
    """All that follows from a page going live. Called inside the publishing transaction."""
    library.release(photos_of(piece), at=at)
    send_out(piece, at=at)
    piece_changed.send(sender=type(piece), piece=piece, at=at)


def disappear(piece: Piece, *, at: datetime) -> None:
    """The page left the site: so do the photos that nothing else shows, and what was still to be sent stays here."""
    stopped = ledger.dispatches_about(piece.origin)
    delivery.stop(stopped, reason=_("La página se quitó del sitio."), at=at)
    library.retract(photos_only_in(piece))
    piece_changed.send(sender=type(piece), piece=piece, at=at)


def take_off_due(at: datetime) -> int:
    """Take every page whose last hour has passed off the site; returns how many. One that stays holds up no other."""
    kinds = ContentType.objects.get_for_models(*PIECES).values()
    due = Page.objects.filter(live=True, expire_at__lte=at, content_type__in=kinds).order_by("expire_at")
    taken = 0
    for page in due:
        try:
            taken += take_off(page.specific_class, page.pk, at=at)
        except Exception:
            logger.exception("Page cannot be taken off", extra={"page": page.pk})
    return taken


@transaction.atomic
def take_off(kind: type[Piece], pk: int, *, at: datetime) -> bool:
    """Asked again inside the transaction: two clocks running by mistake do no harm."""
    piece = kind.objects.select_for_update().filter(pk=pk, live=True, expire_at__lte=at).first()
    if piece is not None:
        piece.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return piece is not None


def send_out(piece: Piece, *, at: datetime) -> None:
    """Tell whoever follows it, once: the key of what was told already changes nothing when it is asked again."""
    what = "news"
    if isinstance(piece, Service):  # that a service exists is no news; that it changes is
        if not piece.change.strip():
            return
        what = f"change/{hashlib.sha256(piece.change.strip().encode()).hexdigest()[:16]}"
    delivery.dispatch(
        message_of(piece),
        key=f"{piece.origin}/{what}",
        origin=piece.origin,
        lane=Lane.NOW,
        audience=audience_of(piece),
        at=at,
    )
