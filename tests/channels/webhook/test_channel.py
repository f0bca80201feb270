"""Signed JSON that a receiver can trust, and a name for each of its answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from factories.delivery import message, parcel, picture
from pregon.channels.webhook.channel import WebhookChannel, signature
from pregon.delivery import registry
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected
from servers.webhook import WebhookReceiver

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def channel(**options: Any) -> WebhookChannel:
    built = registry.build("webhook", {"signing_secret": SECRET, "allow_private": True} | options)
    assert isinstance(built, WebhookChannel)
    return built


def test_what_arrives_is_signed_json(webhook_receiver: WebhookReceiver) -> None:
    channel().send(parcel(message(picture=picture()), destination=f"{webhook_receiver.url}/aviso?a=1"))
    [request] = webhook_receiver.requests
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert (request.path, headers["content-type"], headers["webhook-id"], headers["webhook-signature"]) == (
        "/aviso?a=1",
        "application/json",
        "1-2",
        f"v1,{digest}",
    )
    told = request.json()
    assert (told["id"], told["type"], sorted(told), sorted(told["data"])) == (
        "1-2",
        "bulletin.published",
        ["data", "id", "timestamp", "type"],
        sorted(
            "headline url kicker dek dateline notice text blocks picture sender contact in_reply_to".split()  # noqa: SIM905 - reads better
        ),
    )
    assert told["data"]["picture"] == {
        "url": "https://muestra.example/fotos/1/960.jpg",
        "alt": "Vecinas y vecinos caminan por el andador",
        "caption": "El andador, el día de su reapertura.",
        "width": 960,
        "height": 640,
    }


def test_the_specifications_own_example_is_signed_as_it_says() -> None:
    """From the Standard Webhooks reference: its key, its message, its signature."""
    assert (
        signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (MessageKind.NEWS, "bulletin.published"),
        (MessageKind.CORRECTION, "bulletin.corrected"),
        (MessageKind.WITHDRAWAL, "bulletin.withdrawn"),
    ],
)
def test_each_message_has_its_type(kind: MessageKind, name: str, webhook_receiver: WebhookReceiver) -> None:
    channel().send(parcel(message(kind), destination=webhook_receiver.url, in_reply_to="1-1"))
    told = webhook_receiver.requests[0].json()
    assert (told["type"], told["data"]["in_reply_to"]) == (name, "1-1")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Rejected),
        (400, Rejected),
        (401, Rejected),
        (404, Rejected),
        (408, Postponed),
        (410, DestinationGone),
        (429, Postponed),
        (500, Postponed),
        (503, Postponed),
    ],
)
def test_each_answer_has_a_name(
    status: int, error: type[Exception], webhook_receiver: WebhookReceiver
) -> None:
    webhook_receiver.status = status
    with pytest.raises(error) as refusal:
        channel().send(parcel(destination=webhook_receiver.url))
    assert refusal.type is error


def test_a_receiver_is_waited_for_as_long_as_it_asks_and_holds_nobody_else(
    webhook_receiver: WebhookReceiver,
) -> None:
    webhook_receiver.status, webhook_receiver.headers = 429, {"Retry-After": "120"}
    with pytest.raises(Postponed) as delay:
        channel().send(parcel(destination=webhook_receiver.url))
    assert (delay.value.wait, delay.value.whole) == (timedelta(minutes=2), False)


def test_a_receiver_that_is_not_there_is_waited_for() -> None:
    with pytest.raises(Postponed):
        channel().send(parcel(destination="http://127.0.0.1:1/"))


def test_the_offices_own_network_is_closed_unless_it_is_opened(webhook_receiver: WebhookReceiver) -> None:
    closed = channel(allow_private=False)
    for destination in (webhook_receiver.url, webhook_receiver.url.replace("http://", "https://")):
        with pytest.raises(Rejected):
            closed.send(parcel(destination=destination))
    assert webhook_receiver.requests == []


@pytest.mark.parametrize("silent", ["", "whsec_", "otra", "whsec_no es base64", "whsec_c2hvcnQ="])
def test_a_secret_that_protects_nothing_is_a_wrong_setting(silent: str) -> None:
    with pytest.raises(Misconfigured):
        channel(signing_secret=silent)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" HTTPS://Receptor.Example ", "https://receptor.example/"),
        ("https://receptor.example:8443/a?b=c#d", "https://receptor.example:8443/a?b=c"),
        ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert channel(allow_private=False).normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "http://receptor.example/",
        "ftp://receptor.example",
        "https://",
        "https://a:b@receptor.example/",
        "https://[::1/",
    ],
)
def test_what_is_no_address_for_a_webhook_is_refused(typed: str) -> None:
    with pytest.raises(Rejected):
        channel(allow_private=False).normalise(typed)


def test_what_would_leave_is_shown_unsigned() -> None:
    preview = registry.rehearse("webhook", {}).preview(parcel())
    assert (preview.suffix, "signature" in preview.text, '"type": "bulletin.published"' in preview.text) == (
        ".json",
        False,
        True,
    )
