"""A private RabbitMQ: a node of its own, in a folder of its own, at a port that nobody else has."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pregon.config import queueing
from servers.command import PATIENCE, free_port

PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in the path insists on a user of its own
#: It opens its port last of all.
KNOCKING = """
import socket, sys, time
until = time.monotonic() + float(sys.argv[3])
while True:
    try:
        socket.create_connection((sys.argv[1], int(sys.argv[2]))).close()
        break
    except OSError:
        if time.monotonic() > until:
            raise
        time.sleep(0.1)
"""


@dataclass(slots=True)
class Broker:
    """Where it answers, and the processes that it is."""

    url: str
    processes: list[subprocess.Popen[bytes]]

    def kill(self) -> None:
        """At once, as when the machine is switched off."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def point_at(url: str) -> None:
    """Have this process send its hints there, and forget where it sent them before."""
    queueing.app.conf.broker_url = url
    queueing.app._after_fork()


@contextmanager
def brokering(address: str = "127.0.0.1", *, inside: Sequence[str] = ()) -> Iterator[Broker]:
    """The broker at ``address``; ``inside`` is put before its commands, to have them run in a network of their own."""
    epmd = shutil.which("epmd")
    assert epmd, "RabbitMQ is not installed: run scripts/system-packages test and try again."
    folder = Path(tempfile.mkdtemp(prefix="pregon-rabbitmq-"))
    port, names, talk = free_port(), free_port(), free_port()
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.default = {address}:{port}\nloopback_users = none\nlog.file.level = warning\n"
    )
    environment = os.environ | {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"pregon-{secrets.token_hex(4)}@localhost",
        "RABBITMQ_DIST_PORT": str(talk),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
    }
    broker = Broker(f"amqp://guest:guest@{address}:{port}//", [])
    log = (folder / "out").open("wb")
    for command in ([epmd, "-port", str(names), "-address", "127.0.0.1"], [PROGRAM]):
        broker.processes.append(
            subprocess.Popen(
                [*inside, *command], env=environment, stdout=log, stderr=log, start_new_session=True
            )
        )
    try:
        knock = [sys.executable, "-c", KNOCKING, address, str(port), str(PATIENCE)]
        subprocess.run([*inside, *knock], check=True)
        yield broker
    finally:
        broker.kill()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
