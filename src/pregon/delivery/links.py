"""Signed links: whoever holds one may confirm, change or end exactly one subscription, without an account.

They stand beside the queries because both the engine and the pages need them.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from django.conf import settings

from pregon.core.sealing import BadToken, read_token, sign_token
from pregon.delivery.errors import BadLink
from pregon.delivery.models import Subscriber

CONFIRM_WITHIN = timedelta(days=7)


class Links:
    """The addresses of one subscription, each signed when it is asked for."""

    def __init__(self, subscriber: Subscriber) -> None:
        self._payload = f"{subscriber.pk}.{subscriber.nonce}"

    @cached_property
    def preferences(self) -> str:
        return f"{settings.BASE_URL}/suscripcion/{sign_token(self._payload, purpose='preferences')}/"

    @property
    def unsubscribe(self) -> str:
        return f"{self.preferences}baja/"

    @property
    def confirm(self) -> str:
        return f"{settings.BASE_URL}/suscripcion/confirmar/{sign_token(self._payload, purpose='confirm')}/"


def holder_of(token: str, *, purpose: str) -> Subscriber:
    """The subscription that ``token`` opens. Raises :class:`BadLink` for any token that is not whole and ours, and
    for a yes that was asked for before its holder left: who asks anew gets another link."""
    try:
        payload = read_token(token, purpose=purpose, max_age=CONFIRM_WITHIN if purpose == "confirm" else None)
        pk, nonce = payload.split(".", 1)
        subscriber = Subscriber.objects.get(pk=int(pk), nonce=nonce)
    except (BadToken, ValueError, Subscriber.DoesNotExist) as problem:
        raise BadLink from problem
    if purpose == "confirm" and subscriber.is_out:
        raise BadLink
    return subscriber
