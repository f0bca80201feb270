"""What a channel must be.

A channel translates a parcel into its provider's call and names the provider's answer. States, retries, rates,
idempotency, allow-list, log and metrics are the engine's alone. One package per channel, one line in
``config/settings/channels.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from pregon.core.http import Http
from pregon.delivery.errors import DeliveryError, Misconfigured, Postponed, Unanswered
from pregon.delivery.values import Message

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message for one receiver. ``key`` is the same for ever: a channel that knows idempotency keys sends it.
    Before its dash it names what all who are told the same share."""

    key: str
    destination: str
    message: Message
    preferences_url: str = ""
    unsubscribe_url: str = ""
    confirm_url: str = ""
    #: The reference of the last message about the same thing that this receiver got; "" for a first message.
    in_reply_to: str = ""
    #: What that message said.
    before: Message | None = None
    #: When this receiver last wrote to us; some providers let us answer freely only for a while after it.
    last_heard_at: datetime | None = None
    #: True for what goes out in the alert lane; some providers wake the receiver for it.
    urgent: bool = False

    @property
    def dropped(self) -> frozenset[str]:
        """The addresses of photos and video that went along before and do so no more: whoever takes them out of a
        bulletin wants nobody to see them, so a channel that may edit or delete leaves them nowhere."""
        return self.before.shown - self.message.shown if self.before else frozenset()

    @property
    def drops_cover(self) -> bool:
        """The same of the photo in front, where no other is shown."""
        return bool(self.before and self.before.picture and self.before.picture.url in self.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The provider's yes. ``reference`` finds the message again at the provider; it comes back as ``in_reply_to``.
    ``url`` is where the public reads it, of a post that the public can read. ``todo`` is what the provider lets only
    a person do, in a whole sentence."""

    reference: str
    url: str = ""
    todo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the provider allows, as documented."""

    body: int | None = None
    caption: int | None = None
    #: How many characters are read there before somebody has to ask for the rest; ``None`` where all of it shows.
    fold: int | None = None
    per_minute: int | None = None
    #: Messages in any 24 hours, over all receivers.
    per_day: int | None = None
    #: True when the provider refuses a second parcel with the same key, so that a lost answer may be asked again.
    idempotent: bool = False
    #: True when the channel brings picture or video there, so that they are worth a short wait while in the making.
    uploads_picture: bool = False
    #: How many parcels the engine takes up at once; more where many leave in a second.
    batch: int = 50
    #: How many calls to the provider are under way at the same moment; a channel that has more than one is safe to use
    #: from several threads.
    at_once: int = 1
    #: True when nothing can be sent by a program: the engine lays the text out, and a person passes it on.
    by_hand: bool = False
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


class Manner(StrEnum):
    """How people see a message there: it is drawn on the desk in the same way."""

    LETTER = "letter"
    CHAT = "chat"
    POST = "post"
    #: A line on a locked screen.
    NOTICE = "notice"
    #: Read by a machine.
    DATA = "data"


class Wish(StrEnum):
    """What somebody who writes to us asks for."""

    SUBSCRIBE = "subscribe"
    LEAVE = "leave"
    #: They shut the door on us: the same as leaving, but nobody reads a farewell.
    BLOCK = "block"
    #: Their address is no more.
    GONE = "gone"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something that came in: from whom, and what they ask for. ``at`` is when they wrote, where the provider tells;
    ``reference`` is what they call it, where an answer has to bear it; ``cursor`` is where to go on reading after
    it."""

    sender: str
    name: str
    wish: Wish
    at: datetime | None = None
    reference: str = ""
    cursor: str = ""


class Fate(StrEnum):
    """What became of a message after it was handed over."""

    #: The provider took it: news only where its answer got lost.
    TAKEN = "taken"
    DELIVERED = "delivered"
    FAILED = "failed"
    #: The address is no more: nothing goes there from now on.
    GONE = "gone"
    #: The receiver called it spam: they have left, whatever they press.
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Late news of a message that was taken. ``key`` is the parcel's, where the provider gives it back: it finds even
    a message whose receipt got lost. Else ``reference`` is the receipt's, and ``destination`` serves where only the
    address comes back. ``cursor`` is where to go on reading after it."""

    fate: Fate
    key: str = ""
    reference: str = ""
    destination: str = ""
    reason: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A call to our door, as it came. Names of ``headers`` are in lower case; ``target`` is the path and query that
    were asked for, which some sign."""

    method: str
    target: str = ""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a notice said, and what the provider expects as an answer."""

    events: Sequence[Arrival | Report] = ()
    status: int = 200
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What anybody may read about a channel."""

    body: str
    content_type: str
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the public was told: as it stands now, as it was at first, and when each."""

    message: Message
    first: Message
    first_at: datetime
    last_at: datetime


class Shelf(ABC):
    """What the engine knows about a channel, for the documents that the channel shows."""

    @property
    @abstractmethod
    def office(self) -> str:
        """Whose channel it is."""

    @abstractmethod
    def listeners(self) -> int:
        """How many receive it."""

    @abstractmethod
    def posts(self) -> int:
        """How much news went out on it."""

    @abstractmethod
    def said(self, dispatch: str) -> Said | None:
        """The newest about what ``dispatch`` told, by the first half of a parcel's key; ``None`` where nothing of it
        went out on this channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one parcel costs, and why: shown before anything is sent."""

    amount: Decimal
    currency: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The life of the credentials. ``expires_at`` is ``None`` for those that live until somebody revokes them."""

    issued_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """New credentials: ``values`` are the options that changed, never empty, and ``token`` is their life."""

    values: Mapping[str, str]
    token: Token


#: What came of handing one parcel over.
Answer = Receipt | DeliveryError


class Batch(ABC):
    """The parcels that a channel is asked to send, handed to it one group at a time.

    What is taken is written down as handed over, together with the answers that came before, in one commit: whoever
    is killed leaves in doubt only what they held in their hands. So a connection takes its next parcel when the last
    one is answered, and right before the first byte that could make the provider accept it.
    """

    @abstractmethod
    def take(self, most: int = 1) -> list[Parcel]:
        """Up to ``most`` of the next parcels that may leave; none when the batch is at its end."""

    @abstractmethod
    def answer(self, parcel: Parcel, answer: Answer) -> None:
        """What the provider said to a parcel that was taken."""


class Alone(Batch):
    """One parcel by itself, for a channel that sends one as it sends many."""

    def __init__(self, parcel: Parcel) -> None:
        self.waiting = [parcel]
        self.said: Answer | None = None

    def take(self, most: int = 1) -> list[Parcel]:
        taken, self.waiting = self.waiting, []
        return taken

    def answer(self, parcel: Parcel, answer: Answer) -> None:
        self.said = answer

    def receipt(self) -> Receipt:
        """The provider's yes; raises what it said instead."""
        if isinstance(self.said, Receipt):
            return self.said
        raise self.said or Unanswered


def option(
    label: str | StrPromise,
    help: str | StrPromise,  # noqa: A002 - what forms call it
    *,
    default: Any = MISSING,
    choices: Sequence[tuple[str, str | StrPromise]] = (),
    seldom: bool = False,
) -> Any:
    """A line of a channel's form; without ``default`` it has to be filled in before the channel may go live.

    ``choices`` are pairs of a value and its words, for what is picked from a few. What hardly anybody changes is
    ``seldom``, and is folded away.
    """
    words = {"label": label, "help": help, "choices": choices, "seldom": seldom}
    return field(default=default, metadata=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Base of a channel's options. Each field is a line of the channel's form; ``secret`` names are never shown.

    Each is an :func:`option`, which says its words itself.
    """

    secret: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def names(cls) -> list[str]:
        return [option.name for option in fields(cls)]

    @classmethod
    def prepared(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """``values`` as they shall be stored, with what no person types: a key that the channel draws for itself."""
        return dict(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions(Options):
    """Base of the options of a channel that speaks HTTP."""

    #: Lets it reach the office's own network; for a server of the office that stands there.
    allow_private: bool = option(
        _("El servidor está en la red de la oficina"),
        _("Márcalo solo si el servicio corre en una máquina propia. En internet déjalo sin marcar."),
        default=False,
        seldom=True,
    )


O = TypeVar("O", bound=Options)  # noqa: E741 - the letter says options


class Channel(ABC, Generic[O]):
    """Base of every channel. ``options_class`` is validated before the channel may go live."""

    kind: ClassVar[str]
    label: ClassVar[str]
    #: What to write as the address of a place of the office itself, in a sentence; "" where people subscribe alone.
    address_help: ClassVar[str | StrPromise] = ""
    limits: ClassVar[Limits] = Limits()
    manner: ClassVar[Manner] = Manner.CHAT
    #: Whether it reaches one person at a time, so that somebody may send a trial to themselves.
    personal: ClassVar[bool] = True
    options_class: ClassVar[type[Options]]
    #: What stands behind our links there (``?de=…``), where a reader who follows one brings no word of it along.
    mark: ClassVar[str] = ""
    #: Documents that others look for under ``/.well-known/``, and this channel shows.
    well_known: ClassVar[frozenset[str]] = frozenset()

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

    def send_batch(self, batch: Batch) -> None:
        """Hand over all of ``batch``, and answer for each parcel that was taken.

        A channel that keeps connections of its own, or whose provider takes several parcels in one call, overrides
        this. The batch is only ever spoken to from the caller's thread. Trouble that stops the whole channel
        (:func:`stops_all`) is raised: what was taken and not answered has then not left, and goes back to wait.
        """
        if self.limits.at_once > 1:
            return self._send_beside(batch)
        while taken := batch.take():
            for parcel in taken:
                batch.answer(parcel, going_on(self._answer_to(parcel)))
        return None

    def _send_beside(self, batch: Batch) -> None:
        """Several calls to the provider at once, each with one parcel."""
        trouble: BaseException | None = None
        under_way: dict[Future[Answer], Parcel] = {}
        with ThreadPoolExecutor(self.limits.at_once) as hands:
            while True:
                free = self.limits.at_once - len(under_way)
                taken = batch.take(free) if free and trouble is None else []
                under_way |= {hands.submit(self._answer_to, parcel): parcel for parcel in taken}
                if not under_way:
                    break
                for answered in wait(under_way, return_when=FIRST_COMPLETED).done:
                    parcel = under_way.pop(answered)
                    try:
                        batch.answer(parcel, going_on(answered.result()))
                    except Exception as problem:  # the others are still to be heard out
                        trouble = trouble or problem
        if trouble is not None:
            raise trouble

    def _answer_to(self, parcel: Parcel) -> Answer:
        try:
            return self.send(parcel)
        except DeliveryError as problem:
            return problem

    def check(self) -> str:
        """Ask the provider whether the credentials are good; returns who we are there, or raises ``Misconfigured``."""
        return ""

    def normalise(self, destination: str) -> str:
        """The one spelling of an address under which it is stored. Raises ``Rejected`` for what is not one."""
        return destination.strip()

    def public_key(self) -> str:
        """The key that a browser asks for before it subscribes by itself; "" where nobody subscribes that way."""
        return ""

    def pace(self, destination: str) -> tuple[str, int] | None:
        """The narrower pace that one receiver, or all that share a server, stand under: its name and messages a
        minute. ``None`` when the channel's own pace is all there is."""
        return None

    def price(self, parcel: Parcel) -> Price | None:
        """What this parcel costs at the provider's published prices; ``None`` where sending is free. No network."""
        return None

    def collect(self, cursor: str) -> Sequence[Arrival | Report]:
        """What came in since ``cursor``. A channel nobody can write to answers with nothing."""
        return ()

    def hear(self, notice: Notice) -> Heard:
        """What a provider's call says, its signature checked. Raises ``Rejected`` for one that is not theirs."""
        return Heard(status=404)

    def show(self, notice: Notice, shelf: Shelf) -> Document | None:
        """The document at an address behind our door, or under ``/.well-known/``; ``None`` where there is none."""
        return None

    def token(self) -> Token | None:
        """How long the credentials live, asked at the provider; ``None`` for those that have no such thing. Raises
        ``Postponed`` when the provider could not be asked, ``Misconfigured`` when they are dead."""
        return None

    def renew(self) -> Renewal | None:
        """Fresh credentials for those in use; ``None`` where only a person can get them. Raises as :meth:`token`."""
        return None


def going_on(answer: Answer) -> Answer:
    """``answer``, unless it stops the whole channel: then it is raised."""
    if isinstance(answer, DeliveryError) and stops_all(answer):
        raise answer
    return answer


def stops_all(problem: DeliveryError) -> bool:
    """Whether nobody else would get through on this channel either."""
    return isinstance(problem, Misconfigured) or (isinstance(problem, Postponed) and problem.whole)
