"""A real Bluesky server for the run, with nobody on it; each test opens accounts of its own."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".cache" / "peers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account, with a password of its owner and one for the office."""

    did: str
    handle: str
    password: str
    app_password: str


class RealPds:
    """The server as its owner and its accounts' owners see it."""

    def __init__(self, url: str, *, secret: str) -> None:
        self.url = url
        self.secret = secret
        self._numbers = count(1)

    def ask(
        self, method: str, body: Any = None, *, token: str = "", owner: bool = False, **query: str
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx2.request(
            "GET" if query else "POST",
            f"{self.url}/xrpc/com.atproto.{method}",
            json=body,
            params=query or None,
            headers=headers,
            auth=("admin", self.secret) if owner else None,
        )
        answer.raise_for_status()
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def open_account(self) -> Account:
        name, password = f"muestra{next(self._numbers)}", secrets.token_hex(8)
        given = {"handle": f"{name}.test", "email": f"{name}@muestra.example", "password": password}
        session = self.ask("server.createAccount", given)
        app = self.ask("server.createAppPassword", {"name": "Pregón"}, token=session["accessJwt"])
        return Account(
            did=session["did"], handle=session["handle"], password=password, app_password=app["password"]
        )

    def session(self, account: Account) -> str:
        given = {"identifier": account.handle, "password": account.password}
        return str(self.ask("server.createSession", given)["accessJwt"])

    def posts(self, account: Account) -> dict[str, dict[str, Any]]:
        """What stands in the account's repository, by key, as anybody may read it."""
        told = self.ask("repo.listRecords", repo=account.did, collection="app.bsky.feed.post")
        return {record["uri"].rpartition("/")[2]: record["value"] for record in told["records"]}


@pytest.fixture(scope="session")
def real_pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPds]:
    if not (INSTALLED / "installed").is_file():
        pytest.fail("The Bluesky server is not installed: run make test-peers.")
    secret = secrets.token_hex(16)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shutil.copy(HERE / "bluesky.mjs", INSTALLED)
    folder = tmp_path_factory.mktemp("pds")
    server = subprocess.Popen(
        [INSTALLED / "bin" / "node", "bluesky.mjs", folder, str(port), secret],
        cwd=INSTALLED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        assert server.stdout.readline() == "ready\n"
        yield RealPds(f"http://127.0.0.1:{port}", secret=secret)
    finally:
        server.stdin.close()
        server.wait(timeout=30)
        server.stdout.close()


@pytest.fixture
def account(real_pds: RealPds) -> Account:
    return real_pds.open_account()
