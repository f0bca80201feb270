from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from servers.command import PATIENCE, eventually, free_port, started

pytestmark = pytest.mark.parts


@dataclass(frozen=True, kw_only=True)
class Running:
    """``pregon up`` in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    home: Path

    def children(self) -> dict[str, int]:
        """The parts by the name the system knows them under."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        names = {name_of(int(pid)): int(pid) for pid in found}
        return {
            name: pid for name, pid in names.items() if name.startswith("pregon:") and "saludo" not in name
        }

    def status(self, path: str = "/") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


@contextmanager
def up(office: Path) -> Iterator[Running]:
    port = free_port()
    with started(
        "up", "--port", str(port), home=office, PREGON_BASE_URL=f"http://localhost:{port}"
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == (
            f"Pregón está en http://localhost:{port} · escritorio en http://localhost:{port}/escritorio/\n"
        )
        yield Running(process=process, port=port, home=office)


def name_of(pid: int) -> str:
    """Nothing for a process that ended between the list of children and this question."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pid: int) -> bool:
    """A zombie that nobody here can reap has ended all the same."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


PARTS = [
    "pregon:alert",
    "pregon:bulk",
    "pregon:clock",
    "pregon:now",
    "pregon:pages",
    "pregon:photos",
    "pregon:web",
]


def test_every_part_runs_and_sigterm_ends_them_all(office: Path) -> None:
    with up(office) as running:
        parts = running.children()
        assert sorted(parts) == PARTS
        marks = sorted(path.stem for path in (running.home / "run").glob("*.json"))
        assert marks == [
            "clock",
            "web",
            *(f"worker-{lane}" for lane in ("alert", "bulk", "now", "pages", "photos")),
        ]
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        _, complaints = running.process.communicate(timeout=PATIENCE)
        assert (running.process.returncode, complaints) == (0, "")
        assert time.monotonic() - began < 10
        assert [name for name, pid in parts.items() if alive(pid)] == []
        assert list((running.home / "run").glob("*.json")) == []


def test_a_part_that_dies_is_started_again_and_said_so(office: Path) -> None:
    with up(office) as running:
        before = running.children()
        os.kill(before["pregon:web"], signal.SIGKILL)
        again = eventually(lambda: running.children().get("pregon:web") not in (None, before["pregon:web"]))
        answered = eventually(lambda: running.status() == 200)
        running.process.terminate()
        _, complaints = running.process.communicate(timeout=PATIENCE)
        assert (again, answered) == (True, True)
        assert complaints == "La parte «web» terminó (código -9): se vuelve a encender en 0.5 s.\n"


def test_no_part_outlives_a_supervisor_that_is_killed(office: Path) -> None:
    with up(office) as running:
        parts = running.children()
        running.process.kill()
        running.process.wait()
        assert eventually(lambda: not any(alive(pid) for pid in parts.values()))


def test_pages_are_baked_soon_and_the_whole_rests_in_half_a_gigabyte(office: Path) -> None:
    with up(office) as running:
        assert eventually((running.home / "baked" / "index.html").exists)
        pids = [running.process.pid, *running.children().values()]
        lines = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
        whole = sum(
            int(line.split()[1]) for text in lines for line in text.splitlines() if line[:4] == "Pss:"
        )
        assert whole < 500 * 1024
