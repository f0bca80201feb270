"""Readers over real connections: each hears every telling once, and nobody waits for the slowest."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn

from pregon.website.front import SAFETY
from pregon.website.hub import doors as hub
from pregon.website.hub.doors import Doors, Room
from pregon.website.hub.window import Mark, Told
from servers.streams import Listener

EPOCH = "0a1b2c3d"


def told(number: int, size: int = 0) -> Told:
    return Told(mark=Mark(EPOCH, number), kind="post", data={"n": number, "html": "x" * size})


@dataclass
class Hub:
    """Doors behind a real uvicorn, and the telling of it."""

    doors: Doors
    loop: asyncio.AbstractEventLoop
    port: int
    last: int = 0
    listeners: list[Listener] = field(default_factory=list)

    def tell(self, count: int = 1, *, size: int = 0, name: str = "sitio") -> None:
        news = [told(self.last + one, size) for one in range(1, count + 1)]
        self.last += count
        self.loop.call_soon_threadsafe(self.doors.tell, {name: (Mark(EPOCH, self.last), news)})

    def forget(self) -> None:
        self.loop.call_soon_threadsafe(self.doors.tell, {})

    def listen(self, path: str = "/vivo/sitio", **headers: str) -> Listener:
        self.listeners.append(Listener(self.port, path, headers))
        return self.listeners[-1]


@pytest.fixture
def hub_of() -> Iterator[Callable[..., Hub]]:
    servers: list[tuple[uvicorn.Server, threading.Thread]] = []
    hubs: list[Hub] = []

    def start(room: Room | None = None, *, known: bool = True) -> Hub:
        loops: list[asyncio.AbstractEventLoop] = []
        doors = Doors(lambda doors: loops.append(asyncio.get_running_loop()), safety=SAFETY, room=room)
        server = uvicorn.Server(
            uvicorn.Config(doors, http="httptools", lifespan="off", log_level="critical", port=0)
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        servers.append((server, thread))
        waker = Listener(port, "/vivo/nada", {})
        while not loops:
            time.sleep(0.01)
        waker.close()
        made = Hub(doors, loops[0], port)
        hubs.append(made)
        if known:
            made.tell(0)
        return made

    yield start
    for listener in (one for made in hubs for one in made.listeners):
        listener.close()
    for server, thread in servers:
        server.should_exit = server.force_exit = True
        thread.join(5)


def test_a_reader_hears_what_is_told_while_it_listens(hub_of: Callable[..., Hub]) -> None:
    hub = hub_of()
    reader = hub.listen()
    assert "text/event-stream" in reader.until(lambda heard: "event: here" in heard)
    hub.tell(2)
    assert reader.ids(2) == [f"{EPOCH}.1", f"{EPOCH}.2"]


def test_who_comes_back_hears_what_it_missed_and_only_that(hub_of: Callable[..., Hub]) -> None:
    hub = hub_of()
    hub.tell(5)
    back = hub.listen(Last_Event_ID=f"{EPOCH}.3")
    fresh = hub.listen(f"/vivo/sitio?desde={EPOCH}.4")
    new = hub.listen()
    new.until(lambda heard: "retry" in heard)
    hub.tell()
    assert (back.ids(3), fresh.ids(2), new.ids(1)) == (
        [f"{EPOCH}.4", f"{EPOCH}.5", f"{EPOCH}.6"],
        [f"{EPOCH}.5", f"{EPOCH}.6"],
        [f"{EPOCH}.6"],
    )


@pytest.mark.parametrize("forged", [f"{EPOCH}.99", "99999999.1", "<script>", "7"])
def test_who_heard_what_was_never_said_is_sent_to_the_snapshot(
    forged: str, hub_of: Callable[..., Hub]
) -> None:
    hub = hub_of()
    hub.tell(2)
    assert "event: again" in hub.listen(Last_Event_ID=forged).until(lambda heard: "again" in heard)


def test_those_who_lost_the_stream_together_are_asked_back_one_by_one(hub_of: Callable[..., Hub]) -> None:
    made = hub_of()
    waits = {
        re.findall(r"retry: (\d+)", made.listen().until(lambda heard: "event: here" in heard))[0]
        for _reader in range(8)
    }
    assert len(waits) > 1
    assert all(1000 <= int(wait) <= 4000 for wait in waits)


def test_a_stream_that_ends_says_its_last_word_and_lets_go(hub_of: Callable[..., Hub]) -> None:
    hub = hub_of()
    reader = hub.listen()
    reader.until(lambda heard: "retry" in heard)
    hub.tell()
    hub.forget()
    assert reader.until(lambda heard: heard.endswith("0\r\n\r\n")).count("event: post") == 1
    assert "204 No Content" in hub.listen().until(lambda heard: "\r\n\r\n" in heard)


def test_a_heartbeat_comes_while_nothing_is_told(
    hub_of: Callable[..., Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT", hub.HEARTBEAT / 150)
    heard = hub_of().listen().until(lambda heard: heard.count("event: beat") >= 2)
    assert "id: " not in heard


def test_one_address_may_not_take_all_the_room(hub_of: Callable[..., Hub]) -> None:
    crowded = hub_of(Room(from_one_address=2))
    first, second = crowded.listen(), crowded.listen()
    for reader in (first, second):
        reader.until(lambda heard: "retry" in heard)
    refused = crowded.listen().until(lambda heard: "\r\n\r\n" in heard)
    assert ("503" in refused, "retry-after: 30" in refused.lower()) == (True, True)
    first.close()
    assert wait_for(lambda: "retry" in crowded.listen().until(lambda heard: "\r\n\r\n" in heard, seconds=1))


def test_whoever_asks_for_the_head_alone_holds_neither_room_nor_connection(
    hub_of: Callable[..., Hub],
) -> None:
    hub = hub_of()
    with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as line:
        for _again in range(2):
            line.sendall(b"HEAD /vivo/sitio HTTP/1.1\r\nHost: muestra.example\r\n\r\n")
            assert line.recv(4096).startswith(b"HTTP/1.1 200")
        assert wait_for(lambda: not hub.doors.addresses)


def test_a_reader_that_never_reads_delays_nobody_and_is_let_go(
    hub_of: Callable[..., Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PATIENCE", hub.PATIENCE / 60)
    made = hub_of()
    deaf = made.listen()
    deaf.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader = made.listen()
    reader.until(lambda heard: "retry" in heard)
    for _telling in range(120):
        made.tell(size=100_000)
        reader.ids(made.last)
    assert reader.ids(120)[-1] == f"{EPOCH}.120"
    assert wait_for(lambda: len(made.doors.readers["sitio"]) == 1)


def test_a_slow_reader_delays_nobody_and_hears_each_telling_once(hub_of: Callable[..., Hub]) -> None:
    made = hub_of()
    slow, reader = made.listen(), made.listen()
    slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    for one in (slow, reader):
        one.until(lambda heard: "event: here" in heard)
    for _telling in range(60):
        made.tell(size=100_000)
        reader.ids(made.last)
        slow.heard += slow.sock.recv(64)
    everything = [f"{EPOCH}.{number}" for number in range(1, 61)]
    assert reader.ids(60) == everything
    assert slow.ids(60) == everything


def test_a_slow_reader_that_is_let_go_comes_back_to_what_it_missed(
    hub_of: Callable[..., Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PATIENCE", hub.PATIENCE / 60)
    made = hub_of()
    slow = made.listen()
    slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    slow.until(lambda heard: "event: here" in heard)
    while made.doors.readers["sitio"]:
        made.tell(size=100_000)
        slow.heard += slow.sock.recv(64)
        time.sleep(0.02)  # the hub lives in another thread, and lets go by its own clock
    whole = slow.until(lambda heard: False).rpartition("\n\n")[0]
    heard = re.findall(r"(?m)^id: (.+?)\r?$", whole)
    back = made.listen(Last_Event_ID=heard[-1])
    missed = back.ids(made.last - len(heard))
    assert heard + missed == [f"{EPOCH}.{number}" for number in range(1, made.last + 1)]


def test_two_thousand_who_come_back_at_once_all_hear_it_once(hub_of: Callable[..., Hub]) -> None:
    made = hub_of(Room(from_one_address=5_000))
    made.tell(3)
    heard = asyncio.run(crowd(made.port, 2_000, f"{EPOCH}.1"))
    assert (len(heard), set(heard)) == (2_000, {(f"{EPOCH}.2", f"{EPOCH}.3")})


async def crowd(port: int, count: int, mark: str) -> list[tuple[str, ...]]:
    async def one() -> tuple[str, ...]:
        reading, writing = await asyncio.open_connection("127.0.0.1", port)
        writing.write(f"GET /vivo/sitio HTTP/1.1\r\nHost: x\r\nLast-Event-ID: {mark}\r\n\r\n".encode())
        ids: list[str] = []
        async with asyncio.timeout(30):
            while len(ids) < 2:
                line = (await reading.readline()).decode().strip()
                if line.startswith("id: "):
                    ids.append(line.removeprefix("id: "))
        writing.close()
        return tuple(ids)

    return list(await asyncio.gather(*(one() for _reader in range(count))))


def wait_for(so: Callable[[], bool], *, seconds: float = 5) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if so():
            return True
        time.sleep(0.02)
    return False
