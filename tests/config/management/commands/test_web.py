from __future__ import annotations

import http.client
import socket
from pathlib import Path

from servers.command import PATIENCE, eventually, started


def test_the_site_answers_alone_until_it_is_told_to_stop(office: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

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
