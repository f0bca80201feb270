"""Readers of a stream over connections of their own, in one process that does little else, so that what is measured is
who serves them. Arguments: port, path, how many, the first number of their addresses.

Says ``ready`` once all are greeted. For each line on its standard input it answers with one line: ``report`` with what
was heard since the last one. Whoever loses the stream comes back at once and says what it heard last, as browsers do.
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

#: Fewer than one address may have on our own hub.
FROM_ONE_ADDRESS = 150
#: Who begin at once: a queue of the kernel that runs over would cost them a second each.
AT_ONCE = 400
NUMBER = re.compile(rb'"number": ?(\d+)')
#: As much as a browser says of itself.
HEADERS = b"".join(
    line + b"\r\n"
    for line in (
        b"Host: comunicacion.ejemplo.invalid",
        b"Connection: keep-alive",
        b'sec-ch-ua-platform: "Android"',
        b"Cache-Control: no-store",
        b"User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
        b"Accept: text/event-stream",
        b'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
        b"sec-ch-ua-mobile: ?1",
        b"Sec-Fetch-Site: same-origin",
        b"Sec-Fetch-Mode: cors",
        b"Sec-Fetch-Dest: empty",
        b"Referer: https://comunicacion.ejemplo.invalid/en-vivo/2026-11-27-desfile-de-muestra/",
        b"Accept-Encoding: gzip, deflate, br, zstd",
        b"Accept-Language: es-MX,es-419;q=0.9,es;q=0.8",
    )
)
ID = re.compile(rb"(?m)^id: (.+?)\r?$")


@dataclass(eq=False, slots=True)
class Reader:
    """One connection, what of it is not read yet, and how often each telling was heard."""

    address: str
    heard: Counter[int] = field(default_factory=Counter)
    last: bytes = b""
    rest: bytes = b""
    greeted: bool = False
    sock: socket.socket = field(default_factory=socket.socket)


class Crowd:
    def __init__(self, port: int, path: str, count: int, first: int) -> None:
        self.port, self.path = port, path
        self.poll = select.epoll()
        self.by_file: dict[int, Reader] = {}
        self.arrived: list[tuple[int, float]] = []
        self.again: list[Reader] = []
        self.greeted = 0
        self.readers = [
            Reader(f"127.0.{first + one // FROM_ONE_ADDRESS // 250}.{one // FROM_ONE_ADDRESS % 250 + 1}")
            for one in range(count)
        ]

    def connect(self, reader: Reader) -> None:
        reader.sock = sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: ports are chosen for each target
        sock.bind((reader.address, 0))
        reader.rest, reader.greeted = b"", False
        self.by_file[sock.fileno()] = reader
        self.poll.register(sock.fileno(), select.EPOLLOUT)
        sock.connect_ex(("127.0.0.1", self.port))

    def ask(self, reader: Reader) -> None:
        last = b"Last-Event-ID: " + reader.last + b"\r\n" if reader.last else b""
        head = f"GET {self.path} HTTP/1.1\r\n".encode()
        reader.sock.sendall(head + HEADERS + last + b"\r\n")
        self.poll.modify(reader.sock.fileno(), select.EPOLLIN)

    def lose(self, reader: Reader) -> None:
        file = reader.sock.fileno()
        self.poll.unregister(file)
        del self.by_file[file]
        reader.sock.close()
        self.greeted -= reader.greeted
        self.again.append(reader)

    def take(self, reader: Reader) -> None:
        piece = reader.sock.recv(65536)
        now = time.perf_counter()
        if not piece:
            self.lose(reader)
            return
        whole, cut, reader.rest = (reader.rest + piece).rpartition(b"\n\n")
        if not cut:
            reader.rest = whole + reader.rest
            return
        if not reader.greeted:
            if b"200 OK" not in whole and b"event:" not in whole and b": hi" not in whole:
                raise SystemExit(f"refused: {whole[:300]!r}")
            reader.greeted = True
            self.greeted += 1
        for number in NUMBER.findall(whole):
            reader.heard[int(number)] += 1
            self.arrived.append((int(number), now))
        if ids := ID.findall(whole):
            reader.last = ids[-1]

    def look(self, seconds: float) -> None:
        for file, event in self.poll.poll(seconds):
            reader = self.by_file.get(file)
            if reader is None:
                continue
            try:
                if event & select.EPOLLIN:
                    self.take(reader)
                elif event & (select.EPOLLERR | select.EPOLLHUP):
                    self.lose(reader)
                else:
                    self.ask(reader)
            except OSError:
                self.lose(reader)
        back, self.again = self.again, []
        for reader in back:
            self.connect(reader)

    def gather(self) -> None:
        waiting = list(self.readers)
        while self.greeted < len(self.readers):
            while waiting and len(self.by_file) - self.greeted < AT_ONCE:
                self.connect(waiting.pop())
            self.look(0.1)

    def report(self) -> dict[str, object]:
        """When each telling arrived, and how many readers heard each how often since last time."""
        arrived, self.arrived = self.arrived, []
        times = Counter[str]()
        for reader in self.readers:
            times.update(f"{number}×{count}" for number, count in reader.heard.items())
            reader.heard.clear()
        by_number: dict[int, list[float]] = {}
        for number, at in arrived:
            by_number.setdefault(number, []).append(round(at, 5))
        return {"arrived": by_number, "times": times, "connected": self.greeted}


crowd = Crowd(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
crowd.gather()
print("ready", flush=True)
crowd.poll.register(sys.stdin.fileno(), select.EPOLLIN)
while True:
    crowd.look(0.2)
    if select.select([sys.stdin], [], [], 0)[0]:
        if not sys.stdin.readline():
            break
        print(json.dumps(crowd.report()), flush=True)
