"""A short message centre: a real server of SMPP 3.4 that reads bytes its own way and does what a test asks.

It answers in the order, at the moment and with the status that a script says. It delivers receipts and what people
write to whoever listens, and again to the next one when nobody acknowledged them. It hangs up, falls silent and talks
nonsense.
"""

from __future__ import annotations

import socketserver
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from socket import SHUT_RDWR, socket
from typing import Any

SYSTEM_ID, PASSWORD = "muestra", "una-clave"
OK, INVALID_BIND, WRONG_PASSWORD, WRONG_USER, TRY_AGAIN = 0x00, 0x04, 0x0E, 0x0F, 0x64
BINDS = {1: "receiver", 2: "transmitter", 9: "transceiver"}
SUBMIT, DELIVER, UNBIND, ENQUIRE = 4, 5, 6, 0x15
RESP = 0x80000000


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One short message as it was submitted."""

    number: str
    sender: tuple[int, int, str]
    to: tuple[int, int, str]
    esm_class: int
    registered: int
    data_coding: int
    octets: bytes
    payload: bytes | None

    @property
    def header(self) -> bytes:
        return self.octets[: self.octets[0] + 1] if self.esm_class & 0x40 else b""

    @property
    def content(self) -> bytes:
        return self.payload or self.octets[len(self.header) :]


@dataclass(slots=True)
class MessageCentre:
    """``messages`` as they were taken. ``script`` has the statuses of the next submissions to a number."""

    port: int = 0
    messages: list[Submitted] = field(default_factory=list)
    script: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    binds: list[tuple[str, str]] = field(default_factory=list)
    refuse_binds: int = OK
    #: Answers are held back until so many wait, and then leave the last first.
    hold: int = 1
    most_waiting: int = 0
    #: After so many submissions the connection ends before any further answer.
    hang_up_after: int | None = None
    #: Numbers to which a submission is never answered.
    silent: set[str] = field(default_factory=set)
    #: Bytes that leave in the place of the answer to the next submission.
    nonsense: bytes = b""
    #: Whether ids in answers are hexadecimal and in receipts decimal.
    hexadecimal: bool = False
    #: What waits to be delivered: each with its own number; and how often each was sent.
    waiting: dict[int, bytes] = field(default_factory=dict)
    delivered: list[tuple[int, int]] = field(default_factory=list)
    enquired: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    connections: list[Connection] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(0xA001))
    _deliveries: Iterator[int] = field(default_factory=lambda: count(1))

    # --- What a test arranges ---

    def receipt(
        self, submitted: Submitted, state: str = "DELIVRD", *, error: str = "000", tlv: bool = False
    ) -> None:
        """News of what became of a message, in the words of the specification."""
        number = str(int(submitted.number, 16)) if self.hexadecimal else submitted.number
        text = (
            f"id:{number} sub:001 dlvrd:001 submit date:2611201800 done date:2611201801 stat:{state} err:{error} "
            "text:Reabre el andador"
        )
        tlvs = (
            struct.pack(">HH", 0x1E, len(submitted.number) + 1) + submitted.number.encode() + b"\0"
            if tlv
            else b""
        )
        self.deliver(submitted.to[2], text.encode("latin-1"), esm_class=0x04, tlvs=tlvs)

    def write(self, number: str, octets: bytes, *, data_coding: int = 0, esm_class: int = 0) -> None:
        """A person writes to the office."""
        self.deliver(number, octets, data_coding=data_coding, esm_class=esm_class)

    def deliver(
        self, number: str, octets: bytes, *, esm_class: int = 0, data_coding: int = 0, tlvs: bytes = b""
    ) -> None:
        body = b"\0" + bytes([1, 1]) + number.encode() + b"\0" + bytes([3, 0]) + b"28282\0"
        body += (
            bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, data_coding, 0, len(octets)]) + octets + tlvs
        )
        with self.lock:
            self.waiting[next(self._deliveries)] = body
        self.push()

    def push(self) -> None:
        """Deliver what waits to every connection that listens, once for each connection."""
        with self.lock:
            for connection in self.connections:
                connection.push()

    def cut(self) -> None:
        """End every connection."""
        with self.lock:
            for connection in list(self.connections):
                connection.end()

    def say_goodbye(self) -> None:
        with self.lock:
            for connection in self.connections:
                connection.say(UNBIND, 0, 7001)

    def enquire(self) -> None:
        with self.lock:
            for connection in self.connections:
                connection.say(ENQUIRE, 0, 7002)

    def to(self, number: str) -> list[Submitted]:
        return [message for message in self.messages if message.to[2] == number]


class Connection(socketserver.BaseRequestHandler):
    """One client."""

    centre: MessageCentre
    server: Any

    def setup(self) -> None:
        self.centre = self.server.centre
        self.kind = ""
        self.submissions = 0
        self.held: list[tuple[int, int, bytes]] = []
        self.pushed: set[int] = set()

    def handle(self) -> None:
        with suppress(OSError):
            while (pdu := self.read()) is not None:
                if not self.answer(*pdu):
                    break

    def finish(self) -> None:
        with self.centre.lock:
            if self in self.centre.connections:
                self.centre.connections.remove(self)

    def read(self) -> tuple[int, int, int, bytes] | None:
        head = exactly(self.request, 16)
        if head is None:
            return None
        length, command, status, sequence = struct.unpack(">IIII", head)
        body = exactly(self.request, length - 16) if length > 16 else b""
        return None if body is None else (command, status, sequence, body)

    def answer(self, command: int, status: int, sequence: int, body: bytes) -> bool:
        centre = self.centre
        if command in BINDS:
            return self.bind(command, sequence, body)
        if command == SUBMIT:
            return self.submit(sequence, body)
        if command == UNBIND:
            self.say(UNBIND | RESP, 0, sequence)
            return False
        if command == ENQUIRE:
            centre.enquired += 1
            self.say(ENQUIRE | RESP, 0, sequence)
        if command == DELIVER | RESP:
            with centre.lock:
                centre.delivered.append((sequence, status))
                if status == OK:
                    centre.waiting.pop(sequence, None)
        return True

    def bind(self, command: int, sequence: int, body: bytes) -> bool:
        system_id, password = (part.decode("latin-1") for part in body.split(b"\0")[:2])
        status = self.centre.refuse_binds
        if status == OK and system_id != SYSTEM_ID:
            status = WRONG_USER
        elif status == OK and password != PASSWORD:
            status = WRONG_PASSWORD
        with self.centre.lock:
            if status == OK:
                self.kind = BINDS[command]
                self.centre.binds.append((self.kind, system_id))
                self.centre.connections.append(self)
            self.say(command | RESP, status, sequence, b"" if status else b"CENTRO\0")
            self.push()
        return True

    def push(self) -> None:
        if self.kind not in {"receiver", "transceiver"}:
            return
        with self.centre.lock:
            for number, body in self.centre.waiting.items():
                if number not in self.pushed:
                    self.pushed.add(number)
                    self.say(DELIVER, 0, number, body)

    def submit(self, sequence: int, body: bytes) -> bool:
        centre = self.centre
        if self.kind == "receiver":
            self.say(SUBMIT | RESP, INVALID_BIND, sequence)
            return True
        self.submissions += 1
        if centre.hang_up_after is not None and self.submissions > centre.hang_up_after:
            return False
        if centre.nonsense:
            nonsense, centre.nonsense = centre.nonsense, b""
            self.request.sendall(nonsense)
            return True
        with centre.lock:
            message = read_submission(body, number=f"{next(centre._numbers):X}")
            status = centre.script[message.to[2]].pop(0) if centre.script[message.to[2]] else OK
            if status == OK:
                centre.messages.append(message)
        if message.to[2] in centre.silent:
            return True
        self.held.append((status, sequence, b"" if status else message.number.encode() + b"\0"))
        centre.most_waiting = max(centre.most_waiting, len(self.held))
        if len(self.held) >= centre.hold:
            while self.held:
                self.say(SUBMIT | RESP, *self.held.pop())
        return True

    def say(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        with self.centre.lock, suppress(OSError):
            self.request.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)

    def end(self) -> None:
        with suppress(OSError):
            self.request.shutdown(SHUT_RDWR)


def exactly(connection: socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            return None
        data += piece
    return data


def read_submission(body: bytes, *, number: str) -> Submitted:
    """Field by field, with nothing of the client's own code."""
    _service, _zero, rest = body.partition(b"\0")
    sender_ton, sender_npi = rest[0], rest[1]
    sender, _zero, rest = rest[2:].partition(b"\0")
    to_ton, to_npi = rest[0], rest[1]
    to, _zero, rest = rest[2:].partition(b"\0")
    esm_class = rest[0]
    _schedule, _zero, rest = rest[3:].partition(b"\0")
    _validity, _zero, rest = rest.partition(b"\0")
    registered, _replace, data_coding, _default, length = rest[:5]
    octets, tlvs = rest[5 : 5 + length], rest[5 + length :]
    payload = None
    while tlvs:
        tag, size = struct.unpack(">HH", tlvs[:4])
        if tag == 0x0424:
            payload = tlvs[4 : 4 + size]
        tlvs = tlvs[4 + size :]
    return Submitted(
        number=number,
        sender=(sender_ton, sender_npi, sender.decode()),
        to=(to_ton, to_npi, to.decode()),
        esm_class=esm_class,
        registered=registered,
        data_coding=data_coding,
        octets=octets,
        payload=payload,
    )


class Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    centre: MessageCentre
    trust: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.trust is not None:
            connection = self.trust.wrap_socket(connection, server_side=True)
        return connection, address


@contextmanager
def smpp_serving(trust: ssl.SSLContext | None = None) -> Iterator[MessageCentre]:
    centre = MessageCentre()
    with Threads(("127.0.0.1", 0), Connection) as server:
        server.centre, server.trust = centre, trust
        centre.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield centre
        finally:
            centre.cut()
            server.shutdown()
            thread.join()
            until = time.monotonic() + 5
            while centre.connections and time.monotonic() < until:
                time.sleep(0.01)
