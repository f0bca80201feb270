"""A mail service's notices: believed when they prove whose they are, and read as far as we know them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from factories.delivery import NOON, SubscriberFactory, ask, came_to, live, prepare_all
from pregon.channels.email.relays import FORMS, heard, key_in
from pregon.delivery import registry
from pregon.delivery.contract import Fate, Heard, Notice, Report
from pregon.delivery.enums import Standing, State
from pregon.delivery.errors import Rejected
from pregon.delivery.models import Delivery, Subscriber, Suppression
from servers.sns import CERTIFICATE, HOST, IN_WORDS, TOPIC, Sns

HERE = Path(__file__).parent / "relays"
SECRET = "whsec_" + base64.b64encode(b"una clave de muestra, nada mas").decode()
PASSWORD = "una-clave-de-muestra-nada-mas"
OURS, WHO = "<7-41.AbCdEfGh_-12@muestra.example>", "vecina@muestra.example"
TOLD = {
    "events": [
        {"fate": "gone", "reference": "<7-41@muestra.example>", "reason": "550 5.1.1 No such user"},
        {"fate": "complaint", "destination": "Vecina@MUESTRA.example"},
        {"fate": "opened", "reference": "<7-41@muestra.example>"},
        {"fate": "failed"},
    ]
}
GARBAGE = [
    b"",
    b"\xff",
    b"null",
    b"3",
    b"[]",
    b"[3]",
    b'"x"',
    b"{}",
    b'{"event-data": [], "events": 3, "RecordType": "Bounce", "event": {}}',
    b'[{"event": ["bounce"]}]',
    b'{"signature": {"timestamp": "\\ud800", "token": 5, "signature": null}}',
    b"9" * 10_000,
    b"[" * 100_000,
]


def recorded(name: str) -> bytes:
    return (HERE / f"{name}.json").read_bytes()


# --- Each service, as it calls ------------------------------------------------------------------------------


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


def post(body: bytes, **headers: str) -> Notice:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Notice(method="POST", query={}, headers=named, body=body)


def by_mailgun(body: bytes, *, at: datetime = NOON, secret: str = PASSWORD, **changes: Any) -> Notice:
    """As documented: the signature of ``timestamp`` and ``token``, in hexadecimal, beside the event."""
    moment, token = f"{at.timestamp():.0f}", "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    signature = hmac.new(secret.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    proof = {"timestamp": moment, "token": token, "signature": signature} | changes
    return post(json.dumps(json.loads(body) | {"signature": proof}).encode())


@lru_cache
def sendgrid_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def verification_key(key: EllipticCurvePrivateKey) -> str:
    return base64.b64encode(
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def by_sendgrid(
    body: bytes, *, at: datetime = NOON, key: EllipticCurvePrivateKey | None = None, **changes: str
) -> Notice:
    """As documented: ECDSA over the moment and the body, byte for byte."""
    moment = f"{at.timestamp():.0f}"
    signature = (key or sendgrid_key()).sign(moment.encode() + body, ECDSA(SHA256()))
    proof = {"signature": base64.b64encode(signature).decode(), "timestamp": moment} | changes
    return post(body, **{f"x_twilio_email_event_webhook_{name}": value for name, value in proof.items()})


def with_password(body: bytes, *, at: datetime = NOON, password: str = PASSWORD) -> Notice:
    """As a browser does with ``https://pregon:…@``."""
    return post(
        body, authorization="Basic " + base64.b64encode(f"pregon:{password}".encode()).decode("ascii")
    )


def by_sns(body: bytes, *, at: datetime = NOON) -> Notice:
    return post(Sns(at).notification(body.decode()))


SECRETS = {
    "standard": SECRET,
    "ses": TOPIC,
    "mailgun": PASSWORD,
    "sendgrid": verification_key(sendgrid_key()),
    "postmark": PASSWORD,
    "brevo": PASSWORD,
}
CALLS: dict[str, Callable[..., Notice]] = {
    "standard": call,
    "ses": by_sns,
    "mailgun": by_mailgun,
    "sendgrid": by_sendgrid,
    "postmark": with_password,
    "brevo": with_password,
}
BOUNCES = {
    "standard": json.dumps({"events": [{"fate": "gone", "destination": WHO}]}).encode(),
    "ses": recorded("ses-bounce"),
    "mailgun": recorded("mailgun-failed"),
    "sendgrid": recorded("sendgrid"),
    "postmark": recorded("postmark-bounce"),
    "brevo": recorded("brevo-hard-bounce"),
}
each = pytest.mark.parametrize("service", FORMS)


def hear(service: str, notice: Notice, *, at: datetime = NOON, amazon: Sns | None = None) -> Heard:
    http = (amazon or Sns(at)).http
    return heard(notice, service=service, secret=SECRETS[service], at=at, http=http)


# --- All of them --------------------------------------------------------------------------------------------


@each
def test_a_bounce_is_heard_from_each_service(service: str) -> None:
    heard = hear(service, CALLS[service](BOUNCES[service]))
    assert Fate.GONE in {event.fate for event in heard.events if isinstance(event, Report)}


@each
def test_who_proves_nothing_is_turned_away(service: str) -> None:
    with pytest.raises(Rejected):
        hear(service, post(BOUNCES[service]))


@each
@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_that_proves_nothing_is_turned_away(service: str, body: bytes) -> None:
    with pytest.raises(Rejected):
        hear(service, post(body, authorization="Basic ñ", webhook_signature="ñ"))


@pytest.mark.parametrize("service", ["standard", "postmark", "brevo"])
@pytest.mark.parametrize("body", sorted({*GARBAGE} - {b"[]"}))
def test_garbage_of_whoever_proves_who_they_are_is_said_to_be_garbage(service: str, body: bytes) -> None:
    heard = hear(service, CALLS[service](body))
    assert (heard.events, heard.status) == ((), 400)


@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_that_sendgrid_signed_says_nothing(body: bytes) -> None:
    heard = hear("sendgrid", by_sendgrid(body))
    assert (list(heard.events), heard.status in {200, 400}) == ([], True)


@each
def test_a_call_by_another_method_is_turned_away(service: str) -> None:
    signed = CALLS[service](BOUNCES[service])
    with pytest.raises(Rejected):
        hear(service, Notice(method="GET", query={}, headers=signed.headers, body=signed.body))


@pytest.mark.parametrize(
    ("service", "window"),
    [
        ("standard", timedelta(minutes=5)),
        ("ses", timedelta(minutes=65)),
        ("mailgun", timedelta(hours=9)),
        ("sendgrid", timedelta(hours=25)),
    ],
)
@pytest.mark.parametrize("side", [-1, 1])
def test_a_call_that_comes_again_after_its_time_is_turned_away(
    service: str, window: timedelta, side: int
) -> None:
    minute = timedelta(minutes=1)
    inside, outside = NOON + side * (window - minute), NOON + side * (window + minute)
    assert hear(service, CALLS[service](BOUNCES[service], at=inside)).events
    with pytest.raises(Rejected):
        hear(service, CALLS[service](BOUNCES[service], at=outside))


@each
def test_an_office_without_the_secret_has_no_such_door(service: str) -> None:
    notice = CALLS[service](BOUNCES[service])
    assert heard(notice, service=service, secret="", at=NOON, http=Sns(NOON).http).status == 404


@each
def test_the_channel_hears_with_its_own_secret(service: str) -> None:
    at = datetime.now(UTC)
    options = {
        "host": "correo.example",
        "sender_address": "a@muestra.example",
        "relay_service": service,
        "relay_secret": SECRETS[service],
    }
    channel = registry.build("email", options, http=Sns(at).http)
    assert channel.hear(CALLS[service](BOUNCES[service], at=at)).events


# --- Our own form -------------------------------------------------------------------------------------------


def test_a_notice_tells_what_became_of_letters() -> None:
    assert hear("standard", call()).events == [
        Report(fate=Fate.GONE, reference="<7-41@muestra.example>", reason="550 5.1.1 No such user"),
        Report(fate=Fate.COMPLAINT, destination="Vecina@muestra.example"),
    ]


@pytest.mark.parametrize(
    "notice",
    [
        call(secret="whsec_" + base64.b64encode(b"otra clave de muestra, nada mas").decode()),
        call(id="aviso-2"),
        call(timestamp="ayer"),
        call(timestamp="9" * 400),
        call(signature=""),
        call(signature="ñ"),
    ],
)
def test_what_does_not_bear_our_signature_is_turned_away(notice: Notice) -> None:
    with pytest.raises(Rejected):
        hear("standard", notice)


@pytest.mark.parametrize("told", [{"events": ["gone"]}, {"events": {"a": 1}}])
def test_what_is_signed_and_makes_no_sense_is_said_so(told: Any) -> None:
    assert hear("standard", call(told)).status == 400


# --- Mailgun, SendGrid, Postmark and Brevo ------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "otra-clave-de-muestra-nada-mas"},
        {"token": "otro"},
        {"token": None},
        {"timestamp": "1772474400.5"},
        {"timestamp": "9" * 40},
        {"timestamp": []},
        {"signature": ""},
        {"signature": "ñ"},
        {"signature": None},
    ],
)
def test_what_mailgun_did_not_sign_is_turned_away(changes: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        hear("mailgun", by_mailgun(BOUNCES["mailgun"], **changes))


@pytest.mark.parametrize(
    "told", [{}, {"event-data": []}, {"event-data": {}}, {"event-data": {"event": "failed", "message": []}}]
)
def test_what_mailgun_signed_and_makes_no_sense_is_said_so(told: Any) -> None:
    assert hear("mailgun", by_mailgun(json.dumps(told).encode())).status == 400


@pytest.mark.parametrize(
    "notice",
    [
        by_sendgrid(BOUNCES["sendgrid"], key=generate_private_key(SECP256R1())),
        by_sendgrid(BOUNCES["sendgrid"], timestamp=f"{NOON.timestamp() + 1:.0f}"),
        by_sendgrid(BOUNCES["sendgrid"], signature="ñ"),
        by_sendgrid(BOUNCES["sendgrid"], signature="AAAA"),
        post(BOUNCES["sendgrid"] + b" ", **by_sendgrid(BOUNCES["sendgrid"]).headers),
    ],
)
def test_what_sendgrid_did_not_sign_is_turned_away(notice: Notice) -> None:
    with pytest.raises(Rejected):
        hear("sendgrid", notice)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ñ",
        "Basic " + base64.b64encode(PASSWORD.encode()).decode(),
        "Basic " + base64.b64encode(f"{PASSWORD}:".encode()).decode(),
        "Basic " + base64.b64encode(f"pregon:{PASSWORD}x".encode()).decode(),
        "Basic " + base64.b64encode(b"pregon:\xff").decode(),
        "Bearer",
        "Bearer otra",
        f"Digest {PASSWORD}",
        PASSWORD,
    ],
)
def test_who_does_not_know_the_password_is_turned_away(authorization: str) -> None:
    with pytest.raises(Rejected):
        hear("brevo", post(BOUNCES["brevo"], authorization=authorization))


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic " + base64.b64encode(f"quien-sea:{PASSWORD}".encode()).decode(),
        "basic " + base64.b64encode(f":{PASSWORD}".encode()).decode(),
        f"Bearer {PASSWORD}",
    ],
)
def test_a_password_may_come_as_a_token_too(authorization: str) -> None:
    assert hear("brevo", post(BOUNCES["brevo"], authorization=authorization)).events


# --- Amazon SES ---------------------------------------------------------------------------------------------


def test_the_first_call_of_amazon_is_answered_with_yes_at_amazon() -> None:
    amazon = Sns(NOON)
    assert hear("ses", post(amazon.confirmation()), amazon=amazon) == Heard()
    assert [str(url).partition("?")[0] for url in amazon.asked] == [CERTIFICATE, f"{HOST}/"]


def test_a_first_call_of_somebody_elses_topic_is_not() -> None:
    amazon = Sns(NOON)
    with pytest.raises(Rejected):
        hear("ses", post(amazon.confirmation(TopicArn=f"{TOPIC}-de-otros")), amazon=amazon)
    assert amazon.asked == []


@pytest.mark.parametrize("path", [CERTIFICATE.removeprefix(HOST), "/"])
def test_amazon_is_asked_to_call_again_while_it_has_trouble(path: str) -> None:
    amazon = Sns(NOON)
    amazon.instead = {path: httpx2.Response(503)}
    assert hear("ses", post(amazon.confirmation()), amazon=amazon).status == 503


def test_what_amazon_says_in_words_is_no_news() -> None:
    amazon = Sns(NOON)
    goodbye = amazon.confirmation(Type="UnsubscribeConfirmation")
    assert hear("ses", post(goodbye), amazon=amazon) == Heard()
    assert hear("ses", post(amazon.notification(IN_WORDS)), amazon=amazon) == Heard()
    assert [str(url) for url in amazon.asked] == [CERTIFICATE]


@pytest.mark.parametrize("message", ["{", "{}", '{"mail": 3}', '{"mail": {}, "eventType": "Bounce"}'])
def test_what_the_topic_sends_and_makes_no_sense_is_said_so(message: str) -> None:
    amazon = Sns(NOON)
    assert hear("ses", post(amazon.notification(message)), amazon=amazon).status == 400


# --- At the door --------------------------------------------------------------------------------------------


@pytest.fixture
def line(db: None, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """A letter that left, as the services of the recorded answers know it."""
    SubscriberFactory(channel="email", address=WHO)
    ask()
    prepare_all()
    line = Delivery.objects.get()
    came_to(State.SENT, line, reference=OURS, settled_at=NOON)
    amazon = Sns(datetime.now(UTC))
    monkeypatch.setattr(registry, "door", lambda *, allow_private: amazon.http)
    return line


def switched_on(service: str) -> None:
    options = {"host": "correo.example", "sender_address": "a@muestra.example"}
    live("email", **options, relay_service=service, relay_secret=SECRETS[service])


def at_the_door(notice: Notice) -> int:
    answer = Client().post(
        "/entrada/email/", notice.body, content_type="application/json", headers=dict(notice.headers)
    )
    return answer.status_code


def state_of(line: Delivery) -> tuple[str, str, int]:
    line.refresh_from_db()
    return line.state, Subscriber.objects.get().standing, Suppression.objects.count()


@pytest.mark.postgresql
@pytest.mark.parametrize("service", ["ses", "mailgun", "postmark", "brevo"])
def test_a_bounce_at_the_door_ends_the_subscription(service: str, line: Delivery) -> None:
    switched_on(service)
    assert at_the_door(CALLS[service](BOUNCES[service], at=datetime.now(UTC))) == 200
    assert state_of(line) == (State.FAILED, Standing.GONE, 1)


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["ses-complaint", "mailgun-complained", "postmark-complaint", "brevo-spam"])
@pytest.mark.parametrize("state", [State.SENT, State.DELIVERED])
def test_a_complaint_at_the_door_is_a_farewell_also_after_it_arrived(
    name: str, state: State, line: Delivery
) -> None:
    if state == State.DELIVERED:
        came_to(state, line)
    service = name.partition("-")[0]
    switched_on(service)
    assert at_the_door(CALLS[service](recorded(name), at=datetime.now(UTC))) == 200
    assert state_of(line) == (state, Standing.LEFT, 1)


@pytest.mark.postgresql
@each
def test_what_proves_nothing_changes_nothing_and_leaves_no_trace(
    service: str, line: Delivery, caplog: pytest.LogCaptureFixture
) -> None:
    switched_on(service)
    assert {at_the_door(post(body)) for body in [BOUNCES[service], *GARBAGE]} == {403}
    assert state_of(line) == (State.SENT, Standing.CONFIRMED, 0)
    assert [record for record in caplog.records if record.exc_info] == []
