"""Notices a second that a push service accepts, beside pywebpush's own call, and what of it is encryption."""

from __future__ import annotations

import secrets
import sys

from bench import HERE, Bench, Row, free_port, tell, wait_for_port

ROUNDS, BROWSERS, BROWSERS_OF_PEER = 9, 1_500, 200
AT_LEAST, OF_BARE = 4, 0.8


def measure(bench: Bench) -> list[Row]:
    port, home = free_port(), bench.root / "nobody"
    with bench.process([sys.executable, HERE / "inside" / "push_service.py", port]):
        wait_for_port(port)
        tell(f"webpush: {BROWSERS} browsers, {ROUNDS} rounds …")
        found = bench.inside(
            "push",
            home,
            port,
            ROUNDS,
            BROWSERS,
            BROWSERS_OF_PEER,
            PREGON_SECRET_KEY=secrets.token_urlsafe(48),
        )
    faster, near = found["ours"] / found["peer"], found["ours_alone"] / found["bare"]
    return [
        Row(
            measure="Notices accepted by a push service on loopback, encrypted and signed, over kept connections; "
            "beside `pywebpush.webpush` with one kept session",
            ours=f"{found['ours']:,.0f} notices/s",
            peer=f"{found['peer']:,.0f} notices/s",
            ratio=f"{faster:.1f} ×",
            bar=f"≥ {AT_LEAST} ×",
            met=faster >= AT_LEAST,
        ),
        Row(
            measure="All that such a notice takes before it meets the network, by processor time; beside the "
            "encryption alone, in as few calls of cryptography as it has steps",
            ours=f"{found['ours_alone']:,.0f} notices/s",
            peer=f"{found['bare']:,.0f} notices/s",
            ratio=f"{near:.2f} ×",
            bar=f"≥ {OF_BARE} ×",
            met=near >= OF_BARE,
        ),
    ]
