"""A withdrawal takes a bulletin off the site at once and tells whoever had received it. The record stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.accounts.models import User
from pregon.agenda import actions as agenda
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import queries as ledger
from pregon.delivery.enums import MessageKind
from pregon.delivery.values import Audience
from pregon.library import actions as library
from pregon.newsroom.briefs import message_about
from pregon.newsroom.errors import AlreadyWithdrawn, NotPublished, ReasonNeeded
from pregon.newsroom.models import Bulletin, Withdrawal
from pregon.newsroom.queries import photos_only_in
from pregon.newsroom.signals import bulletin_changed


@transaction.atomic
def withdraw(bulletin: Bulletin, *, reason: str, by: User | None, at: datetime) -> Withdrawal:
    """Take ``bulletin`` back. What has not left yet is stopped; what has left is followed by a notice."""
    if not reason.strip():
        raise ReasonNeeded("Escribe por qué se retira: queda en el registro y se avisa a quien lo recibió.")
    public = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if public.withdrawn_at:
        raise AlreadyWithdrawn
    if public.number is None:
        raise NotPublished

    earlier = ledger.dispatches_telling(public.origin)
    told = tuple(earlier.values_list("pk", flat=True))
    delivery.stop(ledger.dispatches_about(public.origin), reason="El boletín fue retirado.", at=at)
    withdrawal = Withdrawal.objects.create(
        bulletin=public, at=at, by=by, reason=reason.strip(), receivers=ledger.receivers_by_channel(earlier)
    )
    public.withdrawn_at = at
    public.save(update_fields=["withdrawn_at"], clean=False)
    delivery.retell(public.origin, at=at)
    library.retract(photos_only_in(public))
    if public.act:
        agenda.reopen(public.act, evidence=public.get_absolute_url())
    delivery.dispatch(
        message_about(public, MessageKind.WITHDRAWAL, notice=withdrawal.reason),
        key=f"{public.origin}/withdrawal",
        origin=public.origin,
        lane=Lane.NOW,
        audience=Audience(receivers_of=told),
        at=at,
    )
    bulletin_changed.send(sender=Bulletin, bulletin=public, at=at)
    bulletin.refresh_from_db()
    return withdrawal
