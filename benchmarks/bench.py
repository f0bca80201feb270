"""What every measure stands on: an office of its own, free ports, processes that end with it, and rows of a table."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PREGON = Path(sys.executable).with_name("pregon")
#: Every copy of the office keeps this address, whatever port it listens on: another one would bake all pages anew.
BASE_URL = "http://localhost:8000"
SERVERS = "/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    measure: str
    ours: str
    peer: str
    ratio: str
    bar: str = "–"
    met: bool | None = None


class Bench:
    """A temporary folder with one prepared office, copied for whoever wants to change it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PREGON_")},
            "PATH": f"{os.environ.get('PATH', '')}:{SERVERS}",
            "PREGON_BASE_URL": BASE_URL,
            "DJANGO_SETTINGS_MODULE": "pregon.config.settings",
        }
        self._prepared: Path | None = None
        self._copies = 0

    def office(self) -> Path:
        """A furnished home that nobody else uses."""
        if self._prepared is None:
            home = self.root / "office"
            tell("preparing a sample office …")
            self.run([PREGON, "demo", "mazamitla", "--home", home, "--prepare"], timeout=300)
            # The sample bulletin is still on its way to its readers; a rested office has nothing due.
            self.inside("rest", home)
            self._prepared = home
        self._copies += 1
        copy = self.root / f"office-{self._copies}"
        shutil.copytree(self._prepared, copy, copy_function=_link_or_copy)
        return copy

    def run(self, command: Sequence[object], *, timeout: float = 120, **more: str) -> str:
        """What ``command`` prints. Whatever goes wrong is shown and ends the measure."""
        ended = subprocess.run(
            [str(word) for word in command],
            env=self.environment | more,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(f"{command[0]} ended with {ended.returncode}: {ended.stderr.strip()[-2000:]}")
        return ended.stdout

    def inside(self, script: str, home: Path, *arguments: object, timeout: float = 300, **more: str) -> Any:
        """What ``inside/<script>.py`` measured in a process of the office at ``home``."""
        command = [sys.executable, HERE / "inside" / f"{script}.py", *arguments]
        return json.loads(self.run(command, timeout=timeout, PREGON_HOME=str(home), **more).splitlines()[-1])

    @contextmanager
    def process(self, command: Sequence[object], **more: str) -> Iterator[subprocess.Popen[str]]:
        """``command`` while the block runs; then it is asked to end, and in the end made to."""
        running = subprocess.Popen(
            [str(word) for word in command],
            env=self.environment | more,
            cwd=self.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                running.kill()
                running.communicate()


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="pregon-bench-", ignore_cleanup_errors=True) as folder:
        yield Bench(Path(folder))


def _link_or_copy(source: str, target: str) -> None:
    """Photos are never changed in place, so a copy of the office may share them."""
    if source.endswith((".jpg", ".webp")):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_for_page(url: str, *, seconds: float = 60) -> float:
    """Seconds until ``url`` answers 200."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                if answer.status == 200:
                    return time.perf_counter() - started
        except urllib.error.HTTPError as refusal:
            raise RuntimeError(f"{url} answered {refusal.code}.") from refusal
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{url} did not answer in {seconds} s.")


def wait_for_port(port: int, *, seconds: float = 15) -> None:
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"Nothing listens on port {port}.")


def medians(rounds: int, **contestants: Callable[[], float]) -> dict[str, float]:
    """The median of each contestant; they take turns, so that a busy moment of the machine meets them all."""
    return {name: statistics.median(values) for name, values in in_turn(rounds, **contestants).items()}


def in_turn(rounds: int, **contestants: Callable[[], float]) -> dict[str, list[float]]:
    """What each contestant showed, round by round."""
    results: dict[str, list[float]] = {name: [] for name in contestants}
    for _round in range(rounds):
        for name, measure in contestants.items():
            results[name].append(measure())
    return results


def times(ours: Sequence[float], peer: Sequence[float]) -> float:
    """How many times ``ours`` is in ``peer``, the median of the rounds: each compares what was measured in the same
    breath, so that a machine that changes its speed from one round to the next is in neither."""
    return statistics.median(theirs / own for own, theirs in zip(ours, peer, strict=True))


def tell(sentence: str) -> None:
    print(f"  {sentence}", file=sys.stderr, flush=True)
