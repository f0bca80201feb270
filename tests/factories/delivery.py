"""Messages, subscribers and accounts, and a channel that says what a test wants."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import factory

from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery.contract import (
    Answer,
    Arrival,
    Batch,
    Channel,
    Limits,
    Options,
    Parcel,
    Preview,
    Receipt,
)
from pregon.delivery.enums import MessageKind, Mode, Standing, State
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Subscriber
from pregon.delivery.values import Audience, Block, Message, Picture, Video

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
_numbers = count(1)


class Hands:
    """A clock that a test moves."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at


def message(kind: MessageKind = MessageKind.NEWS, **fields: Any) -> Message:
    """A bulletin's message with one of everything."""
    given = {
        "headline": "Reabre el andador con empedrado nuevo",
        "url": "https://muestra.example/boletines/2026-001/",
        "kicker": "Obra pública · Boletín 001/2026",
        "dek": "Tres meses de obra en el corazón del pueblo.",
        "dateline": "Villa de Muestra, Jalisco",
        "blocks": (
            Block(kind="paragraph", text="El andador quedó abierto este viernes al paso peatonal."),
            Block(kind="figure", text="320 m", label="de empedrado"),
            Block(kind="figure", text="18", label="luminarias"),
            Block(kind="quote", text="La calle es de quien la camina", label="Dirección de Obras Públicas"),
            Block(kind="item", text="Jardineras en diciembre"),
        ),
        "action": "Leer en el sitio",
        "sender": "Comunicación Social · Villa de Muestra",
        "sender_detail": "Portal 1, Centro",
        "contact": "prensa@muestra.example",
    }
    return Message(kind=kind, **(given | fields))


def picture(**fields: Any) -> Picture:
    given = {
        "url": "https://muestra.example/fotos/1/960.jpg",
        "path": "fotos/1/960.jpg",
        "alt": "Vecinas y vecinos caminan por el andador",
        "caption": "El andador, el día de su reapertura.",
        "width": 960,
        "height": 640,
    }
    return Picture(**(given | fields))


def video(**fields: Any) -> Video:
    given = {
        "url": "https://muestra.example/documentos/7/recorrido.mp4",
        "path": "documentos/7/recorrido.mp4",
        "alt": "Recorrido por el andador de punta a punta",
    }
    return Video(**(given | fields))


def parcel(message_: Message | None = None, **fields: Any) -> Parcel:
    given = {
        "key": "1-2",
        "destination": "vecina@muestra.example",
        "message": message_ or message(),
        "preferences_url": "https://muestra.example/suscripcion/ficha/",
        "unsubscribe_url": "https://muestra.example/suscripcion/ficha/baja/",
    }
    return Parcel(**(given | fields))


class Tray(Batch):
    """A batch by hand: who was taken, what was said of whom, and how many were in hand at once."""

    def __init__(self, parcels: Sequence[Parcel]) -> None:
        self.waiting = list(parcels)
        self.taken: list[str] = []
        self.said: list[tuple[str, Answer]] = []
        self.most_in_hand = 0

    def take(self, most: int = 1) -> list[Parcel]:
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        self.taken += [one.destination for one in taken]
        self.most_in_hand = max(self.most_in_hand, len(self.taken) - len(self.said))
        return taken

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        self.said.append((parcel.destination, answer))

    @property
    def answers(self) -> dict[str, Answer]:
        return dict(self.said)

    @property
    def kinds(self) -> Counter[type[Answer]]:
        return Counter(type(answer) for _receiver, answer in self.said)


class SubscriberFactory(factory.django.DjangoModelFactory[Subscriber]):
    """A confirmed subscriber of the channel of the tests."""

    class Meta:
        model = Subscriber

    channel = "spoken"
    address = factory.Sequence(lambda n: f"persona{n}@muestra.example")
    standing = Standing.CONFIRMED
    asked_at = NOON - timedelta(days=30)
    confirmed_at = NOON - timedelta(days=30)


def live(kind: str, **options: Any) -> ChannelAccount:
    """The channel switched on."""
    account = ChannelAccount(kind=kind, mode=Mode.LIVE)
    account.options = options
    account.save()
    return account


def ask(
    message_: Message | None = None,
    *,
    at: datetime = NOON,
    lane: Lane = Lane.NOW,
    origin: str = "newsroom.bulletin/1",
    **audience: Any,
) -> Dispatch:
    """Dispatch a message to whoever ``audience`` names, all by default."""
    return delivery.dispatch(
        message_ or message(),
        key=f"test/{next(_numbers)}",
        origin=origin,
        lane=lane,
        audience=Audience(**audience),
        at=at,
    )


def prepare_all(*, at: datetime = NOON, lane: Lane = Lane.NOW) -> None:
    while delivery.prepare_due(lane, at=at):
        pass


def came_to(state: State, *lines: Delivery, **fields: Any) -> None:
    """``lines`` that were due, all of them by default, have left and came to ``state``."""
    chosen = Delivery.objects.filter(pk__in=[line.pk for line in lines]) if lines else Delivery.objects.all()
    chosen.filter(state=State.DUE).update(state=State.LEASED)
    chosen.update(state=state, **fields)


def run(hands: Hands, *, lane: Lane = Lane.NOW, turns: int = 1) -> int:
    """Let the lane prepare all and deliver ``turns`` batches; returns the pieces done."""
    prepare_all(at=hands(), lane=lane)
    return sum(delivery.deliver_due(lane, now=hands) for _turn in range(turns))


class Killed(BaseException):
    """The worker's process ends here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOptions(Options):
    """Nothing to set up."""


class SpokenChannel(Channel[NoOptions]):
    """Remembers every parcel, and answers as its script says: with an error, or by calling it."""

    kind = "spoken"
    label = "De viva voz"
    address_help = "El nombre de una plaza de la oficina."
    options_class = NoOptions
    limits: ClassVar[Limits] = Limits()
    sent: ClassVar[list[Parcel]] = []
    script: ClassVar[defaultdict[str, list[BaseException | Callable[[], None]]]] = defaultdict(list)
    arrivals: ClassVar[list[Arrival]] = []
    asked_from: ClassVar[list[str]] = []
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def forget(cls) -> None:
        for memory in (cls.sent, cls.script, cls.arrivals, cls.asked_from):
            memory.clear()

    def preview(self, parcel: Parcel) -> Preview:
        return Preview(subject=parcel.message.headline, text=parcel.message.headline)

    def send(self, parcel: Parcel) -> Receipt:
        with self._lock:
            self.sent.append(parcel)
            planned = self.script[parcel.destination]
            step = planned.pop(0) if planned else None
        if isinstance(step, BaseException):
            raise step
        if step is not None:
            step()
        return Receipt(reference=f"said:{parcel.key}")

    def collect(self, cursor: str) -> Sequence[Arrival]:
        self.asked_from.append(cursor)
        return list(self.arrivals)


class KeyedChannel(SpokenChannel):
    """One whose provider knows our keys."""

    kind = "keyed"
    label = "Con clave"
    limits: ClassVar[Limits] = Limits(idempotent=True)


class PacedChannel(SpokenChannel):
    """One that takes sixty a minute."""

    kind = "paced"
    label = "Despacio"
    limits: ClassVar[Limits] = Limits(per_minute=60)


class PictorialChannel(SpokenChannel):
    """One that uploads the picture itself."""

    kind = "pictorial"
    label = "Con foto"
    limits: ClassVar[Limits] = Limits(uploads_picture=True)


def said_to() -> list[str]:
    """Who was spoken to, in order; each kind of channel shares the memory."""
    return [parcel.destination for parcel in SpokenChannel.sent]
