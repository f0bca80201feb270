"""A provider that gives the answer recorded in a file: over HTTP, SMTP or SMPP, as the file says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from pregon.core.http import client
from pregon.delivery import registry
from pregon.delivery.contract import Channel
from servers.smpp import smpp_serving
from servers.smtp import SmtpServer

HERE = Path(__file__).parent
Answering = Callable[[str, str], Channel[Any]]


def recorded(kind: str, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        (HERE / kind / "answers" / f"{name}.json").read_text(encoding="utf-8")
    )
    return answer


class RecordedSmtp(SmtpServer):
    """Says what was recorded at each step."""

    def __init__(self, answer: dict[str, str]) -> None:
        super().__init__()
        self.answer = answer

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answer["rcpt"]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self.answer["data"]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """``answering("board", "busy")`` is the board's channel before a provider that is busy. One that takes a post in
    several calls has an answer to each in ``steps``; the last is given again and again."""
    servers: list[RecordedSmtp] = []
    centres = ExitStack()

    def build(kind: str, name: str) -> Channel[Any]:
        given, answer = recorded(kind, "setup")["options"], recorded(kind, name)
        options = registry.channel_class(kind).options_class.prepared(given)
        if "rcpt" in answer:
            server = RecordedSmtp(answer)
            server.start()
            servers.append(server)
            return registry.build(kind, options | {"port": server.port})
        if "command_status" in answer:
            centre = centres.enter_context(smpp_serving())
            centre.script[recorded(kind, "setup")["destination"].removeprefix("+")] = [
                answer["command_status"]
            ]
            return registry.build(kind, options | {"port": centre.port})
        steps = [
            httpx2.Response(
                step["status"], headers=step.get("headers"), content=json.dumps(step.get("body", ""))
            )
            for step in answer.get("steps", [answer])
        ]
        transport = httpx2.MockTransport(lambda request: steps.pop(0) if len(steps) > 1 else steps[0])
        return registry.build(kind, options, http=client(transport=transport))

    yield build
    centres.close()
    for server in servers:
        server.die()
