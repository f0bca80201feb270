"""Every measure in one run: ``run.py [pages] [publishing] [starting] [sending] [webpush] [clock]
[baking] [live] [plan] [--write]``.

Prints one table; ``--write`` also puts what was measured into docs/reference/benchmarks.md, where the other parts stay
as they were measured last. Exit code 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import baking
import clock
import live
import pages
import publishing
import reports
import sending
import starting
import webpush
from bench import HERE, SERVERS, Bench, Row, bench

import plan

PAGE = HERE.parent / "docs" / "reference" / "benchmarks.md"
MEASURES: dict[str, Callable[[Bench], list[Row]]] = {
    "pages": pages.measure,
    "publishing": publishing.measure,
    "starting": starting.measure,
    "sending": sending.measure,
    "webpush": webpush.measure,
    "clock": clock.measure,
    "baking": baking.measure,
    "live": live.measure,
    "plan": plan.measure,
    "reports": reports.measure,
}
PACKAGES = (
    *("django", "wagtail", "uvicorn", "a2wsgi", "pyvips", "pillow", "willow"),
    *("cryptography", "pywebpush", "requests"),
)
#: What the page says of one part.
PART = re.compile(r"^### (\w+)\n\n(.*?\n)(?=\n?^##)", re.MULTILINE | re.DOTALL)
MARKS = {True: "yes", False: "**no**", None: "–"}

DOCUMENT = """# Benchmarks

Written by `benchmarks/run.py --write`; do not edit by hand. Each figure is the median of several short runs in which
the two sides take turns on the same machine, so the ratio says more than the figures. The load is the average of one
minute before and after a part; near 0 before means that nothing else was going on.

{parts}
## How it was measured

- **Machine**: {machine}.
- **Versions**, of the part that was measured last: {versions}.
- **Office**: the sample office of Mazamitla as `pregon demo mazamitla --prepare` leaves it, on SQLite.

- **pages**: `wrk -t1 -c16 -d1s`, in turn, without compression, on the newest bulletin: `pregon up`; `pregon web` on
  a home whose `baked/` is empty, so that the same view and template render it each time. Then nginx with one worker:
  `deploy/nginx/pregon.conf`; `root` over the same folder and the same headers as constants; `root` alone; and, asked
  with the headers of a phone's browser, the first of them beside the second with a log of nginx's own format. Their
  figure is the processor time that the worker spent, divided by the requests it answered: what bounds a busy server.
  Their ratio is the median of what each round of one second shows, for neighbours in time.
- **publishing**: `pregon publish FOLDER --json` alone, without `pregon up` beside it; the peer stores the photos and
  calls Wagtail's `get_renditions` (Willow and Pillow) in one process: three WebP and one JPEG each.
- **starting**: from starting the command to the first 200 on `/`; PSS from `/proc/PID/smaps_rollup`, summed over the
  process and all below it; the peer is a process that has set up Django with the same apps and read every route,
  started as often as `pregon up` has processes.
- **sending**: Postfix's `smtp-sink` on loopback; the ledger claims, sends and settles each line, and each letter
  carries links of its own reader; the peer sends letters that differ in nothing but the address. PostgreSQL is a server
  of its own with its own settings, so that a commit is on the disk before the next letter leaves; SQLite, as the office
  runs it, leaves that to its checkpoints.
- **memory**: `VmHWM` of a `pregon worker --lane now` that was started for this, its libraries counted whole; another
  process has subscribed the readers before, and the worker prepares and serves them.
- **webpush**: a push service in a process of its own that answers 201 to whatever comes; our channel, pywebpush and
  bare cryptography take turns in one process, with the same key, the same browsers and the same text.
- **clock**: the bulletins are scheduled before `pregon up` starts; a process beside it reads every 20 ms which ones are
  published.
- **baking**: bulletins are written as rows, a hundred a month back from yesterday, with topics and departments, without
  photos; one process bakes. A publication is measured from its commit until nothing is due, the median of three
  turns, each the median of seven, in which the three offices follow one another; its pages are those whose row was
  taken up. The plan of the year shows every bulletin of the year: beside 100 these are one month's, beside 1,000 and
  10,000 nearly twelve months'. `pregon site rebuild` is ended by SIGKILL and started again. The last four are those of
  *pages* in that office.
- **live**: readers are connections over loopback from two processes beside it, on the same two cores, from as many
  addresses as one needs of which none may take all the room; a post is made by the desk's action in a process of its
  own, about one a second, and each reader notes when the whole of it is there, so all waits are counted from the same
  clock. Memory is what PSS grew by from ten readers, or none with nginx, to all of them; the kernel's own for a
  connection is not in it. The plain broadcaster gives each reader a queue of its own.
- **plan**: 50,000 records of one year are written as rows: bulletins, acts with their coverages, photos in albums,
  dispatches with their lines, pages, views. One process asks every measure about the whole year, each on its own; opens
  the list of each figure as the site does; and closes a month of the plan of Mazamitla. The slowest of five counts.
- **reports**: bulletins as in *baking*, each of them a record of two lines of the plan; the report of the year in the
  office's own layout, with its annex of records, from the first question to the last byte; the median of five.

Again: `make bench` prints the table; `.venv/bin/python benchmarks/run.py pages --write` measures and writes one part.
Where a line has two times and no peer, the second column of figures is what the line names last.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure Pregón beside its peers.")
    parser.add_argument(
        "measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)}; all without any"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(HERE.parent)}")
    options = parser.parse_args()
    if unknown := set(options.measures) - set(MEASURES):
        parser.error(f"there is no measure called {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # so that nothing it started outlives it
    found: dict[str, list[Row]] = {}
    told: dict[str, str] = {}
    with bench() as place:
        for name in options.measures or MEASURES:
            before = load()
            found[name] = MEASURES[name](place)
            when = f"{datetime.now(UTC):%Y-%m-%d}, load {before} before, {load()} after."
            told[name] = f"{when}\n\n{table(found[name])}\n"
    rows = [row for part in found.values() for row in part]
    print(table(rows))
    print(f"\n{machine()}; load {load()} after; {versions()}")
    if options.write:
        PAGE.write_text(document(told), encoding="utf-8")
    return 1 if any(row.met is False for row in rows) else 0


def table(rows: list[Row]) -> str:
    lines = ["| measure | Pregón | peer | ratio | bar | met |", "|---|---:|---:|---:|---:|---|"]
    lines += [
        f"| {row.measure} | {row.ours} | {row.peer} | {row.ratio} | {row.bar} | {MARKS[row.met]} |"
        for row in rows
    ]
    return "\n".join(lines)


def document(told: dict[str, str]) -> str:
    """The page with ``told`` in the place of what it said of the same parts."""
    parts = dict(PART.findall(PAGE.read_text(encoding="utf-8"))) | told
    return DOCUMENT.format(
        parts="\n".join(f"### {name}\n\n{parts[name]}" for name in MEASURES if name in parts),
        machine=machine(),
        versions=versions(),
    )


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def machine() -> str:
    models = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    model = models[0] if models else platform.machine()
    return f"{cores} cores of {model}, {memory:.0f} GB of memory, {platform.system()}"


def versions() -> str:
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{SERVERS}"}
    asked = subprocess.run(["nginx", "-v"], env=environment, capture_output=True, text=True, check=False)
    nginx = re.search(r"nginx/([\d.]+)", asked.stderr)
    named = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    return ", ".join([*named, f"nginx {nginx[1]}" if nginx else "no nginx"])


if __name__ == "__main__":
    sys.exit(main())
