"""A correction is an act of its own: shown on the page, kept with both versions, and told to whoever had received
an earlier one, on each channel in that channel's way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.accounts.models import User
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import queries as ledger
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Audience
from pregon.library import actions as library
from pregon.newsroom.briefs import message_about
from pregon.newsroom.errors import AlreadyWithdrawn, NothingChanged, NotPublished, ReasonNeeded, ReasonTooLong
from pregon.newsroom.models import Bulletin, Correction
from pregon.newsroom.queries import photos_of, public_wording, wording

#: What the record of a correction holds of each sentence.
ROOM = 500


@transaction.atomic
def correct(
    bulletin: Bulletin,
    *,
    change: str,
    reason: str,
    by: User | None,
    at: datetime,
    photos_changed: bool = False,
) -> Correction:
    """Put the changed fields of ``bulletin`` in the place of the published ones.

    ``bulletin`` is the instance with the new text, not yet saved; with ``photos_changed`` the text may be the
    same. Raises a :class:`NewsroomError` when there is
    nothing that went out to correct, nothing changed, or no reason is given.
    """
    if not change.strip() or not reason.strip():
        raise ReasonNeeded
    if max(len(change.strip()), len(reason.strip())) > ROOM:
        raise ReasonTooLong
    public = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if public.withdrawn_at:
        raise AlreadyWithdrawn
    if public.number is None:
        raise NotPublished
    before, after = public_wording(public), wording(bulletin)
    if before == after and not photos_changed:
        raise NothingChanged

    earlier = ledger.dispatches_telling(bulletin.origin)
    told = tuple(earlier.values_list("pk", flat=True))
    correction = Correction.objects.create(
        bulletin=public,
        at=at,
        by=by,
        change=change.strip(),
        reason=reason.strip(),
        before=before,
        after=after,
        receivers=ledger.receivers_by_channel(earlier),
    )
    bulletin.go_live_at = None
    bulletin.save_revision(user=by).publish(user=by)
    bulletin.refresh_from_db()
    library.release(photos_of(bulletin), at=at)
    delivery.retell(bulletin.origin, at=at)
    delivery.dispatch(
        message_about(bulletin, MessageKind.CORRECTION, notice=f"{correction.change} {correction.reason}"),
        key=f"{bulletin.origin}/correction/{correction.pk}",
        origin=bulletin.origin,
        lane=Lane.NOW,
        audience=Audience(receivers_of=told),
        at=at,
    )
    return correction
