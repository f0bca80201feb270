"""The Mastodon of somebody else: the package ``mastodon_mock``, in an environment and a process of its own."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.command import eventually, free_port

#: ``make test-peers`` fills it out of requirements/peers.txt.
PEERS = Path(__file__).parents[2] / ".cache" / "peers" / "venv"
#: Of the account that it begins with.
TOKEN, USERNAME = "mock_token", "testuser"


@contextmanager
def mastodon_mock_serving() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [
            str(PEERS / "bin" / "mastodon_mock"),
            "serve",
            "--in-memory",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        assert eventually(lambda: answers(f"{url}/api/v2/instance")), "mastodon_mock did not start."
        yield url
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
