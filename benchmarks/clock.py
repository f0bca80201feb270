"""How late embargoed bulletins are out while the whole office is at work."""

from __future__ import annotations

from bench import PREGON, Bench, Row, free_port, tell, wait_for_page

#: Bulletins, and the seconds among which their hours lie at random.
BULLETINS, SECONDS = 200, 100


def measure(bench: Bench) -> list[Row]:
    home = bench.office()
    tell(f"clock: {BULLETINS} embargoed bulletins within {SECONDS} s …")
    bench.inside("clock", home, "schedule", BULLETINS, SECONDS)
    port = free_port()
    with bench.process([PREGON, "up", "--home", home, "--port", port]):
        wait_for_page(f"http://127.0.0.1:{port}/")
        late = bench.inside("clock", home, "watch", BULLETINS, SECONDS)
    return [
        Row(
            measure=f"{BULLETINS} embargoed bulletins at random moments of {SECONDS} s, `pregon up` at work: from its "
            f"hour until another process reads it as published, at the 99th percentile (median {late['median']:.2f} s, "
            f"latest {late['latest']:.2f} s)",
            ours=f"{late['p99']:.2f} s",
            peer="–",
            ratio="–",
            bar="≤ 1 s",
            met=late["p99"] <= 1,
        )
    ]
