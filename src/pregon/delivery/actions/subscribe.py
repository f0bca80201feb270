"""Subscribing with double opt-in, confirming, changing, leaving. Nothing here ever tells whether an address was
known: the caller gets the same answer, and what differs is only told to the address itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pregon.accounts.models import Locality, Office, Topic
from pregon.core.work import Lane
from pregon.delivery.actions.dispatch import dispatch
from pregon.delivery.enums import Frequency, MessageKind, Standing
from pregon.delivery.errors import NotTheOffices
from pregon.delivery.models import Digest, Dispatch, Subscriber, Suppression, marks_of, new_nonce
from pregon.delivery.queries import is_suppressed
from pregon.delivery.values import Audience, Block, Message

#: A second letter to the same address within this time is not sent, so that nobody can be flooded through us.
PAUSE = timedelta(minutes=10)
LETTERS_A_DAY = 3


@transaction.atomic
def ask_to_subscribe(
    address: str,
    *,
    channel: str,
    topics: Iterable[Topic] = (),
    localities: Iterable[Locality] = (),
    frequency: Frequency = Frequency.EACH,
    name: str = "",
    consent: str,
    at: datetime,
) -> None:
    """Note the wish of ``address`` and write to it. ``address`` is already in the channel's one spelling."""
    asked = Subscriber(channel=channel, address=address, name=name, consent=consent, asked_at=at)
    Subscriber.objects.bulk_create([asked], ignore_conflicts=True)  # the same work, known or not
    subscriber = Subscriber.objects.select_for_update().get(channel=channel, address=address)
    new = subscriber.nonce == asked.nonce
    if subscriber.broadcast or (not new and at - subscriber.asked_at < PAUSE):
        return
    if subscriber.is_out:
        subscriber.nonce = new_nonce()  # links of the former subscription open nothing any more
        subscriber.standing, subscriber.left_at = Standing.PENDING, None
    held = list(subscriber.topics.all()), list(subscriber.localities.all())
    if subscriber.standing == Standing.PENDING:
        subscriber.name, subscriber.consent, subscriber.frequency = name, consent, frequency
        held = list(topics), list(localities)
    choose(
        subscriber, topics=held[0], localities=held[1]
    )  # a stranger changes nothing, and is as long about it
    subscriber.asked_at = at
    subscriber.save()
    letters = Dispatch.objects.about(origin_of(subscriber)).filter(created_at__gt=at - timedelta(days=1))
    if letters.count() < LETTERS_A_DAY:
        write_letter(subscriber, at=at)


def write_letter(subscriber: Subscriber, *, at: datetime) -> None:
    """The letter that only the holder of the address reads: confirm, or "you already receive this"."""
    dispatch(
        already_known() if subscriber.standing == Standing.CONFIRMED else please_confirm(),
        key=f"{origin_of(subscriber)}/{at.isoformat()}",
        origin=origin_of(subscriber),
        lane=Lane.NOW,
        audience=Audience(subscribers=(subscriber.pk,)),
        at=at,
    )


def origin_of(subscriber: Subscriber) -> str:
    return f"delivery.subscriber/{subscriber.pk}"


def please_confirm() -> Message:
    return service(
        headline=_("Confirma tu suscripción"),
        text=_(
            "Pediste recibir los boletines en esta dirección. Confírmalo con el botón; si no fuiste tú, "
            "ignora este mensaje y no recibirás ningún boletín."
        ),
        action=_("Confirmar mi suscripción"),
    )


def already_known() -> Message:
    return service(
        headline=_("Ya recibes nuestros boletines"),
        text=_(
            "Alguien escribió esta dirección en nuestra página de suscripción. Ya recibes los boletines; si "
            "quieres cambiar los temas o darte de baja, usa los enlaces de este mensaje."
        ),
        action=_("Cambiar mis preferencias"),
    )


def service(*, headline: str, text: str, action: str = "") -> Message:
    """A message about the subscription itself."""
    office = Office.load()
    return Message(
        kind=MessageKind.SERVICE,
        headline=headline,
        blocks=(Block(kind="paragraph", text=text),),
        action=action,
        sender=str(office),
        sender_detail=" · ".join(part for part in (office.address, office.telephones) if part),
        brand=office.brand,
        accent=office.accent,
    )


def confirm(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """The second yes. Doing it twice changes nothing; whatever kept us from writing to the address is lifted."""
    if subscriber.standing != Standing.CONFIRMED:
        lift(subscriber.channel, subscriber.address)
        subscriber.standing = Standing.CONFIRMED
        subscriber.confirmed_at = at
        subscriber.left_at = None
        subscriber.save(update_fields=["standing", "confirmed_at", "left_at"])
    return subscriber


def lift(channel: str, address: str) -> None:
    """Its holder wants to hear from us again."""
    Suppression.objects.filter(channel=channel, mark__in=marks_of(channel, address)).delete()


@transaction.atomic
def choose(subscriber: Subscriber, *, topics: Iterable[Topic], localities: Iterable[Locality]) -> Subscriber:
    """Narrow what a subscriber receives; nothing chosen means everything."""
    chosen_topics, chosen_localities = list(topics), list(localities)
    subscriber.topics.set(chosen_topics)
    subscriber.localities.set(chosen_localities)
    subscriber.every_topic, subscriber.every_locality = not chosen_topics, not chosen_localities
    subscriber.save(update_fields=["every_topic", "every_locality"])
    return subscriber


@transaction.atomic
def choose_frequency(subscriber: Subscriber, frequency: Frequency, *, at: datetime) -> Subscriber:
    """How often to write from now on. What a digest had not told yet is told with the next daily one."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    sooner = {Frequency.DAILY: {Frequency.EACH}, Frequency.WEEKLY: {Frequency.EACH, Frequency.DAILY}}
    if frequency in sooner.get(Frequency(subscriber.frequency), set()):
        digest = Digest.objects.filter(frequency=subscriber.frequency).first()
        told = digest.told_until if digest else at
        subscriber.owed_since = min(subscriber.owed_since or told, told)
        subscriber.owed_until = at
    subscriber.frequency = frequency
    subscriber.save(update_fields=["frequency", "owed_since", "owed_until"])
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
    subscriber, _new = Subscriber.objects.get_or_create(
        channel=channel, address=address, defaults={"asked_at": at, "name": name, "consent": consent}
    )
    return confirm(subscriber, at=at)


@transaction.atomic
def add_office_channel(address: str, *, channel: str, name: str, at: datetime, **fields: Any) -> Subscriber:
    """A public channel, group or endpoint of the office itself; it receives everything and never unsubscribes.

    Whoever once subscribed, left or asked not to be written to is a person and no place of the office, however the
    address is spelled: raises :class:`NotTheOffices`.
    """
    known = Subscriber.objects.filter(channel=channel, mark__in=marks_of(channel, address), broadcast=False)
    if known.exists() or is_suppressed(channel, address):
        raise NotTheOffices(
            _(
                "Esa dirección es de una persona que se suscribió o se dio de baja, o está en «No escribir más»: no "
                "puede ser un canal de la oficina. Si quiere recibir, que se suscriba ella misma en el sitio; aquí "
                "escribe una dirección de la propia oficina."
            )
        )
    office, _new = Subscriber.objects.update_or_create(
        channel=channel,
        address=address,
        defaults={"name": name, "broadcast": True, "asked_at": at, **fields},
    )
    return confirm(office, at=at)
