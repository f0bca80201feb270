"""Messages a second with the whole ledger, beside Postfix, Django and aiosmtplib; and what the ledger costs."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import HERE, PREGON, Bench, Row, free_port, medians, tell, wait_for_port

ROUNDS, READERS, FEWER = 3, 20_000, 3_000
FEW, MANY, MILLION = 1_000, 100_000, 1_000_000
FLAT = 1.2
UNPRIVILEGED = ["-u", "nobody"] if os.geteuid() == 0 else []


def measure(bench: Bench) -> list[Row]:
    return beside_peers(bench) + on_postgresql(bench) + of_the_ledger(bench) + of_a_worker(bench)


@contextmanager
def sink(bench: Bench) -> Iterator[int]:
    port = free_port()
    with bench.process(["smtp-sink", *UNPRIVILEGED, f"127.0.0.1:{port}", "256"]):
        wait_for_port(port)
        yield port


def postfix(bench: Bench, port: int, *, size: int, sessions: int = 1) -> float:
    """Messages a second of ``smtp-source`` on connections that stay open."""
    many = ["-s", str(sessions), "-l", str(size), "-m", str(READERS)]
    command = ["smtp-source", "-d", *many, f"127.0.0.1:{port}"]
    started = time.perf_counter()
    bench.run(command)
    return READERS / (time.perf_counter() - started)


def beside_peers(bench: Bench) -> list[Row]:
    home = bench.office()
    with sink(bench) as port:
        tell(f"sending: {READERS:,} readers, {ROUNDS} rounds …")

        def run(how: str, count: int) -> Callable[[], float]:
            return lambda: count / float(bench.inside("mail", home, how, port, count)["seconds"])

        bench.inside("mail", home, "ledger", port, 1)  # the readers and the channel are there from now on
        size = int(bench.inside("mail", home, "size", port, 1)["bytes"])
        found = medians(
            ROUNDS,
            ours=run("ledger", READERS),
            source=lambda: postfix(bench, port, size=size),
            ten=lambda: postfix(bench, port, size=size, sessions=10),
            django=run("django", FEWER),
            aiosmtplib=run("aiosmtplib", FEWER),
        )
    what = f"A letter of {size / 1000:.0f} kB in two parts to {READERS:,} readers, the ledger on, on SQLite"
    return [
        versus(f"{what}; beside Postfix's `smtp-source -d` without a ledger", found, "source", 0.8),
        versus("… beside `smtp-source -d -s 10`, on as many connections as ours", found, "ten", None),
        versus("… beside Django's `send_messages` over one open connection", found, "django", 15),
        versus("… beside aiosmtplib over one open connection", found, "aiosmtplib", 5),
    ]


def versus(measure: str, found: dict[str, float], peer: str, bar: float | None) -> Row:
    ratio = found["ours"] / found[peer]
    return Row(
        measure=measure,
        ours=f"{found['ours']:,.0f} messages/s",
        peer=f"{found[peer]:,.0f} messages/s",
        ratio=f"{ratio:.2f} ×",
        bar=f"≥ {bar:g} ×" if bar else "–",
        met=ratio >= bar if bar else None,
    )


def on_postgresql(bench: Bench) -> list[Row]:
    """The same on a PostgreSQL that writes to the disk before it says so."""
    tell("sending: the same on PostgreSQL …")
    with sink(bench) as port:
        script = HERE / "inside" / "postgresql.sh"
        told = bench.run(
            [HERE.parent / "scripts" / "with-postgres", "bash", script, port, READERS, FEW, MILLION],
            timeout=900,
            PREGON_HOME=str(bench.root / "office-postgresql"),
            PREGON_POSTGRES_DURABLE="1",
            PREGON_PYTHON=sys.executable,
        )
        size = int(re.findall(r'"bytes": (\d+)', told)[0])
        found = {
            "ours": READERS / float(re.findall(r'"seconds": ([\d.]+)', told)[-1]),
            "source": postfix(bench, port, size=size),
        }
    small, large = (json.loads(line) for line in told.splitlines() if "receiver" in line)
    return [
        versus(
            f"The letter to {READERS:,} readers on PostgreSQL, beside Postfix's `smtp-source -d`",
            found,
            "source",
            0.8,
        ),
        *growth("PostgreSQL", small, large),
    ]


def growth(database: str, small: dict[str, float], large: dict[str, float]) -> list[Row]:
    ratio = large["receiver"] / small["receiver"]
    return [
        Row(
            measure=f"Processor time a receiver beside a ledger of {MILLION:,} lines, and of {FEW:,}, on {database}",
            ours=f"{large['receiver'] * 1e6:.0f} µs",
            peer=f"{small['receiver'] * 1e6:.0f} µs",
            ratio=f"{ratio:.2f} ×",
            bar=f"≤ {FLAT} ×",
            met=ratio <= FLAT,
        ),
        bounded(
            f"The slowest of five looks at a dispatch of {MILLION:,}, on {database}",
            large["look"] * 1000,
            200,
            "ms",
        ),
    ]


def of_the_ledger(bench: Bench) -> list[Row]:
    home = bench.office()
    with sink(bench) as port:
        tell(f"sending: {MANY:,} readers …")
        prepared = float(bench.inside("ledger", home, "prepare", port, MANY)["seconds"])
        home = bench.office()
        first = float(bench.inside("ledger", home, "first", port, MANY)["seconds"])
        home = bench.office()
        overtaken = bench.inside("ledger", home, "overtake", port, MANY, timeout=590)
        tell(f"sending: {MILLION:,} lines of the ledger …")
        small = bench.inside("ledger", bench.office(), "million", port, FEW)
        large = bench.inside("ledger", bench.office(), "million", port, MILLION, timeout=590)
    return [
        bounded(f"Preparing {MANY:,} receivers", prepared, 5, "s"),
        bounded(f"From publishing to the first receipt with {MANY:,} subscribers", first, 1, "s"),
        bounded(
            f"An alert to 2,000 while {MANY:,} are served: its first message", overtaken["first"], 2, "s"
        ),
        bounded(
            f"… its last after {overtaken['last']:.1f} s, while the bulk dispatch went further by",
            overtaken["further"] * 100,
            5,
            "%",
        ),
        *growth("SQLite", small, large),
    ]


def of_a_worker(bench: Bench) -> list[Row]:
    """What a worker that ``pregon up`` would start takes at its peak, from few receivers to many."""
    peaks = {}
    with sink(bench) as port:
        for count in (FEW, MANY, MILLION):
            tell(f"sending: the memory of a worker that serves {count:,} …")
            home = bench.office()
            with bench.process([PREGON, "worker", "--lane", "now"], PREGON_HOME=str(home)) as worker:
                bench.inside("ledger", home, "through", port, count, timeout=1_200)
                peaks[count] = peak(worker.pid)
    return [
        Row(
            measure=f"Peak memory of a worker that sends to {count:,}, beside one that sends to {FEW:,}",
            ours=f"{peaks[count]:.0f} MB",
            peer=f"{peaks[FEW]:.0f} MB",
            ratio=f"{peaks[count] / peaks[FEW]:.2f} ×",
            bar="≤ 150 MB",
            met=peaks[count] <= 150,
        )
        for count in (MANY, MILLION)
    ]


def peak(pid: int) -> float:
    """The most memory that a process ever held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


DIGITS = {"s": 2, "ms": 0, "%": 1}


def bounded(measure: str, ours: float, bar: float, unit: str) -> Row:
    return Row(
        measure=measure,
        ours=f"{ours:.{DIGITS[unit]}f} {unit}",
        peer="–",
        ratio="–",
        bar=f"≤ {bar:g} {unit}",
        met=ours <= bar,
    )
