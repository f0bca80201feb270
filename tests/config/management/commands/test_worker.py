from __future__ import annotations

from pathlib import Path

import pytest

from servers.command import PATIENCE, eventually, minds_sigterm, started

pytestmark = pytest.mark.parts


def test_a_lane_works_alone_until_it_is_told_to_stop(office: Path) -> None:
    with started("worker", "--lane", "now", home=office) as process:
        assert eventually(lambda: minds_sigterm(process.pid))
        process.terminate()
        assert (process.communicate(timeout=PATIENCE), process.returncode) == (("", ""), 0)


def test_an_unknown_lane_is_a_wrong_usage(office: Path) -> None:
    with started("worker", "--lane", "nadie", home=office) as process:
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
