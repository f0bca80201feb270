"""One bound connection to an SMPP server, and the parcels that are under way on it.

A link answers by itself what keeps it alive. Whatever ends it, a cut, a silence or bytes that are no PDU, is
:class:`Broken`: what was under way then is in doubt, for nobody knows what the server had taken.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from pregon.channels.sms.incoming import known_as
from pregon.channels.sms.smpp import ANSWER, Bind, Body, Bound, Command, Malformed, Pdu, Short, Stream, Taken
from pregon.channels.sms.smpp import encode as in_octets
from pregon.delivery.contract import Answer, Parcel, Receipt, stops_all
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)

#: Seconds for connecting and for being bound; for a submitted message to be answered; for a goodbye.
BINDING, ANSWERING, LEAVING = 10.0, 30.0, 1.0
SOON = timedelta(seconds=30)

OK, INVALID_COMMAND, TRY_AGAIN = 0x00, 0x03, 0x64
#: Another of our connections is there, or its end has not been noticed yet.
BUSY = frozenset({0x04, 0x05})
OUR_FAULT = frozenset({0x0A, 0x0D, 0x0E, 0x0F, 0x15, 0x48, 0x49, 0x53})
SLOWER = frozenset({0x14, 0x58})
TROUBLE = frozenset({0x08, 0x45, 0x64, 0xFF})
NOBODY = frozenset({0x0B})


class Broken(Exception):
    """The connection is no more."""


def refusal(status: int) -> DeliveryError:
    """The name of a ``command_status``."""
    said = {"status": f"0x{status:02X}"}
    if status in OUR_FAULT:
        return Misconfigured(
            _(
                "El proveedor de SMS no acepta los datos de acceso o el remitente (%(status)s): revísalos en Envíos, "
                "Canales."
            )
            % said
        )
    if status in SLOWER:
        return Postponed(
            _("El proveedor de SMS pidió ir más despacio (%(status)s).") % said, wait=SOON, whole=True
        )
    if status in BUSY:
        return Postponed(
            _("El proveedor de SMS no admite otra conexión ahora (%(status)s).") % said, wait=SOON, whole=True
        )
    if status in TROUBLE:
        return Postponed(
            _("El proveedor de SMS tiene problemas (%(status)s).") % said, wait=timedelta(minutes=1)
        )
    if status in NOBODY:
        return DestinationGone(_("El número no existe o no recibe mensajes (%(status)s).") % said)
    return Rejected(_("El proveedor de SMS rechazó el mensaje (%(status)s).") % said)


def out_of_reach(cause: BaseException) -> Postponed:
    delay = Postponed(_("El proveedor de SMS no contesta; se intentará de nuevo."), wait=SOON, whole=True)
    delay.__cause__ = cause
    return delay


class Link:
    """A connection. ``heard_at`` is when anything last came in; only one that listens takes what phones write."""

    def __init__(self, sock: socket.socket, *, listening: bool) -> None:
        self._sock = sock
        self._stream = Stream()
        self._sequence = 0
        self._ending = ""
        self._early: list[Pdu] = []  # what came in with the answer to our bind
        self._listening = listening
        self.server = ""
        self.heard_at = time.monotonic()

    @classmethod
    def bound(cls, host: str, port: int, *, tls: bool, command: Command, as_: Bind, listening: bool) -> Link:
        """A link that the server has accepted. Raises ``Misconfigured``, or ``Postponed`` for all."""
        try:
            sock = socket.create_connection((host, port), timeout=BINDING)
            if tls:
                sock = trust().wrap_socket(sock, server_hostname=host)
        except ssl.SSLError as insecure:
            raise Misconfigured(
                _(
                    "No hay conexión segura con el proveedor de SMS: revisa el servidor, el puerto y TLS en Envíos, "
                    "Canales."
                )
            ) from insecure
        except (OSError, UnicodeError) as broken:
            raise out_of_reach(broken) from broken
        link = cls(sock, listening=listening)
        try:
            link.bind(command, as_)
        except Broken as broken:
            link.drop()
            raise out_of_reach(broken) from broken
        except DeliveryError:
            link.drop()
            raise
        return link

    def bind(self, command: Command, as_: Bind) -> None:
        asked = self.ask(command, as_)
        until = time.monotonic() + BINDING
        while (left := until - time.monotonic()) > 0:
            heard = self.hear(left)
            for place, pdu in enumerate(heard, start=1):
                if pdu.sequence == asked and pdu.command in {command | ANSWER, Command.GENERIC_NACK}:
                    if pdu.status != OK:
                        raise as_whole(refusal(pdu.status))
                    self.server = pdu.body.system_id if isinstance(pdu.body, Bound) else ""
                    self._early = heard[place:]
                    return
        raise Broken("The server did not say whether it accepts us.")

    # --- Talking ---

    def ask(self, command: Command, body: Body | None = None) -> int:
        """Send a request; the number that its answer will carry."""
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        self.say(Pdu(command=command, sequence=self._sequence, body=body))
        return self._sequence

    def answer(self, pdu: Pdu, *, status: int = OK) -> None:
        body = Taken() if pdu.command == Command.DELIVER_SM else None
        self.say(Pdu(command=pdu.command | ANSWER, sequence=pdu.sequence, status=status, body=body))

    def say(self, pdu: Pdu) -> None:
        try:
            self._sock.settimeout(BINDING)
            self._sock.sendall(in_octets(pdu))
        except OSError as cut:
            raise Broken(str(cut)) from cut

    def hear(self, seconds: float) -> list[Pdu]:
        """What comes in within ``seconds`` and is not the link's own affair; what came before an end is heard first."""
        if self._early:
            early, self._early = self._early, []
            return early
        if self._ending:
            raise Broken(self._ending)
        try:
            self._sock.settimeout(max(seconds, 0.0))
            data = self._sock.recv(64 * 1024)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            return []
        except OSError as cut:
            raise Broken(str(cut)) from cut
        if not data:
            raise Broken("The server hung up.")
        self.heard_at = time.monotonic()
        self._stream.feed(data)
        return list(self._read())

    def is_alive(self) -> bool:
        """Whether the server has not ended it while nothing was under way."""
        try:
            self.hear(0)
        except Broken:
            self.drop()
            return False
        return not self._ending

    def _read(self) -> Iterator[Pdu]:
        try:
            for pdu in self._stream:
                if not self._kept_alive(pdu):
                    yield pdu
        except (Malformed, Broken) as end:
            self._ending = str(end)

    def _kept_alive(self, pdu: Pdu) -> bool:
        """Whether the link itself has taken care of it."""
        match pdu.command:
            case Command.ENQUIRE_LINK:
                self.answer(pdu)
            case Command.UNBIND:
                self.answer(pdu)
                self._ending = "The server said goodbye."
            case Command.DELIVER_SM if not self._listening:
                self.answer(pdu, status=TRY_AGAIN)  # one that listens will get it
            case Command.DELIVER_SM:
                return False
            case request if not request & ANSWER:
                self.say(Pdu(command=Command.GENERIC_NACK, sequence=pdu.sequence, status=INVALID_COMMAND))
            case _answer:
                return False
        return True

    # --- Leaving ---

    def leave(self) -> None:
        """Say goodbye, as politely as the other side allows."""
        with suppress(Broken):
            goodbye = self.ask(Command.UNBIND)
            until = time.monotonic() + LEAVING
            while (left := until - time.monotonic()) > 0:
                if any(pdu.sequence == goodbye for pdu in self.hear(left)):
                    break
        self.drop()

    def drop(self) -> None:
        self._ending = self._ending or "The link was closed."
        self._sock.close()


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The system's certificates."""
    return ssl.create_default_context()


def as_whole(problem: DeliveryError) -> DeliveryError:
    """A refusal to be bound concerns everybody, and is never about a parcel."""
    if isinstance(problem, Misconfigured):
        return problem
    if isinstance(problem, Postponed):
        return Postponed(str(problem), wait=problem.wait, whole=True)
    return Misconfigured(str(problem))


# --- Parcels under way --------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Flight:
    """A parcel whose segments were submitted. ``waiting`` are the numbers that have no answer yet."""

    parcel: Parcel
    since: float
    waiting: set[int] = field(default_factory=set)
    last: int = 0
    number: str = ""
    problem: DeliveryError | None = None


class Window:
    """Up to ``size`` submitted messages without an answer. ``trouble`` is what stops the whole channel."""

    def __init__(self, link: Link, *, size: int, hexadecimal: bool) -> None:
        self._link = link
        self._size = size
        self._hexadecimal = hexadecimal
        self._flights: dict[int, Flight] = {}
        self.trouble: DeliveryError | None = None

    def in_trouble(self) -> bool:
        return self.trouble is not None

    @property
    def is_empty(self) -> bool:
        return not self._flights

    @property
    def is_half_empty(self) -> bool:
        """Whether it is worth taking up more: a group costs one commit, however many it holds."""
        return 2 * self.room >= self._size

    @property
    def room(self) -> int:
        return max(0, self._size - len(self._flights))

    def has_room(self, messages: int) -> bool:
        return self.is_empty or messages <= self.room

    def hand_over(self, parcel: Parcel, messages: Sequence[Short]) -> Iterator[tuple[Parcel, Answer]]:
        """Submit all segments of a parcel; a connection that breaks meanwhile is answered for at once."""
        flight = Flight(parcel=parcel, since=time.monotonic())
        try:
            for message in messages:
                number = self._link.ask(Command.SUBMIT_SM, message)
                flight.waiting.add(number)
                flight.last = number
                self._flights[number] = flight
        except Broken as end:
            self._flights[0] = flight  # whatever of it left
            yield from self._in_doubt(end)

    def answers(self, seconds: float) -> Iterator[tuple[Parcel, Answer]]:
        """What was answered within ``seconds``. Who has waited too long is in doubt; when nothing at all was heard
        since, so are all."""
        try:
            heard = self._link.hear(seconds)
            for pdu in heard:
                yield from self._settled(pdu)
            if heard:
                return
            late = [
                flight for flight in self._flights.values() if time.monotonic() - flight.since > ANSWERING
            ]
            if any(self._link.heard_at < flight.since for flight in late):
                yield from self._in_doubt(Broken("The server says nothing any more."))
            else:
                yield from self._lost(late)
        except Broken as end:
            yield from self._in_doubt(end)

    def _settled(self, pdu: Pdu) -> Iterator[tuple[Parcel, Answer]]:
        flight = self._flights.pop(pdu.sequence, None)
        if flight is None:
            return
        flight.waiting.discard(pdu.sequence)
        if pdu.status != OK or pdu.command != Command.SUBMIT_SM_RESP:
            flight.problem = worse(flight.problem, refusal(pdu.status))
        elif isinstance(pdu.body, Taken) and pdu.sequence == flight.last:
            flight.number = pdu.body.message_id  # only the receipt of the last segment is asked for
        if not flight.waiting:
            yield from self._landed(flight)

    def _landed(self, flight: Flight) -> Iterator[tuple[Parcel, Answer]]:
        if flight.problem is None:
            number = known_as(flight.number, hexadecimal=self._hexadecimal)
            yield flight.parcel, Receipt(reference=number or flight.parcel.key)
        elif stops_all(flight.problem):
            self.trouble = worse(self.trouble, flight.problem)
        else:
            yield flight.parcel, flight.problem

    def _in_doubt(self, end: Broken) -> Iterator[tuple[Parcel, Answer]]:
        self._link.drop()
        self.trouble = self.trouble or out_of_reach(end)
        yield from self._lost(list(self._flights.values()))

    def _lost(self, flights: Sequence[Flight]) -> Iterator[tuple[Parcel, Answer]]:
        for flight in {id(flight): flight for flight in flights}.values():
            self._flights = {number: other for number, other in self._flights.items() if other is not flight}
            yield (
                flight.parcel,
                Unanswered(
                    _("La conexión con el proveedor de SMS se cortó antes de saber si aceptó el mensaje.")
                ),
            )


def worse(first: DeliveryError | None, second: DeliveryError) -> DeliveryError:
    """Of two problems the one to be told: what stops everybody before what concerns one parcel."""
    return first if first is not None and (stops_all(first) or not stops_all(second)) else second
