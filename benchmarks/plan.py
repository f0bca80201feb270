"""What it costs to ask every measure about a year of many records, to open a figure, and to close a month."""

from __future__ import annotations

from bench import Bench, Row, tell

RECORDS = 50_000
#: Seconds that each may take.
ALL, LIST, CLOSING = 2.0, 0.3, 5.0


def measure(bench: Bench) -> list[Row]:
    home = bench.office()
    tell(f"plan: {RECORDS:,} records of one year …")
    found = bench.inside("plan", home, RECORDS, timeout=900)
    return [
        row(
            f"all {found['measures']} measures of a year over {found['records']:,} records "
            f"(slowest: `{found['slowest']}`, {found['slowest_seconds']:.2f} s; processor: {found['processor']:.2f} s)",
            found["all"],
            ALL,
        ),
        row(f"the list behind a figure, drawn (longest: `{found['longest']}`)", found["list"], LIST),
        row("closing a month of the plan over the same records", found["closing"], CLOSING),
    ]


def row(measure: str, seconds: float, bar: float) -> Row:
    return Row(
        measure=measure,
        ours=f"{seconds:.2f} s",
        peer="–",
        ratio="–",
        bar=f"≤ {bar:g} s",
        met=seconds <= bar,
    )
