"""SMTP with a server that may never come to an end: no answer is longer than a page, nor takes longer than its step.

``smtplib`` waits for each line by itself and keeps them all, so that a server that always adds one more would fill
the memory, and one that adds a letter now and then would hold a worker for days.
"""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
import time
from functools import lru_cache
from typing import Any

#: For each step of the conversation; the ten of a whole first delivery stay under the engine's patience.
SECONDS = 15
LONGEST_ANSWER = 64 * 1024


class Answer(io.RawIOBase):
    """What a server says, up to a size and a moment that begin anew with each answer."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.begin()

    def begin(self) -> None:
        self.until = time.monotonic() + (self.sock.gettimeout() or 0)
        self.room = LONGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        before, left = self.sock.gettimeout(), self.until - time.monotonic()
        if left <= 0 or self.room <= 0:
            raise TimeoutError("The answer has no end.")
        self.sock.settimeout(left)
        try:
            read = self.sock.recv_into(buffer)
        finally:
            self.sock.settimeout(before)
        self.room -= read
        return read


class Bounded:
    """Reads each answer through an :class:`Answer`; smtplib takes its errors for a server that hung up."""

    sock: Any
    file: Any
    _answer: Answer | None = None

    def getreply(self) -> tuple[int, bytes]:
        if (
            self.file is None and self.sock is not None
        ):  # a new connection, or the same one from now on in TLS
            self._answer = Answer(self.sock)
            self.file = io.BufferedReader(self._answer)
        elif self._answer is not None:
            self._answer.begin()
        reply: tuple[int, bytes] = super().getreply()  # type: ignore[misc]  # of the class beside this one
        return reply


class Plain(Bounded, smtplib.SMTP):
    """In the clear, or in TLS after STARTTLS."""


class Sealed(Bounded, smtplib.SMTP_SSL):
    """In TLS from the beginning."""


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The system's certificates; reading them takes longer than writing ten letters."""
    return ssl.create_default_context()
