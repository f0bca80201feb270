"""What a channel must be.

A channel translates a parcel into its provider's call and names the provider's answer. States, retries, rates,
idempotency, allow-list, log and metrics are the engine's alone. One package per channel, one line in
``config/settings/channels.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from pregon.core.http import Http
from pregon.delivery.values import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message for one receiver. ``key`` is the same for ever: a channel that knows idempotency keys sends it."""

    key: str
    destination: str
    message: Message
    preferences_url: str = ""
    unsubscribe_url: str = ""
    confirm_url: str = ""
    #: The reference of the last message about the same thing that this receiver got; "" for a first message.
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The provider's yes. ``reference`` finds the message again at the provider; it comes back as ``in_reply_to``."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the provider allows, as documented."""

    body: int | None = None
    caption: int | None = None
    per_minute: int | None = None
    #: True when the provider refuses a second parcel with the same key, so that a lost answer may be asked again.
    idempotent: bool = False
    #: True when the channel uploads the picture itself, so that it is worth a short wait for one in the making.
    uploads_picture: bool = False
    #: How long to go on trying before giving up.
    give_up_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A parcel as its receiver sees it, and as it leaves."""

    subject: str
    text: str
    html: str = ""
    raw: bytes = b""
    suffix: str = ".txt"


class Wish(StrEnum):
    """What somebody who writes to us asks for."""

    SUBSCRIBE = "subscribe"
    LEAVE = "leave"
    #: They shut the door on us: the same as leaving, but nobody reads a farewell.
    BLOCK = "block"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something that came in: from whom, and what they ask for. ``cursor`` is where to go on reading after it."""

    sender: str
    name: str
    wish: Wish
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Base of a channel's options. Each field is a line of the channel's form; ``secret`` names are never shown.

    A field says its words itself, in ``field(metadata={"label": …, "help": …})``; one that is picked from a few
    has ``"choices"`` too: pairs of a value and its words.
    """

    secret: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def names(cls) -> list[str]:
        return [option.name for option in fields(cls)]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions(Options):
    """Base of the options of a channel that speaks HTTP."""

    #: Lets it reach the office's own network; for a server of the office that stands there.
    allow_private: bool = field(
        default=False,
        metadata={
            "label": _("El servidor está en la red de la oficina"),
            "help": _(
                "Márcalo solo si el servicio corre en una máquina propia. En internet déjalo sin marcar."
            ),
        },
    )


O = TypeVar("O", bound=Options)  # noqa: E741 - the letter says options


class Channel(ABC, Generic[O]):
    """Base of every channel. ``options_class`` is validated before the channel may go live."""

    kind: ClassVar[str]
    label: ClassVar[str]
    limits: ClassVar[Limits] = Limits()
    options_class: ClassVar[type[Options]]

    def __init__(self, options: O, http: Http) -> None:
        self.options = options
        self.http = http

    @contextmanager
    def session(self) -> Iterator[None]:
        """Held open while a batch goes out; a channel with a connection keeps it here."""
        yield

    @abstractmethod
    def preview(self, parcel: Parcel) -> Preview:
        """The parcel as it would leave, at this channel's real limits. Touches no network."""

    @abstractmethod
    def send(self, parcel: Parcel) -> Receipt:
        """Hand the parcel to the provider. Raises :class:`~pregon.delivery.errors.DeliveryError` and nothing else."""

    def check(self) -> str:
        """Ask the provider whether the credentials are good; returns who we are there, or raises ``Misconfigured``."""
        return ""

    def normalise(self, destination: str) -> str:
        """The one spelling of an address under which it is stored. Raises ``Rejected`` for what is not one."""
        return destination.strip()

    def collect(self, cursor: str) -> Sequence[Arrival]:
        """What came in since ``cursor``. A channel nobody can write to answers with nothing."""
        return ()
