"""The connection on which receipts and people's messages come in, kept open between one look and the next.

A person's message is acknowledged to the provider only after the engine has done what it asks, which the cursor tells:
who is killed in between gets it again. A receipt is acknowledged at once, or a slow look would hold thousands of them
up, and it is kept here until it is done; a process that dies with it leaves a message «sent» that was «delivered».
"""

from __future__ import annotations

import atexit
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pregon.channels.sms.link import Broken, Link, out_of_reach
from pregon.channels.sms.smpp import Command, Pdu, Short
from pregon.delivery.contract import Arrival, Report

#: Seconds of quiet that end a look; seconds of silence after which a link is asked whether it lives, and given up.
QUIET, ASKED, DEAD = 0.05, 30.0, 60.0
#: As many as are handed to the engine at once.
MOST = 500

Event = Arrival | Report
#: What a message means, told with the cursor that it gets; ``None`` for nothing.
Read = Callable[[Short, str], Event | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An event that the engine has not confirmed yet, and the message that waits for our answer, if it does."""

    event: Event
    owed: Pdu | None


class Listener:
    """Takes what comes in on one link, which it opens again when it breaks."""

    def __init__(self, open_link: Callable[[], Link], read: Read) -> None:
        self._open_link = open_link
        self._read = read
        self._link: Link | None = None
        self._name = secrets.token_hex(4)
        self._count = 0
        self._kept: dict[int, Kept] = {}
        self._asked_at = 0.0

    def collect(self, cursor: str) -> list[Event]:
        """What the engine has not confirmed, in the order in which it came."""
        try:
            if self._link is None:
                self._link = self._open_link()
            self._confirm(self._link, cursor)
            self._take(self._link)
            self._see_that_it_lives(self._link)
        except Broken as end:
            self.close()
            if not self._kept:
                raise out_of_reach(end) from end
        return [kept.event for kept in self._kept.values()]

    def close(self) -> None:
        """The provider keeps what we did not acknowledge, and sends it again."""
        if self._link is not None:
            self._link.drop()
            self._link = None
        self._kept = {number: kept for number, kept in self._kept.items() if kept.owed is None}

    def leave(self) -> None:
        if self._link is not None:
            self._link.leave()
        self.close()

    def _confirm(self, link: Link, cursor: str) -> None:
        name, _colon, last = cursor.partition(":")
        if name != self._name:
            return
        for number in [number for number in self._kept if number <= int(last)]:
            if owed := self._kept.pop(number).owed:
                link.answer(owed)

    def _take(self, link: Link) -> None:
        while len(self._kept) < MOST and (heard := link.hear(QUIET)):
            for pdu in heard:
                if pdu.command == Command.DELIVER_SM and isinstance(pdu.body, Short):
                    self._keep(link, pdu, pdu.body)

    def _keep(self, link: Link, pdu: Pdu, short: Short) -> None:
        self._count += 1
        event = self._read(short, f"{self._name}:{self._count}")
        person = isinstance(event, Arrival)
        if event is not None:
            self._kept[self._count] = Kept(event=event, owed=pdu if person else None)
        if not person:
            link.answer(pdu)

    def _see_that_it_lives(self, link: Link) -> None:
        silence = time.monotonic() - link.heard_at
        if silence > DEAD:
            raise Broken("The server says nothing any more.")
        if silence > ASKED and self._asked_at < link.heard_at:
            link.ask(Command.ENQUIRE_LINK)
            self._asked_at = time.monotonic()


# --- One for this process -----------------------------------------------------------------------------------

_one_at_a_time = threading.Lock()
_listeners: dict[object, Listener] = {}


def collect(options: object, cursor: str, *, open_link: Callable[[], Link], read: Read) -> list[Event]:
    """Look at what came in for an account with these options. Other options than the last time end the old link."""
    with _one_at_a_time:
        for other in [known for known in _listeners if known != options]:
            _listeners.pop(other).leave()
        listener = _listeners.setdefault(options, Listener(open_link, read))
        return listener.collect(cursor)


@atexit.register
def leave() -> None:
    """End the link: when the process does, and between tests."""
    with _one_at_a_time:
        while _listeners:
            _listeners.popitem()[1].leave()
