"""Messages a second with the whole ledger, beside Django's ``send_messages`` over one open connection."""

from __future__ import annotations

import os
from pathlib import Path

from bench import Bench, Row, free_port, medians, tell, wait_for_port

ROUNDS, READERS = 3, 2_000


def measure(bench: Bench) -> list[Row]:
    home, port = bench.office(), free_port()
    unprivileged = ["-u", "nobody"] if os.geteuid() == 0 else []
    with bench.process(["smtp-sink", *unprivileged, f"127.0.0.1:{port}", "256"]):
        wait_for_port(port)
        tell(f"sending: {READERS} readers, {ROUNDS} rounds …")

        def run(how: str, home: Path = home) -> float:
            return READERS / float(bench.inside("mail", home, how, port, READERS)["seconds"])

        found = medians(ROUNDS, ours=lambda: run("ledger"), peer=lambda: run("django"))
    return [
        Row(
            measure=f"A bulletin by e-mail to {READERS:,} readers, a line of the ledger and links of their own for "
            "each; beside Django's `send_messages` of that very letter, one for all, over one connection",
            ours=f"{found['ours']:,.0f} messages/s",
            peer=f"{found['peer']:,.0f} messages/s",
            ratio=f"{found['ours'] / found['peer']:.2f} ×",
        )
    ]
