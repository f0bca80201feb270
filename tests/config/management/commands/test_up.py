from __future__ import annotations

import socket
from pathlib import Path

import pytest

from servers.command import PATIENCE, started

pytestmark = pytest.mark.parts


def test_a_taken_port_is_one_sentence(office: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("up", "--port", str(port), home=office) as process:
            said = process.communicate(timeout=PATIENCE)
    sentence = f"El puerto {port} ya está ocupado: cierra lo que lo usa o elige otro con --port.\n"
    assert (process.returncode, said) == (1, ("", sentence))
