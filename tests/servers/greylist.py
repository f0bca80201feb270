"""A greylist as many mail servers have one: Postfix asks it about each receiver, by its policy protocol.

Whoever is not known yet is put off, and let in once enough time has passed since they first knocked.
"""

from __future__ import annotations

import socketserver
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta


class Greylist:
    """When each pair of sender and receiver knocked, by the clock of the test."""

    def __init__(self, clock: Callable[[], datetime], delay: timedelta) -> None:
        self.clock, self.delay = clock, delay
        self.knocks: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        self.port = 0

    def answer(self, asked: dict[str, str]) -> str:
        knocks = self.knocks[asked["sender"], asked["recipient"]]
        knocks.append(self.clock())
        waited = knocks[-1] - knocks[0] >= self.delay
        return "DUNNO" if waited else "DEFER_IF_PERMIT Greylisted, try again later"


@contextmanager
def greylisting(clock: Callable[[], datetime], *, delay: timedelta) -> Iterator[Greylist]:
    """The list, asked at its port on loopback."""
    greylist = Greylist(clock, delay)

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked: dict[str, str] = {}
            for line in self.rfile:
                name, _, value = line.decode().strip().partition("=")
                if name:
                    asked[name] = value
                else:
                    self.wfile.write(f"action={greylist.answer(asked)}\n\n".encode())
                    asked = {}

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Talk) as server:
        greylist.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield greylist
        finally:
            server.shutdown()
            serving.join()
