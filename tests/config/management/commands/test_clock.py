from __future__ import annotations

from pathlib import Path

import pytest

from servers.command import PATIENCE, eventually, minds_sigterm, started

pytestmark = pytest.mark.parts


def test_the_clock_runs_alone_until_it_is_told_to_stop(office: Path) -> None:
    with started("clock", home=office) as process:
        assert eventually(lambda: minds_sigterm(process.pid))
        process.terminate()
        assert (process.communicate(timeout=PATIENCE), process.returncode) == (("", ""), 0)
