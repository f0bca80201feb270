"""Subscribing with double opt-in, confirming, changing, leaving. Nothing here ever tells whether an address was
known: the caller gets the same answer, and what differs is only told to the address itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from pregon.accounts.models import Locality, Office, Topic
from pregon.core.work import Lane
from pregon.delivery.actions.dispatch import dispatch
from pregon.delivery.enums import MessageKind, Standing
from pregon.delivery.models import Subscriber, new_nonce
from pregon.delivery.values import Audience, Block, Message

#: A second letter to the same address within this time is not sent, so that nobody can be flooded through us.
PAUSE = timedelta(minutes=10)


@transaction.atomic
def ask_to_subscribe(
    address: str,
    *,
    channel: str,
    topics: Iterable[Topic] = (),
    localities: Iterable[Locality] = (),
    name: str = "",
    consent: str,
    at: datetime,
) -> None:
    """Note the wish of ``address`` and write to it. ``address`` is already in the channel's one spelling."""
    subscriber, new = Subscriber.objects.select_for_update().get_or_create(
        channel=channel, address=address, defaults={"asked_at": at, "name": name, "consent": consent}
    )
    if not new and at - subscriber.asked_at < PAUSE:
        return
    if subscriber.standing != Standing.CONFIRMED:
        subscriber.standing = Standing.PENDING
        subscriber.name, subscriber.consent, subscriber.nonce = name, consent, new_nonce()
        choose(subscriber, topics=topics, localities=localities)
    subscriber.asked_at = at
    subscriber.save()
    write_letter(subscriber, at=at)


def write_letter(subscriber: Subscriber, *, at: datetime) -> None:
    """The letter that only the holder of the address reads: confirm, or "you already receive this"."""
    office = Office.load()
    known = subscriber.standing == Standing.CONFIRMED
    dispatch(
        Message(
            kind=MessageKind.SERVICE,
            headline="Ya recibes nuestros boletines" if known else "Confirma tu suscripción",
            blocks=(
                Block(
                    kind="paragraph",
                    text=(
                        "Alguien escribió esta dirección en nuestra página de suscripción. Ya recibes los boletines; "
                        "si quieres cambiar los temas o darte de baja, usa los enlaces de abajo."
                        if known
                        else "Pediste recibir los boletines en esta dirección. Confírmalo con el botón; "
                        "si no fuiste tú, ignora este mensaje y no volveremos a escribirte."
                    ),
                ),
            ),
            action="Cambiar mis preferencias" if known else "Confirmar mi suscripción",
            sender=f"{office.name} · {office.municipality}",
            sender_detail=" · ".join(part for part in (office.address, office.telephones) if part),
            brand=office.brand,
            accent=office.accent,
        ),
        key=f"delivery.subscriber/{subscriber.pk}/{at.isoformat()}",
        origin=f"delivery.subscriber/{subscriber.pk}",
        lane=Lane.NOW,
        audience=Audience(subscribers=(subscriber.pk,)),
        at=at,
    )


def confirm(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """The second yes. Doing it twice changes nothing."""
    if subscriber.standing != Standing.CONFIRMED:
        subscriber.standing = Standing.CONFIRMED
        subscriber.confirmed_at = at
        subscriber.left_at = None
        subscriber.save(update_fields=["standing", "confirmed_at", "left_at"])
    return subscriber


@transaction.atomic
def choose(subscriber: Subscriber, *, topics: Iterable[Topic], localities: Iterable[Locality]) -> Subscriber:
    """Narrow what a subscriber receives; nothing chosen means everything."""
    chosen_topics, chosen_localities = list(topics), list(localities)
    subscriber.topics.set(chosen_topics)
    subscriber.localities.set(chosen_localities)
    subscriber.every_topic, subscriber.every_locality = not chosen_topics, not chosen_localities
    subscriber.save(update_fields=["every_topic", "every_locality"])
    return subscriber


def leave(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """The end of a subscription, at once. Doing it twice changes nothing."""
    if subscriber.standing != Standing.LEFT:
        subscriber.standing = Standing.LEFT
        subscriber.left_at = at
        subscriber.save(update_fields=["standing", "left_at"])
    return subscriber


def subscribe_directly(address: str, *, channel: str, name: str, consent: str, at: datetime) -> Subscriber:
    """For channels where the person writes to us first (Telegram): asking from the address itself is the proof."""
    subscriber, _ = Subscriber.objects.get_or_create(
        channel=channel, address=address, defaults={"asked_at": at, "name": name, "consent": consent}
    )
    return confirm(subscriber, at=at)


def add_office_channel(address: str, *, channel: str, name: str, at: datetime, **fields: Any) -> Subscriber:
    """A public channel, group or endpoint of the office itself; it receives everything and never unsubscribes."""
    subscriber, _ = Subscriber.objects.update_or_create(
        channel=channel,
        address=address,
        defaults={"name": name, "broadcast": True, "asked_at": at, **fields},
    )
    return confirm(subscriber, at=at)
