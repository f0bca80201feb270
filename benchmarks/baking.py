"""What baking costs beside ten thousand bulletins: one publication, and everything anew with a kill in the middle."""

from __future__ import annotations

import json
import shutil
import signal
import statistics
import time
from pathlib import Path

from bench import PREGON, Bench, Row, tell
from pages import beside_nginx, beside_wagtail, newest_bulletin

SIZES = (100, 1_000, 10_000)
#: Each office in its turn, so that a machine that changes its speed is slow for all of them.
TURNS, PUBLICATIONS = 3, 7
RENDERED, WORKED = 300, 15


def measure(bench: Bench) -> list[Row]:
    homes = {size: bench.office() for size in SIZES}
    for size, home in homes.items():
        tell(f"baking: {size:,} bulletins as rows …")
        bench.inside("baking", home, "furnish", size)
    rebuilt = rebuild(bench, homes[SIZES[-1]])
    seen: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
    for turn in range(TURNS):
        for size, home in homes.items():
            tell(
                f"baking: {PUBLICATIONS} publications beside {size:,} bulletins, turn {turn + 1} of {TURNS} …"
            )
            seen[size].append(bench.inside("baking", home, "publish", PUBLICATIONS))
    few, some, many = (middle(seen[size]) for size in SIZES)
    grows = many["processor"] / some["processor"]
    return [
        Row(
            measure=f"One publication beside {SIZES[-1]:,} bulletins: the {many['pages']:.0f} pages that tell of it "
            f"baked, its own after {many['page']:.2f} s; beside plain Wagtail that renders as many bulletins in the "
            "same minute and writes nothing",
            ours=f"{many['seconds']:.2f} s",
            peer=f"{many['plain']:.2f} s",
            ratio=f"{many['seconds'] / many['plain']:.2f} ×",
            bar="≤ 0.3 s",
            met=many["seconds"] <= 0.3,
        ),
        Row(
            measure=f"… in processor time, beside {SIZES[-1]:,} bulletins and beside {SIZES[1]:,}",
            ours=f"{many['processor'] * 1000:.0f} ms",
            peer=f"{some['processor'] * 1000:.0f} ms",
            ratio=f"{grows:.2f} ×",
            bar="≤ 1.2 ×",
            met=grows <= 1.2,
        ),
        Row(
            measure=f"… and beside {SIZES[0]}, which is one month of the plan's year",
            ours=f"{many['processor'] * 1000:.0f} ms",
            peer=f"{few['processor'] * 1000:.0f} ms",
            ratio=f"{many['processor'] / few['processor']:.2f} ×",
        ),
        Row(
            measure=f"… the figures that count it, once for all of ten seconds ({many['counted']:.0f} pages), "
            f"beside {SIZES[-1]:,} bulletins and beside {SIZES[1]:,}",
            ours=f"{many['figures'] * 1000:.0f} ms",
            peer=f"{some['figures'] * 1000:.0f} ms",
            ratio=f"{many['figures'] / some['figures']:.2f} ×",
        ),
        *rebuilt,
        *held(bench, homes[SIZES[-1]]),
    ]


def middle(turns: list[dict[str, float]]) -> dict[str, float]:
    """The median of the turns, figure by figure."""
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def held(bench: Bench, home: Path) -> list[Row]:
    """The ratios of baked pages once more, in the largest office."""
    tell(f"baking: pages asked for beside {SIZES[-1]:,} bulletins …")
    plain, page = bench.root / "office-plain", newest_bulletin(home)
    shutil.copytree(home, plain, ignore=shutil.ignore_patterns("baked", "archive"))
    where = f" of an office with {SIZES[-1]:,}"
    return [
        beside_wagtail(bench, home, plain, page, where=where),
        *beside_nginx(bench, home, page),
    ]


def rebuild(bench: Bench, home: Path) -> list[Row]:
    tell(f"baking: everything anew, killed after {WORKED} s and asked again …")
    bench.inside("baking", home, "begin", 0)
    with bench.process([PREGON, "site", "rebuild", "--home", home]) as first:
        time.sleep(WORKED)
        first.send_signal(signal.SIGKILL)
        first.wait()
    before = bench.inside("baking", home, "done", 0)["done"]
    # The lease of what the dead one had in hand ends by itself after a minute, in which the rest is baked.
    told = json.loads(bench.run([PREGON, "site", "rebuild", "--home", home, "--json"], timeout=900))
    again = bench.inside("baking", home, "again", 0)["again"]
    speed = (told["total"] - before) / told["seconds"]
    plain = bench.inside("baking", home, "render", RENDERED)["per_second"]
    return [
        Row(
            measure=f"Everything anew at {SIZES[-1]:,} bulletins, {told['total']:,} pages with both compressed copies, "
            f"by one process; beside plain Wagtail that renders {RENDERED} of the same bulletins and writes nothing",
            ours=f"{speed:.0f} pages/s",
            peer=f"{plain:.0f} pages/s",
            ratio=f"{speed / plain:.2f} ×",
        ),
        Row(
            measure=f"… killed after {before:,} pages and asked again: pages that were baked twice",
            ours=f"{again:.0f}",
            peer="–",
            ratio="–",
            bar="0",
            met=told["resumed"] and told["left"] == 0 and before > 0 and again == 0,
        ),
    ]
