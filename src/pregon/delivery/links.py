"""Signed links: whoever holds one may confirm, change or end exactly one subscription, without an account.

They stand beside the queries because both the engine and the pages need them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from pregon.core.sealing import BadToken, read_token, sign_token
from pregon.delivery.errors import BadLink
from pregon.delivery.models import Subscriber

CONFIRM_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The three addresses of one subscription."""

    confirm: str
    preferences: str
    unsubscribe: str


def links_for(subscriber: Subscriber) -> Links:
    payload = f"{subscriber.pk}.{subscriber.nonce}"
    keep = sign_token(payload, purpose="preferences")
    return Links(
        confirm=f"{settings.BASE_URL}/suscripcion/confirmar/{sign_token(payload, purpose='confirm')}/",
        preferences=f"{settings.BASE_URL}/suscripcion/{keep}/",
        unsubscribe=f"{settings.BASE_URL}/suscripcion/{keep}/baja/",
    )


def holder_of(token: str, *, purpose: str) -> Subscriber:
    """The subscription that ``token`` opens. Raises :class:`BadLink` for any token that is not whole and ours."""
    try:
        payload = read_token(token, purpose=purpose, max_age=CONFIRM_WITHIN if purpose == "confirm" else None)
        pk, nonce = payload.split(".", 1)
        return Subscriber.objects.get(pk=int(pk), nonce=nonce)
    except (BadToken, ValueError, Subscriber.DoesNotExist) as problem:
        raise BadLink from problem
