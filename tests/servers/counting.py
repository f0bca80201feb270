"""Receivers in a process of their own, which write down what they accepted before they say so.

Whoever kills a sender reads here what really arrived: an SMTP server by Message-ID, a webhook receiver by the key that
it knows, so that the second call with the same one changes nothing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SLOW = 0.6  # seconds

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Ledger:
    """One line for each thing that was accepted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()

    def read(self) -> list[str]:
        return self.path.read_text().split()

    def opened(self, pause: float = 0) -> Callable[[str], None]:
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND)

        def accept(word: str) -> None:
            os.write(file, f"{word}\n".encode())
            time.sleep(pause)

        return accept


@contextmanager
def counting(
    talk: Callable[[Callable[[str], None]], Talk],
    path: Path,
    *,
    listening: socket.socket | None = None,
    pause: float = 0,
) -> Iterator[tuple[int, Ledger]]:
    """The port at which ``talk`` listens, and what it accepted, one after the other with a pause between."""
    ledger = Ledger(path)
    listening = listening or socket.create_server(("127.0.0.1", 0), backlog=256)
    # Its connections inherit it; asyncio leaves it out, and each answer would wait 40 ms for the one before.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_serve, args=(talk(ledger.opened(pause)), listening), daemon=True)
    process.start()
    try:
        yield listening.getsockname()[1], ledger
    finally:
        process.terminate()
        process.join()
        listening.close()


def _serve(talk: Talk, listening: socket.socket) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, EOFError):
            return  # the other side was killed
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(guarded, sock=listening, limit=1024 * 1024)
        await server.serve_forever()

    asyncio.run(serve())


def mail(accept: Callable[[str], None]) -> Talk:
    """Speaks SMTP with PIPELINING, takes every letter."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 counting\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-counting\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                letter = await reader.readuntil(b"\r\n.\r\n")
                accept(letter.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode())
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                return
            else:
                writer.write(b"250 ok\r\n")

    return talk


def moody_mail(accept: Callable[[str], None]) -> Talk:
    """Speaks SMTP, and treats each letter as the local part of its receiver says: ``slow`` takes its time, ``busy`` is
    full at first, ``over`` for ever, ``shy`` only once it has read the letter; nobody is called ``gone``; ``mute``
    takes it and hangs up."""
    met: set[str] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 moody\r\n")
        receiver = mood = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250 moody\r\n")
            elif verb == b"RCPT":
                receiver = line.decode().partition("<")[2].partition(">")[0]
                mood = receiver.partition("-")[0]
                if mood == "gone":
                    writer.write(b"550 5.1.1 nobody of that name\r\n")
                elif mood == "over" or (mood == "busy" and receiver not in met):
                    met.add(receiver)
                    writer.write(b"552 5.2.2 full\r\n" if mood == "over" else b"452 4.2.2 full\r\n")
                else:
                    writer.write(b"250 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                letter = await reader.readuntil(b"\r\n.\r\n")
                if mood == "shy":
                    writer.write(b"552 5.3.4 too much for me\r\n")
                    continue
                if mood == "slow":
                    await asyncio.sleep(SLOW)
                accept(letter.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode())
                if mood == "mute":
                    return
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                return
            else:
                writer.write(b"250 ok\r\n")

    return talk


def webhooks(accept: Callable[[str], None]) -> Talk:
    """Takes every call, and each key once."""
    known: set[str] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
            await reader.readexactly(int(headers["content-length"]))
            key = headers["webhook-id"]
            if key not in known:
                known.add(key)
                accept(key)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    return talk
