"""The far end of a webhook: it keeps what it was sent and answers what the test asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from servers.http import Answer, Request, serving


class WebhookReceiver:
    """``requests`` in the order they came; ``next_statuses`` are answered first, then always ``status``."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.status = 200
        self.next_statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.body = b""

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        status = self.next_statuses.pop(0) if self.next_statuses else self.status
        return Answer(status=status, body=self.body, headers=self.headers)


@contextmanager
def webhook_receiving() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    with serving(receiver.answer) as url:
        receiver.url = url
        yield receiver
