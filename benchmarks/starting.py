"""How soon ``pregon up`` answers, and what it weighs at rest beside as many processes started apart."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import HERE, PREGON, Bench, Row, free_port, medians, tell, wait_for_page

ROUNDS, REST = 3, 30


def measure(bench: Bench) -> list[Row]:
    home = bench.office()
    tell(f"starting: {ROUNDS} starts, then {REST} s of rest …")
    answers = medians(ROUNDS, ours=lambda: first_answer(bench, home), peer=lambda: alone_ready(bench, home))
    with ExitStack() as running:
        port = free_port()
        up = running.enter_context(bench.process([PREGON, "up", "--home", home, "--port", port]))
        wait_for_page(f"http://127.0.0.1:{port}/")
        time.sleep(REST)
        processes = list(family(up.pid))
        ours = sum(map(weight, processes))
    with ExitStack() as running:
        apart = [
            running.enter_context(bench.process(alone(), PREGON_HOME=str(home))) for _process in processes
        ]
        for process in apart:
            wait_until_ready(process.stdout)
        peer = sum(weight(process.pid) for process in apart)
    return [
        Row(
            measure="`pregon up`: its first page answered; beside one plain Django and Wagtail process ready to answer",
            ours=f"{answers['ours']:.1f} s",
            peer=f"{answers['peer']:.1f} s",
            ratio=f"{answers['ours'] / answers['peer']:.1f} ×",
            bar="≤ 5 s",
            met=answers["ours"] <= 5,
        ),
        Row(
            measure=f"`pregon up` after {REST} s of rest: PSS of its {len(processes)} processes; beside as many "
            "started apart with the same apps",
            ours=f"{ours:.0f} MB",
            peer=f"{peer:.0f} MB",
            ratio=f"{peer / ours:.1f} × less",
            bar="≤ 500 MB",
            met=ours <= 500,
        ),
    ]


def first_answer(bench: Bench, home: Path) -> float:
    port, started = free_port(), time.perf_counter()
    with bench.process([PREGON, "up", "--home", home, "--port", port]):
        wait_for_page(f"http://127.0.0.1:{port}/")
        return time.perf_counter() - started


def alone() -> list[object]:
    return [sys.executable, HERE / "inside" / "alone.py"]


def alone_ready(bench: Bench, home: Path) -> float:
    started = time.perf_counter()
    with bench.process(alone(), PREGON_HOME=str(home)) as process:
        wait_until_ready(process.stdout)
        return time.perf_counter() - started


def wait_until_ready(output: object) -> None:
    if next(iter(output), "") != "ready\n":  # type: ignore[call-overload]  # a pipe, opened as text
        raise RuntimeError("The plain process did not start.")


def family(pid: int) -> Iterator[int]:
    """``pid`` and every process under it."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from family(int(child))


def weight(pid: int) -> float:
    """Megabytes of a process, each shared page divided among those who share it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"The system does not tell what process {pid} weighs.")
