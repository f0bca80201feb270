from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from servers.command import PATIENCE, eventually, free_port, started

pytestmark = pytest.mark.parts


def test_the_site_answers_alone_until_it_is_told_to_stop(office: Path) -> None:
    port = free_port()

    def status() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/privacidad/")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    with started("web", "--port", str(port), home=office) as process:
        assert eventually(lambda: status() == 200)
        process.terminate()
        assert (process.communicate(timeout=PATIENCE), process.returncode) == (("", ""), 0)
