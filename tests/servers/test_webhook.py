"""The far end of a webhook records and answers as it is told."""

from __future__ import annotations

import httpx2

from servers.webhook import WebhookReceiver


def test_requests_are_kept_and_answered_with_the_statuses_asked_for(
    webhook_receiver: WebhookReceiver,
) -> None:
    webhook_receiver.next_statuses = [503]
    address = f"{webhook_receiver.url}/aviso?n=1"
    statuses = [
        httpx2.post(address, json={"title": "Año"}, headers={"X-Key": "7"}).status_code for _ in range(2)
    ]
    assert statuses == [503, 200]
    first = webhook_receiver.requests[0]
    assert (first.method, first.path, first.headers["x-key"], first.json()) == (
        "POST",
        "/aviso?n=1",
        "7",
        {"title": "Año"},
    )
