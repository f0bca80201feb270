"""A mail server that does at each step what a test wrote down, on as many connections as it is told to let in.

aiosmtpd's double (``smtp``) behaves; this one answers out of turn, hangs up in the middle and drips, as servers do.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

STEPS = ("greet", "ehlo", "rset", "mail", "rcpt", "data", "text", "dot")
USUAL = {
    "greet": "220 muestra.example",
    "rset": "250 2.0.0 Forgotten",
    "mail": "250 2.1.0 Sender",
    "rcpt": "250 2.1.5 Receiver",
    "data": "354 Go ahead",
    "dot": "250 2.0.0 Queued",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What happens at one step. ``reply`` is said, after ``delay`` seconds; with ``hangs_up`` nothing comes after it.

    A letter is taken when its last dot is answered with 2xx, and when ``takes`` says that the server took it although
    nobody heard so. ``times`` says the reply more than once, with the delay before each.
    """

    reply: str = ""
    hangs_up: bool = False
    delay: float = 0.0
    takes: bool = False
    times: int = 1


def say(reply: str) -> Act:
    return Act(reply=reply)


HANG_UP = Act(hangs_up=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One letter that the server keeps."""

    sender: str
    receiver: str
    raw: bytes


@dataclass(slots=True, kw_only=True)
class Talk:
    """One connection: the commands as they came, and the packets that they came in."""

    commands: list[str] = field(default_factory=list)
    packets: list[bytes] = field(default_factory=list)


class Gone(Exception):
    """This connection is at its end."""


class ScriptedSmtp:
    """``script[step]`` holds the acts of the next times that any connection comes to that step, ``for_receiver`` what
    one address always meets at RCPT; whatever is not written down goes well."""

    def __init__(self) -> None:
        self.host, self.port = "127.0.0.1", 0
        self.script: defaultdict[str, deque[Act]] = defaultdict(deque)
        self.for_receiver: dict[str, Act] = {}
        self.always: dict[str, Act] = {}
        self.pipelining = self.smtputf8 = True
        self.starttls: ssl.SSLContext | None = None
        self.tls: ssl.SSLContext | None = None
        self.most = 1000
        self.lenient = False  # says 354 although nobody is left to write to, as RFC 2920 lets it
        self.byte_by_byte = False
        self.in_one_packet = False
        self.taken: list[Taken] = []
        self.talks: list[Talk] = []
        self.open = self.most_open = 0
        self._lock = threading.Lock()
        self._conversations: set[Conversation] = set()
        self._threads: list[threading.Thread] = []

    # --- Its life ---

    def start(self) -> None:
        self._listening = socket.create_server((self.host, self.port), backlog=64)
        self.port = self._listening.getsockname()[1]
        self._begin(self._accept)

    def hang_up_on_all(self) -> None:
        """Every open connection ends, as when the server is started anew."""
        with self._lock:
            for conversation in self._conversations:
                with suppress(OSError):
                    conversation.sock.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up_on_all()
        for thread in self._threads:
            thread.join(timeout=10)

    def _begin(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _address = self._listening.accept()
            except OSError:
                return
            self._begin(self._serve, caller)

    def _serve(self, caller: socket.socket) -> None:
        conversation = Conversation(self, caller)
        with self._lock:
            full = self.open >= self.most
            self.open += not full
            self.most_open = max(self.most_open, self.open)
            self._conversations.add(conversation)
        try:
            if full:
                caller.sendall(b"421 4.3.2 Too many connections\r\n")
            else:
                conversation.hold()
        except (OSError, Gone):
            pass  # they hung up, or we did
        finally:
            with self._lock:
                self.open -= not full
                self._conversations.discard(conversation)
            conversation.sock.close()

    # --- What it does ---

    def next_act(self, step: str) -> Act:
        with self._lock:
            planned = self.script[step]
            return planned.popleft() if planned else self.always.get(step, say(USUAL.get(step, "")))

    def keep(self, letter: Taken) -> None:
        with self._lock:
            self.taken.append(letter)

    @property
    def receivers(self) -> list[str]:
        return sorted(letter.receiver for letter in self.taken)


class Conversation:
    """One connection from greeting to goodbye."""

    def __init__(self, server: ScriptedSmtp, sock: socket.socket) -> None:
        self.server, self.sock, self.talk = server, sock, Talk()
        self.unread, self.unsaid = b"", b""
        self.sender, self.receiver, self.begun, self.said = "", "", False, ""

    def hold(self) -> None:
        self.server.talks.append(self.talk)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.tls:
            self.secure(self.server.tls)
        self.act(self.server.next_act("greet"))
        while True:
            self.answer(self.line())

    def secure(self, context: ssl.SSLContext) -> None:
        self.sock = context.wrap_socket(self.sock, server_side=True)

    def line(self) -> str:
        while b"\r\n" not in self.unread:
            self.read()
        line, _end, self.unread = self.unread.partition(b"\r\n")
        return line.decode()

    def read(self) -> None:
        self.flush()
        packet = self.sock.recv(1 << 20)
        if not packet:
            raise Gone
        self.talk.packets.append(packet)
        self.unread += packet

    def answer(self, line: str) -> None:
        verb = line.partition(" ")[0].upper()
        self.talk.commands.append(line)
        match verb:
            case "EHLO":
                self.act(self.server.next_act("ehlo"), usual="\n".join(self.extensions()))
            case "STARTTLS" if self.server.starttls:
                self.say("220 Go ahead")
                self.flush()
                self.secure(self.server.starttls)
            case "MAIL":
                self.sender, self.receiver = between(line), ""
                self.begun = self.act(self.server.next_act("mail"))
            case "RCPT":
                act = self.server.for_receiver.get(between(line)) or self.server.next_act("rcpt")
                if self.act(act if self.begun else say("503 5.5.1 Nobody writes")):
                    self.receiver = between(line)
            case "DATA":
                welcome = self.receiver or self.server.lenient
                self.act(self.server.next_act("data") if welcome else say("554 5.5.1 Nobody to write to"))
                if self.said.startswith("354"):
                    self.take_in()
            case "RSET":
                self.sender, self.receiver, self.begun = "", "", False
                self.act(self.server.next_act("rset"))
            case "QUIT":
                self.say("221 2.0.0 Bye")
                self.flush()
                raise Gone
            case _:
                self.say("502 5.5.1 Not here")

    def extensions(self) -> list[str]:
        return [
            "250-muestra.example",
            *(["250-PIPELINING"] if self.server.pipelining else []),
            *(["250-SMTPUTF8", "250-8BITMIME"] if self.server.smtputf8 else []),
            *(["250-STARTTLS"] if self.server.starttls and not isinstance(self.sock, ssl.SSLSocket) else []),
            "250 ENHANCEDSTATUSCODES",
        ]

    def take_in(self) -> None:
        """The letter up to its last dot."""
        if not self.unread:
            self.read()
        self.act(self.server.next_act("text"))
        while not self.unread.startswith(b".\r\n") and b"\r\n.\r\n" not in self.unread:
            self.read()
        if self.unread.startswith(b".\r\n"):
            raw, self.unread = b"", self.unread[3:]
        else:
            raw, _dot, self.unread = self.unread.partition(b"\r\n.\r\n")
            raw += b"\r\n"
        act = self.server.next_act("dot")
        if self.receiver and (act.takes or act.reply.startswith("2")):
            self.server.keep(
                Taken(sender=self.sender, receiver=self.receiver, raw=raw.replace(b"\r\n..", b"\r\n."))
            )
        self.sender, self.receiver, self.begun = "", "", False
        self.act(act)

    def act(self, act: Act, *, usual: str = "") -> bool:
        """Do what stands at this step; whether it was welcomed."""
        self.said = act.reply or ("" if act.hangs_up else usual)
        for _time in range(act.times):
            if act.delay:
                self.flush()
                time.sleep(act.delay)
            self.say(self.said)
        if act.hangs_up:
            self.flush()
            raise Gone
        return self.said.startswith("2")

    def say(self, words: str) -> None:
        if words:
            self.unsaid += words.replace("\n", "\r\n").encode() + b"\r\n"
        if not self.server.in_one_packet:
            self.flush()

    def flush(self) -> None:
        """With ``in_one_packet`` all that is due leaves when there is nothing more to read."""
        unsaid, self.unsaid = self.unsaid, b""
        pieces = [bytes([byte]) for byte in unsaid] if self.server.byte_by_byte else [unsaid]
        for piece in filter(None, pieces):
            self.sock.sendall(piece)


def between(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


@contextmanager
def scripted_serving() -> Iterator[ScriptedSmtp]:
    server = ScriptedSmtp()
    server.start()
    try:
        yield server
    finally:
        server.stop()
