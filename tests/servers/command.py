"""``pregon`` as the system runs it, in a process of its own, ended when the test ends."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 60.0


@contextmanager
def started(*arguments: str, home: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The command over the office in ``home``; it knows nothing of the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREGON_", "DJANGO_"))}
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("pregon")), *arguments],
        env=ours | {"PREGON_HOME": str(home)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """A port that nothing listens on, out of those that the system hands out: until the command has it, nobody
    is given it by chance."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # the order of the tests sows every other chance alike
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def eventually(told: Callable[[], bool]) -> bool:
    """Whether it becomes so before the patience of a test ends."""
    until = time.monotonic() + PATIENCE
    while not told():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def minds_sigterm(pid: int) -> bool:
    """Whether the process has taken over that signal: it is at work then."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    [mask] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(mask, 16) & 1 << (signal.SIGTERM - 1))
