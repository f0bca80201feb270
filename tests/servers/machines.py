"""Several machines on one: network namespaces joined by cables, where the kernel lets us, and processes where not.

The first machine holds what the others reach; a cable leads from it to each of them. What runs on a machine that is
cut off goes on, and reaches nobody.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers.command import free_port

LOOPBACK = "127.0.0.1"
CLONE_NEWNET = 0x40000000


@dataclass(slots=True)
class Machine:
    """A place for processes. Without a network of its own its name is empty, and to cut it off is to stop them."""

    name: str
    address: str
    #: The far end of its cable: machine and plug.
    cable: tuple[Machine, str] | None = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.name] if self.name else []

    def start(self, *command: str, log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Leave ``command`` running here until the machines are cleared away."""
        with log.open("ab") as said:
            process = subprocess.Popen([*self.inside, *command], env=environment, stdout=said, stderr=said)
        self.processes.append(process)
        return process

    def cut_off(self) -> None:
        """As when somebody pulls the cable out at the far end: nothing is refused, nothing answers."""
        if self.cable:
            there, plug = self.cable
            ip("-n", there.name, "link", "set", plug, "down")
        for process in [] if self.cable else self.processes:
            process.send_signal(signal.SIGSTOP)

    def join_again(self) -> None:
        if self.cable:
            self.plug_in()
        for process in [] if self.cable else self.processes:
            process.send_signal(signal.SIGCONT)

    def plug_in(self) -> None:
        assert self.cable
        there, plug = self.cable
        ip("-n", there.name, "link", "set", plug, "up")
        ip("-n", there.name, "route", "replace", f"{self.address}/32", "dev", plug, "src", there.address)

    def stop_all(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()

    def listening(self) -> socket.socket:
        """A port of this machine, held by this process."""

        def open_here() -> socket.socket:
            if self.name:
                with Path(f"/run/netns/{self.name}").open() as network:
                    assert ctypes.CDLL(None, use_errno=True).setns(network.fileno(), CLONE_NEWNET) == 0
            return socket.create_server((self.address, 0), backlog=256)

        with ThreadPoolExecutor(1) as elsewhere:  # a thread moves alone, and ends there
            return elsewhere.submit(open_here).result()


@contextmanager
def machines(first: str, *others: str) -> Iterator[list[Machine]]:
    """So many machines, with networks of their own where those can be made."""
    mark = secrets.token_hex(3)
    with ExitStack() as undo:
        if not can_part():
            made = [Machine("", LOOPBACK) for _name in (first, *others)]
        else:
            made = [Machine(f"pregon-{mark}-{first}", "10.213.0.1")]
            made += [Machine(f"pregon-{mark}-{name}", f"10.213.{n}.2") for n, name in enumerate(others, 1)]
            for machine in made:
                ip("netns", "add", machine.name)
                undo.callback(ip, "netns", "del", machine.name)
                ip("-n", machine.name, "link", "set", "lo", "up")
            ip("-n", made[0].name, "address", "add", "10.213.0.1/32", "dev", "lo")
            for number, machine in enumerate(made[1:], 1):
                lay_cable(made[0], machine, number)
        for machine in made:
            undo.callback(machine.stop_all)
        yield made


def can_part() -> bool:
    """Whether this person may make networks on this machine."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    name = f"pregon-{secrets.token_hex(3)}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if tried.returncode:
        return False
    joined = subprocess.run(
        ["ip", "-n", name, "link", "add", "name", "eth0", "type", "veth"], capture_output=True, check=False
    )
    ip("netns", "del", name)
    return not joined.returncode


def lay_cable(here: Machine, there: Machine, number: int) -> None:
    """From ``here`` to the ``eth0`` of ``there``."""
    plug = f"cable{number}"
    there.cable = (here, plug)
    ip(
        "link",
        "add",
        "name",
        plug,
        "netns",
        here.name,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        there.name,
    )
    there.plug_in()
    ip("-n", there.name, "address", "add", f"{there.address}/32", "dev", "eth0")
    ip("-n", there.name, "link", "set", "eth0", "up")
    ip("-n", there.name, "route", "add", "default", "dev", "eth0")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def postgres(on: Machine) -> Iterator[str]:
    """A private PostgreSQL there; the address of an empty database in it."""
    script = Path(__file__).parents[2] / "scripts" / "with-postgres"
    place = f"{on.address}:{free_port()}"
    with subprocess.Popen(
        [*on.inside, str(script), "--listen", place, "sh", "-c", 'echo "$PREGON_DATABASE_URL"; exec cat'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        assert url, "PostgreSQL did not start."
        try:
            yield url
        finally:
            server.stdin.close()
