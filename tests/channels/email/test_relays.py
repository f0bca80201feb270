"""A mail service's notices: believed when they bear our signature, and read as far as we know them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from factories.delivery import NOON
from pregon.channels.email.relays import heard, key_in
from pregon.delivery import registry
from pregon.delivery.contract import Fate, Notice, Report
from pregon.delivery.errors import Rejected

SECRET = "whsec_" + base64.b64encode(b"una clave de muestra, nada mas").decode()
TOLD = {
    "events": [
        {"fate": "gone", "reference": "<7-41@muestra.example>", "reason": "550 5.1.1 No such user"},
        {"fate": "complaint", "destination": "Vecina@MUESTRA.example"},
        {"fate": "opened", "reference": "<7-41@muestra.example>"},
        {"fate": "failed"},
    ]
}


def call(told: Any = TOLD, *, secret: str = SECRET, at: datetime = NOON, **changes: str) -> Notice:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    name, moment = "aviso-1", f"{at.timestamp():.0f}"
    signed = hmac.new(key_in(secret), f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,AAAA v1,{base64.b64encode(signed).decode()}",
    }
    return Notice(
        method="POST", query={}, headers=headers | {f"webhook-{k}": v for k, v in changes.items()}, body=body
    )


def test_a_notice_tells_what_became_of_letters() -> None:
    assert heard(call(), secret=SECRET, at=NOON).events == [
        Report(fate=Fate.GONE, reference="<7-41@muestra.example>", reason="550 5.1.1 No such user"),
        Report(fate=Fate.COMPLAINT, destination="Vecina@muestra.example"),
    ]


@pytest.mark.parametrize(
    "notice",
    [
        call(secret="whsec_" + base64.b64encode(b"otra clave de muestra, nada mas").decode()),
        call(at=NOON - timedelta(minutes=6)),
        call(at=NOON + timedelta(minutes=6)),
        call(id="aviso-2"),
        call(timestamp="ayer"),
        call(timestamp="9" * 400),
        call(signature=""),
        call(signature="ñ"),
        Notice(method="POST", query={}, headers={}, body=b"{}"),
        Notice(method="GET", query={}, headers=call().headers, body=call().body),
    ],
)
def test_what_does_not_bear_our_signature_is_turned_away(notice: Notice) -> None:
    with pytest.raises(Rejected):
        heard(notice, secret=SECRET, at=NOON)


@pytest.mark.parametrize(
    "told", [b"", b"\xff", [], {}, {"events": 3}, {"events": ["gone"]}, {"events": {"a": 1}}]
)
def test_what_is_signed_and_makes_no_sense_is_said_so(told: Any) -> None:
    assert heard(call(told), secret=SECRET, at=NOON).status == 400


def test_an_office_without_the_secret_has_no_such_door() -> None:
    assert heard(call(), secret="", at=NOON).status == 404


def test_the_channel_hears_with_its_own_secret() -> None:
    options = {"host": "correo.example", "sender_address": "a@muestra.example", "relay_secret": SECRET}
    notice = call(at=datetime.now(UTC))
    assert len(registry.build("email", options).hear(notice).events) == 2
