"""The channel before a push service that others wrote: it subscribes browsers, opens what they get and expires them."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from factories.delivery import message, parcel
from pregon.channels.webpush import vapid
from pregon.channels.webpush.channel import WebPushChannel
from pregon.delivery import registry
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Rejected
from servers.command import eventually

pytestmark = pytest.mark.peers

INSTALLED = Path(__file__).parents[2] / ".cache" / "peers"
SERVER = INSTALLED / "node_modules" / "web-push-testing" / "src" / "bin" / "server.js"
KEY = vapid.draw()


class WebPushTesting:
    """The service as a browser sees it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: Any = None) -> Any:
        answer = httpx2.post(f"{self.url}/{path}", json=body or {})
        answer.raise_for_status()
        return (
            answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None
        )

    def is_there(self) -> bool:
        try:
            self.ask("status")
        except httpx2.HTTPError:
            return False
        return True

    def subscribe(self, key: str) -> tuple[str, str]:
        """The name of the browser here, and its address."""
        told = self.ask("subscribe", {"userVisibleOnly": "true", "applicationServerKey": key})["data"]
        return told["clientHash"], f"{told['endpoint']}#{told['keys']['p256dh']}.{told['keys']['auth']}"

    def messages(self, name: str) -> list[dict[str, str]]:
        told = self.ask("get-notifications", {"clientHash": name})["data"]["messages"]
        return [json.loads(text) for text in told]


@pytest.fixture(scope="session")
def web_push_testing() -> Iterator[WebPushTesting]:
    if not SERVER.is_file():
        pytest.fail("The push service is not installed: run make test-peers.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [INSTALLED / "bin" / "node", SERVER, str(port)]
    with subprocess.Popen(command, cwd=INSTALLED, stdout=subprocess.DEVNULL) as server:
        service = WebPushTesting(f"http://localhost:{port}")
        try:
            assert eventually(service.is_there)
            yield service
        finally:
            server.terminate()


@pytest.fixture
def office() -> WebPushChannel:
    built = registry.build("webpush", {"private_key": KEY, "allow_private": True})
    assert isinstance(built, WebPushChannel)
    return built


def test_it_opens_what_we_send_and_believes_our_signature(
    office: WebPushChannel, web_push_testing: WebPushTesting
) -> None:
    name, address = web_push_testing.subscribe(office.public_key())
    first = office.send(parcel(destination=office.normalise(address)))
    fixed = message(MessageKind.CORRECTION, notice="Son 320 metros.")
    office.send(parcel(fixed, destination=address, in_reply_to=first.reference))
    told = web_push_testing.messages(name)
    assert [one["title"] for one in told] == [
        "Reabre el andador con empedrado nuevo",
        "Corrección: Reabre el andador con empedrado nuevo",
    ]
    assert len({one["tag"] for one in told}) == 1


def test_a_browser_that_expired_is_gone(office: WebPushChannel, web_push_testing: WebPushTesting) -> None:
    name, address = web_push_testing.subscribe(office.public_key())
    web_push_testing.ask(f"expire-subscription/{name}")
    with pytest.raises(DestinationGone):
        office.send(parcel(destination=address))
    assert web_push_testing.messages(name) == []


def test_a_browser_that_subscribed_with_another_key_gets_nothing(
    office: WebPushChannel, web_push_testing: WebPushTesting
) -> None:
    name, address = web_push_testing.subscribe(vapid.public_half(vapid.draw()))
    with pytest.raises(Rejected):
        office.send(parcel(destination=address))
    assert web_push_testing.messages(name) == []
