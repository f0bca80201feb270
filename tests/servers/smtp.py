"""A mail server that keeps every whole message, and refuses, postpones or dies when a test asks."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One accepted message: its envelope, and what was inside."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    raw: bytes


class SmtpServer:
    """``messages`` as they were accepted; an address in ``refused`` gets 550, one in ``postponed`` 451."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.messages: list[Mail] = []
        self.refused: set[str] = set()
        self.postponed: set[str] = set()
        self.delay = 0.0  # seconds before a message is accepted
        self.hangs_up = False  # instead of saying whether it accepted one
        self._controller: Controller | None = None

    # The three methods' names and arguments are aiosmtpd's.
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 The recipient does not exist here"
        if address in self.postponed:
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        if self.hangs_up:
            server.transport.abort()
        raw = envelope.content
        assert isinstance(raw, bytes)
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(
            Mail(
                sender=envelope.mail_from or "", recipients=list(envelope.rcpt_tos), message=message, raw=raw
            )
        )
        return "250 OK"

    def start(self) -> None:
        """Listen; after ``die`` it comes back on the port it had."""
        self._controller = _OwnPort(
            self, hostname=self.host, port=self.port, enable_SMTPUTF8=True, data_size_limit=50 * 1024 * 1024
        )
        self._controller.start()
        self.port = self._controller.port

    def die(self) -> None:
        """Stop listening: who connects from now on is refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _OwnPort(Controller):
    """aiosmtpd's controller cannot say which port it was given when it asks for any; this one can."""

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        listening = socket.create_server((self.hostname, self.port))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


@contextmanager
def smtp_serving() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.start()
    try:
        yield server
    finally:
        server.die()
