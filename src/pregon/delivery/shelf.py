"""What the public may read about a channel, out of the ledger: the documents that the channel lays out are its own.

It stands beside the queries, and apart from them because it builds the channel that it asks.
"""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef

from pregon.accounts.models import Office
from pregon.delivery.contract import Document, Notice, Said, Shelf
from pregon.delivery.enums import OUT, MessageKind, Mode
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber
from pregon.delivery.registry import build

#: The number of a row, as any of our databases holds one.
NUMBER = re.compile(r"[0-9]{1,18}")


def document(kind: str, notice: Notice) -> Document | None:
    """What is found at an address of a channel. A channel that is not live shows nothing."""
    account = ChannelAccount.objects.filter(kind=kind, mode=Mode.LIVE).first()
    return build(kind, account.options).show(notice, ChannelShelf(kind)) if account else None


class ChannelShelf(Shelf):
    """One channel's shelf."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._went_out = Delivery.objects.filter(channel=kind, state__in=OUT, dispatch=OuterRef("pk"))

    @property
    def office(self) -> str:
        return str(Office.load())

    def listeners(self) -> int:
        return Subscriber.objects.confirmed().filter(channel=self.kind).count()

    def posts(self) -> int:
        return Dispatch.objects.filter(Exists(self._went_out), kind=MessageKind.NEWS).count()

    def said(self, dispatch: str) -> Said | None:
        number = int(dispatch) if NUMBER.fullmatch(dispatch) else 0
        public = Dispatch.objects.exclude(kind=MessageKind.SERVICE)
        first = public.filter(Exists(self._went_out), pk=number).first()
        if first is None:
            return None
        newest = public.filter(origin=first.origin, pk__gte=first.pk, cancelled_at=None).order_by("pk").last()
        told = newest or first
        return Said(
            message=told.message, first=first.message, first_at=first.created_at, last_at=told.created_at
        )
