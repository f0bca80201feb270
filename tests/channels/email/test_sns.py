"""What an SNS topic of the office sends is taken; whatever else comes in its form is not, and asks nobody anything."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.delivery import NOON
from pregon.channels.email import sns
from pregon.core.http import Unreachable
from servers.sns import CERTIFICATE, HOST, TOKEN, TOPIC, Sns

PATH = CERTIFICATE.removeprefix(HOST)


@pytest.fixture
def amazon() -> Sns:
    return Sns(NOON)


def opened(amazon: Sns, body: bytes) -> dict[str, str] | None:
    host = HOST.removeprefix("https://")
    return sns.opened(body, topic=TOPIC, host=host, at=NOON, http=amazon.http)


def changed(body: bytes, **changes: Any) -> bytes:
    return json.dumps(json.loads(body) | changes).encode()


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_the_topic_signed_is_read(amazon: Sns, version: str) -> None:
    told = opened(amazon, amazon.notification("{}", version=version))
    assert told is not None
    assert (told["Type"], told["Message"], told["TopicArn"]) == ("Notification", "{}", TOPIC)


def test_a_subject_is_signed_only_where_there_is_one(amazon: Sns) -> None:
    body = amazon.signed({"Type": "Notification", "Message": "{}"})
    assert opened(amazon, body) is not None
    assert opened(amazon, changed(body, Subject="Otra cosa")) is None


def test_nothing_that_was_not_signed_is_passed_on(amazon: Sns) -> None:
    assert set(opened(amazon, changed(amazon.notification("{}"), Aviso="x")) or {}) == {
        "Message",
        "MessageId",
        "Subject",
        "Timestamp",
        "TopicArn",
        "Type",
    }


def test_the_certificate_is_asked_once(amazon: Sns) -> None:
    for _time in range(3):
        assert opened(amazon, amazon.notification("{}")) is not None
    assert [str(url) for url in amazon.asked] == [CERTIFICATE]


@pytest.mark.parametrize(
    "changes",
    [
        {"Message": '{"eventType": "Complaint"}'},
        {"Signature": ""},
        {"Signature": "ñ"},
        {"Signature": None},
        {"Signature": base64.b64encode(b"x" * 256).decode()},
        {"SignatureVersion": "2"},
    ],
)
def test_what_was_changed_on_the_way_is_not_the_topics(amazon: Sns, changes: dict[str, Any]) -> None:
    assert opened(amazon, changed(amazon.notification("{}"), **changes)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": "arn:aws:sns:mx-central-1:999999999999:rebotes"},
        {"TopicArn": None},
        {"Type": "Rumour"},
        {"Type": []},
        {"SignatureVersion": "3"},
        {"SignatureVersion": {}},
        {"Timestamp": "ayer"},
        {"Timestamp": 5},
        {"Timestamp": "2026-11-20T18:00:00"},
        {"Timestamp": "0001-01-01T00:00:00+23:59"},
        {"Timestamp": "9999-12-31T23:59:59-23:59"},
        {"Timestamp": (NOON - timedelta(hours=2)).isoformat()},
        {"Timestamp": (NOON + timedelta(hours=2)).isoformat()},
        {"SigningCertURL": None},
        {"SigningCertURL": CERTIFICATE.replace("https:", "http:")},
        {"SigningCertURL": CERTIFICATE.replace("mx-central-1", "us-east-1")},
        {"SigningCertURL": CERTIFICATE.replace("sns.mx", "sns-mx")},
        {"SigningCertURL": CERTIFICATE.replace(".com/", ".com.ejemplo.invalid/")},
        {"SigningCertURL": CERTIFICATE.replace("https://", "https://ejemplo.invalid/@")},
        {"SigningCertURL": CERTIFICATE.replace("https://", "https://ejemplo.invalid#")},
        {"SigningCertURL": CERTIFICATE.replace(".com/", ".com:8443/")},
        {"SigningCertURL": CERTIFICATE.replace(".com/", ".com/cubo/../")},
        {"SigningCertURL": CERTIFICATE + "\n"},
        {"SigningCertURL": CERTIFICATE + "?a=b"},
        {"SigningCertURL": f"{HOST}/?Action=ConfirmSubscription"},
        {"SigningCertURL": "http://169.254.169.254/latest/meta-data/"},
        {"SigningCertURL": "file:///etc/passwd"},
    ],
)
def test_what_cannot_be_the_topics_asks_nobody_anything(amazon: Sns, changes: dict[str, Any]) -> None:
    assert opened(amazon, changed(amazon.notification("{}"), **changes)) is None
    assert amazon.asked == []


def test_a_message_of_another_account_is_not_taken_with_all_its_signature(amazon: Sns) -> None:
    assert opened(amazon, amazon.notification("{}", TopicArn=f"{TOPIC}-de-otros")) is None


def test_a_message_is_not_taken_again_when_it_is_old(amazon: Sns) -> None:
    body = amazon.notification("{}")
    amazon.at = NOON - timedelta(hours=2)
    assert opened(amazon, body) is not None
    assert opened(amazon, amazon.notification("{}")) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"null", b"3", b"[]", b'"x"', b"{}", b'{"Type": "Notification"}', b"[" * 100_000],
)
def test_garbage_is_not_the_topics(amazon: Sns, body: bytes) -> None:
    assert opened(amazon, body) is None
    assert amazon.asked == []


@given(at=st.floats(0, 1), cut=st.integers(0, 60), dirt=st.binary(max_size=20))
def test_a_message_with_dirt_in_it_breaks_nothing(at: float, cut: int, dirt: bytes) -> None:
    amazon = Sns(NOON)
    body = amazon.notification('{"eventType": "Bounce"}')
    place = int(at * len(body))
    told = opened(amazon, body[:place] + dirt + body[place + cut :])
    assert told is None or told["Message"] == '{"eventType": "Bounce"}'


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(404),
        httpx2.Response(200, content=b""),
        httpx2.Response(200, content=b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
        httpx2.Response(302, headers={"location": f"{HOST}/otra.pem"}),
    ],
)
def test_where_there_is_no_certificate_nothing_is_proved(amazon: Sns, answer: httpx2.Response) -> None:
    amazon.instead = {PATH: answer, "/otra.pem": httpx2.Response(200, content=amazon.certificate)}
    assert opened(amazon, amazon.notification("{}")) is None


@pytest.mark.parametrize(("since", "until"), [(-200, -1), (1, 200)])
def test_a_certificate_counts_only_in_its_time(amazon: Sns, since: int, until: int) -> None:
    amazon.certificate = amazon.issued(NOON + timedelta(days=since), NOON + timedelta(days=until))
    assert opened(amazon, amazon.notification("{}")) is None


def test_a_message_waits_while_amazon_has_trouble(amazon: Sns) -> None:
    body = amazon.notification("{}")
    amazon.instead = {PATH: httpx2.Response(503)}
    with pytest.raises(Unreachable):
        opened(amazon, body)
    amazon.instead = {}
    assert opened(amazon, body) is not None


def test_the_topic_is_told_yes_at_its_own_host_whatever_address_came_along(amazon: Sns) -> None:
    told = opened(amazon, amazon.confirmation(SubscribeURL="http://169.254.169.254/latest/meta-data/"))
    assert told is not None
    assert sns.confirm(told, host=HOST.removeprefix("https://"), http=amazon.http)
    asked = amazon.asked[-1]
    assert (str(asked).partition("?")[0], dict(asked.params)) == (
        f"{HOST}/",
        {"Action": "ConfirmSubscription", "TopicArn": TOPIC, "Token": TOKEN},
    )


def test_a_yes_that_amazon_does_not_take_is_none(amazon: Sns) -> None:
    told = opened(amazon, amazon.confirmation(Token="otro"))
    assert told is not None
    assert not sns.confirm(told, host=HOST.removeprefix("https://"), http=amazon.http)
