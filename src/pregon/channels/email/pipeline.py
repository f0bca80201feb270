"""Many letters over several connections at once, each connection with one letter in its hands.

Where the server knows PIPELINING (RFC 2920) sender, receiver and DATA go out together, so that a letter takes two round
trips; elsewhere each waits for its answer. A connection takes its next letter when the last one is answered: whoever
is killed leaves no more in doubt than there were connections.
"""

from __future__ import annotations

import queue
import re
import selectors
import smtplib
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from pregon.channels.email.conversation import LONGEST_ANSWER
from pregon.delivery.contract import Answer, Batch, Fate, Parcel, Receipt, stops_all
from pregon.delivery.errors import (
    DeliveryError,
    DestinationGone,
    Misconfigured,
    Postponed,
    Rejected,
    Unanswered,
)

#: Seconds that a server may take for a step, and to accept a whole letter (RFC 5321, 4.5.3.2, is more patient still).
STEP, ACCEPTANCE = 60, 300
#: Letters that each line has carried before another one is opened beside it, or seconds that they took.
EAGER, SLOW = 5, 1
#: Idle connections are kept so long, in seconds: shorter than any server's own patience.
KEPT = 20
PIECE = 256 * 1024
#: So many letters in a row that the server dropped, each of them twice, and it is the server and not the letters.
HOPELESS = 3

# RFC 3463: no such mailbox, no such domain, bad syntax, mailbox moved, null MX, mailbox disabled.
GONE = re.compile(r"\b5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")
# Our own name or right that is refused, though at RCPT, where Postfix says it: bad sender, no login, no relaying.
OURS = re.compile(r"\b5\.(?:1\.[78]|7\.54)\b|relay access denied|relay(?:ing)? not permitted", re.IGNORECASE)
# What another server said of the receiver when ours asked it first.
PASSED_ON = re.compile(r"undeliverable|verif", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A parcel as this server is told of it."""

    parcel: Parcel
    sender: str
    receiver: str
    raw: bytes
    reference: str

    @property
    def unicode(self) -> bool:
        return not (self.sender + self.receiver).isascii()


class Broken(Exception):
    """The connection is no more."""


class Line:
    """One connection to the server, and the letter in its hands.

    ``awaited`` names the commands that were sent and not answered yet, ``unsent`` those that wait for their turn. A
    ``worn`` line has carried a letter already; one that is ``ended`` carries no other.
    """

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self.sock: socket.socket = smtp.sock  # type: ignore[assignment]  # it has just greeted us
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.pipelining = smtp.has_extn("pipelining")
        self.unicode = smtp.has_extn("smtputf8")
        self.letter: Letter | None = None
        self.awaited: deque[str] = deque()
        self.unsent: deque[tuple[str, bytes]] = deque()
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.incoming = bytearray()
        self.outgoing = bytearray()
        self.dirty = self.worn = self.ended = False
        self.idle_since = self.until = time.monotonic()

    # --- What is said ---

    def carry(self, letter: Letter) -> None:
        """Begin a letter. Nothing is accepted before its body is there."""
        self.letter, self.answers = letter, {}
        extension = " SMTPUTF8" if letter.unicode else ""
        if self.dirty:
            self.unsent.append(("rset", b"RSET\r\n"))
        self.unsent += [
            ("mail", f"MAIL FROM:<{letter.sender}>{extension}\r\n".encode()),
            ("rcpt", f"RCPT TO:<{letter.receiver}>\r\n".encode()),
            ("data", b"DATA\r\n"),
        ]
        self.dirty = True
        self.be_patient()
        self.speak()

    def speak(self) -> None:
        """Send what may be sent now."""
        while self.unsent and (self.pipelining or not self.awaited):
            name, command = self.unsent.popleft()
            self.awaited.append(name)
            self.outgoing += command
        self.flush()

    def be_patient(self) -> None:
        """From each whole answer to the next; letters that drip in one by one win no time."""
        self.until = time.monotonic() + (ACCEPTANCE if self.carries_body else STEP)

    def flush(self) -> None:
        try:
            while self.outgoing:
                sent = self.sock.send(memoryview(self.outgoing)[:PIECE])
                del self.outgoing[:sent]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError, ConnectionError):
            return  # whoever hung up has perhaps said why: it is read next
        except OSError as broken:
            raise Broken from broken

    # --- What is heard ---

    def hear(self) -> Answer | None:
        """Read what has come; the answer to the letter, once it has one. Whoever hangs up has often said why."""
        self.read()
        replies = deque(self.replies())
        while replies:
            if self.unsent and self.carries_body:
                self.awaited.append("body")  # no byte of it has left, and it is answered already
            if not self.awaited:
                raise Broken  # it speaks unasked: a goodbye, or nonsense
            name, (code, said) = self.awaited[0], replies.popleft()
            if not self.fits(name, code):
                raise Broken
            self.answers[self.awaited.popleft()] = code, said
            if (answer := self.follow(name, code, said)) is not None:
                self.ended = self.ended or code == 421 or bool(replies or self.outgoing or self.unsent)
                return answer
            self.be_patient()
        if self.ended:
            raise Broken
        self.speak()
        return None

    def read(self) -> None:
        while not self.ended:
            try:
                piece = self.sock.recv(PIECE)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                piece = b""
            self.incoming += piece
            self.ended = not piece
            if len(self.incoming) > LONGEST_ANSWER:
                raise Broken

    def put_down(self) -> Letter:
        """The letter that was answered for; the next one may come."""
        letter, self.letter, self.worn = self.carried, None, True
        self.idle_since = time.monotonic()
        return letter

    @property
    def carried(self) -> Letter:
        if self.letter is None:
            raise Broken
        return self.letter

    def replies(self) -> list[tuple[int, bytes]]:
        """Whole replies, taken out of what came in. A reply has as many lines as it likes; the last one has a space
        behind its code."""
        whole: list[tuple[int, bytes]] = []
        start = end = 0
        lines: list[bytes] = []
        while (stop := self.incoming.find(b"\n", end)) >= 0:
            line = bytes(self.incoming[end:stop]).rstrip(b"\r")
            end = stop + 1
            lines.append(line[4:])
            if not line[:3].isdigit():
                raise Broken
            if line[3:4] != b"-":
                whole.append((int(line[:3]), b" ".join(lines)))
                lines, start = [], end
        del self.incoming[:start]
        return whole

    def fits(self, name: str, code: int) -> bool:
        """Whether a server may say that here. A goodbye on a line that carried a letter is for the line, not for us."""
        if code == 421 and name != "body":
            return not self.worn
        if name == "rset":
            return code < 300
        if name == "body" and (self.outgoing or self.unsent):
            return code >= 400
        return code == 354 if name == "data" and code < 400 else code // 100 in {2, 4, 5}

    def follow(self, name: str, code: int, said: bytes) -> Answer | None:
        """What one reply means for the letter; an answer only when the server has nothing more to say about it."""
        if code == 421:
            return not_now(plain(said), whole=True)
        match name:
            case "mail" | "rcpt" if code >= 400 and not self.pipelining:
                self.unsent.clear()
                return self.refused()
            case "data":
                return self.hand_over(code)
            case "void":
                return self.refused()
            case "body":
                self.dirty = code >= 300
                if code < 300:
                    return Receipt(reference=self.carried.reference)
                if code >= 500:
                    return Rejected(
                        _("El servidor de correo rechazó el mensaje: %(said)s") % {"said": plain(said)}
                    )
                return not_now(plain(said), whole=False)
        return None

    def hand_over(self, code: int) -> Answer | None:
        welcome = all(self.answers[name][0] < 300 for name in ("mail", "rcpt"))
        if code == 354:
            body = stuffed(self.carried.raw) if welcome else b""
            self.unsent.append(("body" if welcome else "void", body + b".\r\n"))
            return None
        return self.refused()

    def refused(self) -> DeliveryError:
        """Why the letter was not taken, named by the first step that was refused."""
        name, code, answer = next(
            (name, *self.answers[name])
            for name in ("mail", "rcpt", "data")
            if name in self.answers and self.answers[name][0] >= 400
        )
        said = plain(answer)
        if code < 500:
            return not_now(said, whole=name == "mail")
        if (name == "mail" and not (self.carried.unicode and "5.6.7" in said)) or self.is_about_us(
            code, said
        ):
            return Misconfigured(
                _("El servidor de correo no deja escribir a nombre de %(sender)s: %(said)s")
                % {"sender": self.carried.sender, "said": said}
            )
        if name != "rcpt":
            return Rejected(_("El servidor de correo rechazó el mensaje: %(said)s") % {"said": said})
        if GONE.search(said):
            return DestinationGone(_("El buzón no existe: %(said)s") % {"said": said})
        return Rejected(_("El servidor de correo rechazó la dirección: %(said)s") % {"said": said})

    def is_about_us(self, code: int, said: str) -> bool:
        """Whether nobody else would get a letter from us either."""
        letter = self.carried
        if f"<{letter.sender}>" in said and letter.receiver not in said:
            return True
        return code == 530 or bool(OURS.search(said) and not PASSED_ON.search(said))

    # --- Its end ---

    @property
    def carries_body(self) -> bool:
        return "body" in self.awaited or any(name == "body" for name, _command in self.unsent)

    @property
    def in_doubt(self) -> bool:
        """Whether the whole letter is on its way, so that the server may have taken it."""
        return "body" in self.awaited and not self.outgoing and not self.unsent

    @property
    def stale(self) -> bool:
        return time.monotonic() - self.idle_since > KEPT

    def hang_up(self) -> None:
        with suppress(OSError):
            if self.letter is None:
                self.sock.send(b"QUIT\r\n")
        self.sock.close()


def stuffed(raw: bytes) -> bytes:
    """With a second dot where a line begins with one (RFC 5321, 4.5.2)."""
    return (b"." if raw.startswith(b".") else b"") + raw.replace(b"\n.", b"\n..")


def not_now(said: str, *, whole: bool) -> Postponed:
    return Postponed(
        _("El servidor de correo pidió esperar: %(said)s") % {"said": said},
        wait=timedelta(minutes=1 if whole else 5),
        whole=whole,
    )


def fate_of(said: str) -> Fate:
    """What became of a letter that was refused for good."""
    return Fate.GONE if GONE.search(said) else Fate.FAILED


def plain(answer: bytes) -> str:
    """What a server said, on one line and in letters that can be shown."""
    words = " ".join(answer.decode("utf-8", "replace").split())
    return "".join(letter for letter in words if letter.isprintable())[:200]


# --- Several lines at once ----------------------------------------------------------------------------------

Connect = Callable[[], smtplib.SMTP]


class Post:
    """Sends a batch over up to ``most`` lines, one at first and more as the letters go on coming.

    ``written`` turns a parcel into a letter; ``spare`` are lines that an earlier batch left open, and where this one
    leaves its own.
    """

    def __init__(
        self,
        batch: Batch,
        *,
        connect: Connect,
        written: Callable[[Parcel], Letter],
        most: int,
        spare: list[Line],
    ) -> None:
        self.batch, self.connect, self.written, self.most, self.spare = batch, connect, written, most, spare
        self.selector = selectors.DefaultSelector()
        self.lines: set[Line] = set()
        self.idle: deque[Line] = deque()
        self.letters: deque[Letter] = deque()
        self.tried: set[str] = set()
        self.trouble: DeliveryError | None = None
        self.ended = False
        self.answered = self.dropped = 0
        self.grown_at = time.monotonic()
        self.bell, self.rope = socket.socketpair()
        self.opened: queue.SimpleQueue[smtplib.SMTP | None] = queue.SimpleQueue()
        self.opening: threading.Thread | None = None
        self.door, self.left = threading.Lock(), False

    def send(self) -> None:
        """Until every parcel is answered for. Raises what stops the whole channel."""
        self.bell.setblocking(False)
        self.selector.register(self.bell, selectors.EVENT_READ)
        try:
            while self.spare:
                line = self.spare.pop()
                line.hang_up() if line.stale else self.join(line)
            while True:
                self.hand_out()
                if not any(line.letter for line in self.lines):
                    break
                self.listen()
        finally:
            self.leave()
        if self.trouble is not None:
            raise self.trouble

    # --- Steps ---

    def hand_out(self) -> None:
        """Give each idle line a letter, while there are any."""
        while not self.trouble and (self.idle or not self.lines):
            if not self.letters and not self.ended:
                self.fetch()
            if not self.letters:
                return
            if not self.lines and not self.call():
                return
            line, letter = self.idle.popleft(), self.letters.popleft()
            if letter.unicode and not line.unicode:
                refusal = Rejected(_("El servidor de correo no admite direcciones con acentos."))
                self.batch.answer(letter.parcel, refusal)
                self.idle.append(line)
                continue
            try:
                line.carry(letter)
            except Broken:
                self.lose(line)
            else:
                self.watch(line)
        if self.may_grow and (
            self.answered >= EAGER * len(self.lines) or time.monotonic() - self.grown_at >= SLOW
        ):
            self.call_aside()

    @property
    def may_grow(self) -> bool:
        """Whether more letters wait than there are lines, and one more line may be had."""
        return not self.ended and not self.trouble and self.opening is None and len(self.lines) < self.most

    def fetch(self) -> None:
        """The next parcels, one for each line that is free."""
        parcels = self.batch.take(max(1, len(self.idle)))
        self.ended = not parcels
        for parcel in parcels:
            try:
                self.letters.append(self.written(parcel))
            except DeliveryError as problem:
                self.batch.answer(parcel, problem)

    def listen(self) -> None:
        """Wait for the next answers, and do what they and all that came meanwhile lead to: the more lines are free
        together, the more letters share a commit."""
        patience = max(0.0, min(line.until for line in self.lines if line.letter) - time.monotonic())
        patience = min(patience, SLOW) if self.may_grow else patience
        while len(self.idle) < len(self.lines) and (heard := self.selector.select(patience)):
            for key, _events in heard:
                if key.data is None:
                    self.welcome()
                elif key.data in self.lines:
                    self.attend(key.data)
            patience = 0.0
        now = time.monotonic()
        for line in [line for line in self.lines if line.letter and line.until <= now]:
            self.lose(line)

    def attend(self, line: Line) -> None:
        try:
            answer = line.hear()
        except Broken:
            self.lose(line)
            return
        if answer is not None:
            letter = line.put_down()
            self.answered, self.dropped = self.answered + 1, 0
            self.idle.append(line)
            if isinstance(answer, DeliveryError) and stops_all(answer):
                self.trouble = self.trouble or answer
            else:
                self.batch.answer(letter.parcel, answer)
        self.lose(line) if line.ended else self.watch(line)

    # --- Lines come and go ---

    def call(self) -> bool:
        """Open a line and wait for it; where none can be had nothing leaves."""
        try:
            self.join(Line(self.connect()))
        except DeliveryError as problem:
            self.trouble = problem
        return self.trouble is None

    def call_aside(self) -> None:
        """Open one line more, without waiting for it."""
        self.opening = threading.Thread(target=self.open_one, name="smtp-line", daemon=True)
        self.opening.start()

    def open_one(self) -> None:
        smtp: smtplib.SMTP | None = None
        with suppress(DeliveryError):
            smtp = self.connect()
        with self.door:
            if not self.left:
                self.opened.put(smtp)
                self.rope.send(b".")
            elif smtp is not None:
                smtp.close()

    def welcome(self) -> None:
        """The line that was opened aside; where the server lets in no more, this many it shall be."""
        self.bell.recv(1)
        smtp, self.opening = self.opened.get(), None
        if smtp is None:
            self.most = len(self.lines)
        else:
            self.join(Line(smtp))

    def join(self, line: Line) -> None:
        self.grown_at = time.monotonic()
        self.lines.add(line)
        self.idle.append(line)
        self.selector.register(line.sock, selectors.EVENT_READ, line)

    def watch(self, line: Line) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.outgoing else 0)
        self.selector.modify(line.sock, events, line)

    def lose(self, line: Line) -> None:
        """A line that broke. What the server may have taken is in doubt; anything else is carried by another one. A
        letter that a second fresh line broke under waits by itself, unless no other one fares better."""
        self.lines.discard(line)
        self.selector.unregister(line.sock)
        line.sock.close()
        if line.letter is None:
            self.idle.remove(line)
            return
        worn, letter = line.worn, line.put_down()
        if line.in_doubt:
            silence = _("La conexión con el servidor de correo se cortó antes de saber si aceptó el mensaje.")
            self.batch.answer(letter.parcel, Unanswered(silence))
        elif worn or letter.parcel.key not in self.tried:
            if not worn:
                self.tried.add(letter.parcel.key)
            self.letters.append(letter)
        else:
            self.dropped += 1
            self.drop(letter, whole=self.dropped >= HOPELESS)

    def drop(self, letter: Letter, *, whole: bool) -> None:
        refusal = Postponed(
            _("El servidor de correo cuelga antes de aceptar nada; se intentará de nuevo."),
            wait=timedelta(seconds=30) if whole else timedelta(minutes=5),
            whole=whole,
        )
        if whole:
            self.trouble = self.trouble or refusal
        else:
            self.batch.answer(letter.parcel, refusal)

    def leave(self) -> None:
        """Lines in good order are left for the next batch."""
        with self.door:
            self.left = True
        if not self.opened.empty() and (smtp := self.opened.get()) is not None:
            self.lines.add(Line(smtp))
        for line in self.lines:
            if line.letter is None and not line.awaited:
                self.spare.append(line)
            else:
                line.hang_up()
        self.selector.close()
        self.bell.close()
        self.rope.close()
