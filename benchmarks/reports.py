"""How long a report of a whole year takes, from its records to the file."""

from __future__ import annotations

from bench import Bench, Row, tell

BULLETINS, TURNS = 1_000, 5


def measure(bench: Bench) -> list[Row]:
    home = bench.office()
    tell(f"reports: {BULLETINS:,} bulletins as rows …")
    bench.inside("baking", home, "furnish", BULLETINS)
    took = bench.inside("reports", home, TURNS)
    return [
        Row(
            measure=f"Report of a year as PDF: {took['pages']:.0f} pages with {took['records']:.0f} records, counted "
            f"and set (the figures alone {took['figures']:.2f} s; DOCX {took['docx']:.2f} s, "
            f"XLSX {took['xlsx']:.2f} s)",
            ours=f"{took['pdf']:.2f} s",
            peer="–",
            ratio="–",
            bar="≤ 3 s",
            met=took["pdf"] <= 3,
        )
    ]
