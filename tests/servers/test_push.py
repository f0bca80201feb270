"""The push service is as strict as the real ones; pywebpush, which knows nothing of us, is its judge."""

from __future__ import annotations

import json

import pytest
import requests
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from pregon.channels.webpush.encryption import point_of
from servers.push import PushService, coded


@pytest.fixture
def sender() -> Vapid:
    vapid = Vapid()
    vapid.generate_keys()
    return vapid


def subscribed(service: PushService, sender: Vapid, name: str = "uno") -> dict[str, object]:
    address = service.subscribe(name, application_key=coded(point_of(sender.private_key)))
    endpoint, _, keys = address.partition("#")
    p256dh, _, auth = keys.partition(".")
    return {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}


def push(
    subscription: dict[str, object],
    sender: Vapid,
    *,
    subject: str = "mailto:prensa@muestra.example",
    **more: object,
) -> int:
    with requests.Session() as session:
        answer = webpush(
            subscription,
            data=json.dumps({"title": "Año"}),
            vapid_private_key=sender,
            vapid_claims={"sub": subject},
            requests_session=session,
            ttl=60,
            **more,
        )
    return int(answer.status_code)


def refused(subscription: dict[str, object], sender: Vapid, **more: object) -> int:
    with pytest.raises(WebPushException) as refusal:
        push(subscription, sender, **more)
    assert refusal.value.response is not None
    return int(refusal.value.response.status_code)


def test_what_another_program_encrypts_is_read(push_service: PushService, sender: Vapid) -> None:
    assert push(subscribed(push_service, sender), sender) == 201
    [taken] = push_service.taken
    assert (taken.browser, taken.told, taken.headers["ttl"]) == ("uno", {"title": "Año"}, "60")


def test_a_browser_that_left_is_gone_and_one_that_never_was_is_not_found(
    push_service: PushService, sender: Vapid
) -> None:
    subscription = subscribed(push_service, sender)
    push_service.unsubscribe("uno")
    assert refused(subscription, sender) == 410
    assert refused(subscription | {"endpoint": f"{push_service.url}/push/dos"}, sender) == 404


def test_another_sender_and_a_sender_that_says_no_name_are_refused(
    push_service: PushService, sender: Vapid
) -> None:
    subscription, other = subscribed(push_service, sender), Vapid()
    other.generate_keys()
    assert refused(subscription, other) == 403
    assert refused(subscription, sender, headers={"Topic": "t" * 33}) == 400


def test_the_answer_that_a_test_asks_for_comes_next(push_service: PushService, sender: Vapid) -> None:
    subscription = subscribed(push_service, sender)
    push_service.answer_next(429, Retry_After="7")
    assert (refused(subscription, sender), push(subscription, sender), push_service.asked) == (429, 201, 2)


def test_a_later_message_of_a_topic_takes_the_place_of_what_waits(
    push_service: PushService, sender: Vapid
) -> None:
    subscription = subscribed(push_service, sender)
    for _time in range(2):
        push(subscription, sender, headers={"Topic": "uno"})
    push(subscription, sender)
    assert (len(push_service.taken), len(push_service.browsers["uno"].waiting)) == (3, 2)
