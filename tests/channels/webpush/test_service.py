"""Every answer of a push service is named, and a stranger's word stops nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pregon.channels.webpush.service import named
from pregon.core.http_pool import Reply
from pregon.delivery.contract import Receipt, stops_all
from pregon.delivery.errors import DeliveryError, DestinationGone, Misconfigured, Postponed, Rejected

KNOWN, STRANGER = "fcm.googleapis.com", "push.example"
TOPIC = "t" * 32


def reply(status: int, content: bytes = b"", **headers: str) -> Reply:
    return Reply(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        content=content,
    )


def refusal(status: int, content: bytes = b"", host: str = KNOWN, **headers: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        named(reply(status, content, **headers), host=host, topic=TOPIC)
    return raised.value


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_receipt_names_the_topic_and_the_message(status: int) -> None:
    taken = named(reply(status, location="https://push.example/m/1"), host=KNOWN, topic=TOPIC)
    assert taken == Receipt(reference=f"{TOPIC} https://push.example/m/1")


def test_a_receipt_fits_into_the_ledger() -> None:
    taken = named(reply(201, location="https://push.example/" + "m" * 400), host=KNOWN, topic=TOPIC)
    assert (len(taken.reference), named(reply(201), host=KNOWN, topic=TOPIC).reference) == (300, TOPIC)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Rejected),
        (400, Rejected),
        (403, Rejected),
        (404, DestinationGone),
        (406, Postponed),
        (410, DestinationGone),
        (413, Rejected),
        (429, Postponed),
        (500, Postponed),
        (503, Postponed),
    ],
)
@pytest.mark.parametrize("host", [KNOWN, STRANGER])
def test_each_answer_has_a_name_and_stops_nobody_else(status: int, error: type[Exception], host: str) -> None:
    problem = refusal(status, host=host)
    assert (type(problem), stops_all(problem)) == (error, False)


def test_the_services_of_browsers_are_believed_about_our_signature_and_strangers_are_not() -> None:
    apple = b'{"reason":"BadJwtToken"}'
    believed = [
        refusal(401),
        refusal(401, host="updates.push.services.mozilla.com"),
        refusal(401, host="db5p.notify.windows.com"),
        refusal(403, apple, host="web.push.apple.com"),
    ]
    others = [
        refusal(401, host=STRANGER),
        refusal(403, apple, host=STRANGER),
        refusal(401, host=f"{KNOWN}.example"),
        refusal(401, host=f"x{KNOWN}"),
    ]
    assert [type(problem) for problem in believed] == [Misconfigured] * 4
    assert [type(problem) for problem in others] == [Rejected] * 4


def test_it_is_waited_for_as_long_as_it_asks() -> None:
    asked, silent = refusal(429, retry_after="90"), refusal(503)
    assert isinstance(asked, Postponed)
    assert isinstance(silent, Postponed)
    assert (asked.wait, silent.wait) == (timedelta(seconds=90), timedelta(minutes=1))
